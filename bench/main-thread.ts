/** What a page's own thread did, in processor time: what else the machine does is not in it. */
import type { Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

export interface MainThread<T> {
  readonly value: T;
  /** Milliseconds of each task, longest first. */
  readonly tasks: readonly number[];
}

export const mainThread = async <T>(page: Page, work: () => Promise<T>): Promise<MainThread<T>> => {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await devtools.send("Tracing.start", {
    traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"], excludedCategories: ["*"] },
  });
  const value = await work();
  const complete = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
  await devtools.send("Tracing.end");
  await complete;
  await devtools.detach();
  const mains = new Set(events.flatMap(({ name, args, pid, tid }) => (name === "thread_name" && args.name === "CrRendererMain" ? `${pid} ${tid}` : [])));
  const own = events.filter(({ name, pid, tid }) => name.endsWith("RunTask") && mains.has(`${pid} ${tid}`));
  // Some browsers tell of each twice, one in the other.
  const [first] = own;
  const tasks = own.filter(({ name }) => name === first?.name).map(({ tdur = 0 }) => tdur / 1000);
  if (tasks.length === 0) throw new Error("the browser told of no task");
  return { value, tasks: tasks.toSorted((a, b) => b - a) };
};

/** The longest task while `work` was done, in milliseconds. */
export const longestTask = async (page: Page, work: () => Promise<unknown>): Promise<number> => (await mainThread(page, work)).tasks[0] ?? Number.NaN;
