/**
 * What the field costs: script and layout of each frame while two people touch, with the CPU slowed four times; and the
 * whole page, its workers too, while it is open, beside the other, and nothing happens. Two profiles of the system's
 * Chromium, the built app, a real relay.
 */
import type { CDPSession } from "playwright-core";
import { fieldShows, openPerson, pairUp, startRelay, type Person } from "../../e2e/kit.ts";
import { pause } from "../flow.ts";
import type { Row } from "../row.ts";
import { most, percentile, type Figure } from "../table.ts";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tid: number;
  readonly pid: number;
}

/** What is ours in a frame: code that runs, styles and layout that follow from it. What lies in another of them counts once. */
const work = new Set(["EventDispatch", "FireAnimationFrame", "TimerFire", "FunctionCall", "RunMicrotasks", "UpdateLayoutTree", "Layout"]);

const trace = async (session: CDPSession, during: () => Promise<void>): Promise<readonly TraceEvent[]> => {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] },
  });
  await during();
  await session.send("Tracing.end");
  await complete;
  return events;
};

/** What ran earlier than this before a frame (µs) was not for it. */
const leadUp = 100_000;

interface Frame {
  /** When it was committed, by the clock of the trace (µs). */
  readonly at: number;
  /** Milliseconds of our work up to its commit. */
  readonly millis: number;
}

/** Frame by frame, on the page's main thread. */
const framesOf = (events: readonly TraceEvent[]): readonly Frame[] => {
  const commits = events.filter(({ name }) => name === "Commit");
  const [main] = commits;
  if (!main) return [];
  const mine = events.filter(({ tid, pid }) => tid === main.tid && pid === main.pid).toSorted((a, b) => a.ts - b.ts);
  const frames: Frame[] = [];
  let since: { readonly ts: number; readonly dur: number }[] = [];
  let until = 0;
  for (const { name, ts, dur = 0 } of mine) {
    if (work.has(name) && ts >= until) {
      since.push({ ts, dur });
      until = ts + dur;
    }
    if (name === "Commit") {
      frames.push({ at: ts, millis: since.reduce((sum, one) => (one.ts + one.dur > ts - leadUp ? sum + one.dur : sum), 0) / 1000 });
      since = [];
    }
  }
  return frames;
};

const holdLight = async ({ page }: Person): Promise<void> => {
  const light = await page.locator("button.light.mine").boundingBox();
  if (!light) throw new Error("no light to hold");
  await page.mouse.move(light.x + light.width / 2, light.y + light.height / 2);
  await page.mouse.down();
};

const metric = async (session: CDPSession, name: string): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
};

export const field: Row = {
  name: "field",
  unpinned: true,
  async run({ runs, quick }) {
    const [touches, still] = quick ? [3, 10_000] : [10, 60_000];
    const relay = await startRelay();
    const people: Person[] = [];
    const held: number[][] = [];
    const whole: number[][] = [];
    const cpu: number[] = [];
    const drawn: number[] = [];
    try {
      people.push(...(await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)])));
      const [ada, ben] = people as [Person, Person];
      await pairUp(ada, ben);
      for (const person of people) await fieldShows(person, "state", "beside");
      const session = await ada.context.newCDPSession(ada.page);
      await session.send("Performance.enable");
      for (let run = 0; run < (quick ? 1 : Math.min(runs, 2)); run++) {
        // What arriving on the field set in motion is over, the first backup too.
        await pause(quick ? 10_000 : 30_000);
        const [at, used] = [await metric(session, "Timestamp"), await metric(session, "ProcessTime")];
        const idle = await trace(session, () => pause(still));
        cpu.push((1000 * ((await metric(session, "ProcessTime")) - used)) / ((await metric(session, "Timestamp")) - at));
        drawn.push(idle.filter(({ name }) => name === "Commit").length);

        await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
        const met: { readonly from: number; readonly to: number }[] = [];
        const now = async (): Promise<number> => (await metric(session, "Timestamp")) * 1e6;
        const touching = await trace(session, async () => {
          for (let i = 0; i < touches; i++) {
            await holdLight(ben);
            await holdLight(ada);
            await fieldShows(ada, "touch", "met");
            const from = await now();
            await pause(2000);
            met.push({ from, to: await now() });
            for (const { page } of people) await page.mouse.up();
            await fieldShows(ada, "touch", "none");
          }
        });
        await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
        const all = framesOf(touching);
        held.push(all.filter(({ at }) => met.some(({ from, to }) => at >= from && at <= to)).map(({ millis }) => millis));
        whole.push(all.map(({ millis }) => millis));
      }
    } finally {
      await Promise.all(people.map((person) => person.close()));
      await relay.stop();
    }
    const frameTime = (name: string, frames: readonly number[][]): Figure => ({
      name,
      unit: "ms",
      values: frames.map((run) => percentile(run, 0.95)),
      note: `p50 ${percentile(frames.flat(), 0.5).toFixed(1)} ms, p99 ${percentile(frames.flat(), 0.99).toFixed(1)} ms, ${frames.flat().length} frames`,
    });
    const figures: Figure[] = [
      { ...frameTime("script + layout of a frame while both touch, CPU slowed 4x, p95", held), target: most(8) },
      frameTime("the same, with how it begins and ends", whole),
      {
        name: "still and visible: CPU of the page's process, a second",
        unit: "ms",
        values: cpu,
        target: most(10),
        note: `${drawn.join(", ")} frames in ${still / 1000} s; without the browser's own processes`,
      },
    ];
    return figures;
  },
};
