/** Runs what a modified client does against a real relay core and the real engine of Ada, and looks at all that must stay. */
import { expect } from "vitest";
import { publicKey, sha256 } from "../src/protocol/keys.ts";
import { aadOf } from "../src/line/next.ts";
import type { Sealer } from "../src/ports/sealer.ts";
import { createFakeSealers } from "../src/testing/fake-sealer.ts";
import { bondOf, diskOf, restart, say, second, textsOf, together } from "../sim/stories-kit.ts";
import { settle } from "../sim/world.ts";
import { personOf, withMember, type Hostile, type Member } from "./member.ts";
import { patiently } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";
import { wholeOf, type Whole } from "./whole.ts";

/** What came of a case: Ada before and after, and both honest again at the end. */
export interface Aftermath {
  readonly story: Hostile;
  readonly before: Whole;
  readonly after: Whole;
  /** What Ada's seal made of each record that was appended, by a copy of it from before. */
  readonly opened: readonly string[];
}

export interface Run {
  readonly make: (member: Member) => void | Promise<void>;
  /** For how long the world goes on after it. */
  readonly time?: number;
  readonly together?: boolean;
  /** Whether what both say afterwards still arrives. */
  readonly goesOn: boolean;
  readonly check: (aftermath: Aftermath) => void | Promise<void>;
}

/** The slowest step of it, in milliseconds. */
export const runMember = ({ make, time = 4 * second, together: near = false, goesOn, check }: Run): Promise<number> =>
  patiently(async (laps) => {
    const watch = watchRejections();
    try {
      const story = await withMember({ together: near });
      const { world, ada, member } = story;
      const before = await wholeOf(ada);
      const copy = await sealOf(story);
      member.forget();
      await make(member);
      const appended = member.appended.slice();
      laps.begin();
      await world.runUntil(world.schedule.now() + time, laps.lap);
      const after = await wholeOf(ada);
      const opened: string[] = [];
      for (const { n, body } of appended) {
        const { results } = await copy.receive([{ kind: "entry", body, aad: aadOf(n) }]);
        opened.push(results[0]?.kind ?? "nothing");
      }
      await check({ story, before, after, opened });
      if (goesOn) await expectGoesOn(story);
      else await expectStays(story);
      expect(watch.failures).toEqual([]);
      expect(world.people.ada.happened.length).toBeGreaterThanOrEqual(before.happened);
    } finally {
      watch.stop();
    }
  });

/** Ada's seal as it is now, apart from her engine. */
const sealOf = async ({ ada, world }: Hostile): Promise<Sealer> => {
  const disk = await diskOf(ada);
  const sealers = createFakeSealers({ now: () => world.schedule.now(), random: (length) => sha256(new Uint8Array([length])).subarray(0, length) });
  const other = disk.stage.at === "together" ? disk.stage.other : undefined;
  const restored = await sealers.restore(disk.mls ?? new Uint8Array(), { line: disk.line, me: publicKey(personOf(disk)), other });
  if (!restored.ok) throw new Error("Ada's seal can be taken up");
  return restored.value;
};

/** What both say is said, now and after Ada's device began anew. */
const expectGoesOn = async ({ world, ada, member }: Hostile): Promise<void> => {
  await member.connect();
  const [theirs, hers] = ["still here", "so am I"];
  member.say("thought", { text: theirs, at: world.schedule.now() });
  await say(world, ada, hers);
  await settle(world, 2 * second);
  expect(textsOf(ada).slice(-2).sort()).toEqual([hers, theirs].sort());
  expect(member.hears(hers)).toBe(true);
  const { connection } = together(ada);
  expect([connection.state, connection.trouble, connection.waiting]).toEqual(["online", null, 0]);
  await restart(world, ada);
  expect(textsOf(ada).slice(-2).sort()).toEqual([hers, theirs].sort());
};

/** Nothing is sent any more; what Ada has and says stays hers, also when her device begins anew. */
const expectStays = async ({ world, ada }: Hostile): Promise<void> => {
  const { trouble } = together(ada).connection;
  expect(trouble).not.toBeNull();
  const texts = textsOf(ada);
  await say(world, ada, "to myself");
  await settle(world, 3 * second);
  await restart(world, ada);
  expect([textsOf(ada), together(ada).connection.trouble, bondOf(ada).view().stage]).toEqual([[...texts, "to myself"], trouble, "together"]);
};
