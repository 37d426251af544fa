/** The honest side in a terminal: a real `beside watch` process, and commands that go through it, asked over its own socket. */
import { readFileSync } from "node:fs";
import { askHolder, connectHolder } from "../src/cli/ask-holder.ts";
import { readCommandLine } from "../src/cli/arguments.ts";
import { version } from "../src/cli/help.ts";
import { openPlace } from "../src/cli/place.ts";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { eventually, type Kit, type Line, type Running } from "../src/cli/testing/cli-kit.ts";
import { knockWith, type Member } from "./member.ts";

export interface Honest {
  readonly watching: Running;
  /** `status --json`. */
  status(): Promise<Line>;
  /** Says something, and how long until it was at the relay, in milliseconds. */
  say(text: string): Promise<number>;
  run(...args: string[]): Promise<Line>;
  /** Bytes of memory that the process has. */
  resident(): number;
  /** Bytes of what it stored. */
  stored(): number;
}

export const residentOf = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

/** A machine that does much else takes its time. */
const patient = ["--timeout", "60"];

/** Ada in a terminal, Ben with a modified client; they are together. */
export const facing = async (kit: Kit, relay: string): Promise<{ readonly honest: Honest; readonly member: Member }> => {
  const ada = kit.person();
  const invited = await ada.run("invite", "--name", "Ada", "--relay", relay, ...patient);
  const knocking = await knockWith(String(invited.json["link"]), "Ben");
  await eventually(
    () => ada.run("knocks"),
    ({ json }) => (json["knocks"] as unknown[]).length === 1,
  );
  const accepted = await ada.run("accept", ...patient);
  if (accepted.code !== 0) throw new Error(accepted.stderr);
  const watching = await ada.watch();
  const member = await knocking.let();

  const ask = async (args: readonly string[], input = ""): Promise<Line> => {
    const read = readCommandLine([...args, ...patient, "--json"], {});
    const place = openPlace(ada.home);
    if (!read.ok || read.value.is !== "run" || !place.ok) throw new Error(`no such command: ${args.join(" ")}`);
    const socket = await connectHolder(place.value.socket);
    if (!socket) throw new Error("nobody watches any more");
    const lines: string[] = [];
    const answer = await askHolder(
      socket,
      { ...read.value.asked, version: version(), input, terminal: false, locale: "en", timeZone: "UTC" },
      (_, text) => lines.push(text),
      async () => undefined,
      new AbortController().signal,
    );
    if (answer.is !== "done") throw new Error(`the watch went away: ${answer.is}`);
    if (answer.exit !== 0) throw new Error(`${args.join(" ")}: ${lines.join(" ").slice(0, 2000)}`);
    return JSON.parse(lines.at(-1) ?? "{}") as Line;
  };

  return {
    member,
    honest: {
      watching,
      status: () => ask(["status"]),
      run: (...args) => ask(args),
      async say(text) {
        const from = systemClock.monotonic();
        const said = await ask(["say"], text);
        if (typeof said["id"] !== "string") throw new Error(`not said: ${JSON.stringify(said)}`);
        return systemClock.monotonic() - from;
      },
      resident: () => residentOf(watching.pid),
      stored: () => readFileSync(`${ada.home}/beside.sqlite`).length,
    },
  };
};
