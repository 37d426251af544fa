/**
 * The matrix of causes (PRES3): for each way in which a device can go, what it shows itself, what the other's shows, and within
 * how long. It is one table: docs/causes.md holds it for people, and each row of it is played here with real processes, a
 * real relay and a clock that is moved.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day, minute, second, startClock, type Clock } from "../../scenarios/kit/clock.ts";
import { until } from "../../scenarios/kit/like.ts";
import { type Looking, type Terminal } from "../../scenarios/kit/terminal.ts";
import type { Way } from "../../scenarios/kit/way.ts";
import { bringTogether, createTimedWorld, type TimedWorld } from "./testing/world.testing.ts";

interface Row {
  readonly cause: string;
  readonly rules: readonly [string, ...string[]];
  /** What the device that it happens to says of itself. */
  readonly own: string;
  /** And as `status` gives it: exit code, result and problem. Null where it does not run. */
  readonly ownLike: object | null;
  /** What the other's device shows, begun with the name of its state. */
  readonly other: string;
  readonly otherLike: { readonly state: string; readonly [field: string]: unknown };
  readonly within: Within;
  /** It happens to Ben, who is beside Ada until then. */
  readonly happens: () => Promise<unknown>;
  /** So that Ben can be there again. */
  readonly undo?: () => Promise<unknown>;
}
type Within = "at once" | "15 s" | "70 s";

let world: TimedWorld;
let ada: Terminal;
let ben: Terminal;
let way: Way;
/** Ben's own clock: it goes with everybody's but where the row is about that. */
let bens: Clock;
let adaLooks: Looking;
let benLooks: Looking;
/** Whether `benLooks` still runs. */
let isThere = false;
const benComes = async (): Promise<void> => {
  benLooks = await ben.looks();
  isThere = true;
};
const benLeaves = async (): Promise<void> => {
  await benLooks.leaves();
  isThere = false;
};
const benLosesPower = async (): Promise<void> => {
  await benLooks.losesPower();
  isThere = false;
};

beforeAll(async () => {
  world = await createTimedWorld();
  bens = await startClock();
  way = await world.way();
  ({ ada, ben } = await bringTogether(world, { ben: way.url }, { ben: bens }));
  await ben.does("give", "goodbye", "full");
  adaLooks = await ada.looks();
});
afterAll(async () => {
  await world.end();
  await bens.close();
});

let isAsleep = false;
let slept = 0;
const pass = async (span: number): Promise<void> => {
  await world.time.pass(span);
  if (isAsleep) slept += span;
  else await bens.pass(span);
};
/** In steps that a connection survives: Ada's own holds all the while, so that Ben's silence says something. */
const passInSteps = async (span: number): Promise<void> => {
  for (let passed = 0; passed < span; passed += 8 * second) {
    await pass(8 * second);
    await ada.tries("", "status", "--timeout", "0.5");
  }
};
const spanOf: Record<Within, number> = { "at once": 0, "15 s": 16 * second, "70 s": 72 * second };

/** And then so much time passes that everyone tries again. */
const again = (): Promise<void> => pass(40 * second);
const mend = async (): Promise<void> => {
  way.mend();
  await again();
};
const restart = async (): Promise<void> => {
  await world.relay.restart();
  await again();
};

const ownNow = { code: 0, said: { connection: { state: "online" } } };
const cannotReach = { code: 4, said: { connection: { state: expect.not.stringMatching("online") } }, problem: { error: "unreachable" } };
const inSteps = expect.stringMatching(/:\d[05]:00\.000Z$/);

const rows: readonly Row[] = [
  {
    cause: "The app is closed politely",
    rules: ["PRES3"],
    own: "nothing: it does not run",
    ownLike: null,
    other: "near, with the age; around after 10 min, far after 3 h, unheard after a day",
    otherLike: { state: "near", since: inSteps },
    within: "at once",
    happens: benLeaves,
  },
  {
    cause: "The process is killed, or the power goes",
    rules: ["PRES3"],
    own: "nothing: it does not run",
    ownLike: null,
    other: "unheard since then",
    otherLike: { state: "unheard", since: inSteps },
    within: "70 s",
    happens: benLosesPower,
  },
  {
    cause: "The device falls asleep with the app open",
    rules: ["PRES3"],
    own: "nothing until it wakes; then it is there again by itself",
    ownLike: null,
    other: "unheard since then",
    otherLike: { state: "unheard", since: inSteps },
    within: "70 s",
    happens: async () => {
      benLooks.sleeps();
      isAsleep = true;
    },
    undo: async () => {
      benLooks.wakes();
      isAsleep = false;
      await bens.pass(slept);
      slept = 0;
    },
  },
  {
    cause: "The network goes at one side",
    rules: ["PRES3"],
    own: "that the relay cannot be reached; nothing is made of the other's silence",
    ownLike: { ...cannotReach, said: { ...cannotReach.said, other: { state: "near" } } },
    other: "unheard since then",
    otherLike: { state: "unheard", since: inSteps },
    within: "70 s",
    happens: async () => way.cut(),
    undo: mend,
  },
  {
    cause: "The relay cannot be reached from one side from the start",
    rules: ["PRES3"],
    own: "that the relay cannot be reached; of the other, what was known before",
    ownLike: { ...cannotReach, said: { ...cannotReach.said, other: { name: "Ada" } } },
    other: "near, with the age of what came last",
    otherLike: { state: "near", since: inSteps },
    within: "at once",
    happens: async () => {
      await benLeaves();
      way.cut();
    },
    undo: mend,
  },
  {
    cause: "The relay is down",
    rules: ["PRES3"],
    own: "that the relay cannot be reached; nothing is made of the other's silence",
    ownLike: { ...cannotReach, said: { ...cannotReach.said, other: { state: "near" } } },
    other: "near, and likewise that the relay cannot be reached: the trouble is said as one's own",
    otherLike: { state: "near", trouble: "unreachable" },
    within: "70 s",
    happens: () => world.relay.kill(),
    undo: restart,
  },
  {
    cause: "The battery is nearly empty, and that is given",
    rules: ["PRES4", "PRES3"],
    own: "nothing: it does not run",
    ownLike: null,
    other: "away, as announced: the battery",
    otherLike: { state: "away", why: "battery", until: null },
    within: "15 s",
    happens: async () => {
      await ben.does("battery", "low");
      await adaLooks.hears({ kind: "goodbye", going: true });
      await benLosesPower();
    },
    undo: () => ben.does("battery", "fine"),
  },
  {
    cause: "Time apart, announced",
    rules: ["BOUND4", "PRES3"],
    own: "the pause with its terms, and that the other is told",
    ownLike: { ...ownNow, said: { ...ownNow.said, apart: { me: { announced: true, dark: false } } } },
    other: "away, as announced: apart, with the words and the end that were given",
    otherLike: { state: "away", why: "apart", until: null, when: null },
    within: "at once",
    happens: () => ben.does("apart"),
    undo: () => ben.does("back"),
  },
  {
    cause: "Time apart, not announced",
    rules: ["BOUND4", "PRES3"],
    own: "the pause, and that nobody is told",
    ownLike: { ...ownNow, said: { ...ownNow.said, apart: { me: { announced: false } } } },
    other: "near, with the age: as when the app is closed politely",
    otherLike: { state: "near", since: inSteps },
    within: "at once",
    happens: () => ben.does("apart", "--unannounced"),
    undo: () => ben.does("back"),
  },
  {
    cause: "Going dark",
    rules: ["BOUND4", "PRES3"],
    own: "the pause, until when, and that the other is told",
    ownLike: { ...ownNow, said: { ...ownNow.said, apart: { me: { announced: true, dark: true, until: expect.stringMatching(/Z$/) } } } },
    other: "away, as announced: dark, with the return that was given; when that is past, unheard and what was expected",
    otherLike: { state: "away", why: "dark", until: expect.stringMatching(/Z$/) },
    within: "at once",
    happens: () => ben.does("dark", "--until", "3h"),
    undo: () => ben.does("back"),
  },
  {
    cause: "The sense is closed",
    rules: ["PRES2", "PRES3"],
    own: "that presence is not given",
    ownLike: { ...ownNow, said: { ...ownNow.said, show: { on: false } } },
    other: "closed, and since when",
    otherLike: { state: "closed", since: expect.stringMatching(/Z$/) },
    within: "at once",
    happens: () => ben.does("give", "presence", "off"),
    undo: () => ben.does("give", "presence", "full"),
  },
  {
    cause: "The device's clock is a day ahead",
    rules: ["PRES3"],
    own: "by how much its clock is off",
    ownLike: { ...ownNow, said: { connection: { state: "online", clockAhead: expect.toSatisfy((ahead: number) => Math.abs(ahead - day) < 2 * minute) } } },
    other: "beside: ages are of the line's time, whatever a clock says",
    otherLike: { state: "beside" },
    within: "at once",
    happens: async () => {
      await benLeaves();
      await until(ada.sees, { state: "near" });
      await bens.pass(day);
      await benComes();
    },
    undo: async () => {
      await benLeaves();
      await bens.pass(-day);
      await benComes();
    },
  },
  {
    cause: "The bond is ended while the relay is down",
    rules: ["END1", "PRES3"],
    own: "ended, and that the relay does not know yet",
    ownLike: {
      code: 4,
      said: { by: "me", told: false, other: { state: "ended" } },
      problem: { message: expect.stringContaining("the relay does not know yet") },
    },
    other: "near, and that the relay cannot be reached: the end is told when it is back",
    otherLike: { state: "near", trouble: "unreachable" },
    within: "15 s",
    happens: async () => {
      await world.relay.kill();
      await ben.tries("", "end", "--yes", "--timeout", "0.5");
    },
    undo: restart,
  },
  {
    cause: "The bond is ended",
    rules: ["END1", "PRES3"],
    own: "ended, and that the relay has it",
    ownLike: { code: 0, said: { by: "me", told: true, other: { state: "ended" } } },
    other: "ended, and by whom; never when or why",
    otherLike: { state: "ended", by: "other", since: null },
    within: "at once",
    // The end of the row before: the relay is back.
    happens: async () => undefined,
  },
];

/** The other's state, with whatever trouble the other's device has of its own. */
const adaSees = async (): Promise<object> => {
  const { said, problem } = await ada.tries("", "status", "--timeout", "0.5");
  return { ...(said["other"] as object), ...(problem["error"] === undefined ? {} : { trouble: problem["error"] }) };
};

describe("A device goes, and the other sees", () => {
  for (const row of rows) {
    test(`[${row.rules.join("] [")}] ${row.cause}: ${row.other} (${row.within})`, async () => {
      if (row.otherLike.state !== "ended") {
        if (!isThere) await benComes();
        await expect.poll(adaSees, { timeout: 30_000, interval: 10 }).toMatchObject({ state: "beside" });
        await benLooks.hears({ kind: "state", state: "beside" });
      }
      await row.happens();
      await passInSteps(spanOf[row.within]);
      await expect.poll(adaSees, { timeout: 30_000, interval: 10 }).toMatchObject(row.otherLike);
      if (row.ownLike) expect(await ben.tries("", "status", "--timeout", row.own.includes("cannot") ? "0.5" : "10")).toMatchObject(row.ownLike);
      expect(row.other).toMatch(new RegExp(`^${row.otherLike.state}\\b`));
      await row.undo?.();
    });
  }

  test("docs/causes.md holds this table", () => {
    const written = readFileSync(new URL("../../docs/causes.md", import.meta.url), "utf8");
    const table = rows.map(({ cause, own, other, within, rules }) => `| ${cause} | ${own} | ${other} | ${within} | ${rules.join(", ")} |`);
    expect(
      written
        .split("\n")
        .filter((line) => line.startsWith("| "))
        .slice(2),
    ).toEqual(table);
  });
});
