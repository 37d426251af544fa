/** What a device cannot follow: the table of poison.ts. Ada's device mends the bond by itself, and honest Ben finds back into it. */
import { describe, expect, it } from "vitest";
import { asSealed } from "../src/base/brand.ts";
import { Secret } from "../src/base/secret.ts";
import { certifyDevice } from "../src/protocol/certificate.ts";
import { publicKey } from "../src/protocol/keys.ts";
import { createFakeSealers } from "../src/testing/fake-sealer.ts";
import { act, minute, say, second, textsOf, together } from "../sim/stories-kit.ts";
import { settle, until } from "../sim/world.ts";
import { isHole, titleOf } from "./cases.ts";
import { personOf, withMember } from "./member.ts";
import { poisonCases } from "./poison.ts";
import { hang, patiently, type Laps } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";
import { wholeOf } from "./whole.ts";

const run = async (one: (typeof poisonCases)[number], laps: Laps): Promise<void> => {
  const watch = watchRejections();
  try {
    const { world, ada, ben, member } = await withMember();
    const before = await wholeOf(ada);
    member.forget();
    await one.make(member);
    laps.begin();
    await world.runUntil(world.schedule.now() + minute, laps.lap);
    expect(member.heard.some((frame) => frame.type === "refused")).toBe(false);
    const after = await wholeOf(ada);
    const { thoughts, feeling, grants, me, other, words, compared, stage, trouble } = after.view;
    const old = before.view;
    expect([thoughts, feeling, grants, me, other, words, compared, stage, trouble]).toEqual([
      old.thoughts,
      old.feeling,
      old.grants,
      old.me,
      old.other,
      old.words,
      old.compared,
      old.stage,
      null,
    ]);
    expect(after.kept).toEqual(before.kept);
    expect(after.storeSize - before.storeSize).toBeLessThan(20_000);

    // Ben runs his own app again, on what his device remembers.
    member.hangUp();
    await settle(world, 5 * second);
    await world.startPerson(ben);
    await until(world, () => (together(ben).connection.state === "online" && together(ada).connection.state === "online" ? true : undefined));
    await settle(world, minute);
    await say(world, ada, "still here");
    await say(world, ben, "so am I");
    await act(world, ada, { do: "feeling", intent: { hue: 7, strength: 7 } });
    await settle(world, minute);
    for (const who of [ada, ben]) {
      expect(textsOf(who).slice(-2).sort()).toEqual(["so am I", "still here"]);
      expect(together(who).connection.trouble).toBeNull();
    }
    expect(together(ben).feeling.other).toMatchObject({ hue: 7 });
    expect(watch.failures).toEqual([]);
  } finally {
    watch.stop();
  }
};

describe("what a device cannot follow", () => {
  for (const one of poisonCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      expect(await patiently((laps) => run(one, laps))).toBeLessThan(hang);
    });
  }

  it("[REF3] corpus: poison again and again: Ada's device mends what it may, waits, loses nothing, and is well when it is left alone", async () => {
    const { world, ada, member } = await withMember();
    const before = await wholeOf(ada);
    for (let i = 0; i < 6; i++) {
      await member.connect();
      const opened = member.heard.findLast((frame) => frame.type === "opened");
      if (opened?.type !== "opened") throw new Error("the line is open");
      const { generation, epoch } = opened;
      member.send({
        type: "change",
        n: member.n() + 1,
        generation,
        epoch,
        commit: asSealed(new Uint8Array(4096).fill(i)),
        welcome: null,
        enrol: [],
        revoke: [],
      });
      await settle(world, minute);
      expect(together(ada).stage).toBe("together");
    }
    await settle(world, 130 * minute);
    const after = await wholeOf(ada);
    expect([after.view.thoughts, after.kept, after.view.trouble]).toEqual([before.view.thoughts, before.kept, null]);
    await say(world, ada, "to whom it may concern");
    await settle(world, minute);
    expect([together(ada).connection.state, together(ada).connection.waiting]).toEqual(["online", 0]);
  });

  it("[CHAIN1] corpus: a change whose keys at the relay are not those of the group: Ada and Ben go on, or Ada is told; nothing is lost", async () => {
    const { world, ada, member } = await withMember();
    const before = await wholeOf(ada);
    // A true change of Ben's, by Ben's own seal, with a stranger's key for the relay.
    const sealers = createFakeSealers({ now: () => world.schedule.now(), random: (length) => world.chance.bytes(length) });
    const { disk } = member;
    const person = publicKey(personOf(disk));
    const pins = { line: disk.line, me: person, other: disk.stage.at === "together" ? disk.stage.other : undefined };
    const laptop = new Secret(new Uint8Array(32).fill(44));
    const { keyPackage } = await sealers.keyPackage({ certificate: certifyDevice(disk.line, personOf(disk), publicKey(laptop)), deviceSeed: laptop }, pins);
    const restored = await sealers.restore(disk.mls ?? new Uint8Array(), pins);
    if (!restored.ok) throw new Error("Ben's seal can be taken up");
    const made = await restored.value.change({ add: [keyPackage], remove: [] });
    if (!made.ok) throw new Error("Ben may add a device of his own");
    const { commit, welcome } = made.value;
    member.send({
      type: "change",
      n: member.n() + 1,
      generation: disk.generation,
      epoch: disk.epoch,
      commit,
      welcome,
      enrol: [new Uint8Array(32).fill(45)],
      revoke: [],
    });
    await settle(world, minute);
    world.network.drop("ada");
    await settle(world, minute);
    const after = await wholeOf(ada);
    expect([after.view.thoughts, after.kept.slice(0, before.kept.length), after.view.other.name]).toEqual([before.view.thoughts, before.kept, "Ben"]);
    expect(["forked", undefined]).toContain(after.view.trouble?.is);
  });
});
