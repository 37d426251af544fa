import { describe, expect, test } from "vitest";
import { createGroup, createProposal, decodeMlsMessage, encodeMlsMessage } from "ts-mls";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { asPlain } from "../base/brand.ts";
import { concat, toHex, u32, utf8 } from "../base/bytes.ts";
import { publicKey } from "../protocol/keys.ts";
import { buckets } from "../protocol/sizes.ts";
import {
  add,
  adding,
  ann,
  ben,
  commitAs,
  encoded,
  entryAs,
  entryContent,
  framed,
  identity,
  letIn,
  packageOf,
  pair,
  pinsOf,
  protectRaw,
  reason,
  receive,
  removing,
  seal,
  sealers,
  stolen,
  suite,
  validCommit,
  value,
  type Device,
} from "./hostile.testing.ts";
import { entryOverhead, entryRoom } from "./padding.ts";
import { decodeState, forwardLimit } from "./state.ts";

const noAad = new Uint8Array();

/** (epoch, generation) of a sealed entry or framed change, as the group can read it. */
const placeOf = async (device: Device, body: Uint8Array): Promise<string> => {
  const message = decodeMlsMessage(body[1] === 1 ? body : body.subarray(4), 0)?.[0];
  if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
  const data = await decryptSenderData(message.privateMessage, stolen(device).keySchedule.senderDataSecret, suite);
  return `${message.privateMessage.contentType} ${message.privateMessage.epoch} ${data?.generation}`;
};

const holds = (bytes: Uint8Array, part: Uint8Array): boolean => toHex(bytes).includes(toHex(part));

describe("bytes of an entry", () => {
  test("[SEAL1] nothing over 64 KiB is parsed", async () => {
    const { a, b } = await pair();
    const message = await protectRaw(stolen(b), "application", new Uint8Array(66_000));
    expect(await reason(a, "entry", message)).toBe("too long");
    expect(await reason(a, "change", concat(u32(message.length), message))).toBe("too long");
  });

  test("[SEAL2] trailing bytes are refused", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "entry", concat(await seal(b), new Uint8Array(1)))).toBe("not in its one encoding");
  });

  test("[SEAL2] a length written longer than it needs to be is refused", async () => {
    const { a, b } = await pair();
    const body = await seal(b);
    expect(body[4]).toBe(16);
    expect(await reason(a, "entry", concat(body.subarray(0, 4), new Uint8Array([0x40, 16]), body.subarray(5)))).toBe("not in its one encoding");
  });

  test("[SEAL2] a length written longer inside the ciphertext is refused", async () => {
    const { a, b } = await pair();
    const content = await entryContent(stolen(b), "hello");
    const longer = concat(new Uint8Array([0x40, 5]), content.subarray(1, -1));
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", longer))).toBe("not in its one encoding");
  });

  test("[SEAL2] bytes that are no message are refused", async () => {
    const { a } = await pair();
    expect(await reason(a, "entry", new Uint8Array([0, 1, 0, 9, 0]))).toBe("does not decode");
    expect(await reason(a, "entry", new Uint8Array([0, 2, 0, 2, 0]))).toBe("does not decode");
  });

  test("[SEAL3] another kind of MLS message is refused", async () => {
    const { a } = await pair();
    const { bytes } = await packageOf(ben, "ben's laptop");
    expect(await reason(a, "entry", bytes)).toBe("not a private message");
    expect(await reason(a, "change", framed(bytes))).toBe("not a private message");
  });

  test("[SEAL3] a proposal on its own is refused", async () => {
    const { a, b } = await pair();
    const { keyPackage } = await packageOf(ben, "ben's laptop");
    const { message } = await createProposal(stolen(b), false, adding(keyPackage), suite);
    expect(await reason(a, "change", framed(encoded(message)))).toBe("other content type");
    expect(await reason(a, "entry", encoded(message), noAad)).toBe("other content type");
  });

  test("[SEAL4] another group and another epoch are refused before anything is decrypted", async () => {
    const { a, b } = await pair();
    const text = utf8("x");
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", text, { groupId: new Uint8Array(16) }))).toBe("other group");
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", text, { epoch: 0n }))).toBe("other epoch");
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", text, { epoch: 2n ** 63n }))).toBe("other epoch");
    expect(await reason(a, "entry", await seal(b), u32(4))).toBe("other authenticated data");
  });

  test("[SEAL4] sender data of another length is refused", async () => {
    const { a, b } = await pair();
    const message = decodeMlsMessage(await seal(b), 0)?.[0];
    if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
    const privateMessage = {
      ...message.privateMessage,
      encryptedSenderData: concat(message.privateMessage.encryptedSenderData, new Uint8Array(1)),
    };
    expect(await reason(a, "entry", encodeMlsMessage({ ...message, privateMessage }))).toBe("sender data of another length");
  });
});

describe("who sealed an entry", () => {
  test("[SEAL5] a sender outside the tree is refused before decryption", async () => {
    const { a, b } = await pair();
    for (const leaf of [2, 99, 2 ** 31, 2 ** 32 - 1])
      expect(await reason(a, "entry", await entryAs(stolen(b), "hello", { leaf, generation: 0 }))).toBe("sender outside the tree");
  });

  test("[SEAL5] the leaf of a removed device is refused before decryption", async () => {
    const { a, b } = await pair();
    const laptop = await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
    await letIn(a, ann, "ann's tablet", pinsOf(ann, ben), b, laptop);
    const { body, next } = await validCommit(stolen(a), [removing(2)]);
    expect(await receive(b, "change", body)).toMatchObject({
      kind: "change",
      removed: [{ device: publicKey(identity(ann, "ann's laptop").deviceSeed) }],
    });
    expect(await reason(b, "entry", await entryAs(next, "hello", { leaf: 2, generation: 0 }))).toBe("sender outside the tree");
  });

  test("[BOUND2] an entry in the name of another device of the bond is refused", async () => {
    const { a, b } = await pair();
    const laptop = await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
    const forged = await entryAs(stolen(b), "it is me, ann", { leaf: 0 });
    expect(await reason(laptop, "entry", forged)).toBe("not signed by its sender");
    expect(await reason(laptop, "entry", await seal(a))).toBe("entry");
  });

  test("[BOUND2] an entry in my own device's name is refused", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "entry", await entryAs(stolen(b), "you said", { leaf: 0 }))).toBe("from this device itself");
    expect(await reason(b, "entry", await seal(a))).toBe("entry");
  });

  test("[SEAL6] the author reported is the leaf that signed", async () => {
    const { a, b } = await pair();
    const laptop = await letIn(b, ben, "ben's laptop", pinsOf(ben, ann), a);
    expect(await receive(a, "entry", await seal(laptop))).toMatchObject({
      from: { person: publicKey(ben), device: publicKey(identity(ben, "ben's laptop").deviceSeed) },
    });
    expect(await receive(a, "entry", await seal(b))).toMatchObject({
      from: { person: publicKey(ben), device: publicKey(identity(ben, "ben's phone").deviceSeed) },
    });
  });
});

describe("how long an entry is", () => {
  test("[SEAL7] the room of each bucket is what is left of it after MLS", () => {
    expect(entryRoom).toEqual([106, 874, 3946, 16_234, 65_382]);
    expect(entryOverhead).toEqual([150, 150, 150, 150, 154]);
  });

  test("[SEAL7] every length from none to a kilobyte, and around each step, is sealed to a bucket", async () => {
    const { a } = await pair();
    const around = [63, 64, 106, 107, 874, 875, 3946, 3947, 16_000, 16_234, 16_235, 16_383, 16_384, 65_382];
    for (const length of [...Array(140).keys(), ...around]) {
      const { body } = value(await a.sealer.seal(asPlain(new Uint8Array(length)), u32(1)));
      expect(body.length).toBe(buckets[entryRoom.findIndex((room) => length <= room)]);
    }
  });

  test("[SEAL7] other lengths of authenticated data are padded as exactly", async () => {
    const { a, b } = await pair();
    for (const under of [0, 1, 63, 64]) {
      const body = value(await a.sealer.seal(asPlain(new Uint8Array(100)), new Uint8Array(under))).body;
      expect(buckets).toContain(body.length);
      expect(await reason(b, "entry", body, new Uint8Array(under))).toBe("entry");
    }
  });

  test("[SEAL7] an entry that is no bucket, or not the smallest, is refused", async () => {
    const { a, b } = await pair();
    const content = await entryContent(stolen(b), "hello");
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", content.subarray(0, 100)))).toBe("not in the smallest bucket");
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", await entryContent(stolen(b), "hello", {}, 1024)))).toBe(
      "not in the smallest bucket",
    );
  });

  test("[SEAL7] padding that is not zero is refused", async () => {
    const { a, b } = await pair();
    const content = await entryContent(stolen(b), "hello");
    content[content.length - 1] = 1;
    expect(await reason(a, "entry", await protectRaw(stolen(b), "application", content))).toBe("does not decode");
  });
});

describe("message keys", () => {
  test("[SEAL9] a forward jump is taken up to its limit and not beyond", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "entry", await entryAs(stolen(b), "far", { generation: forwardLimit + 1 }))).toBe("too many messages missing");
    expect(await reason(a, "entry", await entryAs(stolen(b), "near", { generation: forwardLimit }))).toBe("entry");
    expect(await reason(a, "entry", await entryAs(stolen(b), "before", { generation: forwardLimit - 1 }))).toBe("seen before or out of order");
  });

  test("[SEAL9] keys of skipped and of opened entries are not kept", async () => {
    const { a, b } = await pair();
    const secrets = [decodeState(a.state).group.state.secretTree[2]?.application.secret.slice() as Uint8Array];
    expect(holds(a.state, secrets[0] as Uint8Array)).toBe(true);
    await seal(b);
    await receive(a, "entry", await seal(b));
    const { application } = decodeState(a.state).group.state.secretTree[2] as {
      application: { generation: number; unusedGenerations: object };
    };
    expect(application).toMatchObject({ generation: 2, unusedGenerations: {} });
    expect(holds(a.state, secrets[0] as Uint8Array)).toBe(false);
  });

  test("[SEAL8] a state holds no key of a past epoch", async () => {
    const { a, b } = await pair();
    const before = stolen(a);
    const pending = await letIn(a, ann, "ann's laptop", pinsOf(ann, ben), b);
    for (const device of [a, b, pending]) {
      const now = stolen(device);
      expect(now.historicalReceiverData.size).toBe(0);
      for (const secret of [
        before.keySchedule.senderDataSecret,
        before.keySchedule.initSecret,
        ...before.secretTree.map((node) => node.application.secret).filter((bytes) => bytes.length > 0),
      ])
        expect(holds(device.state, secret)).toBe(false);
    }
  });

  test("[SEAL8] a state holds message keys of members only", async () => {
    const { a } = await pair();
    expect(stolen(a).secretTree.map(({ application, handshake }) => [application.secret.length, handshake.secret.length])).toEqual([
      [64, 64],
      [0, 0],
      [64, 64],
    ]);
  });

  test("[SEAL10] no place is used twice by entries and changes across saves and restores", async () => {
    const { a } = await pair();
    const places: string[] = [];
    for (let i = 0; i < 4; i++) {
      places.push(await placeOf(a, await seal(a)));
      const { commit, state } = await add(a.sealer, (await packageOf(ann, `device ${i}`)).bytes);
      places.push(await placeOf(a, commit));
      a.state = state;
      const sealer = value(await sealers.restore(a.state, pinsOf(ann, ben)));
      const again = { sealer, state: a.state };
      places.push(await placeOf(a, await seal(again)));
      const { commit: second, state: last } = await add(sealer, (await packageOf(ann, `other ${i}`)).bytes);
      places.push(await placeOf(a, second));
      Object.assign(a, { sealer, state: last });
    }
    expect(new Set(places).size).toBe(16);
  });

  test("[SEAL10] reuse of a place would be seen by this test", async () => {
    const { a } = await pair();
    const { state } = a;
    const one = await placeOf(a, await seal(a));
    const back = { sealer: value(await sealers.restore(state, pinsOf(ann, ben))), state };
    expect(await placeOf(a, await seal(back))).toBe(one);
  });
});

describe("the library, as it is", () => {
  test("ts-mls keeps every past epoch when asked to keep none, so states are cleaned here", async () => {
    const { clientConfig } = stolen((await pair()).a);
    const { keyPackage, keys } = await packageOf(ann, "ann's phone");
    const group = await createGroup(new Uint8Array(16), keyPackage, keys, [], suite, clientConfig);
    expect(clientConfig.keyRetentionConfig.retainKeysForEpochs).toBe(0);
    expect((await validCommit(group, [])).next.historicalReceiverData.size).toBe(1);
  });

  test("commits by hand reach the checks they are for", async () => {
    const { a, b } = await pair();
    expect(await reason(a, "change", await commitAs(stolen(b), { proposals: [], path: undefined }))).toContain("Update path is required");
  });
});
