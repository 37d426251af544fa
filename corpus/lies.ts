/**
 * What a relay that lies says to a device. It can always refuse to serve; what it must not do is change, invent or take
 * away anything that the two people have, name devices as it likes, or keep a device busy or away once it is honest again.
 */
import { asSealed } from "../src/base/brand.ts";
import { utf8 } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import { encodeCbor } from "../src/protocol/cbor.ts";
import { certifyEnd } from "../src/protocol/certificate.ts";
import { encodeFrame, frameTypes, type FrameOf, type RefusalCode, type RelayFrame } from "../src/protocol/frames.ts";
import { publicKey } from "../src/protocol/keys.ts";
import { frameCap } from "../src/protocol/sizes.ts";
import { diskOf } from "../sim/stories-kit.ts";
import type { Case } from "./cases.ts";
import type { Liar } from "./liar.ts";

type Trouble = "forked" | "rewound" | "twin" | "wrong-relay" | "unknown-here" | "revoked" | "version";

export interface LieCase extends Case<Liar> {
  /** What the person is told while it lies. */
  readonly trouble?: Trouble | "refused";
  /** The device stays stopped when the relay is honest again: no one but the person can say which history is true. */
  readonly lasting?: boolean;
  /** What Ada sees that the relay alone can know. */
  readonly sees?: "gapAt" | "latecomerAt";
  /** The lie is about how the line is opened: it is over when Ada has opened it again. */
  readonly reopens?: boolean;
  /** The device takes the line up anew: the group is another one afterwards, of the same two. */
  readonly mends?: boolean;
  /** Records that her device refused of what was told. */
  readonly refuses?: number;
}

const huge = Number.MAX_SAFE_INTEGER;
const body = (length: number, fill = 3): Uint8Array => new Uint8Array(length).fill(fill);
const sealed = asSealed(body(256));
const stranger = new Secret(body(32, 99));
const head = body(32, 8);

const told = (
  name: string,
  rule: string,
  expect: LieCase["expect"],
  frame: (liar: Liar) => RelayFrame | Promise<RelayFrame>,
  more: Partial<LieCase> = {},
): LieCase => ({
  name,
  rule,
  expect,
  make: async (liar) => liar.tell(await frame(liar)),
  ...more,
});
const raw = (name: string, message: Uint8Array, rule = "WIRE1", more: Partial<LieCase> = {}): LieCase => ({
  name,
  rule,
  expect: "asked again",
  make: (liar) => liar.tellRaw(message),
  ...more,
});
/** Lies about `opened` with the relay's own signature, on a new connection. */
const opened = (
  name: string,
  rule: string,
  expect: LieCase["expect"],
  how: (frame: FrameOf<"opened">) => Partial<FrameOf<"opened">>,
  more: Partial<LieCase> = {},
): LieCase => ({
  name,
  rule,
  expect,
  make: async (liar) => {
    liar.twist((frame) => (frame.type === "opened" ? liar.signed({ ...frame, ...how(frame) }) : frame));
    await liar.drop();
  },
  reopens: true,
  ...more,
});
/** The same, once: what comes after it is true. */
const openedOnce = (
  name: string,
  rule: string,
  expect: LieCase["expect"],
  how: (frame: FrameOf<"opened">) => Partial<FrameOf<"opened">>,
  more: Partial<LieCase> = {},
): LieCase => ({
  name,
  rule,
  expect,
  make: async (liar) => {
    let lied = false;
    liar.twist((frame) => {
      if (frame.type !== "opened" || lied) return frame;
      lied = true;
      return liar.signed({ ...frame, ...how(frame) });
    });
    await liar.drop();
  },
  reopens: true,
  ...more,
});
/** Says something else in place of every frame of one kind, on a new connection. */
const instead = (
  name: string,
  rule: string,
  expect: LieCase["expect"],
  how: (frame: RelayFrame) => RelayFrame | Uint8Array | undefined,
  more: Partial<LieCase> = {},
): LieCase => ({
  name,
  rule,
  expect,
  make: async (liar) => {
    liar.twist(how);
    await liar.drop();
  },
  reopens: true,
  ...more,
});
const seqOf = async ({ ada }: Liar): Promise<number> => (await diskOf(ada)).seq;
const record = (seq: number, over: Partial<FrameOf<"entries">["items"][number]> = {}): FrameOf<"entries">["items"][number] => ({
  seq,
  at: 1_800_000_100_000,
  device: 1,
  n: 900,
  epoch: 1,
  kind: "entry",
  body: sealed,
  ...over,
});
const refusal = (re: number, code: RefusalCode, after = 0, n = 0): FrameOf<"refused"> => ({ type: "refused", re, n, code, after });
const member = (index: number, side: 0 | 1 = 0, fill = index + 1): FrameOf<"opened">["members"][number] => ({
  index,
  side,
  key: body(32, fill),
  revoked: false,
});

const noFrames: readonly LieCase[] = [
  raw("a message of nothing", new Uint8Array()),
  raw("noise", body(500)),
  raw("a text", utf8("<html>captive portal</html>")),
  raw("60,000 lists in each other", body(60_000, 0x81)),
  raw("a list that claims four thousand million items", new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff, 1, 34])),
  raw("a message over the cap", body(frameCap + 1), "WIRE2"),
  raw("a frame of a type that nobody knows", encodeCbor([1, 99])),
  raw("a frame of another version", encodeCbor([2, frameTypes.pong, 1]), "WIRE3"),
  raw("a frame of a device's", encodeFrame({ type: "append", n: 1, epoch: 1, body: sealed })),
  raw("a refusal with a code that nobody knows", encodeCbor([1, frameTypes.refused, 3, 1, 15, 0])),
  raw("a refusal with code nought", encodeCbor([1, frameTypes.refused, 3, 1, 0, 0])),
  raw("a refusal whose code is a word", encodeCbor([1, frameTypes.refused, 3, 1, "constructor", 0])),
  raw("records of a kind that nobody knows", encodeCbor([1, frameTypes.entries, [[1, 1, 1, 1, 1, 9, body(256)]]])),
  raw("no records", encodeCbor([1, frameTypes.entries, []])),
  raw("513 records", encodeCbor([1, frameTypes.entries, Array.from({ length: 513 }, (_, i) => [i + 1, 1, 1, 1, 1, 0, body(256)])])),
  raw("a record whose body is no bucket", encodeCbor([1, frameTypes.entries, [[1, 1, 1, 1, 1, 0, body(300)]]])),
  raw(
    "65 members",
    encodeCbor([1, frameTypes.opened, 1, 1, 0, 1, 0, head, 1, head, Array.from({ length: 65 }, (_, i) => [i, 0, body(32), false]), null, 1, body(64)]),
  ),
  raw("a member of a third side", encodeCbor([1, frameTypes.opened, 1, 1, 0, 1, 0, head, 1, head, [[0, 2, body(32), false]], null, 1, body(64)])),
  raw("a hundred knocks", encodeCbor([1, frameTypes.knocks, Array.from({ length: 100 }, (_, i) => [i, body(32), 1, body(1000)])])),
  raw("a live frame of 201 bytes", encodeCbor([1, frameTypes.liveFrom, 1, body(201)])),
  raw("a time that is negative", encodeCbor([1, frameTypes.pong, -1])),
];

const noMeaning: readonly LieCase[] = [
  told("an ack for nothing", "LOG1", "dropped", () => ({ type: "acked", n: 999, seq: 999, at: 1, head })),
  told("an ack for count nought", "LOG1", "dropped", () => ({ type: "acked", n: 0, seq: 0, at: 0, head })),
  told("an ack for what was acknowledged", "LOG1", "dropped", () => ({ type: "acked", n: 1, seq: 2, at: 1, head })),
  told("that the line was made", "LINE1", "dropped", () => ({ type: "created", expires: huge })),
  told("that its knock waits", "DOOR4", "dropped", () => ({ type: "knocked", state: "waiting" })),
  told("that it was let in", "DOOR4", "dropped", () => ({ type: "knocked", state: "accepted" })),
  told("that four knock", "DOOR3", "dropped", () => ({
    type: "knocks",
    items: [1, 2, 3, 4].map((id) => ({ id, key: body(32, id), at: huge, body: body(8192, id) })),
  })),
  told("a second challenge", "WIRE4", "dropped", () => ({ type: "challenge", nonce: body(32), relay: body(32), now: huge })),
  told("a live frame of noise", "HELLO1", "dropped", () => ({ type: "liveFrom", device: 1, body: asSealed(body(200)) })),
  told("a live frame from Ada herself", "HELLO1", "dropped", () => ({ type: "liveFrom", device: 0, body: asSealed(body(200, 1)) })),
  told("a live frame from a device that is not there", "HELLO1", "dropped", () => ({ type: "liveFrom", device: 255, body: asSealed(body(200, 1)) })),
  told("a pong that nobody asked for", "WIRE5", "dropped", ({ world }) => ({ type: "pong", now: world.schedule.now() })),
  told("that it is the year 287396", "WIRE5", "dropped", () => ({ type: "pong", now: huge })),
  told("that it is 1970", "WIRE5", "dropped", () => ({ type: "pong", now: 0 })),
  told("the same `opened` again, signed by nobody", "LINE4", "dropped", () => ({
    type: "opened",
    generation: 9,
    epoch: 9,
    device: 1,
    n: 999,
    baseSeq: 0,
    baseHead: head,
    seq: 999,
    head,
    members: Array.from({ length: 64 }, (_, i) => member(i)),
    welcome: null,
    now: huge,
    signature: body(64),
  })),
  told("a refusal of nothing that was sent", "LOG1", "dropped", () => refusal(frameTypes.append, "gap", 0, 999), { expect: "asked again" }),
  told("a stale epoch for a count to come", "LOG3", "dropped", () => refusal(frameTypes.append, "stale", 0, 0xffff_ffff)),
  told("a stale epoch for count nought", "LOG3", "dropped", () => refusal(frameTypes.append, "stale", 0, 0)),
  told("a refusal of a frame that no one knows", "WIRE1", "told", () => refusal(200, "malformed"), { trouble: "refused" }),
  told("a refusal of an acceptance", "DOOR4", "dropped", () => refusal(frameTypes.accept, "taken", 0, 3)),
  told("a refusal of a knock", "DOOR1", "dropped", () => refusal(frameTypes.knock, "unknown")),
  told("that the room is full", "LOG8", "told", () => refusal(frameTypes.append, "full", 0, 5), { trouble: "refused" }),
  told("that the room is full until the year 287396", "LOG8", "told", () => refusal(frameTypes.append, "full", huge, 5), { trouble: "refused" }),
  told("that it is busy until the year 287396", "LINE2", "told", () => refusal(frameTypes.open, "busy", huge), { trouble: "refused" }),
  told("that it knows no such line", "LINE2", "told", () => refusal(frameTypes.open, "unknown"), { trouble: "unknown-here" }),
  told("that this device was revoked", "LINE2", "told", () => refusal(frameTypes.open, "revoked"), { trouble: "revoked" }),
  told("that it speaks another version", "WIRE3", "told", () => refusal(0, "version"), { trouble: "version" }),
  told("that someone came with the used invitation", "DOOR5", "tamed", ({ world }) => ({ type: "latecomer", at: world.schedule.now() }), {
    sees: "latecomerAt",
  }),
  told("that someone came with the used invitation in the year 287396", "DOOR5", "tamed", () => ({ type: "latecomer", at: huge }), { sees: "latecomerAt" }),
];

/** Answers to what nobody asked. */
const answers: readonly LieCase[] = [
  told("an answer for one who knocked", "DOOR8", "dropped", () => ({ type: "answered", body: body(300) })),
  told("that something is done", "PKG1", "dropped", () => ({ type: "done", re: frameTypes.keep, at: huge })),
  told("that what no one knows is done", "PKG1", "dropped", () => ({ type: "done", re: 0xffff_ffff, at: 0 })),
  told("packages of noise", "PKG1", "dropped", () => ({
    type: "packagesOf",
    generation: 0xffff_ffff,
    epoch: 0xffff_ffff,
    items: [{ device: 0, body: body(4096) }],
  })),
  told("that its words were proved", "REC3", "dropped", ({ line }) => ({
    type: "recovered",
    line,
    side: 1,
    generation: 9,
    epoch: 9,
    seq: 9,
    head,
    members: [member(0), member(1, 1)],
    note: body(2048),
    ids: [body(16)],
    now: huge,
  })),
  told("an archive of its own", "BLOB7", "dropped", () => ({ type: "archived", note: body(2048), ids: Array.from({ length: 256 }, (_, i) => body(16, i)) })),
  told("that all of a blob is there", "BLOB1", "dropped", () => ({ type: "stored", id: body(16), next: 512, total: 512 })),
  told("a piece of a blob", "BLOB3", "dropped", () => ({ type: "chunk", id: body(16), index: 0, total: 512, body: asSealed(body(65_536)) })),
  told("a refusal of what is beside the log", "PKG1", "dropped", () => refusal(frameTypes.package, "full", huge)),
];

const ends: readonly LieCase[] = [
  told("an end that nobody signed", "END1", "told", () => ({ type: "ended", certificate: body(150) }), { trouble: "unknown-here" }),
  told("an end by a stranger", "END1", "told", ({ line }) => ({ type: "ended", certificate: certifyEnd(line, stranger) }), { trouble: "unknown-here" }),
  told("an end of another line", "END1", "told", () => ({ type: "ended", certificate: certifyEnd(body(16), stranger) }), { trouble: "unknown-here" }),
  told("an end in Ben's name, signed by nobody", "END1", "told", () => ({ type: "ended", certificate: encodeCbor([1, publicKey(stranger), body(64)]) }), {
    trouble: "unknown-here",
  }),
];

const records: readonly LieCase[] = [
  told("a record far ahead", "CHAIN1", "asked again", async (liar) => ({ type: "entries", items: [record((await seqOf(liar)) + 5)] })),
  told("a record that it gave before", "CHAIN1", "asked again", async (liar) => ({ type: "entries", items: [record(await seqOf(liar))] })),
  told("record nought", "CHAIN1", "asked again", () => ({ type: "entries", items: [record(0)] })),
  told("512 records out of order", "CHAIN1", "asked again", () => ({ type: "entries", items: Array.from({ length: 512 }, (_, i) => record(5000 - i)) })),
  told("that this is all, at another place", "LINE4", "asked again", () => ({ type: "current", seq: 4_000_000_000 })),
  told("a record of its own making", "CHAIN1", "told", async (liar) => ({ type: "entries", items: [record((await seqOf(liar)) + 1)] }), {
    trouble: "rewound",
    lasting: true,
    reopens: true,
    refuses: 1,
  }),
  told(
    "512 records of its own making",
    "CHAIN1",
    "told",
    async (liar) => {
      const seq = await seqOf(liar);
      return { type: "entries", items: Array.from({ length: 512 }, (_, i) => record(seq + 1 + i, { n: 900 + i })) };
    },
    { trouble: "rewound", lasting: true, reopens: true, refuses: 512 },
  ),
  told(
    "a record of its own making, as Ada's",
    "BOUND2",
    "told",
    async (liar) => ({ type: "entries", items: [record((await seqOf(liar)) + 1, { device: 0 })] }),
    { expect: "asked again", mends: true },
  ),
  told(
    "a record by a device that is not there",
    "BOUND2",
    "told",
    async (liar) => ({ type: "entries", items: [record((await seqOf(liar)) + 1, { device: 77 })] }),
    { trouble: "rewound", lasting: true, reopens: true, refuses: 1 },
  ),
];

const openings: readonly LieCase[] = [
  instead("`opened` signed by nobody", "WIRE4", "told", (frame) => (frame.type === "opened" ? { ...frame, signature: body(64) } : frame), {
    trouble: "wrong-relay",
  }),
  instead("`opened` signed for other words", "WIRE4", "told", (frame) => (frame.type === "opened" ? { ...frame, seq: frame.seq + 1 } : frame), {
    trouble: "wrong-relay",
  }),
  instead("another relay's key", "WIRE4", "told", (frame) => (frame.type === "challenge" ? { ...frame, relay: publicKey(stranger) } : frame), {
    trouble: "wrong-relay",
  }),
  instead("nothing at all", "WIRE5", "asked again", () => undefined),
  instead("pongs only", "WIRE5", "asked again", (frame) => (frame.type === "opened" ? { type: "pong", now: frame.now } : frame)),
  instead("no `current`", "LINE4", "dropped", (frame) => (frame.type === "current" ? undefined : frame)),
  openedOnce("a count that Ada never reached", "LOG2", "asked again", ({ n }) => ({ n: n + 40 }), { mends: true }),
  openedOnce("the last count there is", "LOG2", "asked again", () => ({ n: 0xffff_ffff }), { mends: true }),
  opened("a count that Ada never reached, again and again", "LOG2", "asked again", ({ n }) => ({ n: n + 40 }), { mends: true }),
  opened("a count that Ada passed", "LOG2", "dropped", () => ({ n: 0 })),
  opened("an earlier end of the log", "CHAIN1", "told", () => ({ seq: 1, head, baseSeq: 1, baseHead: head }), { trouble: "rewound" }),
  opened("an empty log", "CHAIN1", "told", () => ({ seq: 0, head, baseSeq: 0, baseHead: head }), { trouble: "rewound" }),
  opened("another head where Ada is", "CHAIN1", "told", () => ({ baseHead: head }), { trouble: "forked", lasting: true }),
  opened("another head at the end", "CHAIN1", "told", () => ({ head }), { trouble: "forked", lasting: true }),
  opened(
    "Ada as Ben's device",
    "BOUND2",
    "told",
    ({ members }) => ({
      members: members
        .map((one) => ({ ...one, side: one.side === 0 ? (1 as const) : (0 as const) }))
        .map((one, i) => (i === 0 ? { ...one, side: 0 as const } : { ...one, side: 0 as const })),
    }),
    { trouble: "forked", lasting: true },
  ),
  opened("that Ada is device 1", "BOUND2", "told", () => ({ device: 1 }), { trouble: "forked", lasting: true }),
  opened("that Ada is device 255", "BOUND2", "told", () => ({ device: 255 }), { trouble: "forked", lasting: true }),
  opened("no members", "BOUND2", "told", () => ({ members: [] }), { trouble: "forked", lasting: true }),
  opened(
    "the two with their keys changed about",
    "BOUND2",
    "told",
    ({ members }) => ({ members: members.map((one, i) => ({ ...one, key: (members[1 - i] ?? one).key })) }),
    { trouble: "forked", lasting: true },
  ),
  opened(
    "a stranger's key for Ben's",
    "PAIR4",
    "told",
    ({ members }) => ({ members: members.map((one) => (one.index === 1 ? { ...one, key: body(32, 9) } : one)) }),
    { trouble: "forked", lasting: true },
  ),
  opened("64 members", "BOUND2", "dropped", ({ members }) => ({
    members: [...members, ...Array.from({ length: 62 }, (_, i) => member(i + 2, (i % 2) as 0 | 1))],
  })),
  opened(
    "64 times Ada",
    "BOUND2",
    "told",
    ({ members }) => ({ members: Array.from({ length: 64 }, () => members[0] as FrameOf<"opened">["members"][number]) }),
    { trouble: "forked", lasting: true },
  ),
  opened("a welcome that nobody waits for", "LINE6", "dropped", () => ({ welcome: asSealed(body(4096)) })),
  opened("another generation", "LOG3", "dropped", () => ({ generation: 0xffff_ffff })),
  opened("another epoch", "LOG3", "dropped", () => ({ epoch: 0xffff_ffff })),
  opened("the year 287396", "LINE4", "dropped", () => ({ now: huge })),
  opened("1970", "LINE4", "dropped", () => ({ now: 0 })),
  openedOnce("a log that begins after what Ada has", "LINE5", "asked again", ({ seq }) => ({ baseSeq: seq + 10, baseHead: head, seq: seq + 10, head }), {
    sees: "gapAt",
    mends: true,
  }),
  instead("records in the wrong order", "CHAIN1", "asked again", (frame) => (frame.type === "entries" ? { ...frame, items: frame.items.toReversed() } : frame)),
];

export const lieCases: readonly LieCase[] = [...noFrames, ...noMeaning, ...answers, ...ends, ...records, ...openings];
