import { describe, expect, test } from "vitest";
import { encodeMlsMessage, type Node, type RatchetTree } from "ts-mls";
import { encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { asSealed } from "../base/brand.ts";
import { concat, u32 } from "../base/bytes.ts";
import {
  ann,
  ben,
  eve,
  founded,
  framed,
  identity,
  identityBy,
  letIn,
  line,
  packageOf,
  pair,
  pinsOf,
  protectRaw,
  removing,
  sealers,
  stolen,
  suite,
  validCommit,
  value,
  welcomeWith,
  adding,
  type Device,
} from "./hostile.testing.ts";
import { chunk } from "./state.ts";

/** Ben's phone waits for a welcome; Ann's group is at the state right after its change, where Ben is at leaf 1. */
const waiting = async () => {
  const phone = await founded(ann, "ann's phone");
  const { keyPackage, keys, bytes } = await packageOf(ben, "ben's phone");
  const joining = concat(new Uint8Array([1]), chunk(bytes), chunk(keys.initPrivateKey), chunk(keys.hpkePrivateKey), chunk(keys.signaturePrivateKey));
  const { next, welcome } = await validCommit(stolen(phone), [adding(keyPackage)]);
  const join = async (body: Uint8Array): Promise<string> => {
    const joined = await sealers.join(joining, asSealed(body), pinsOf(ben, ann));
    return joined.ok ? "joined" : joined.error.reason;
  };
  const leafOf = (at: number): Node & { nodeType: "leaf" } => {
    const node = next.ratchetTree[at * 2];
    if (node?.nodeType !== "leaf") throw new Error("no leaf");
    return node;
  };
  return { next, join, keyPackage, welcome: welcome as Uint8Array, leafOf };
};

const parent = (unmergedLeaves: number[], hpkePublicKey: Uint8Array = new Uint8Array(1216).fill(1)): Node => ({
  nodeType: "parent",
  parent: { hpkePublicKey, parentHash: new Uint8Array(), unmergedLeaves },
});

describe("bytes of a welcome", () => {
  test("an honest one is taken", async () => {
    const { join, welcome } = await waiting();
    expect(await join(welcome)).toBe("joined");
  });

  test("[SEAL1] nothing over 64 KiB is parsed", async () => {
    const { join } = await waiting();
    expect(await join(new Uint8Array(65_537))).toBe("too long");
  });

  test("[SEAL7] one out of its frame is refused", async () => {
    const { join, welcome } = await waiting();
    const dirty = welcome.slice();
    dirty[dirty.length - 1] = 1;
    for (const bytes of [dirty, welcome.subarray(0, -1), concat(welcome, new Uint8Array(65_536 - welcome.length)), new Uint8Array(2)])
      expect(await join(bytes)).toBe("not in its frame");
  });

  test("[SEAL2] trailing bytes inside the frame are refused", async () => {
    const { join, welcome } = await waiting();
    const length = new DataView(welcome.buffer, welcome.byteOffset).getUint32(0);
    expect(await join(concat(u32(length + 1), welcome.subarray(4)))).toBe("not in its one encoding");
  });

  test("[SEAL3] another kind of MLS message is refused", async () => {
    const { join } = await waiting();
    const { b } = await pair();
    expect(await join(framed(await protectRaw(stolen(b), "application", new Uint8Array(9))))).toBe("not a welcome");
  });

  test("[SEAL13] one for another suite, or for too many, is refused", async () => {
    const { join } = await waiting();
    const secret = {
      newMember: new Uint8Array(64),
      encryptedGroupSecrets: { kemOutput: new Uint8Array(1), ciphertext: new Uint8Array(1) },
    };
    const welcome = (cipherSuite: typeof suite.name, count: number) =>
      framed(
        encodeMlsMessage({
          version: "mls10",
          wireformat: "mls_welcome",
          welcome: { cipherSuite, secrets: Array.from({ length: count }, () => secret), encryptedGroupInfo: new Uint8Array(1) },
        }),
      );
    expect(await join(welcome("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", 1))).toBe("other cipher suite");
    expect(await join(welcome(suite.name, 8))).toBe("a welcome to too many");
  });
});

describe("the group a welcome leads to", () => {
  test("[SEAL16] its id is the line, its suite the house's, and it has no extensions", async () => {
    const { join, next, keyPackage } = await waiting();
    const context = next.groupContext;
    expect(await join(await welcomeWith(next, keyPackage, { groupContext: { ...context, groupId: new Uint8Array(16) } }))).toBe("other group");
    expect(await join(await welcomeWith(next, keyPackage, { groupContext: { ...context, cipherSuite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519" } }))).toBe(
      "other cipher suite",
    );
    expect(
      await join(
        await welcomeWith(next, keyPackage, {
          groupContext: { ...context, extensions: [{ extensionType: "external_senders", extensionData: new Uint8Array() }] },
        }),
      ),
    ).toBe("group context extensions");
    expect(await join(await welcomeWith(next, keyPackage, { groupContext: { ...context, epoch: 2n ** 60n } }))).toBe("other epoch");
    expect(await join(await welcomeWith(next, keyPackage, { psks: [{ psktype: "external", pskId: new Uint8Array(1), pskNonce: new Uint8Array(64) }] }))).toBe(
      "needs a pre-shared key",
    );
    for (const extensions of [
      [],
      [{ extensionType: "external_pub" as const, extensionData: new Uint8Array() }],
      [
        { extensionType: "ratchet_tree" as const, extensionData: encodeRatchetTree(next.ratchetTree) },
        { extensionType: 0xff00, extensionData: new Uint8Array() },
      ],
    ]) {
      expect(await join(await welcomeWith(next, keyPackage, { extensions }))).toBe("other group info extensions");
    }
  });

  test("[SEAL16] a group info with a wrong confirmation tag is refused", async () => {
    const { join, next, keyPackage } = await waiting();
    expect(await join(await welcomeWith(next, keyPackage))).toContain("confirmation tag");
  });

  test("[SEAL5] a tree that points outside itself is refused at once, not walked for ever", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const through = async (tree: RatchetTree) => join(await welcomeWith(next, keyPackage, { tree: encodeRatchetTree(tree) }));
    for (const leaf of [2, 1000, 2 ** 31, 2 ** 32 - 1]) expect(await through([leafOf(0), parent([leaf]), leafOf(1)])).toBe("unmerged leaf outside the tree");
    expect(await through([leafOf(0), parent([1, 0]), leafOf(1)])).toBe("unmerged leaves out of order");
    expect(await through([leafOf(0), parent([1, 1]), leafOf(1)])).toBe("unmerged leaves out of order");
    expect(await join(await welcomeWith(next, keyPackage, { signer: 2 ** 32 - 1 }))).toBe("signer outside the tree");
    expect(await join(await welcomeWith(next, keyPackage, { signer: 2 }))).toBe("signer outside the tree");
  });

  test("[SEAL5] a tree of another shape is refused", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const through = async (tree: RatchetTree) => join(await welcomeWith(next, keyPackage, { tree: encodeRatchetTree(tree) }));
    const wide: RatchetTree = [leafOf(0), undefined, leafOf(1), ...Array.from({ length: 13 }, () => undefined), leafOf(1)];
    expect(await through(wide)).toBe("tree of another shape");
    expect(await through([leafOf(0), leafOf(1)])).toBe("node of another kind");
    expect(await through([parent([]), undefined, leafOf(1)])).toBe("node of another kind");
    const blanks = encodeRatchetTree([leafOf(0), undefined, leafOf(1)]);
    expect(await join(await welcomeWith(next, keyPackage, { tree: concat(blanks, new Uint8Array(1)) }))).toBe("not in its one encoding");
    const update = { ...leafOf(0).leaf, leafNodeSource: "update" } as never;
    expect(await through([{ nodeType: "leaf", leaf: update }, undefined, leafOf(1)])).toBe("leaf of another source");
  });

  test("[SEAL15] no encryption key is there twice, and each is of the suite", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const through = async (tree: RatchetTree) => join(await welcomeWith(next, keyPackage, { tree: encodeRatchetTree(tree) }));
    expect(await through([leafOf(0), parent([], leafOf(0).leaf.hpkePublicKey), leafOf(1)])).toBe("one encryption key twice");
    expect(await through([leafOf(0), parent([], new Uint8Array(5)), leafOf(1)])).toBe("encryption key of another length");
    const short = { nodeType: "leaf", leaf: { ...leafOf(0).leaf, hpkePublicKey: new Uint8Array(5) } } as const;
    expect(await through([short, undefined, leafOf(1)])).toBe("encryption key of another length");
  });

  test("[BOUND2] only devices of the pinned two are in it, none twice, and mine is", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const through = async (tree: RatchetTree) => join(await welcomeWith(next, keyPackage, { tree: encodeRatchetTree(tree) }));
    const eves = { nodeType: "leaf", leaf: (await packageOf(eve, "eve's phone")).keyPackage.leafNode } as const;
    expect(await through([leafOf(0), undefined, leafOf(1), undefined, eves])).toBe("a device of a third person");
    const again = { nodeType: "leaf", leaf: (await packageOf(ann, "ann's phone")).keyPackage.leafNode } as const;
    expect(await through([leafOf(0), undefined, leafOf(1), undefined, again])).toBe("one device twice");
    expect(await through([leafOf(0)])).toBe("without this device");
  });

  test("[SEAL14] at most four devices of a person are in it", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const more = await Promise.all(
      ["one", "two", "three", "four"].map(async (name) => [undefined, { nodeType: "leaf", leaf: (await packageOf(ann, name)).keyPackage.leafNode } as const]),
    );
    expect(await join(await welcomeWith(next, keyPackage, { tree: encodeRatchetTree([leafOf(0), undefined, leafOf(1), ...more.flat()]) }))).toBe(
      "too many devices",
    );
  });

  test("[DEV2] the other person lets in the first device of mine and no more", async () => {
    const { join, next, keyPackage, leafOf } = await waiting();
    const laptop = { nodeType: "leaf", leaf: (await packageOf(ben, "ben's laptop")).keyPackage.leafNode } as const;
    const tree = encodeRatchetTree([leafOf(0), undefined, leafOf(1), undefined, laptop]);
    expect(await join(await welcomeWith(next, keyPackage, { tree, signer: 0 }))).toBe("let in by the other person");
  });

  test("[SEAL17] a device that another one certified joins by that one's welcome alone", async () => {
    const { a, b } = await pair();
    const laptop = await letIn(b, ben, "ben's laptop", pinsOf(ben, ann), a);
    const { certificate } = identityBy(identity(ben, "ben's phone"), "ben's tablet");
    const { keyPackage, keys, bytes } = await packageOf(ben, "ben's tablet", { certificate });
    const joining = concat(new Uint8Array([1]), chunk(bytes), chunk(keys.initPrivateKey), chunk(keys.hpkePrivateKey), chunk(keys.signaturePrivateKey));
    const by = async (device: Device) => {
      const { welcome } = await validCommit(stolen(device), [adding(keyPackage)]);
      const joined = await sealers.join(joining, asSealed(welcome as Uint8Array), pinsOf(ben, ann));
      return joined.ok ? "joined" : joined.error.reason;
    };
    expect([await by(laptop), await by(b)]).toEqual(["certified by another device", "joined"]);
  });

  test("[SEAL15] path keys that do not belong to the secret in the welcome are refused", async () => {
    const { a } = await pair();
    const { keyPackage, keys, bytes } = await packageOf(ann, "ann's laptop");
    const joining = concat(new Uint8Array([1]), chunk(bytes), chunk(keys.initPrivateKey), chunk(keys.hpkePrivateKey), chunk(keys.signaturePrivateKey));
    let derived = 0;
    const deriveKeyPair = async (secret: Uint8Array) => (++derived === 1 ? suite.hpke.deriveKeyPair(secret) : suite.hpke.generateKeyPair());
    const tablet = await letIn(a, ann, "ann's tablet", pinsOf(ann, ben));
    expect(tablet.sealer.members()).toHaveLength(3);
    const change = [removing(2), adding(keyPackage)];
    const honest = await validCommit(stolen(a), change);
    const forged = await validCommit(stolen(a), change, {}, { ...suite, hpke: { ...suite.hpke, deriveKeyPair } });
    const join = async (welcome: Uint8Array | undefined) => sealers.join(joining, asSealed(welcome as Uint8Array), pinsOf(ann, ben));
    expect(await join(forged.welcome)).toEqual({ ok: false, error: { reason: "path keys that do not belong to its secrets" } });
    expect((await join(honest.welcome)).ok).toBe(true);
  });

  test("[DEV2] a device let in by an own one joins", async () => {
    const { a, b } = await pair();
    await letIn(b, ben, "ben's laptop", pinsOf(ben, ann), a);
    expect(a.sealer.members()).toHaveLength(3);
  });
});

describe("what a device keeps", () => {
  test("a joining state that is not one is refused", async () => {
    const { welcome } = await waiting();
    const { state } = await sealers.keyPackage(identity(ben, "ben's phone"), pinsOf(ben, ann));
    for (const bytes of [state.subarray(0, -1), concat(state, new Uint8Array(1)), new Uint8Array(), concat(new Uint8Array([2]), state.subarray(1))]) {
      expect(await sealers.join(bytes, asSealed(welcome), pinsOf(ben, ann))).toMatchObject({
        ok: false,
        error: { reason: expect.stringMatching(/^(state|bytes after)/) },
      });
    }
  });

  test("a saved state is refused unless it is one byte for byte", async () => {
    const { a } = await pair();
    const restore = async (state: Uint8Array) => {
      const restored = await sealers.restore(state, pinsOf(ann, ben));
      return restored.ok ? "restored" : restored.error.reason;
    };
    expect(await restore(a.state)).toBe("restored");
    expect(await sealers.restore(a.state, { ...pinsOf(ann, ben), line: new Uint8Array(16) })).toEqual({
      ok: false,
      error: { reason: "other group" },
    });
    expect(await restore(concat(new Uint8Array([2]), a.state.subarray(1)))).toBe("state of another version");
    expect(await restore(a.state.subarray(0, 3))).toBe("state cut short");
    expect(await restore(a.state.subarray(0, -1))).toBe("state cut short");
    expect(await restore(concat(a.state, new Uint8Array(1)))).toBe("bytes after the state");
    expect(await restore(concat(a.state.subarray(0, -8), chunk(new Uint8Array(31)), chunk(concat(chunk(new Uint8Array()), chunk(new Uint8Array())))))).toBe(
      "hash of another length",
    );
  });

  test("a device certificate of someone else is a defect", async () => {
    await expect(sealers.found(identity(eve, "ann's phone"), pinsOf(ann, ben))).rejects.toThrow("defect");
    await expect(sealers.keyPackage({ ...identity(ann, "ann's phone"), deviceSeed: identity(ann, "other").deviceSeed }, pinsOf(ann, ben))).rejects.toThrow(
      "defect",
    );
    expect(value(await sealers.inspect((await sealers.keyPackage(identity(ann, "ann's phone"), pinsOf(ann, ben))).keyPackage, line)).device).toHaveLength(32);
  });
});
