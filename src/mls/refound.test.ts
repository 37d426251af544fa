import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import type { DeviceIdentity } from "../ports/sealer.ts";
import { publicKey } from "../protocol/keys.ts";
import { ann, ben, founded, identity, longestIdentity, packageOf, pair, pinsOf, sealers, stolen, suite, value } from "./hostile.testing.ts";
import { chunks, decodeState } from "./state.ts";

const phone = identity(ann, "ann's phone");
const [annsPins, bensPins] = [pinsOf(ann, ben), pinsOf(ben, ann)];

const lastResort = async (who: DeviceIdentity, pins = bensPins) => {
  const { keyPackage, state } = await sealers.keyPackage(who, pins);
  const [, init, leaf] = chunks(state.subarray(1), 4) as [Uint8Array, Uint8Array, Uint8Array];
  return { keyPackage, state, init, leaf };
};

const key = (who: DeviceIdentity): Uint8Array => publicKey(who.deviceSeed);
const deviceOf = (who: DeviceIdentity): string => toHex(key(who));

const holds = (state: Uint8Array, secret: Uint8Array): boolean => toHex(state).includes(toHex(secret));

describe("a group made anew", () => {
  test("[SEAL18] eight devices with the longest certificates fit one welcome", async () => {
    const names = ["1", "2", "3", "4"];
    const identities = [...names.map((n) => longestIdentity(ann, `ann ${n}`)), ...names.map((n) => longestIdentity(ben, `ben ${n}`))];
    const waiting = await Promise.all(identities.map((who, at) => lastResort(who, at < 4 ? annsPins : bensPins)));
    const packages = waiting.map(({ keyPackage }) => keyPackage);
    const { welcome, members } = value(await sealers.refound(identities[0] as DeviceIdentity, annsPins, packages));
    expect(members).toHaveLength(8);
    expect(welcome.length).toBe(65_536);
    expect(new DataView(welcome.buffer, welcome.byteOffset).getUint32(0)).toBeLessThan(40_000);
  });

  test("[SEAL18] packages as long as they may be fit as well", async () => {
    const credentials = Array.from({ length: 640 }, () => "basic" as const);
    const capabilities = { versions: ["mls10" as const], ciphersuites: [suite.name], extensions: [], proposals: [], credentials };
    const long = async (person: Secret, device: string) => (await packageOf(person, device, { leaf: { capabilities } })).bytes;
    const packages = [
      ...(await Promise.all(["2", "3", "4"].map((n) => long(ann, `ann ${n}`)))),
      ...(await Promise.all(["1", "2", "3", "4"].map((n) => long(ben, `ben ${n}`)))),
    ];
    expect((packages[0] as Uint8Array).length).toBeGreaterThan(4000);
    expect(value(await sealers.refound(phone, annsPins, packages)).members).toHaveLength(8);
  });

  test("[SEAL18] one with a key that nobody can encrypt to is left out", async () => {
    const good = await lastResort(identity(ben, "ben's phone"));
    const bad = [
      await packageOf(ben, "ben's laptop", { tbs: { initKey: new Uint8Array(1216).fill(255) } }),
      await packageOf(ben, "ben's laptop", { leaf: { hpkePublicKey: new Uint8Array(1216).fill(255) } }),
      await packageOf(ben, "ben's laptop", { signature: new Uint8Array(64) }),
    ];
    const { members } = value(await sealers.refound(phone, annsPins, [...bad.map(({ bytes }) => bytes), good.keyPackage]));
    expect(members.map(({ device }) => toHex(device))).toEqual([phone, identity(ben, "ben's phone")].map((who) => deviceOf(who)));
  });

  test("[SEAL18] the other's device that shows the encryption key of mine does not push mine out", async () => {
    const laptop = identity(ann, "ann's laptop");
    const mine = await packageOf(ann, "ann's laptop");
    const { hpkePublicKey } = mine.keyPackage.leafNode;
    const thief = await packageOf(ben, "ben's phone", { leaf: { hpkePublicKey } });
    const { members } = value(await sealers.refound(phone, annsPins, [thief.bytes, mine.bytes]));
    expect(members.map(({ device }) => toHex(device))).toEqual([phone, laptop].map((who) => deviceOf(who)));
  });

  test("[SEAL18] its state holds secrets of the new group only", async () => {
    const { a } = await pair();
    const old = stolen(a);
    const bens = await lastResort(identity(ben, "ben's phone"));
    const made = value(await sealers.refound(phone, annsPins, [bens.keyPackage]));
    const joined = value(
      await sealers.join(bens.state, made.welcome, bensPins, { on: [phone, identity(ben, "ben's phone")].map((who) => key(who)), told: [], gone: [] }),
    );
    for (const state of [made.state, joined.state]) {
      const { group, pending } = decodeState(state);
      expect(pending).toBeUndefined();
      expect(group.state.groupContext).toMatchObject({ epoch: 1n, groupId: annsPins.line });
      expect(group.state.historicalReceiverData.size).toBe(0);
      for (const secret of [
        old.keySchedule.exporterSecret,
        old.keySchedule.initSecret,
        ...Object.values(old.privatePath.privateKeys),
        ...old.secretTree.map((node) => node.application.secret).filter((bytes) => bytes.length > 0),
      ])
        expect(holds(state, secret)).toBe(false);
    }
    // Whoever has the joined state only cannot open that welcome again.
    expect([holds(joined.state, bens.init), holds(joined.state, bens.leaf)]).toEqual([false, true]);
  });

  test("[SEAL18] two made of the same packages share no secret", async () => {
    const bens = await lastResort(identity(ben, "ben's phone"));
    const secrets: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { state } = value(await sealers.refound(phone, annsPins, [bens.keyPackage]));
      const { keySchedule, privatePath } = decodeState(state).group.state;
      secrets.push(...[keySchedule.exporterSecret, keySchedule.initSecret, ...Object.values(privatePath.privateKeys)].map(toHex));
    }
    expect(new Set(secrets).size).toBe(6);
  });

  test("a device certificate of someone else is a defect", async () => {
    const bens = await lastResort(identity(ben, "ben's phone"));
    await expect(sealers.refound(identity(ben, "ben's laptop"), annsPins, [bens.keyPackage])).rejects.toThrow("defect");
  });

  test("[SEAL11] its welcome is worth nothing to a device of a group that is there", async () => {
    const a = await founded(ann, "ann's phone", ben);
    const bens = await lastResort(identity(ben, "ben's phone"));
    const made = value(await sealers.refound(phone, annsPins, [bens.keyPackage]));
    const { results } = await a.sealer.receive([{ kind: "change", body: made.welcome, aad: new Uint8Array() }]);
    expect(results).toEqual([{ kind: "malformed", reason: "not a private message" }]);
  });
});

describe("boxes", () => {
  const seed = new Secret(new Uint8Array(32).fill(5));

  test("[SEAL19] a box is HPKE's encapsulated key and ciphertext, in the suite of the group", async () => {
    const pair = await suite.hpke.deriveKeyPair(seed.expose());
    expect(await sealers.boxKey(seed)).toEqual(await suite.hpke.exportPublicKey(pair.publicKey));
    const box = value(await sealers.sealBox(await sealers.boxKey(seed), utf8("hello"), "a test"));
    expect(await suite.hpke.open(pair.privateKey, box.slice(0, 1120), box.slice(1120), utf8("a test"))).toEqual(new Uint8Array(utf8("hello")));
    const { enc, ct } = await suite.hpke.seal(pair.publicKey, utf8("back"), utf8("a test"));
    expect(value(await sealers.openBox(seed, new Uint8Array([...enc, ...ct]), "a test"))).toEqual(new Uint8Array(utf8("back")));
  });

  test("[SEAL19] why a key or a box is refused", async () => {
    expect(await sealers.sealBox(new Uint8Array(32), new Uint8Array(), "")).toEqual({ ok: false, error: { reason: "encryption key of another length" } });
    expect(await sealers.openBox(seed, new Uint8Array(1135), "")).toEqual({ ok: false, error: { reason: "box of another length" } });
    await expect(sealers.boxKey(new Secret(new Uint8Array(31)))).rejects.toThrow("defect");
  });
});
