import { describe, expect, test } from "vitest";
import { createGroup, encodeMlsMessage, joinGroupExternal, type Proposal } from "ts-mls";
import { createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import { concat, toHex, u32, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { certificateCap, certifyDevice } from "../protocol/certificate.ts";
import { publicKey } from "../protocol/keys.ts";
import {
  add,
  adding,
  ann,
  ben,
  commitAs,
  eve,
  founded,
  framed,
  identity,
  identityBy,
  letIn,
  line,
  longestIdentity,
  packageOf,
  pair,
  pinsOf,
  proposing,
  reason,
  receive,
  removing,
  seal,
  sealers,
  stolen,
  suite,
  today,
  validCommit,
  value,
  type Device,
  type PackageChanges,
} from "./hostile.testing.ts";

const deviceOf = (name: string) => publicKey(identity(ann, name).deviceSeed);

/** A tree of three: Ann's phone 0, Ben's phone 1, Ann's laptop 2. */
const three = async () => {
  const { a, b } = await pair();
  return { a, b, laptop: await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b) };
};

describe("what a change may hold", () => {
  test("[SEAL7] a change out of its frame, or padded with anything but zeros, is refused", async () => {
    const { a, b } = await pair();
    const { body } = await validCommit(stolen(b), [adding((await packageOf(ben, "ben's laptop")).keyPackage)]);
    const dirty = body.slice();
    dirty[dirty.length - 1] = 1;
    for (const bytes of [
      dirty,
      concat(body, new Uint8Array(16_384 - body.length)),
      body.subarray(0, -1),
      concat(u32(0xffff_ffff), body.subarray(4)),
      new Uint8Array(3),
    ])
      expect(await reason(a, "change", bytes)).toBe("not in its frame");
    expect(await reason(a, "change", body)).toBe("change");
  });

  test("[SEAL4] a change with authenticated data is refused", async () => {
    const { a, b } = await pair();
    const { body } = await validCommit(stolen(b), [], { authenticatedData: utf8("x") });
    expect(await reason(a, "change", body)).toBe("other authenticated data");
  });

  test("[SEAL3] a change as a public message is refused", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "change", (await validCommit(stolen(b), [], { wireAsPublicMessage: true })).body)).toBe("not a private message");
  });

  test("[SEAL11] joining from outside is refused", async () => {
    const { a, b } = await pair();
    const info = await createGroupInfoWithExternalPubAndRatchetTree(stolen(b), [], suite);
    const { keyPackage, keys } = await packageOf(ben, "ben's laptop");
    const { publicMessage } = await joinGroupExternal(info, keyPackage, keys, false, suite, undefined, stolen(b).clientConfig);
    expect(await reason(a, "change", framed(encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage })))).toBe(
      "not a private message",
    );
  });

  test("[SEAL11] a change with any other kind of proposal is refused", async () => {
    const { a, b } = await pair();
    const leaf = stolen(b).ratchetTree[2];
    if (leaf?.nodeType !== "leaf") throw new Error("no leaf");
    const preSharedKeyId = { psktype: "external", pskId: utf8("key"), pskNonce: new Uint8Array(64) } as const;
    const others: Proposal[] = [
      { proposalType: "psk", psk: { preSharedKeyId } },
      { proposalType: "reinit", reinit: { groupId: line, version: "mls10", cipherSuite: suite.name, extensions: [] } },
      { proposalType: "external_init", externalInit: { kemOutput: new Uint8Array(1120) } },
      { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } },
      { proposalType: "update", update: { leafNode: { ...leaf.leaf, leafNodeSource: "update" } as never } },
      { proposalType: 0x0a0a, proposalData: utf8("new") },
    ];
    for (const proposal of others) expect(await reason(a, "change", await proposing(stolen(b), proposal))).toBe("other kind of proposal");
    const wellMade = [
      await validCommit(stolen(b), [{ proposalType: 0x0a0a, proposalData: utf8("new") }]),
      await validCommit(stolen(b), [others[1] as Proposal]),
      await validCommit(stolen(b), [
        {
          proposalType: "group_context_extensions",
          groupContextExtensions: { extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array() }] },
        },
      ]),
    ];
    for (const { body } of wellMade) expect(await reason(a, "change", body)).toBe("other kind of proposal");
  });

  test("[SEAL11] a proposal by reference is refused", async () => {
    const { a, b } = await pair();
    expect(
      await reason(a, "change", await commitAs(stolen(b), { proposals: [{ proposalOrRefType: "reference", reference: new Uint8Array(64) }], path: undefined })),
    ).toBe("proposal by reference");
  });

  test("[SEAL5] removing a leaf outside the tree is refused", async () => {
    const { a, b } = await pair();
    for (const leaf of [2, 99, 2 ** 32 - 1])
      expect(await reason(a, "change", await proposing(stolen(b), removing(leaf)))).toBe("removes a leaf outside the tree");
    expect(await reason(a, "change", await proposing(stolen(b), removing(1)))).toBe("removes its own author");
  });

  test("[SEAL11] more proposals than there can be devices are refused", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "change", await proposing(stolen(b), ...Array.from({ length: 9 }, () => removing(0))))).toBe("too many proposals");
  });

  test("a change with a wrong confirmation tag is refused", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "change", await proposing(stolen(b), adding((await packageOf(ben, "ben's laptop")).keyPackage)))).toContain("confirmation tag");
  });

  test("a change of keys alone is taken", async () => {
    const { a, b } = await pair();
    const { body } = await validCommit(stolen(b), []);
    expect(await receive(a, "change", body)).toMatchObject({ kind: "change", epoch: 2, added: [], removed: [] });
  });
});

describe("whose devices a change may touch", () => {
  test("[DEV2] a side adds no device of the other", async () => {
    const { a, b } = await pair();
    const { body } = await validCommit(stolen(b), [adding((await packageOf(ann, "ann's old phone")).keyPackage)]);
    expect(await reason(a, "change", body)).toBe("adds a device of the other person");
  });

  test("[DEV2] a side removes no device of the other", async () => {
    const { a, b, laptop } = await three();
    const { body } = await validCommit(stolen(b), [removing(2)]);
    for (const device of [a, laptop]) expect(await reason(device, "change", body)).toBe("removes a device of the other person");
  });

  test("[DEV2] a side removes its own device, and that device knows nothing after it", async () => {
    const { a, b, laptop } = await three();
    const old = stolen(laptop);
    const { body, next } = await validCommit(stolen(a), [removing(2)]);
    const removed = { person: publicKey(ann), device: deviceOf("ann's laptop"), by: null };
    expect(await receive(b, "change", body)).toMatchObject({ kind: "change", epoch: 3, added: [], removed: [removed] });
    expect(await receive(laptop, "change", body)).toMatchObject({ kind: "change", epoch: 3, removed: [removed] });
    expect(laptop.sealer.members()).toHaveLength(2);
    expect(await reason(laptop, "entry", await seal(b))).toBe("this device was removed");
    for (const secret of [old.keySchedule.exporterSecret, old.keySchedule.initSecret, next.keySchedule.exporterSecret])
      expect(toHex(laptop.state).includes(toHex(secret))).toBe(false);
    const restored = value(await sealers.restore(laptop.state, pinsOf(ann, ben)));
    expect(restored.epoch()).toBe(3);
    expect(await restored.change({ add: [(await packageOf(ann, "tablet")).bytes], remove: [] })).toEqual({
      ok: false,
      error: { reason: "this device was removed" },
    });
    await expect(restored.seal(new Uint8Array() as never, new Uint8Array(4))).rejects.toThrow("defect");
    await expect(restored.exportSecret("x", new Uint8Array())).rejects.toThrow("defect");
  });

  test("[BOUND2] an inviter lets in no third person where the other is pinned", async () => {
    const phone = await founded(ann, "ann's phone", ben);
    const { keyPackage, state: joining } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
    const added = await add(phone.sealer, keyPackage);
    await receive(phone, "change", added.commit);
    const laptop = { ...value(await sealers.join(joining, added.welcome, pinsOf(ann, ben))) };
    const { body } = await validCommit(stolen(phone), [adding((await packageOf(eve, "eve's phone")).keyPackage)]);
    expect(await reason(laptop, "change", body)).toBe("a device of a third person");
  });

  test("[PAIR1] an inviter lets in one device of the other at once, not two", async () => {
    const phone = await founded(ann, "ann's phone", ben);
    const { keyPackage, state: joining } = await sealers.keyPackage(identity(ann, "ann's laptop"), pinsOf(ann, ben));
    const added = await add(phone.sealer, keyPackage);
    await receive(phone, "change", added.commit);
    const laptop = { ...value(await sealers.join(joining, added.welcome, pinsOf(ann, ben))) };
    const packages = [await packageOf(ben, "ben's phone"), await packageOf(ben, "ben's laptop")];
    const { body } = await validCommit(
      stolen(phone),
      packages.map((one) => adding(one.keyPackage)),
    );
    expect(await reason(laptop, "change", body)).toBe("adds a device of the other person");
  });

  test("[SEAL14] a fifth device of a person is refused", async () => {
    const { a, b } = await pair();
    const packages = await Promise.all(["one", "two", "three", "four"].map((name) => packageOf(ben, name)));
    expect(
      await reason(
        a,
        "change",
        (
          await validCommit(
            stolen(b),
            packages.map((one) => adding(one.keyPackage)),
          )
        ).body,
      ),
    ).toBe("too many devices");
    expect(
      await reason(
        a,
        "change",
        (
          await validCommit(
            stolen(b),
            packages.slice(1).map((one) => adding(one.keyPackage)),
          )
        ).body,
      ),
    ).toBe("change");
  });

  test("[SEAL14] one device at two leaves is refused", async () => {
    const { a, b } = await pair();
    const packages = [await packageOf(ben, "twice"), await packageOf(ben, "twice")];
    expect(await reason(a, "change", await proposing(stolen(b), ...packages.map((one) => adding(one.keyPackage))))).toBe("one device twice");
    expect(await reason(a, "change", await proposing(stolen(b), adding((await packageOf(ben, "ben's phone")).keyPackage)))).toBe("one device twice");
  });

  test("[SEAL15] one encryption key at two leaves is refused", async () => {
    const { a, b } = await pair();
    const leaf = stolen(b).ratchetTree[0];
    if (leaf?.nodeType !== "leaf") throw new Error("no leaf");
    const { keyPackage } = await packageOf(ben, "ben's laptop", { leaf: { hpkePublicKey: leaf.leaf.hpkePublicKey } });
    expect(await reason(a, "change", (await validCommit(stolen(b), [adding(keyPackage)])).body)).toBe("one encryption key twice");
  });
});

describe("devices that a device certified", () => {
  test("[SEAL17] a change by another device than the one that certified them is refused", async () => {
    const { a, b, laptop } = await three();
    const { certificate } = identityBy(identity(ann, "ann's laptop"), "ann's tablet");
    const { keyPackage } = await packageOf(ann, "ann's tablet", { certificate });
    for (const device of [b, laptop])
      expect(await reason(device, "change", (await validCommit(stolen(a), [adding(keyPackage)])).body)).toBe("certified by another device");
    expect(await reason(b, "change", (await validCommit(stolen(laptop), [adding(keyPackage)])).body)).toBe("change");
  });

  test("[SEAL17] nobody comes in whose certifying device goes in the same change", async () => {
    const { a, b } = await three();
    const { certificate } = identityBy(identity(ann, "ann's laptop"), "ann's tablet");
    const { keyPackage } = await packageOf(ann, "ann's tablet", { certificate });
    expect(await reason(b, "change", (await validCommit(stolen(a), [removing(2), adding(keyPackage)])).body)).toBe("certified by another device");
  });

  test("[SEAL17] a certificate over its cap or of a chain too long is none", async () => {
    const longest = longestIdentity(ann, "ann");
    const over = identityBy(longest, "ann 7");
    const inspect = async (device: string, certificate: Uint8Array) => sealers.inspect((await packageOf(ann, device, { certificate })).bytes, line);
    expect(await inspect("ann 6", longest.certificate)).toMatchObject({ ok: true });
    expect(await inspect("ann 7", over.certificate)).toEqual({ ok: false, error: { reason: "no certificate of this line for its key" } });
  });

  test("[SEAL17] a key package with the longest certificate fits", async () => {
    const { keyPackage } = await sealers.keyPackage(longestIdentity(ann, "ann"), pinsOf(ann, ben));
    expect(keyPackage.length).toBe(3473);
    // However long a certificate may ever be read.
    expect(keyPackage.length - longestIdentity(ann, "ann").certificate.length + certificateCap).toBeLessThan(4096);
  });
});

describe("keys of a change", () => {
  test("[DEV2] a removal without new keys of its author is refused", async () => {
    const { a, b, laptop } = await three();
    for (const device of [b, laptop]) expect(await reason(device, "change", await proposing(stolen(a), removing(2)))).toBe("removes without a path");
  });

  test("[DEV2] a removed device keeps no key of the group, not even when another one takes its place", async () => {
    for (const add of [[], [adding((await packageOf(ann, "ann's tablet")).keyPackage)]]) {
      const { a, laptop } = await three();
      const { keySchedule, privatePath, secretTree } = stolen(laptop);
      const { body, next } = await validCommit(stolen(a), [removing(2), ...add]);
      expect(await receive(laptop, "change", body)).toMatchObject({ kind: "change", epoch: 3 });
      const keys = [
        ...Object.values(keySchedule),
        ...Object.values(next.keySchedule),
        ...Object.values(privatePath.privateKeys),
        ...secretTree.flatMap((node) => [node.application.secret, node.handshake.secret]).filter((bytes) => bytes.length > 0),
      ];
      expect(keys.filter((bytes) => toHex(laptop.state).includes(toHex(bytes)))).toEqual([]);
    }
  });

  test("[DEV2] why a device makes no such change", async () => {
    const { a } = await three();
    const why = async (add: readonly Uint8Array[], ...remove: readonly Uint8Array[]) => {
      const changed = await a.sealer.change({ add, remove });
      return changed.ok ? "fine" : changed.error.reason;
    };
    const laptop = deviceOf("ann's laptop");
    const { certificate } = identityBy(identity(ann, "ann's laptop"), "ann's tablet");
    expect(await why([], deviceOf("ann's tablet"))).toBe("removes a device that is not in");
    expect(await why([], deviceOf("ben's phone"))).toBe("removes a device of the other person");
    expect(await why([], deviceOf("ann's phone"))).toBe("removes its own author");
    expect(await why([], laptop, laptop)).toBe("removes a device twice");
    expect(await why([(await packageOf(ann, "ann's laptop")).bytes], laptop)).toBe("removes what it adds");
    expect(await why([(await packageOf(ann, "ann's tablet", { certificate })).bytes])).toBe("certified by another device");
    expect(await why(Array.from({ length: 9 }, () => new Uint8Array()))).toBe("too many proposals");
    expect(await why([], laptop)).toBe("fine");
  });

  test("[DEV2] a device removed twice is a change refused, by that device too", async () => {
    const { a, b, laptop } = await three();
    const leaf = stolen(a).ratchetTree[0];
    if (leaf?.nodeType !== "leaf") throw new Error("no leaf");
    const leafNode = { ...leaf.leaf, leafNodeSource: "commit", parentHash: new Uint8Array() } as never;
    const proposals = [2, 2].map((leafIndex) => ({ proposalOrRefType: "proposal", proposal: removing(leafIndex) }) as const);
    for (const device of [b, laptop])
      expect(await reason(device, "change", await commitAs(stolen(a), { proposals, path: { leafNode, nodes: [] } }))).toBe("removes a device twice");
  });

  test("[SEAL15] a path whose keys are not those of its secrets is refused by all who get them", async () => {
    const { a, b, laptop } = await three();
    let derived = 0;
    // The first is the leaf's own; the others are those of the nodes above it.
    const deriveKeyPair = async (secret: Uint8Array) => (++derived === 1 ? suite.hpke.deriveKeyPair(secret) : suite.hpke.generateKeyPair());
    const { body } = await validCommit(stolen(b), [], {}, { ...suite, hpke: { ...suite.hpke, deriveKeyPair } });
    for (const device of [a, laptop]) expect(await reason(device, "change", body)).toBe("path keys that do not belong to its secrets");
  });

  test("[SEAL8] private keys of nodes that a removal has blanked are not kept", async () => {
    const { a, b, laptop } = await three();
    const renewed = value(await laptop.sealer.change({ add: [], remove: [] }));
    for (const device of [a, b, laptop]) await receive(device, "change", renewed.commit);
    const before = Object.values(stolen(b).privatePath.privateKeys);
    expect(before).toHaveLength(2);
    const { commit } = value(await a.sealer.change({ add: [], remove: [deviceOf("ann's laptop")] }));
    await receive(b, "change", commit);
    const { privatePath, ratchetTree } = stolen(b);
    expect(Object.keys(privatePath.privateKeys).every((index) => ratchetTree[Number(index)] !== undefined)).toBe(true);
    expect(toHex(b.state).includes(toHex(before[1] as Uint8Array))).toBe(false);
  });

  test("[SEAL18] a change that poisons one device is malformed there, and a group made anew mends it", async () => {
    const { a, b, laptop } = await three();
    const victim = stolen(a).ratchetTree[0];
    if (victim?.nodeType !== "leaf") throw new Error("no leaf");
    const poisoned: typeof suite.hpke.seal = async (key, plain, ...rest) => {
      const isVictim = toHex(await suite.hpke.exportPublicKey(key)) === toHex(victim.leaf.hpkePublicKey);
      return suite.hpke.seal(key, isVictim ? new Uint8Array(plain.length) : plain, ...rest);
    };
    const { body } = await validCommit(stolen(b), [], {}, { ...suite, hpke: { ...suite.hpke, seal: poisoned } });
    const before = a.state;
    expect(await reason(a, "change", body)).toContain("confirmation tag");
    expect(await reason(laptop, "change", body)).toBe("change");
    expect(a.state).toEqual(before);
    expect(await reason(a, "entry", await seal(laptop))).toBe("other epoch");

    const others = [
      { who: identity(ben, "ben's phone"), pins: pinsOf(ben, ann) },
      { who: identity(ann, "ann's laptop"), pins: pinsOf(ann, ben) },
    ];
    const waiting = await Promise.all(others.map(({ who, pins }) => sealers.keyPackage(who, pins)));
    const made = value(
      await sealers.refound(
        identity(ann, "ann's phone"),
        pinsOf(ann, ben),
        waiting.map(({ keyPackage }) => keyPackage),
      ),
    );
    const anew: Device = { sealer: value(await sealers.restore(made.state, pinsOf(ann, ben))), state: made.state };
    const among = { on: made.members.map(({ device }) => device), told: [], gone: [] };
    for (const [at, { state }] of waiting.entries()) {
      const joined = value(await sealers.join(state, made.welcome, (others[at] as (typeof others)[0]).pins, among));
      expect(await reason({ ...joined }, "entry", await seal(anew))).toBe("entry");
    }
  });
});

describe("the author's own leaf in a change", () => {
  const pathOf = async (leaf: object) => {
    const { a, b } = await pair();
    const state = stolen(b);
    const node = state.ratchetTree[2];
    if (node?.nodeType !== "leaf") throw new Error("no leaf");
    const leafNode = { ...node.leaf, leafNodeSource: "commit", parentHash: new Uint8Array(), ...leaf } as never;
    return reason(a, "change", await commitAs(state, { proposals: [], path: { leafNode, nodes: [] } }));
  };

  test("[BOUND2] it stays the same device under the same certificate", async () => {
    const laptop = identity(ben, "ben's laptop");
    const other = {
      credential: { credentialType: "basic", identity: laptop.certificate },
      signaturePublicKey: publicKey(laptop.deviceSeed),
    };
    expect(await pathOf(other)).toBe("author becomes another device");
    const byEve = certifyDevice(line, eve, publicKey(identity(ben, "ben's phone").deviceSeed));
    expect(await pathOf({ credential: { credentialType: "basic", identity: byEve } })).toBe("author changes its certificate");
    expect(await pathOf({ credential: { credentialType: "x509", certificates: [new Uint8Array(3)] } })).toBe("no certificate of this line for its key");
  });

  test("[SEAL15] it has no extensions, and a key of the suite that can be used", async () => {
    expect(await pathOf({ extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array() }] })).toBe("leaf extensions");
    expect(await pathOf({ hpkePublicKey: new Uint8Array(32) })).toBe("encryption key of another length");
    expect(await pathOf({ hpkePublicKey: new Uint8Array(1216).fill(255) })).toBe("encryption key that cannot be used");
  });

  test("[SEAL15] keys along its path are of the suite and can be used, and no more than a tree has", async () => {
    const { a, b } = await pair();
    const state = stolen(b);
    const node = state.ratchetTree[2];
    if (node?.nodeType !== "leaf") throw new Error("no leaf");
    const leafNode = { ...node.leaf, leafNodeSource: "commit", parentHash: new Uint8Array() } as never;
    const path = async (...keys: readonly Uint8Array[]) =>
      reason(
        a,
        "change",
        await commitAs(state, {
          proposals: [],
          path: { leafNode, nodes: keys.map((hpkePublicKey) => ({ hpkePublicKey, encryptedPathSecret: [] })) },
        }),
      );
    expect(await path(new Uint8Array(1216).fill(255))).toBe("encryption key that cannot be used");
    expect(await path(new Uint8Array(1))).toBe("encryption key of another length");
    expect(await path(...Array.from({ length: 9 }, () => new Uint8Array(1)))).toBe("path of another length");
  });
});

describe("key packages", () => {
  const inspect = async (changes: PackageChanges, device = "ben's laptop"): Promise<string> => {
    const { bytes } = await packageOf(ben, device, changes);
    const inspected = await sealers.inspect(bytes, line);
    return inspected.ok ? "fine" : inspected.error.reason;
  };

  test("an honest one is fine", async () => {
    expect(await inspect({})).toBe("fine");
  });

  test("[SEAL13] one for another suite, with extensions, or lacking what the group needs is refused", async () => {
    expect(await inspect({ tbs: { cipherSuite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519" } })).toBe("other cipher suite");
    expect(await inspect({ tbs: { extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array() }] } })).toBe("key package extensions");
    expect(await inspect({ leaf: { extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array() }] } })).toBe("leaf extensions");
    const capable = {
      versions: ["mls10" as const],
      ciphersuites: [suite.name],
      extensions: [],
      proposals: [],
      credentials: ["basic" as const],
    };
    for (const lack of [{ versions: [] }, { ciphersuites: [] }, { credentials: [] }])
      expect(await inspect({ leaf: { capabilities: { ...capable, ...lack } } })).toBe("cannot do what the group needs");
  });

  test("[BOUND2] one whose certificate is of another line, another device or another kind is refused", async () => {
    const elsewhere = certifyDevice(new Uint8Array(16), ben, publicKey(identity(ben, "ben's laptop").deviceSeed));
    const another = identity(ben, "ben's phone").certificate;
    for (const credential of [
      { credentialType: "basic", identity: elsewhere },
      { credentialType: "basic", identity: another },
      { credentialType: "basic", identity: new Uint8Array() },
      { credentialType: "x509", certificates: [another] },
    ] as const) {
      expect(await inspect({ leaf: { credential: credential as never } })).toBe("no certificate of this line for its key");
    }
  });

  test("[BOUND2] a device key with a small-order part is refused, certified or not", async () => {
    const { createMemberReader } = await import("./credential.ts");
    const { ed25519 } = await import("@noble/curves/ed25519.js");
    const torsion = ed25519.Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    const mixed = ed25519.Point.fromBytes(publicKey(new Secret(new Uint8Array(32).fill(9))))
      .add(torsion)
      .toBytes();
    const credential = { credentialType: "basic", identity: certifyDevice(line, ben, mixed) } as const;
    expect(createMemberReader(line)({ credential, signaturePublicKey: mixed })).toBeUndefined();
    const none = { credentialType: "basic", identity: certifyDevice(line, ben, new Uint8Array(32).fill(255)) } as const;
    expect(createMemberReader(line)({ credential: none, signaturePublicKey: new Uint8Array(32).fill(255) })).toBeUndefined();
  });

  test("[BOUND2] one that its device did not sign is refused", async () => {
    expect(await inspect({ leafSignature: new Uint8Array(64) })).toBe("leaf not signed by its device");
    expect(await inspect({ signature: new Uint8Array(64) })).toBe("key package not signed by its device");
  });

  test("[SEAL15] one with one key for two uses, a key of another length, or one nobody can encrypt to is refused", async () => {
    const { keyPackage } = await packageOf(ben, "ben's laptop");
    expect(await inspect({ tbs: { initKey: keyPackage.leafNode.hpkePublicKey }, leaf: { hpkePublicKey: keyPackage.leafNode.hpkePublicKey } })).toBe(
      "one key for two uses",
    );
    expect(await inspect({ tbs: { initKey: new Uint8Array(32) } })).toBe("encryption key of another length");
    expect(await inspect({ leaf: { hpkePublicKey: new Uint8Array(32) } })).toBe("encryption key of another length");
    expect(await inspect({ tbs: { initKey: new Uint8Array(1216).fill(255) } })).toBe("encryption key that cannot be used");
    expect(await inspect({ leaf: { hpkePublicKey: new Uint8Array(1216).fill(255) } })).toBe("encryption key that cannot be used");
  });

  test("[SEAL12] one that has expired, lives too long or tells when it was made is refused", async () => {
    const until = (ms: number, notBefore = 0n) => inspect({ leaf: { lifetime: { notBefore, notAfter: BigInt(Math.floor((today + ms) / 1000)) } } });
    const day = 86_400_000;
    expect(await until(-0.9 * day)).toBe("fine");
    expect(await until(-1.1 * day)).toBe("expired");
    expect(await until(365.9 * day)).toBe("fine");
    expect(await until(366.1 * day)).toBe("lives too long");
    expect(await until(day, 1n)).toBe("lifetime with a beginning");
    expect(await inspect({ leaf: { lifetime: { notBefore: 0n, notAfter: 2n ** 64n - 1n } } })).toBe("lives too long");
  });

  test("[SEAL12] a device lets in no expired one, and takes a change that does", async () => {
    const { a, b } = await pair();
    const laptop = await packageOf(ben, "ben's laptop", { leaf: { lifetime: { notBefore: 0n, notAfter: 4_000_000_000n } } });
    expect(await b.sealer.change({ add: [laptop.bytes], remove: [] })).toEqual({ ok: false, error: { reason: "lives too long" } });
    expect(await reason(a, "change", (await validCommit(stolen(b), [adding(laptop.keyPackage)])).body)).toBe("change");
  });

  test("[SEAL1] one over 4 KiB is refused", async () => {
    const extensions = [{ extensionType: 0xff00, extensionData: new Uint8Array(2000) }];
    expect(await inspect({ leaf: { extensions } })).toBe("too long");
  });

  test("[SEAL3] another kind of MLS message is refused", async () => {
    const { b } = await pair();
    expect(await sealers.inspect(await seal(b), line)).toEqual({ ok: false, error: { reason: "not a key package" } });
  });

  test("[SEAL13] a change cannot bring what inspecting refuses", async () => {
    const { a, b } = await pair();
    const through = async (changes: PackageChanges) =>
      reason(a, "change", await proposing(stolen(b), adding((await packageOf(ben, "ben's laptop", changes)).keyPackage)));
    expect(await through({ signature: new Uint8Array(64) })).toBe("key package not signed by its device");
    expect(await through({ tbs: { initKey: new Uint8Array(1216).fill(255) } })).toBe("encryption key that cannot be used");
    expect(await through({ leaf: { extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array() }] } })).toBe("leaf extensions");
  });
});

test("a member of another group with the same line id is no member", async () => {
  const { a } = await pair();
  const { keyPackage, keys } = await packageOf(ben, "ben's phone");
  const other = await createGroup(line, keyPackage, keys, [], suite, stolen(a).clientConfig);
  const { body } = await validCommit({ ...other, groupContext: { ...other.groupContext, epoch: 1n } }, []);
  expect(await reason(a, "change", body)).toContain("mls:");
});
