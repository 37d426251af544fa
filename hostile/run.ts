/**
 * `npm run hostile [-- --seconds N] [--json]`: a hostile other against an honest terminal and an honest page in a real browser, over a
 * real relay that counts appends and over one that does not. After every scene the honest side is looked at: its state, its
 * memory, and how long what it says itself takes. Prints a table and `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mainThread } from "../bench/main-thread.ts";
import { startRelay, unpaced } from "../bench/relay.ts";
import { percentile } from "../bench/table.ts";
import { buildWeb, webDir } from "../scripts/web.ts";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { createKit } from "../src/cli/testing/cli-kit.ts";
import { afterEnd } from "./after-end.ts";
import { toldWrongs, wrongsOf } from "./checks.ts";
import { facing, residentOf } from "./honest.ts";
import { pause } from "./member.ts";
import { facingPage } from "./page.ts";
import { mixed, scenes } from "./scenes.ts";

const { values } = parseArgs({ options: { seconds: { type: "string" }, json: { type: "boolean" } } });
const seconds = Number(values.seconds ?? 30);
const mebi = 1024 * 1024;

interface Row {
  readonly where: string;
  readonly scene: string;
  readonly rule: string;
  readonly seconds: number;
  readonly own: string;
  readonly memory: string;
  readonly wrongs: readonly string[];
}
const rows: Row[] = [];
const note = (row: Row): void => {
  rows.push(row);
  process.stderr.write(`${row.wrongs.length === 0 ? "ok" : "FAILED"}: ${row.where}: ${row.scene}${row.wrongs.map((wrong) => `\n  ${wrong}`).join("")}\n`);
};
const folder = mkdtempSync(join(tmpdir(), "beside-hostile-"));
const MB = (bytes: number): string => `${(bytes / mebi).toFixed(1)} MB`;

const terminal = async (where: string, paced: boolean): Promise<void> => {
  const kit = createKit();
  const relay = await startRelay({ data: join(folder, where), ...(paced ? {} : { limits: unpaced }) });
  try {
    const { honest, member } = await facing(kit, `http://127.0.0.1:${relay.port}`);
    const before = await honest.status();
    for (const { name, rule, run } of scenes) {
      const from = systemClock.monotonic();
      await run(member, 3);
      const ran = systemClock.monotonic() - from;
      const took = await honest.say(`mine: ${name}`);
      const wrongs = [...wrongsOf(before, await honest.status()), ...toldWrongs(honest), ...(took > 5000 ? [`what I said took ${took.toFixed(0)} ms`] : [])];
      note({ where, scene: name, rule, seconds: ran / 1000, own: `${took.toFixed(0)} ms`, memory: MB(honest.resident()), wrongs });
    }
    // Where nothing holds the flood back, what its reader says waits behind what it reads; it is kept, and goes out.
    const [resident, relayBefore] = [honest.resident(), relay.resident()];
    const times: number[] = [];
    let over = false;
    const flooding = member.flood(1000, seconds, mixed).finally(() => (over = true));
    while (paced && !over) {
      times.push(await honest.say("mine, in the flood"));
      await pause(250);
    }
    const { offered, taken } = await flooding;
    await member.quiet();
    const calm = systemClock.monotonic();
    const took = await honest.say("mine, after the flood");
    const grown = honest.resident() - resident;
    const p95 = percentile(times, 0.95);
    const wrongs = [
      ...wrongsOf(before, await honest.status()),
      ...toldWrongs(honest),
      ...(paced && taken > 1100 + 10 * (seconds + 1) ? [`the relay took ${taken}`] : []),
      ...(grown > 150 * mebi ? [`it grew by ${MB(grown)}`] : []),
      ...(paced && p95 > 3000 ? [`p95 of its own was ${p95.toFixed(0)} ms`] : []),
    ];
    const own = paced
      ? `p50 ${percentile(times, 0.5).toFixed(0)}, p95 ${p95.toFixed(0)} ms`
      : `${took.toFixed(0)} ms, ${((systemClock.monotonic() - calm) / 1000).toFixed(1)} s after`;
    const memory = `+${MB(grown)}; relay +${MB(relay.resident() - relayBefore)}`;
    note({ where, scene: `flood: ${offered} offered, ${taken} taken`, rule: paced ? "LOG11" : "BOUND3", seconds, own, memory, wrongs });
    const ended = await afterEnd(member, () => honest.run("status"));
    note({
      where,
      scene: "everything, after the end",
      rule: "END1",
      seconds: ended.seconds,
      own: "",
      memory: MB(residentOf(honest.watching.pid)),
      wrongs: ended.wrongs,
    });
  } finally {
    await kit.cleanUp();
    await relay.stop();
  }
};

const browser = async (where: string): Promise<void> => {
  buildWeb();
  const relay = await startRelay({ data: join(folder, where), web: webDir });
  const { honest, member } = await facingPage(relay);
  try {
    for (const { name, rule, run } of scenes) {
      const seen = await honest.during(() => run(member, 1));
      const took = await honest.say(`mine: ${name}`);
      note({
        where,
        scene: name,
        rule,
        seconds: 0,
        own: `${took.toFixed(0)} ms; frame p95 ${seen.frameP95.toFixed(0)}`,
        memory: `+${MB(seen.grown)}`,
        wrongs: await honest.wrongs(),
      });
    }
    const seen = await honest.during(() => mainThread(honest.person.page, () => member.flood(1000, seconds, mixed)));
    const { value: flooded, tasks } = seen.value;
    const [longest = Number.NaN] = tasks;
    const took = await honest.say("mine, after the flood");
    const wrongs = [
      ...(await honest.wrongs()),
      // By the processor: what else the machine does makes frames late, and is not the page's.
      ...(longest > 50 ? [`a task of ${longest.toFixed(0)} ms`] : []),
      ...(seen.grown > 20 * mebi ? [`the heap grew by ${MB(seen.grown)}`] : []),
    ];
    const own = `${took.toFixed(0)} ms; frame p50 ${seen.frameP50.toFixed(0)}, p95 ${seen.frameP95.toFixed(0)}; longest task ${longest.toFixed(0)}`;
    note({
      where,
      scene: `flood: ${flooded.offered} offered, ${flooded.taken} taken`,
      rule: "LOG11",
      seconds,
      own,
      memory: `+${MB(seen.grown)}`,
      wrongs,
    });
  } finally {
    member.close();
    await honest.person.close();
    await relay.stop();
  }
};

const tried = async (where: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    note({
      where,
      scene: "goes on",
      rule: "BOUND3",
      seconds: 0,
      own: "",
      memory: "",
      wrongs: [error instanceof Error ? error.message.slice(0, 1000) : String(error)],
    });
  }
};

await tried("terminal", () => terminal("terminal", true));
await tried("terminal, relay counts nothing", () => terminal("terminal, relay counts nothing", false));
await tried("browser", () => browser("browser"));
rmSync(folder, { recursive: true, force: true });

if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else {
  const cells = rows.map(({ where, scene, rule, seconds: ran, own, memory, wrongs }) => [
    where,
    rule,
    scene,
    ran === 0 ? "" : `${ran.toFixed(1)} s`,
    own,
    memory,
    wrongs.length === 0 ? "ok" : "FAILED",
  ]);
  const titles = ["where", "rule", "what the other does", "took", "its own, in ms", "memory", ""];
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  for (const row of [titles, ...cells])
    process.stdout.write(
      `${row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
    );
}
const failed = rows.filter(({ wrongs }) => wrongs.length > 0).length;
process.stdout.write(`${rows.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
