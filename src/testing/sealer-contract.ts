/**
 * What every implementation of the Sealers port does: run by the real one and by the fake of the simulator.
 * Speaks through the port only.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asPlain, asSealed, type Millis, type Plain, type Sealed } from "../base/brand.ts";
import { concat, u32, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { entryRoom } from "../mls/padding.ts";
import type { DeviceIdentity, Incoming, Member, Pins, Received, Sealer, Sealers, SealerState } from "../ports/sealer.ts";
import { certifyByDevice, certifyDevice } from "../protocol/certificate.ts";
import { publicKey, sha256 } from "../protocol/keys.ts";
import { buckets, isBucket } from "../protocol/sizes.ts";

export type MakeSealers = (options: { readonly now: () => Millis }) => Sealers;

/** A Friday in 2027; the clock stands still unless a test moves it. */
const today: Millis = 1_800_000_000_000;
const day: Millis = 86_400_000;

const line = new Uint8Array(16).fill(7);
const aad = u32(3);
const plainOf = (text: string): Plain => asPlain(utf8(text));

const seed = (name: string): Secret => {
  const bytes = new Uint8Array(32);
  bytes.set(utf8(name));
  return new Secret(bytes);
};

const ann = seed("ann");
const ben = seed("ben");
const eve = seed("eve");

const identity = (person: Secret, device: string, on = line): DeviceIdentity => {
  const deviceSeed = seed(device);
  return { certificate: certifyDevice(on, person, publicKey(deviceSeed)), deviceSeed };
};

/** A device that another one of the same person certified. */
const identityBy = (by: DeviceIdentity, device: string): DeviceIdentity => {
  const deviceSeed = seed(device);
  return { certificate: certifyByDevice(line, by.deviceSeed, by.certificate, publicKey(deviceSeed)), deviceSeed };
};

const keyOf = (device: string): Uint8Array => publicKey(seed(device));
const memberOf = (person: Secret, device: string, by: string | null = null): Member => ({
  person: publicKey(person),
  device: keyOf(device),
  by: by === null ? null : keyOf(by),
});

const pinsOf = (me: Secret, other: Secret | undefined): Pins => ({ line, me: publicKey(me), other: other && publicKey(other) });

/** A device as its driver holds it: whatever moves the keys is saved at once. */
interface Device {
  readonly sealer: Sealer;
  state: SealerState;
}

const entry = (body: Sealed, under = aad): Incoming => ({ kind: "entry", body, aad: under });
const change = (body: Sealed): Incoming => ({ kind: "change", body, aad: new Uint8Array() });

const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }): T => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

/** A change that lets one device in. */
const adding = async (device: Device, keyPackage: Uint8Array): Promise<{ readonly commit: Sealed; readonly welcome: Sealed; readonly state: SealerState }> => {
  const { commit, welcome, state } = value(await device.sealer.change({ add: [keyPackage], remove: [] }));
  if (welcome === null) throw new Error("an add without a welcome");
  device.state = state;
  return { commit, welcome, state };
};

const seal = async (device: Device, text: string): Promise<Sealed> => {
  const sealed = value(await device.sealer.seal(plainOf(text), aad));
  device.state = sealed.state;
  return sealed.body;
};

const receive = async (device: Device, ...items: readonly Incoming[]): Promise<readonly Received[]> => {
  const { results, state } = await device.sealer.receive(items);
  device.state = state;
  return results;
};

const kinds = (results: readonly Received[]): readonly string[] => results.map(({ kind }) => kind);

const texts = (results: readonly Received[]): readonly string[] =>
  results.map((result) => (result.kind === "entry" ? String.fromCharCode(...result.plain) : result.kind));

export const sealerContract = (name: string, makeSealers: MakeSealers): void => {
  const sealers = makeSealers({ now: () => today });

  const alone = async (person: Secret, device: string, other?: Secret): Promise<Device> => {
    const { sealer, state } = await sealers.found(identity(person, device), pinsOf(person, other));
    return { sealer, state };
  };

  /** `inviter` lets the device in; everyone in `present` takes the change. */
  const comeIn = async (inviter: Device, who: DeviceIdentity, pins: Pins, ...present: readonly Device[]): Promise<Device> => {
    const { keyPackage, state: pending } = await sealers.keyPackage(who, pins);
    const { commit, welcome } = await adding(inviter, keyPackage);
    expect(kinds(await receive(inviter, change(commit)))).toEqual(["own-change"]);
    for (const other of present) expect(kinds(await receive(other, change(commit)))).toEqual(["change"]);
    const joined = value(await sealers.join(pending, welcome, pins));
    return { sealer: joined.sealer, state: joined.state };
  };

  const letIn = async (inviter: Device, person: Secret, device: string, pins: Pins, ...present: readonly Device[]): Promise<Device> =>
    comeIn(inviter, identity(person, device), pins, ...present);

  const pair = async (): Promise<{ readonly a: Device; readonly b: Device }> => {
    const a = await alone(ann, "ann's phone");
    return { a, b: await letIn(a, ben, "ben's phone", pinsOf(ben, ann)) };
  };

  const restore = async (device: Device, pins: Pins): Promise<Device> => ({
    sealer: value(await sealers.restore(device.state, pins)),
    state: device.state,
  });

  describe(name, () => {
    describe("founding and joining", () => {
      test("a new group is at epoch 0 and holds only its founder", async () => {
        const a = await alone(ann, "ann's phone");
        expect(a.sealer.epoch()).toBe(0);
        expect(a.sealer.members()).toEqual([memberOf(ann, "ann's phone")]);
      });

      test("[PAIR1] a key package tells the person and the device it proves to be", async () => {
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        expect(value(await sealers.inspect(keyPackage, line))).toEqual(memberOf(ben, "ben's phone"));
      });

      test("[PAIR1] a key package for another line is refused", async () => {
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        expect((await sealers.inspect(keyPackage, new Uint8Array(16).fill(8))).ok).toBe(false);
      });

      test("[BOUND3] a changed, cut or lengthened key package is refused", async () => {
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const changed = keyPackage.slice();
        changed[changed.length - 1]! ^= 1;
        const bad = [changed, keyPackage.slice(0, -1), concat(keyPackage, new Uint8Array(1)), new Uint8Array(), new Uint8Array(70_000)];
        for (const bytes of bad) expect((await sealers.inspect(bytes, line)).ok).toBe(false);
      });

      test("[SEAL12] a key package is good for a year, give or take a day of clock", async () => {
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const at = async (now: Millis) => (await makeSealers({ now: () => now }).inspect(keyPackage, line)).ok;
        expect(await at(today - 0.9 * day)).toBe(true);
        expect(await at(today + 365.9 * day)).toBe(true);
        expect(await at(today + 366.1 * day)).toBe(false);
        expect(await at(today - 1.1 * day)).toBe(false);
      });

      test("a change takes effect only when its own bytes come back", async () => {
        const a = await alone(ann, "ann's phone");
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const { commit, welcome } = await adding(a, keyPackage);
        expect(a.sealer.epoch()).toBe(0);
        expect(a.sealer.members()).toHaveLength(1);
        expect([commit, welcome].every((body) => isBucket(body.length))).toBe(true);
        expect(await receive(a, change(commit))).toEqual([{ kind: "own-change", epoch: 1, added: [memberOf(ben, "ben's phone")], removed: [] }]);
        expect(a.sealer.epoch()).toBe(1);
      });

      test("both sides of a pairing see the same epoch and the same two members", async () => {
        const { a, b } = await pair();
        expect(b.sealer.epoch()).toBe(1);
        expect(a.sealer.members()).toEqual([memberOf(ann, "ann's phone"), memberOf(ben, "ben's phone")]);
        expect(b.sealer.members()).toEqual(a.sealer.members());
      });

      test("[BOUND2] a welcome into a group with someone else than the pinned one is refused", async () => {
        const e = await alone(eve, "eve's phone");
        const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const { welcome } = await adding(e, keyPackage);
        expect((await sealers.join(state, welcome, pinsOf(ben, ann))).ok).toBe(false);
      });

      test("[BOUND2] a device joins no group with the other person before that person is pinned", async () => {
        const a = await alone(ann, "ann's phone");
        const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const { welcome } = await adding(a, keyPackage);
        expect((await sealers.join(state, welcome, pinsOf(ben, undefined))).ok).toBe(false);
      });

      test("[PAIR1] a joiner that knows the inviter by the hash in the link joins that person's group and no one else's", async () => {
        const joiner = async (inviter: Secret) => {
          const a = await alone(inviter, "the inviter's phone");
          const pins = { ...pinsOf(ben, undefined), otherHash: sha256(publicKey(ann)) };
          const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pins);
          const { welcome } = await adding(a, keyPackage);
          return sealers.join(state, welcome, pins);
        };
        expect(value(await joiner(ann)).sealer.members()).toEqual([memberOf(ann, "the inviter's phone"), memberOf(ben, "ben's phone")]);
        expect((await joiner(eve)).ok).toBe(false);
      });

      test("a second device joins before the other person is known, and follows when it is", async () => {
        const a = await alone(ann, "ann's phone");
        const laptop = await letIn(a, ann, "ann's laptop", pinsOf(ann, undefined));
        const b = await letIn(a, ben, "ben's phone", pinsOf(ben, ann), laptop);
        expect(laptop.sealer.members()).toEqual(b.sealer.members());
        expect(texts(await receive(laptop, entry(await seal(b, "here i am"))))).toEqual(["here i am"]);
      });

      test("[BOUND3] a changed, cut or lengthened welcome, and a welcome for another device, is refused", async () => {
        const a = await alone(ann, "ann's phone");
        const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const { welcome } = await adding(a, keyPackage);
        const other = await sealers.keyPackage(identity(ben, "ben's laptop"), pinsOf(ben, ann));
        const changed = welcome.slice();
        changed[40]! ^= 1;
        const padded = welcome.slice();
        padded[padded.length - 1] = 1;
        const pins = pinsOf(ben, ann);
        for (const bytes of [changed, padded, welcome.slice(0, -1), concat(welcome, new Uint8Array(1))])
          expect((await sealers.join(state, asSealed(bytes), pins)).ok).toBe(false);
        expect((await sealers.join(other.state, welcome, pins)).ok).toBe(false);
        expect((await sealers.join(new Uint8Array(9), welcome, pins)).ok).toBe(false);
        expect((await sealers.join(state, welcome, pins)).ok).toBe(true);
      });
    });

    describe("entries", () => {
      test("[BOUND2] an entry opens on the other side and names its author", async () => {
        const { a, b } = await pair();
        expect(await receive(b, entry(await seal(a, "good night")))).toEqual([
          { kind: "entry", plain: plainOf("good night"), from: memberOf(ann, "ann's phone") },
        ]);
        expect(await receive(a, entry(await seal(b, "sleep well")))).toEqual([
          { kind: "entry", plain: plainOf("sleep well"), from: memberOf(ben, "ben's phone") },
        ]);
      });

      test("[SEAL7] a sealed entry is exactly the smallest bucket that holds it", async () => {
        const { a, b } = await pair();
        for (const [at, room] of entryRoom.entries()) {
          for (const [length, bucket] of [
            [room, buckets[at]],
            [room + 1, buckets[at + 1]],
          ] as const) {
            const plain = asPlain(new Uint8Array(length).fill(1));
            const sealed = await a.sealer.seal(plain, aad);
            if (bucket === undefined) {
              expect(sealed).toEqual({ ok: false, error: "too-large" });
              continue;
            }
            const { body } = value(sealed);
            expect(body.length).toBe(bucket);
            expect(await receive(b, entry(body))).toEqual([{ kind: "entry", plain, from: memberOf(ann, "ann's phone") }]);
          }
        }
      });

      test("an empty entry opens as an empty entry", async () => {
        const { a, b } = await pair();
        expect(texts(await receive(b, entry(await seal(a, ""))))).toEqual([""]);
      });

      test("[SEAL4] an entry under other authenticated data is refused, and opens under its own", async () => {
        const { a, b } = await pair();
        const body = await seal(a, "hello");
        expect(kinds(await receive(b, entry(body, u32(4)), entry(body, new Uint8Array()), entry(body)))).toEqual(["malformed", "malformed", "entry"]);
      });

      test("[BOUND3] a repeated entry is refused and the next one opens", async () => {
        const { a, b } = await pair();
        const [first, second] = [await seal(a, "one"), await seal(a, "two")];
        expect(texts(await receive(b, entry(first), entry(first), entry(second), entry(first)))).toEqual(["one", "malformed", "two", "malformed"]);
      });

      test("[SEAL9] an entry may be missing, and is refused when it comes after a later one", async () => {
        const { a, b } = await pair();
        const [first, second] = [await seal(a, "one"), await seal(a, "two")];
        expect(texts(await receive(b, entry(second), entry(first)))).toEqual(["two", "malformed"]);
      });

      test("[BOUND3] malformed entries are passed over and the rest go on", async () => {
        const { a, b } = await pair();
        const body = await seal(a, "still here");
        const changed = body.slice();
        changed[200]! ^= 1;
        const bad = [changed, body.slice(0, -1), concat(body, new Uint8Array(1)), new Uint8Array(), new Uint8Array(256), new Uint8Array(70_000)].map((bytes) =>
          entry(asSealed(bytes)),
        );
        expect(texts(await receive(b, ...bad, entry(body)))).toEqual([...bad.map(() => "malformed"), "still here"]);
      });

      test("[BOUND3] malformed items leave the state as it was", async () => {
        const { a, b } = await pair();
        const before = b.state;
        const body = await seal(a, "later");
        const changed = body.slice();
        changed[120]! ^= 1;
        await receive(b, entry(asSealed(changed)), change(asSealed(changed)), change(body), entry(body, u32(9)));
        expect(b.state).toEqual(before);
      });

      test("[BOUND3] no bytes make receiving throw", async () => {
        const { b } = await pair();
        const before = b.state;
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom("entry" as const, "change" as const), async (bytes, kind) => {
            expect(kinds(await receive(b, { kind, body: asSealed(bytes), aad }))).toEqual(["malformed"]);
          }),
          { numRuns: 200 },
        );
        expect(b.state).toEqual(before);
      });

      test("[BOUND3] no change of one byte lets an entry open", async () => {
        const { a, b } = await pair();
        const body = await seal(a, "as it was");
        await fc.assert(
          fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
            const changed = body.slice();
            changed[at]! ^= flip;
            expect(kinds(await receive(b, entry(asSealed(changed))))).toEqual(["malformed"]);
          }),
          { numRuns: 150 },
        );
        expect(texts(await receive(b, entry(body)))).toEqual(["as it was"]);
      });

      test("an own entry is not opened again", async () => {
        const { a } = await pair();
        expect(kinds(await receive(a, entry(await seal(a, "mine"))))).toEqual(["malformed"]);
      });

      test("[BOUND2] an entry sealed by a device outside the bond is refused", async () => {
        const { b } = await pair();
        const e = await alone(eve, "eve's phone");
        await letIn(e, ann, "ann's phone", pinsOf(ann, eve));
        expect(kinds(await receive(b, entry(await seal(e, "it is me, ann"))))).toEqual(["malformed"]);
      });

      test("a change given as an entry and an entry given as a change are refused", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = await adding(a, keyPackage);
        expect(kinds(await receive(b, entry(commit), change(await seal(a, "hm")), change(commit)))).toEqual(["malformed", "malformed", "change"]);
      });
    });

    describe("changes", () => {
      test("[DEV1] a change shows both sides who was added and by whom", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = await adding(a, keyPackage);
        expect(await receive(b, change(commit))).toEqual([
          { kind: "change", epoch: 2, added: [memberOf(ann, "ann's laptop")], removed: [], from: memberOf(ann, "ann's phone") },
        ]);
        expect(b.sealer.members()).toHaveLength(3);
      });

      test("three devices read each other after a change", async () => {
        const { a, b } = await pair();
        const laptop = await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
        const fromLaptop = await seal(laptop, "from the laptop");
        expect(texts([...(await receive(a, entry(fromLaptop))), ...(await receive(b, entry(fromLaptop)))])).toEqual(["from the laptop", "from the laptop"]);
        const fromBen = await seal(b, "from ben");
        expect(texts([...(await receive(a, entry(fromBen))), ...(await receive(laptop, entry(fromBen)))])).toEqual(["from ben", "from ben"]);
      });

      test("[SEAL8] entries of the epoch before and of the epoch after are refused", async () => {
        const { a, b } = await pair();
        const before = await seal(b, "before");
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = await adding(a, keyPackage);
        await receive(a, change(commit));
        const after = await seal(a, "after");
        expect(texts([...(await receive(a, entry(before))), ...(await receive(b, entry(after), change(commit), entry(after)))])).toEqual([
          "malformed",
          "malformed",
          "change",
          "after",
        ]);
      });

      test("a change is taken once", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = await adding(a, keyPackage);
        expect(kinds([...(await receive(a, change(commit), change(commit))), ...(await receive(b, change(commit), change(commit)))])).toEqual([
          "own-change",
          "malformed",
          "change",
          "malformed",
        ]);
      });

      test("of two changes at once the first in the log wins, and the loser makes its own again", async () => {
        const { a, b } = await pair();
        const annsLaptop = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const bensLaptop = await sealers.keyPackage(identity(ben, "ben's laptop"), pinsOf(ben, ann));
        const won = await adding(a, annsLaptop.keyPackage);
        const lost = await adding(b, bensLaptop.keyPackage);
        expect(kinds(await receive(a, change(won.commit), change(lost.commit)))).toEqual(["own-change", "malformed"]);
        expect(kinds(await receive(b, change(won.commit), change(lost.commit)))).toEqual(["change", "malformed"]);
        const again = await adding(b, bensLaptop.keyPackage);
        expect(kinds([...(await receive(b, change(again.commit))), ...(await receive(a, change(again.commit)))])).toEqual(["own-change", "change"]);
        expect(a.sealer.members()).toEqual(b.sealer.members());
        expect(texts(await receive(b, entry(await seal(a, "all here"))))).toEqual(["all here"]);
      });

      test("a later change of my own replaces an earlier one that waits", async () => {
        const { a, b } = await pair();
        const first = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const second = await sealers.keyPackage(identity(ann, "ann's tablet"), pinsOf(ann, ben));
        const replaced = await adding(a, first.keyPackage);
        const { commit } = await adding(a, second.keyPackage);
        expect(kinds(await receive(a, change(replaced.commit), change(commit)))).toEqual(["malformed", "own-change"]);
        expect(kinds(await receive(b, change(commit)))).toEqual(["change"]);
        expect(a.sealer.members()).toEqual(b.sealer.members());
      });

      test("entries sealed while a change waits still open, and the change then takes effect", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = await adding(a, keyPackage);
        const body = await seal(a, "meanwhile");
        expect(texts(await receive(b, entry(body), change(commit)))).toEqual(["meanwhile", "change"]);
        expect(texts(await receive(a, entry(await seal(b, "stale")), change(commit)))).toEqual(["malformed", "own-change"]);
        expect(texts(await receive(b, entry(await seal(a, "now"))))).toEqual(["now"]);
      });

      test("[PAIR1] an inviter lets in anyone's first device once, and that person is then the other", async () => {
        const { a } = await pair();
        const third = await sealers.keyPackage(identity(eve, "eve's phone"), pinsOf(eve, ann));
        expect((await a.sealer.change({ add: [third.keyPackage], remove: [] })).ok).toBe(false);
      });

      test("[PAIR1] with the other pinned, a key package of a third person is refused", async () => {
        const a = await alone(ann, "ann's phone", ben);
        const third = await sealers.keyPackage(identity(eve, "eve's phone"), pinsOf(eve, ann));
        expect((await a.sealer.change({ add: [third.keyPackage], remove: [] })).ok).toBe(false);
      });

      test("[DEV2] a side does not add a further device of the other", async () => {
        const { a } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's laptop"), pinsOf(ben, ann));
        expect((await a.sealer.change({ add: [keyPackage], remove: [] })).ok).toBe(false);
      });

      test("[SEAL14] a person has at most four devices", async () => {
        const { a, b } = await pair();
        for (const device of ["laptop", "tablet", "watch"]) await letIn(a, ann, device, pinsOf(ann, ben), b);
        const { keyPackage } = await sealers.keyPackage(identity(ann, "fridge"), pinsOf(ann, ben));
        expect((await a.sealer.change({ add: [keyPackage], remove: [] })).ok).toBe(false);
        expect(a.sealer.members()).toHaveLength(5);
      });

      test("[SEAL14] a device that is in already is not added again", async () => {
        const { a } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's phone"), pinsOf(ann, ben));
        expect((await a.sealer.change({ add: [keyPackage], remove: [] })).ok).toBe(false);
      });

      test("a group of eight devices fits its buckets and goes on", async () => {
        const { a, b } = await pair();
        const all = [a, b];
        for (const device of ["one", "two", "three"]) all.push(await letIn(a, ann, `ann ${device}`, pinsOf(ann, ben), ...all.slice(1)));
        for (const device of ["one", "two", "three"]) all.push(await letIn(b, ben, `ben ${device}`, pinsOf(ben, ann), ...all.filter((other) => other !== b)));
        expect(a.sealer.members()).toHaveLength(8);
        const body = await seal(all[7] as Device, "eight");
        for (const other of all.slice(0, 7)) expect(texts(await receive(other, entry(body)))).toEqual(["eight"]);
      });
    });

    describe("devices that a device certified", () => {
      /** Ann's phone and Ben's, and Ann's laptop, which her phone certified and let in. */
      const three = async () => {
        const { a, b } = await pair();
        const who = identityBy(identity(ann, "ann's phone"), "ann's laptop");
        const laptop = await comeIn(a, who, pinsOf(ann, ben), b);
        const tablet = await sealers.keyPackage(identityBy(who, "ann's tablet"), pinsOf(ann, ben));
        return { a, b, laptop, tablet };
      };

      test("[DEV1] a device comes in by the change of the one that certified it, and all see which that was", async () => {
        const { a, b, laptop, tablet } = await three();
        const members = [memberOf(ann, "ann's phone"), memberOf(ben, "ben's phone"), memberOf(ann, "ann's laptop", "ann's phone")];
        for (const device of [a, b, laptop]) expect(device.sealer.members()).toEqual(members);
        expect(value(await sealers.inspect(tablet.keyPackage, line))).toEqual(memberOf(ann, "ann's tablet", "ann's laptop"));
        const { commit, welcome } = await adding(laptop, tablet.keyPackage);
        const added = [memberOf(ann, "ann's tablet", "ann's laptop")];
        expect(await receive(b, change(commit))).toEqual([{ kind: "change", epoch: 3, added, removed: [], from: members[2] }]);
        expect(kinds([...(await receive(a, change(commit))), ...(await receive(laptop, change(commit)))])).toEqual(["change", "own-change"]);
        const joined = value(await sealers.join(tablet.state, welcome, pinsOf(ann, ben)));
        expect(joined.sealer.members()).toEqual([...members, ...added]);
      });

      test("[DEV1] no other device lets it in, not even an own one", async () => {
        const { a, b, tablet } = await three();
        for (const device of [a, b]) expect((await device.sealer.change({ add: [tablet.keyPackage], remove: [] })).ok).toBe(false);
      });

      test("[DEV1] once the certifying device is out, what it certified cannot come in", async () => {
        const { a, b, laptop, tablet } = await three();
        const { commit } = value(await a.sealer.change({ add: [], remove: [keyOf("ann's laptop")] }));
        for (const device of [a, b, laptop]) await receive(device, change(commit));
        for (const device of [a, b, laptop]) expect((await device.sealer.change({ add: [tablet.keyPackage], remove: [] })).ok).toBe(false);
      });

      test("[PAIR1] an inviter lets in a first device of the other that the other's person key certified, and no other", async () => {
        const a = await alone(ann, "ann's phone");
        const { keyPackage } = await sealers.keyPackage(identityBy(identity(ben, "ben's phone"), "ben's laptop"), pinsOf(ben, ann));
        expect((await a.sealer.change({ add: [keyPackage], remove: [] })).ok).toBe(false);
      });
    });

    describe("devices that go", () => {
      /** Ann's phone, laptop and Ben's phone; and the laptop's change that takes out the laptop. */
      const losing = async (add: readonly Uint8Array[] = []) => {
        const { a, b } = await pair();
        const laptop = await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
        const before = { sealer: laptop.sealer, state: laptop.state };
        const { commit, welcome, state } = value(await a.sealer.change({ add, remove: [keyOf("ann's laptop")] }));
        a.state = state;
        return { a, b, laptop, before, commit, welcome };
      };

      test("[DEV2] a side removes its own device, and all see it", async () => {
        const { a, b, laptop, commit, welcome } = await losing();
        expect(welcome).toBeNull();
        const removed = [memberOf(ann, "ann's laptop")];
        expect(await receive(b, change(commit))).toEqual([{ kind: "change", epoch: 3, added: [], removed, from: memberOf(ann, "ann's phone") }]);
        expect(await receive(laptop, change(commit))).toMatchObject([{ kind: "change", epoch: 3, removed }]);
        expect(await receive(a, change(commit))).toEqual([{ kind: "own-change", epoch: 3, added: [], removed }]);
        for (const device of [a, b, laptop]) expect(device.sealer.members()).toEqual([memberOf(ann, "ann's phone"), memberOf(ben, "ben's phone")]);
        expect(texts(await receive(b, entry(await seal(a, "only us"))))).toEqual(["only us"]);
        expect(texts(await receive(a, entry(await seal(b, "yes"))))).toEqual(["yes"]);
      });

      test("[DEV2] a side removes no device of the other, and none that is not in", async () => {
        const { a, b, commit } = await losing();
        for (const device of [a, b]) await receive(device, change(commit));
        const remove = async (...devices: readonly string[]) => (await a.sealer.change({ add: [], remove: devices.map(keyOf) })).ok;
        expect([await remove("ben's phone"), await remove("ann's laptop"), await remove("eve's phone")]).toEqual([false, false, false]);
        expect((await a.sealer.change({ add: [], remove: [new Uint8Array()] })).ok).toBe(false);
      });

      test("[DEV2] a device removes neither itself nor another one twice, and nobody comes and goes at once", async () => {
        const { a } = await losing();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const remove = async (add: readonly Uint8Array[], ...devices: readonly string[]) => (await a.sealer.change({ add, remove: devices.map(keyOf) })).ok;
        expect(await remove([], "ann's phone")).toBe(false);
        expect(await remove([], "ann's laptop", "ann's laptop")).toBe(false);
        expect(await remove([keyPackage], "ann's laptop")).toBe(false);
        expect(await remove([], "ann's laptop")).toBe(true);
      });

      test("[DEV2] a removed device opens nothing that follows, even from all it ever saved", async () => {
        const { a, b, laptop, before, commit } = await losing();
        for (const device of [a, b]) await receive(device, change(commit));
        const said = await seal(b, "after");
        const tablet = await sealers.keyPackage(identity(ann, "ann's tablet"), pinsOf(ann, ben));
        const next = await adding(a, tablet.keyPackage);
        const old = await restore(before, pinsOf(ann, ben));
        expect(kinds(await receive(old, entry(said), change(next.commit)))).toEqual(["malformed", "malformed"]);
        expect(kinds(await receive(laptop, change(commit), entry(said), change(next.commit)))).toEqual(["change", "malformed", "malformed"]);
        expect((await sealers.join(laptop.state, next.welcome, pinsOf(ann, ben))).ok).toBe(false);
        const again = await restore(laptop, pinsOf(ann, ben));
        expect(kinds(await receive(again, entry(said), change(next.commit)))).toEqual(["malformed", "malformed"]);
        expect((await again.sealer.change({ add: [tablet.keyPackage], remove: [] })).ok).toBe(false);
        await expect(again.sealer.seal(plainOf("still here"), aad)).rejects.toThrow("defect");
        await expect(again.sealer.exportSecret("live", aad)).rejects.toThrow("defect");
      });

      test("[DEV2] a device that takes the removed one's place in the same change comes in, and the removed one is out", async () => {
        const tablet = await sealers.keyPackage(identity(ann, "ann's tablet"), pinsOf(ann, ben));
        const { a, b, laptop, commit, welcome } = await losing([tablet.keyPackage]);
        const [added, removed] = [[memberOf(ann, "ann's tablet")], [memberOf(ann, "ann's laptop")]];
        for (const device of [b, laptop]) expect(await receive(device, change(commit))).toMatchObject([{ kind: "change", added, removed }]);
        expect(await receive(a, change(commit))).toMatchObject([{ kind: "own-change", added, removed }]);
        const joined: Device = { ...value(await sealers.join(tablet.state, welcome as Sealed, pinsOf(ann, ben))) };
        const said = await seal(joined, "new here");
        expect(texts([...(await receive(a, entry(said))), ...(await receive(b, entry(said))), ...(await receive(laptop, entry(said)))])).toEqual([
          "new here",
          "new here",
          "malformed",
        ]);
        expect(texts(await receive(joined, entry(await seal(b, "welcome"))))).toEqual(["welcome"]);
        expect((await sealers.restore(laptop.state, pinsOf(ann, ben))).ok).toBe(true);
      });

      test("of a removal and the removed one's own change at once, the first in the log wins", async () => {
        for (const first of ["removal", "other"] as const) {
          const { a, b, laptop, commit } = await losing();
          const tablet = await sealers.keyPackage(identity(ann, "ann's tablet"), pinsOf(ann, ben));
          const other = await adding(laptop, tablet.keyPackage);
          const log = (first === "removal" ? [commit, other.commit] : [other.commit, commit]).map(change);
          expect(kinds(await receive(b, ...log))).toEqual(["change", "malformed"]);
          expect(kinds(await receive(a, ...log))).toEqual([first === "removal" ? "own-change" : "change", "malformed"]);
          expect(kinds(await receive(laptop, ...log))).toEqual([first === "removal" ? "change" : "own-change", "malformed"]);
          if (first === "removal") continue;
          const again = value(await a.sealer.change({ add: [], remove: [keyOf("ann's laptop")] }));
          expect(kinds([...(await receive(a, change(again.commit))), ...(await receive(b, change(again.commit)))])).toEqual(["own-change", "change"]);
          expect(b.sealer.members()).toEqual(a.sealer.members());
          expect(texts(await receive(b, entry(await seal(a, "settled"))))).toEqual(["settled"]);
        }
      });

      test("[SEAL14] several come and go in one change, up to four of each person", async () => {
        const { a, b } = await pair();
        const devicesOf = async (person: Secret, pins: Pins, names: readonly string[]) =>
          Promise.all(names.map((name) => sealers.keyPackage(identity(person, name), pins)));
        const all = [a, b];
        const bring = async (by: Device, person: Secret, pins: Pins, names: readonly string[], remove: readonly string[] = []) => {
          const coming = await devicesOf(person, pins, names);
          const changed = value(await by.sealer.change({ add: coming.map(({ keyPackage }) => keyPackage), remove: remove.map(keyOf) }));
          for (const device of all) await receive(device, change(changed.commit));
          for (const { state } of coming) all.push({ ...value(await sealers.join(state, changed.welcome as Sealed, pins)) });
        };
        await bring(a, ann, pinsOf(ann, ben), ["a2", "a3", "a4"]);
        await bring(b, ben, pinsOf(ben, ann), ["b2", "b3", "b4"]);
        expect(all.map(({ sealer }) => sealer.members().length)).toEqual(all.map(() => 8));
        const [one] = await devicesOf(ann, pinsOf(ann, ben), ["a5"]);
        expect((await a.sealer.change({ add: [(one as { keyPackage: Uint8Array }).keyPackage], remove: [] })).ok).toBe(false);
        await bring(a, ann, pinsOf(ann, ben), ["a5", "a6", "a7"], ["a2", "a3", "a4"]);
        const here = all.filter((_, at) => ![2, 3, 4].includes(at));
        expect(here.map(({ sealer }) => sealer.members().length)).toEqual(here.map(() => 8));
        for (const author of here) {
          const said = await seal(author, "hello all");
          for (const other of here) if (other !== author) expect(texts(await receive(other, entry(said)))).toEqual(["hello all"]);
        }
      });
    });

    describe("a group made anew", () => {
      const lastResort = (who: DeviceIdentity, pins: Pins) => sealers.keyPackage(who, pins);
      const [annsPins, bensPins] = [pinsOf(ann, ben), pinsOf(ben, ann)];
      const annsPhone = identity(ann, "ann's phone");
      const bensPhone = identity(ben, "ben's phone");
      const among = [keyOf("ann's phone"), keyOf("ben's phone")];

      test("[SEAL18] eight devices find each other again by their last-resort key packages", async () => {
        const names = [1, 2, 3, 4];
        const identities = [...names.map((n) => identity(ann, `ann ${n}`)), ...names.map((n) => identity(ben, `ben ${n}`))];
        const devices = identities.map(({ deviceSeed }) => publicKey(deviceSeed));
        const waiting = await Promise.all(identities.map((who, at) => lastResort(who, at < 4 ? annsPins : bensPins)));
        const [me] = identities as [DeviceIdentity];
        const made = value(
          await sealers.refound(
            me,
            annsPins,
            waiting.map(({ keyPackage }) => keyPackage),
          ),
        );
        expect(isBucket(made.welcome.length)).toBe(true);
        const all: Device[] = [{ sealer: value(await sealers.restore(made.state, annsPins)), state: made.state }];
        const hello = await seal(all[0] as Device, "hello");
        for (const [at, { state }] of waiting.entries())
          if (at > 0) all.push({ ...value(await sealers.join(state, made.welcome, at < 4 ? annsPins : bensPins, { on: devices, told: [], gone: [] })) });
        for (const { sealer } of all) {
          expect(sealer.epoch()).toBe(1);
          expect(sealer.members()).toEqual(made.members);
        }
        expect(made.members.map(({ device }) => device)).toEqual(devices);
        for (const other of all.slice(1)) expect(texts(await receive(other, entry(hello)))).toEqual(["hello"]);
        const back = await seal(all[7] as Device, "hello back");
        for (const other of all.slice(0, 7)) expect(texts(await receive(other, entry(back)))).toEqual(["hello back"]);
        const { commit } = value(await (all[5] as Device).sealer.change({ add: [], remove: [keyOf("ben 1")] }));
        expect(kinds((await Promise.all(all.map((device) => receive(device, change(commit))))).flat())).toEqual([
          ...Array.from({ length: 5 }, () => "change"),
          "own-change",
          "change",
          "change",
        ]);
      });

      test("[SEAL18] what was sealed in the old group opens in no new one, and the other way round", async () => {
        const { a, b } = await pair();
        const before = await seal(a, "before");
        const { keyPackage, state } = await lastResort(bensPhone, bensPins);
        const made = value(await sealers.refound(annsPhone, annsPins, [keyPackage]));
        const [anew, joined]: Device[] = [
          { sealer: value(await sealers.restore(made.state, annsPins)), state: made.state },
          { ...value(await sealers.join(state, made.welcome, bensPins, { on: among, told: [], gone: [] })) },
        ];
        const after = await seal(anew as Device, "after");
        expect([(joined as Device).sealer.epoch(), b.sealer.epoch()]).toEqual([1, 1]);
        expect(texts(await receive(joined as Device, entry(before), entry(after)))).toEqual(["malformed", "after"]);
        expect(texts(await receive(b, entry(after), entry(before)))).toEqual(["malformed", "before"]);
      });

      test("[SEAL18] a device that missed a change is back", async () => {
        const { a, b } = await pair();
        const laptop = await letIn(a, ann, "ann's laptop", annsPins);
        expect(texts(await receive(b, entry(await seal(laptop, "do you hear me"))))).toEqual(["malformed"]);
        const waiting = await Promise.all([lastResort(annsPhone, annsPins), lastResort(identity(ann, "ann's laptop"), annsPins)]);
        const made = value(
          await sealers.refound(
            bensPhone,
            bensPins,
            waiting.map(({ keyPackage }) => keyPackage),
          ),
        );
        const anew: Device = { sealer: value(await sealers.restore(made.state, bensPins)), state: made.state };
        const said = await seal(anew, "now i do");
        for (const { state } of waiting) {
          const joined = value(await sealers.join(state, made.welcome, annsPins, { on: [...among, keyOf("ann's laptop")], told: [], gone: [] }));
          expect(texts(await receive({ ...joined }, entry(said)))).toEqual(["now i do"]);
        }
      });

      test("[SEAL18] packages that do not pass are left out", async () => {
        const bens = await lastResort(bensPhone, bensPins);
        const changed = new Uint8Array(bens.keyPackage);
        changed[changed.length - 1]! ^= 1;
        const elsewhere = { ...annsPins, line: new Uint8Array(16).fill(8) };
        const late = makeSealers({ now: () => today - 366 * day });
        const bad = [
          changed,
          bens.keyPackage.slice(0, -1),
          new Uint8Array(),
          new Uint8Array(70_000),
          (await sealers.keyPackage(identity(eve, "eve's phone"), pinsOf(eve, ann))).keyPackage,
          (await sealers.keyPackage(identity(ann, "ann's laptop", elsewhere.line), elsewhere)).keyPackage,
          (await late.keyPackage(identity(ann, "ann's laptop"), annsPins)).keyPackage,
          (await lastResort(annsPhone, annsPins)).keyPackage,
        ];
        expect((await sealers.refound(annsPhone, annsPins, bad)).ok).toBe(false);
        expect((await sealers.refound(annsPhone, annsPins, [])).ok).toBe(false);
        const again = (await lastResort(bensPhone, bensPins)).keyPackage;
        const made = value(await sealers.refound(annsPhone, annsPins, [...bad, bens.keyPackage, again, ...bad]));
        expect(made.members).toEqual([memberOf(ann, "ann's phone"), memberOf(ben, "ben's phone")]);
        expect((await sealers.join(bens.state, made.welcome, bensPins, { on: among, told: [], gone: [] })).ok).toBe(true);
      });

      test("[SEAL18] a package is good to the last hour of its year, and not after it", async () => {
        const bens = await lastResort(bensPhone, bensPins);
        const at = async (now: Millis) => (await makeSealers({ now: () => now }).refound(annsPhone, annsPins, [bens.keyPackage])).ok;
        expect([await at(today + 364.9 * day), await at(today + 365.1 * day)]).toEqual([true, false]);
      });

      test("[SEAL18] no more than four of a person are in it, own devices first", async () => {
        const packages = async (person: Secret, pins: Pins, ...names: readonly string[]) =>
          Promise.all(names.map(async (name) => (await lastResort(identity(person, name), pins)).keyPackage));
        const bens = await packages(ben, bensPins, "b1", "b2", "b3", "b4", "b5");
        const anns = await packages(ann, annsPins, "a1", "a2", "a3", "a4");
        const { members } = value(await sealers.refound(annsPhone, annsPins, [...bens, ...anns]));
        const named = (person: Secret, ...names: readonly string[]) => names.map((name) => memberOf(person, name));
        expect(members).toEqual([...named(ann, "ann's phone", "a1", "a2", "a3"), ...named(ben, "b1", "b2", "b3", "b4")]);
      });

      test("[SEAL18] while the other person is not pinned, only own devices are in it", async () => {
        const bens = await lastResort(bensPhone, bensPins);
        const laptop = await lastResort(identityBy(annsPhone, "ann's laptop"), pinsOf(ann, undefined));
        const made = value(await sealers.refound(annsPhone, pinsOf(ann, undefined), [bens.keyPackage, laptop.keyPackage]));
        expect(made.members).toEqual([memberOf(ann, "ann's phone"), memberOf(ann, "ann's laptop", "ann's phone")]);
        const joined = value(
          await sealers.join(laptop.state, made.welcome, pinsOf(ann, undefined), { on: [keyOf("ann's phone"), keyOf("ann's laptop")], told: [], gone: [] }),
        );
        expect(joined.sealer.members()).toEqual(made.members);
      });

      test("[SEAL18] a welcome to a group with a device that is not on the line is refused", async () => {
        const [bens, laptop] = await Promise.all([lastResort(bensPhone, bensPins), lastResort(identityBy(annsPhone, "ann's laptop"), annsPins)]);
        const made = value(await sealers.refound(annsPhone, annsPins, [bens.keyPackage, laptop.keyPackage]));
        const join = async (devices: readonly Uint8Array[]) => (await sealers.join(bens.state, made.welcome, bensPins, { on: devices, told: [], gone: [] })).ok;
        expect(await join(among)).toBe(false);
        expect(await join([keyOf("ann's phone"), keyOf("ann's tablet")])).toBe(false);
        expect(await join([])).toBe(false);
        expect(await join([...among, keyOf("ann's laptop"), keyOf("ann's tablet")])).toBe(true);
      });

      test("[SEAL18] who came back by the twelve words may be in it unknown, and nobody who was removed", async () => {
        const [bens, back] = await Promise.all([lastResort(bensPhone, bensPins), lastResort(identity(ann, "ann's new phone"), annsPins)]);
        const made = value(await sealers.refound(annsPhone, annsPins, [bens.keyPackage, back.keyPackage]));
        const join = async (gone: readonly Uint8Array[]) => (await sealers.join(bens.state, made.welcome, bensPins, { on: among, told: [], gone })).ok;
        expect(await join([keyOf("ann's new phone")])).toBe(false);
        expect(await join([keyOf("ann's tablet")])).toBe(true);
      });

      test("[SEAL18] only as a group made anew may it be of the other person's making with a second device of mine", async () => {
        const [bens, more] = await Promise.all([lastResort(bensPhone, bensPins), lastResort(identity(ben, "ben's laptop"), bensPins)]);
        const made = value(await sealers.refound(annsPhone, annsPins, [bens.keyPackage, more.keyPackage]));
        expect((await sealers.join(bens.state, made.welcome, bensPins)).ok).toBe(false);
        expect((await sealers.join(bens.state, made.welcome, bensPins, { on: [...among, keyOf("ben's laptop")], told: [], gone: [] })).ok).toBe(true);
      });

      test("[SEAL18] a welcome to a group that was there before is none to a group made anew", async () => {
        const { a } = await pair();
        const laptop = await lastResort(identity(ann, "ann's laptop"), annsPins);
        const { welcome } = await adding(a, laptop.keyPackage);
        expect((await sealers.join(laptop.state, welcome, annsPins, { on: [...among, keyOf("ann's laptop")], told: [], gone: [] })).ok).toBe(false);
        expect((await sealers.join(laptop.state, welcome, annsPins)).ok).toBe(true);
      });

      test("[SEAL18] a device that is not in the new group opens nothing that follows", async () => {
        const { a, b } = await pair();
        const laptop = await letIn(a, ann, "ann's laptop", annsPins, b);
        const [bens, out] = await Promise.all([lastResort(bensPhone, bensPins), lastResort(identity(ann, "ann's laptop"), annsPins)]);
        const made = value(await sealers.refound(annsPhone, annsPins, [bens.keyPackage]));
        const anew: Device = { sealer: value(await sealers.restore(made.state, annsPins)), state: made.state };
        expect((await sealers.join(out.state, made.welcome, annsPins, { on: [...among, keyOf("ann's laptop")], told: [], gone: [] })).ok).toBe(false);
        const later = await letIn(anew, ann, "ann's tablet", annsPins);
        const bodies = [await seal(anew, "without you"), await seal(later, "none of us")];
        expect(kinds(await receive(laptop, ...bodies.map((body) => entry(body))))).toEqual(["malformed", "malformed"]);
      });
    });

    describe("boxes", () => {
      const [mine, other] = [seed("a box"), seed("another box")];
      const plain = utf8("the key of the archive");

      test("[SEAL19] a box opens for the seed of its key, and is 1136 bytes longer than what is in it", async () => {
        const key = await sealers.boxKey(mine);
        expect(key).toHaveLength(1216);
        expect(await sealers.boxKey(mine)).toEqual(key);
        expect(await sealers.boxKey(other)).not.toEqual(key);
        for (const bytes of [plain, new Uint8Array(), new Uint8Array(65_536 - 1136).fill(7)]) {
          const box = value(await sealers.sealBox(key, bytes, "a test"));
          expect(box).toHaveLength(bytes.length + 1136);
          expect(value(await sealers.openBox(mine, box, "a test"))).toEqual(bytes);
        }
        expect(value(await sealers.sealBox(key, plain, "a test"))).not.toEqual(value(await sealers.sealBox(key, plain, "a test")));
      });

      test("[SEAL19] a box does not open for another seed or another use, nor when a byte of it changed", async () => {
        const box = value(await sealers.sealBox(await sealers.boxKey(mine), plain, "a test"));
        expect((await sealers.openBox(other, box, "a test")).ok).toBe(false);
        expect((await sealers.openBox(mine, box, "another")).ok).toBe(false);
        for (const at of [0, 600, 1119, 1120, 1140, box.length - 1]) {
          const changed = new Uint8Array(box);
          changed[at]! ^= 1;
          expect((await sealers.openBox(mine, changed, "a test")).ok).toBe(false);
        }
        for (const bytes of [box.slice(0, -1), concat(box, new Uint8Array(1)), box.slice(0, 1135), new Uint8Array(), new Uint8Array(65_537)])
          expect((await sealers.openBox(mine, bytes, "a test")).ok).toBe(false);
      });

      test("[SEAL19] nothing is sealed to a key nobody can encrypt to, nor over 64 KiB", async () => {
        const key = await sealers.boxKey(mine);
        for (const bad of [new Uint8Array(), key.slice(1), concat(key, new Uint8Array(1)), new Uint8Array(1216).fill(255)])
          expect((await sealers.sealBox(bad, plain, "a test")).ok).toBe(false);
        expect((await sealers.sealBox(key, new Uint8Array(65_536 - 1135), "a test")).ok).toBe(false);
      });
    });

    describe("saving and restoring", () => {
      test("a restored sealer goes on exactly where it was", async () => {
        const { a, b } = await pair();
        const [one, two] = [await seal(a, "one"), await seal(a, "two")];
        expect(texts(await receive(b, entry(one)))).toEqual(["one"]);
        const later = await restore(b, pinsOf(ben, ann));
        expect(later.sealer.epoch()).toBe(1);
        expect(later.sealer.members()).toEqual(b.sealer.members());
        expect(texts(await receive(later, entry(one), entry(two)))).toEqual(["malformed", "two"]);
        const back = await seal(later, "three");
        expect(texts(await receive(await restore(a, pinsOf(ann, ben)), entry(back)))).toEqual(["three"]);
      });

      test("[SEAL10] entries sealed before and after a restore all open: no generation is used twice", async () => {
        const { a, b } = await pair();
        let writer = a;
        const bodies: Sealed[] = [];
        for (let i = 0; i < 6; i++) {
          bodies.push(await seal(writer, `entry ${i}`));
          writer = await restore(writer, pinsOf(ann, ben));
        }
        expect(texts(await receive(b, ...bodies.map((body) => entry(body))))).toEqual(bodies.map((_, i) => `entry ${i}`));
      });

      test("a change that waits survives a restore", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit, state } = await adding(a, keyPackage);
        const later = await restore({ sealer: a.sealer, state }, pinsOf(ann, ben));
        const body = await seal(later, "in between");
        const last = await restore(later, pinsOf(ann, ben));
        expect(kinds(await receive(last, change(commit)))).toEqual(["own-change"]);
        expect(texts(await receive(b, entry(body), change(commit), entry(await seal(last, "after"))))).toEqual(["in between", "change", "after"]);
      });

      test("every call that moves the keys gives a new state", async () => {
        const { a, b } = await pair();
        const before = [a.state, b.state];
        await receive(b, entry(await seal(a, "moved")));
        expect(a.state).not.toEqual(before[0]);
        expect(b.state).not.toEqual(before[1]);
      });

      test("a state that is not one, or of another line or person, is refused", async () => {
        const { a } = await pair();
        const bad = [new Uint8Array(), new Uint8Array(100), a.state.slice(0, -1), concat(a.state, new Uint8Array(1))];
        for (const state of bad) expect((await sealers.restore(state, pinsOf(ann, ben))).ok).toBe(false);
        expect((await sealers.restore(a.state, { ...pinsOf(ann, ben), line: new Uint8Array(16) })).ok).toBe(false);
        expect((await sealers.restore(a.state, pinsOf(ann, eve))).ok).toBe(false);
        expect((await sealers.restore(a.state, pinsOf(eve, ann))).ok).toBe(false);
        expect((await sealers.restore(a.state, pinsOf(ben, ann))).ok).toBe(false);
      });

      test("restoring leaves the saved bytes as they were", async () => {
        const { a, b } = await pair();
        const kept = b.state.slice();
        const later = await restore(b, pinsOf(ben, ann));
        await receive(later, entry(await seal(a, "hello")));
        await seal(later, "hello back");
        expect(b.state).toEqual(kept);
      });
    });

    describe("exported secrets", () => {
      test("members of an epoch derive the same secret, others do not", async () => {
        const { a, b } = await pair();
        const of = async (device: Device, label = "live", context = "x") => (await device.sealer.exportSecret(label, utf8(context))).expose();
        const secret = await of(a);
        expect(secret).toHaveLength(32);
        expect(await of(b)).toEqual(secret);
        expect(await of(a, "other")).not.toEqual(secret);
        expect(await of(a, "live", "y")).not.toEqual(secret);
        expect(await of((await pair()).a)).not.toEqual(secret);
        await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
        expect(await of(a)).not.toEqual(secret);
        expect(await of(b)).toEqual(await of(a));
      });
    });
  });
};
