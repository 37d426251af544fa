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
import { certifyDevice } from "../protocol/certificate.ts";
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

const memberOf = (person: Secret, device: string): Member => ({ person: publicKey(person), device: publicKey(seed(device)) });

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
  const letIn = async (inviter: Device, person: Secret, device: string, pins: Pins, ...present: readonly Device[]): Promise<Device> => {
    const { keyPackage, state: pending } = await sealers.keyPackage(identity(person, device), pins);
    const { commit, welcome, state } = value(await inviter.sealer.add(keyPackage));
    inviter.state = state;
    expect(kinds(await receive(inviter, change(commit)))).toEqual(["own-change"]);
    for (const other of present) expect(kinds(await receive(other, change(commit)))).toEqual(["change"]);
    const joined = value(await sealers.join(pending, welcome, pins));
    return { sealer: joined.sealer, state: joined.state };
  };

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
        const { commit, welcome } = value(await a.sealer.add(keyPackage));
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
        const { welcome } = value(await e.sealer.add(keyPackage));
        expect((await sealers.join(state, welcome, pinsOf(ben, ann))).ok).toBe(false);
      });

      test("[BOUND2] a device joins no group with the other person before that person is pinned", async () => {
        const a = await alone(ann, "ann's phone");
        const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
        const { welcome } = value(await a.sealer.add(keyPackage));
        expect((await sealers.join(state, welcome, pinsOf(ben, undefined))).ok).toBe(false);
      });

      test("[PAIR1] a joiner that knows the inviter by the hash in the link joins that person's group and no one else's", async () => {
        const joiner = async (inviter: Secret) => {
          const a = await alone(inviter, "the inviter's phone");
          const pins = { ...pinsOf(ben, undefined), otherHash: sha256(publicKey(ann)) };
          const { keyPackage, state } = await sealers.keyPackage(identity(ben, "ben's phone"), pins);
          const { welcome } = value(await a.sealer.add(keyPackage));
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
        const { welcome } = value(await a.sealer.add(keyPackage));
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
        const { commit } = value(await a.sealer.add(keyPackage));
        expect(kinds(await receive(b, entry(commit), change(await seal(a, "hm")), change(commit)))).toEqual(["malformed", "malformed", "change"]);
      });
    });

    describe("changes", () => {
      test("[DEV1] a change shows both sides who was added and by whom", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = value(await a.sealer.add(keyPackage));
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
        const { commit } = value(await a.sealer.add(keyPackage));
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
        const { commit } = value(await a.sealer.add(keyPackage));
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
        const won = value(await a.sealer.add(annsLaptop.keyPackage));
        const lost = value(await b.sealer.add(bensLaptop.keyPackage));
        expect(kinds(await receive(a, change(won.commit), change(lost.commit)))).toEqual(["own-change", "malformed"]);
        expect(kinds(await receive(b, change(won.commit), change(lost.commit)))).toEqual(["change", "malformed"]);
        const again = value(await b.sealer.add(bensLaptop.keyPackage));
        expect(kinds([...(await receive(b, change(again.commit))), ...(await receive(a, change(again.commit)))])).toEqual(["own-change", "change"]);
        expect(a.sealer.members()).toEqual(b.sealer.members());
        expect(texts(await receive(b, entry(await seal(a, "all here"))))).toEqual(["all here"]);
      });

      test("a later change of my own replaces an earlier one that waits", async () => {
        const { a, b } = await pair();
        const first = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const second = await sealers.keyPackage(identity(ann, "ann's tablet"), pinsOf(ann, ben));
        const replaced = value(await a.sealer.add(first.keyPackage));
        const { commit } = value(await a.sealer.add(second.keyPackage));
        expect(kinds(await receive(a, change(replaced.commit), change(commit)))).toEqual(["malformed", "own-change"]);
        expect(kinds(await receive(b, change(commit)))).toEqual(["change"]);
        expect(a.sealer.members()).toEqual(b.sealer.members());
      });

      test("entries sealed while a change waits still open, and the change then takes effect", async () => {
        const { a, b } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
        const { commit } = value(await a.sealer.add(keyPackage));
        const body = await seal(a, "meanwhile");
        expect(texts(await receive(b, entry(body), change(commit)))).toEqual(["meanwhile", "change"]);
        expect(texts(await receive(a, entry(await seal(b, "stale")), change(commit)))).toEqual(["malformed", "own-change"]);
        expect(texts(await receive(b, entry(await seal(a, "now"))))).toEqual(["now"]);
      });

      test("[PAIR1] an inviter lets in anyone's first device once, and that person is then the other", async () => {
        const { a } = await pair();
        const third = await sealers.keyPackage(identity(eve, "eve's phone"), pinsOf(eve, ann));
        expect((await a.sealer.add(third.keyPackage)).ok).toBe(false);
      });

      test("[PAIR1] with the other pinned, a key package of a third person is refused", async () => {
        const a = await alone(ann, "ann's phone", ben);
        const third = await sealers.keyPackage(identity(eve, "eve's phone"), pinsOf(eve, ann));
        expect((await a.sealer.add(third.keyPackage)).ok).toBe(false);
      });

      test("[DEV2] a side does not add a further device of the other", async () => {
        const { a } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ben, "ben's laptop"), pinsOf(ben, ann));
        expect((await a.sealer.add(keyPackage)).ok).toBe(false);
      });

      test("[SEAL14] a person has at most four devices", async () => {
        const { a, b } = await pair();
        for (const device of ["laptop", "tablet", "watch"]) await letIn(a, ann, device, pinsOf(ann, ben), b);
        const { keyPackage } = await sealers.keyPackage(identity(ann, "fridge"), pinsOf(ann, ben));
        expect((await a.sealer.add(keyPackage)).ok).toBe(false);
        expect(a.sealer.members()).toHaveLength(5);
      });

      test("[SEAL14] a device that is in already is not added again", async () => {
        const { a } = await pair();
        const { keyPackage } = await sealers.keyPackage(identity(ann, "ann's phone"), pinsOf(ann, ben));
        expect((await a.sealer.add(keyPackage)).ok).toBe(false);
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
        const { commit, state } = value(await a.sealer.add(keyPackage));
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
