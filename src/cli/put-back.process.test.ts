/** A relay whose hour-old database is put back under two people who are there: what they see of their promises, and what becomes of them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { minute, second } from "../../scenarios/kit/clock.ts";
import { until } from "../../scenarios/kit/like.ts";
import type { Line } from "../../scenarios/kit/processes.ts";
import { countLike, type Terminal } from "../../scenarios/kit/terminal.ts";
import { bringTogether, createTimedWorld, type TimedWorld } from "./testing/world.testing.ts";

let world: TimedWorld;
beforeAll(async () => {
  world = await createTimedWorld();
});
afterAll(() => world.end());

const promise = async (ada: Terminal, words: string, by: string): Promise<string> =>
  String((await ada.tells(`${words}\nlook in the ${words} box\n`, "promise", "--by", by, "--grace", "1m", "--note", ...patient))["id"]);
/** Also where the line stands still: then the command ends with a no, and says all the same. */
const statusOf = async (person: Terminal): Promise<Line> => (await person.tries("", "status", ...patient)).said;
/** By their words. */
const promisesOf = async (person: Terminal): Promise<Line> => {
  const { said } = await person.tries("", "promises", ...patient);
  return Object.fromEntries((said["promises"] as readonly Line[]).map((one) => [String(one["words"]), one]));
};
const all = (names: readonly string[], is: object): Line => Object.fromEntries(names.map((name) => [name, is]));
const troubleOf = async (person: Terminal): Promise<unknown> => ((await statusOf(person))["connection"] as Line)["trouble"];
/** And what devices ask the relay every half minute, so that all of them know the time. */
const passes = async (minutes: number): Promise<void> => {
  await world.time.pass(minutes * minute);
  await world.time.pass(30 * second);
};
/** Processes hear of the new time one after the other: what two of them made of each other's clock meanwhile they mend with what is said next. */
const inTime = (ask: () => Promise<unknown>, wanted: unknown): Promise<unknown> =>
  until(async () => {
    await world.time.pass(2 * second);
    return ask();
  }, wanted);
/** A machine that does much else takes its time. */
const patient = ["--timeout", "60"];

test("[VIG10] [PROM2] [PROM3] an hour-old database is put back: nothing overtaken fires, nothing old is green, and taken up each promise is as it should be", async () => {
  const { ada, ben } = await bringTogether(world);
  const [hers, his] = [await ada.looks(), await ben.looks()];
  const people = [ada, ben];
  const kept = await promise(ada, "kept", "50m");
  const extended = await promise(ada, "extended", "50m");
  const stands = await promise(ada, "stands", "5h");
  await promise(ada, "due", "90m");
  await until(() => promisesOf(ben), { due: { state: "guarded" } });
  const putBack = await world.relay.backup();
  await passes(30);
  await ada.does("keep", kept, ...patient);
  await ada.does("extend", extended, "--by", "5h", ...patient);
  await promise(ada, "made", "5h");
  await passes(30);
  await inTime(() => promisesOf(ben), { ...all(["extended", "stands", "due", "made"], { state: "guarded" }), kept: { state: "kept" } });

  await putBack();
  // Well within the time in which the relay settles.
  for (const person of people) await inTime(() => troubleOf(person), "rewound");
  const stopped = all(["extended", "stands", "due", "made"], { state: "unguarded", why: "stopped" });
  for (const person of people) expect(await promisesOf(person)).toMatchObject(stopped);
  await passes(8);
  // It settled long ago; what was kept and extended in the lost hour was due in it.
  expect(await world.relay.sum("fired")).toBe(0);
  await passes(32);
  // This one was neither: it is late, and open, where nobody takes it from the log.
  expect(await world.relay.sum("fired")).toBe(3);
  expect(await promisesOf(ben)).toMatchObject({ due: { state: "unguarded", note: null } });
  expect(countLike(his.lines(), { kind: "promise", what: "late" })).toBe(0);

  for (const person of people) if ((await troubleOf(person)) !== null) await person.does("take-up", ...patient);
  // What was said in the lost hour is said again, for so long what fired in it waits.
  await passes(3);
  for (const person of people)
    await inTime(() => promisesOf(person), {
      ...all(["extended", "stands", "made"], { state: "guarded" }),
      kept: { state: "kept" },
      due: { state: "released", note: "look in the due box" },
    });
  await passes(10);
  for (const watching of [hers, his])
    for (const what of ["late", "released"]) expect([what, countLike(watching.lines(), { kind: "promise", what })]).toEqual([what, 1]);
  expect(await ada.does("keep", stands, ...patient)).toMatchObject({ state: "kept", unconfirmed: false });
});
