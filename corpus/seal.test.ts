/** What a member with real MLS keys makes: the tables of seals.ts, into the real seal. */
import { beforeAll, describe, expect, it } from "vitest";
import { asPlain, asSealed } from "../src/base/brand.ts";
import { equalBytes, toHex, u32 } from "../src/base/bytes.ts";
import { forwardLimit } from "../src/mls/state.ts";
import { entryAs, line, receive, sealers, type Device } from "../src/mls/hostile.testing.ts";
import type { Incoming } from "../src/ports/sealer.ts";
import { isHole, titleOf } from "./cases.ts";
import { entryCases, plainsOf } from "./entries.ts";
import { createGroup, goesOn, type Group } from "./group.ts";
import { changeCases, packageCases, poisonFor, sealedEntryCases, welcomeCases, type SealCase } from "./seals.ts";
import { bestOf, hang, worked } from "./stopwatch.ts";
import { createWaiting, type Waiting } from "./waiting.ts";

const usual = u32(3);
const title = (one: SealCase<never>): string => titleOf({ ...one, expect: "seal" });

const lookOf = ({ sealer, state }: Device) => ({ epoch: sealer.epoch(), members: sealer.members(), state: toHex(state) });

describe("what a member with real keys seals", () => {
  let group: Group;
  // One group for all cases: what one of them left behind would show in those that follow.
  beforeAll(async () => {
    group = await createGroup();
  });

  const refused = async (one: SealCase<Group>, kind: Incoming["kind"]): Promise<void> => {
    const body = await one.make(group);
    const readers = [group.ada, group.laptop, group.tablet];
    const before = readers.map(lookOf);
    const reasons: string[] = [];
    for (const reader of readers) {
      const item: Incoming = { kind, body: asSealed(body), aad: one.under ?? usual };
      // What is refused may be received again, and is refused again.
      const { value, took } = await bestOf(worked, () => reader.sealer.receive([item]));
      expect(took).toBeLessThan(hang);
      reader.state = value.state;
      const [result] = value.results;
      reasons.push(result?.kind === "malformed" ? result.reason : `taken: ${result?.kind}`);
    }
    expect(reasons.every((reason) => !reason.startsWith("taken"))).toBe(true);
    expect(
      reasons.some((reason) => reason.startsWith(one.reason)),
      reasons.join("; "),
    ).toBe(true);
    expect(readers.map(lookOf)).toEqual(before);
    expect(await goesOn(group)).toEqual(Array.from({ length: 6 }, () => "entry"));
  };

  for (const one of changeCases) it.skipIf(isHole(one))(title(one), () => refused(one, "change"));
  for (const one of sealedEntryCases) it.skipIf(isHole(one))(title(one), () => refused(one, "entry"));

  it("[SEAL9] corpus: an entry as far ahead as may be missing is opened, and takes no longer than anything else", async () => {
    const from = group.state().secretTree[2]?.application.generation ?? 0;
    const body = asSealed(await entryAs(group.state(), "far", { generation: from + forwardLimit }));
    const took: number[] = [];
    for (const reader of [group.laptop, group.tablet, group.ada]) {
      const begun = worked();
      expect((await receive(reader, "entry", body)).kind).toBe("entry");
      took.push(worked() - begun);
    }
    expect(Math.min(...took)).toBeLessThan(hang);
  });

  it("[SEAL11] corpus: a change that is closed to Ada's phone alone: refused by her seal, which stays as it was", async () => {
    const poisoned = await createGroup();
    const before = lookOf(poisoned.ada);
    const body = await poisonFor(poisoned.state(), 0);
    expect((await receive(poisoned.ada, "change", body)).kind).toBe("malformed");
    expect(lookOf(poisoned.ada)).toEqual(before);
    // The others follow it, and cannot know: Ada's phone needs the group made anew (LOG rules of `refound`).
    expect((await receive(poisoned.laptop, "change", body)).kind).toBe("change");
  });

  it("[BOUND3] corpus: the plain bytes of every hand-made entry are sealed and opened by real MLS as they are", async () => {
    const { ada, ben } = await createGroup();
    let count = 0;
    for (const one of entryCases)
      for (const plain of plainsOf(one)) {
        const sealed = await ben.sealer.seal(asPlain(plain), usual);
        if (!sealed.ok) throw new Error(`${one.name} does not fit`);
        const result = await receive(ada, "entry", sealed.value.body);
        if (result.kind !== "entry" || !equalBytes(result.plain, plain)) throw new Error(`${one.name} is not opened`);
        count++;
      }
    expect(count).toBeGreaterThan(100);
  });
});

describe("what leads into a group", () => {
  let waiting: Waiting;
  beforeAll(async () => {
    waiting = await createWaiting();
  });

  for (const one of welcomeCases)
    it.skipIf(isHole(one))(title(one), async () => {
      const body = await one.make(waiting);
      const { value: reason, took } = await bestOf(worked, () => waiting.join(body));
      expect(reason).not.toBe("joined");
      expect(reason.startsWith(one.reason), reason).toBe(true);
      expect(took).toBeLessThan(hang);
    });

  it("[SEAL16] corpus: after all of them the honest welcome is taken", async () => {
    expect(await waiting.join(waiting.welcome)).toBe("joined");
  });
});

describe("key packages", () => {
  let group: Group;
  beforeAll(async () => {
    group = await createGroup();
  });

  for (const one of packageCases)
    it.skipIf(isHole(one))(title(one), async () => {
      const bytes = await one.make(group);
      const { value: inspected, took } = await bestOf(worked, () => sealers.inspect(bytes, line));
      expect(inspected.ok ? "fine" : inspected.error.reason).toSatisfy((reason: string) => reason.startsWith(one.reason));
      expect(took).toBeLessThan(hang);
      const before = [lookOf(group.ben), lookOf(group.ada)];
      const added = await letIn(group.ben, bytes);
      expect(added.ok).toBe(false);
      expect([lookOf(group.ben), lookOf(group.ada)]).toEqual(before);
      expect(await goesOn(group)).toEqual(Array.from({ length: 6 }, () => "entry"));
    });
});

const letIn = ({ sealer }: Device, keyPackage: Uint8Array) => sealer.change({ add: [keyPackage], remove: [] });
