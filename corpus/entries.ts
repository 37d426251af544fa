/**
 * What a modified client of the other person says on the line: each sealed as Ben's device seals, so the relay takes it
 * and Ada's seal opens it, unless the case says otherwise.
 */
import { asSealed } from "../src/base/brand.ts";
import { concat, u32, utf8 } from "../src/base/bytes.ts";
import { encodeEntry } from "../src/line/entry.ts";
import { encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { publicKey } from "../src/protocol/keys.ts";
import { Secret } from "../src/base/secret.ts";
import { together, type Story } from "../sim/stories-kit.ts";
import type { Whole } from "./whole.ts";
import type { Case } from "./cases.ts";
import type { Member } from "./member.ts";

export interface EntryCase extends Case<Member> {
  /** How many records Ada's device refuses of it; one unless said. */
  readonly refuses?: number;
  /** How many records it makes in all, when not as many as it refuses. */
  readonly keeps?: number;
  /** What Ada sees of it (for `tamed`); false fails. `before` is what she saw. */
  readonly shows?: (story: Story, before: Whole) => unknown;
}

const huge = Number.MAX_SAFE_INTEGER;
const year = 365 * 86_400_000;

/** Canonical CBOR by hand, for what `encodeCbor` would not write. */
const raw = (...parts: readonly (number | Uint8Array | readonly number[])[]): Uint8Array =>
  concat(...parts.map((part) => (typeof part === "number" ? new Uint8Array([part]) : part instanceof Uint8Array ? part : Uint8Array.from(part))));
/** A text of less than 24 bytes. */
const word = (text: string): Uint8Array => raw(0x60 + utf8(text).length, utf8(text));
const text = (value: string): Uint8Array => encodeCbor(value);
const nested = (depth: number): Cbor => (depth === 0 ? "deep" : [nested(depth - 1)]);

/** [kind, body, seq, head] with bytes of one's own for the body. */
const entryWith = ({ disk }: Member, kind: string, body: Uint8Array): Uint8Array =>
  raw(0x84, text(kind), body, encodeCbor(disk.seq), encodeCbor(disk.head.slice(0, 16)));

const body =
  (kind: string, value: Cbor | ((member: Member) => Cbor)): EntryCase["make"] =>
  (member) =>
    member.say(kind, typeof value === "function" ? value(member) : value);
const bodyBytes =
  (kind: string, bytes: Uint8Array): EntryCase["make"] =>
  (member) =>
    member.sayPlain(entryWith(member, kind, bytes));
const plain =
  (bytes: Uint8Array): EntryCase["make"] =>
  (member) =>
    member.sayPlain(bytes);

const schema = (name: string, make: EntryCase["make"], rule = "BOUND3"): EntryCase => ({ name, rule, expect: "schema", make });
const tamed = (name: string, make: EntryCase["make"], shows: NonNullable<EntryCase["shows"]>, rule = "BOUND3"): EntryCase => ({
  name,
  rule,
  expect: "tamed",
  refuses: 0,
  make,
  shows,
});
const unknown = (name: string, make: EntryCase["make"]): EntryCase => ({ name, rule: "DEV5", expect: "kept as unknown", refuses: 0, make });
const seal = (name: string, make: EntryCase["make"], rule: string, refuses = 1): EntryCase => ({ name, rule, expect: "seal", refuses, make });

const thoughtsFrom = (story: Story): readonly string[] => together(story.ada).thoughts.flatMap((one) => (one.from === "other" ? [one.text] : []));
const theirGrants = (story: Story) => together(story.ada).grants.map(({ sense, theirs, theirUntil }) => ({ sense, theirs, theirUntil }));
const lastThought = (story: Story): string | undefined => thoughtsFrom(story).at(-1);
const now = ({ world }: Story): number => world.schedule.now();

/** An entry that is no entry. */
const shapes: readonly EntryCase[] = [
  schema("no bytes at all", plain(new Uint8Array())),
  schema("one byte", plain(new Uint8Array([0x84]))),
  schema("bytes that are no CBOR", plain(new Uint8Array(40).fill(0xff))),
  schema("zeros of the largest bucket", plain(new Uint8Array(65_000))),
  schema("an entry that is a map", plain(encodeCbor({ kind: "thought", body: { text: "x", at: 1 } }))),
  schema("an entry of three fields", (member) => member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, member.disk.seq]))),
  schema("an entry of five fields", (member) =>
    member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, member.disk.seq, member.disk.head.slice(0, 16), "more"])),
  ),
  schema("an entry with bytes after it", (member) => member.sayPlain(concat(member.entryOf("thought", { text: "x", at: 1 }), new Uint8Array(1)))),
  schema("two entries in one", (member) => {
    const one = member.entryOf("thought", { text: "x", at: 1 });
    member.sayPlain(concat(one, one));
  }),
  schema("a kind that is a number", (member) => member.sayPlain(encodeCbor([7, { text: "x", at: 1 }, member.disk.seq, member.disk.head.slice(0, 16)]))),
  schema("an empty kind", body("", { text: "x", at: 1 })),
  schema("a kind of 33 bytes", body("k".repeat(33), { text: "x", at: 1 })),
  schema("a kind of 60,000 bytes", body("k".repeat(60_000), null)),
  schema("a place that is negative", (member) => member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, -1, member.disk.head.slice(0, 16)]))),
  schema("a place over 32 bits", (member) => member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, 2 ** 32, member.disk.head.slice(0, 16)]))),
  schema("a head of 15 bytes", (member) => member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, member.disk.seq, member.disk.head.slice(0, 15)]))),
  schema("a whole head", (member) => member.sayPlain(encodeCbor(["thought", { text: "x", at: 1 }, member.disk.seq, member.disk.head]))),
];

/** One value, another encoding: what two devices could read differently. */
const encodings: readonly EntryCase[] = [
  schema("a time written longer than it need be", bodyBytes("thought", raw(0xa2, word("at"), [0x18, 0x01], word("text"), word("x"))), "WIRE1"),
  schema("map keys out of order", bodyBytes("thought", raw(0xa2, word("text"), word("x"), word("at"), 0x01)), "WIRE1"),
  schema("one map key twice", bodyBytes("thought", raw(0xa3, word("at"), 0x01, word("at"), 0x02, word("text"), word("x"))), "WIRE1"),
  schema("one map key twice in an unknown kind", bodyBytes("sight", raw(0xa2, word("a"), 0x01, word("a"), 0x02)), "WIRE1"),
  schema("a time that is a float", bodyBytes("thought", raw(0xa2, word("at"), [0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], word("text"), word("x")))),
  schema("a time that is not a number (NaN)", bodyBytes("thought", raw(0xa2, word("at"), [0xf9, 0x7e, 0x00], word("text"), word("x")))),
  schema("a time without end (Infinity)", bodyBytes("thought", raw(0xa2, word("at"), [0xf9, 0x7c, 0x00], word("text"), word("x")))),
  schema("a time of 64 bits", bodyBytes("thought", raw(0xa2, word("at"), [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], word("text"), word("x")))),
  schema("NaN in an unknown kind", bodyBytes("sight", raw(0xa1, word("at"), [0xf9, 0x7e, 0x00]))),
  schema("undefined in an unknown kind", bodyBytes("sight", raw(0xa1, word("at"), 0xf7))),
  schema("a tagged time", bodyBytes("thought", raw(0xa2, word("at"), [0xc1, 0x01], word("text"), word("x")))),
  schema("a tagged big number in an unknown kind", bodyBytes("sight", raw([0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0]))),
  schema("a text of no stated length", bodyBytes("thought", raw(0xa2, word("at"), 0x01, word("text"), [0x7f], word("x"), [0xff])), "WIRE1"),
  schema("a list of no stated length", bodyBytes("sight", raw([0x9f, 0x01, 0xff])), "WIRE1"),
  schema("a map of no stated length", bodyBytes("sight", raw([0xbf], word("a"), [0x01, 0xff])), "WIRE1"),
  schema("bytes of no stated length", bodyBytes("sight", raw([0x5f, 0x41, 0x01, 0xff])), "WIRE1"),
  schema("a list that claims four thousand million items", bodyBytes("sight", raw([0x9a, 0xff, 0xff, 0xff, 0xff]))),
  schema("a list that claims 2^63 items", bodyBytes("sight", raw([0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))),
  schema("a map that claims four thousand million keys", bodyBytes("sight", raw([0xba, 0xff, 0xff, 0xff, 0xff]))),
  schema("a text that claims two thousand million bytes", bodyBytes("sight", raw([0x7a, 0x7f, 0xff, 0xff, 0xff]))),
  schema("bytes that claim 2^53 bytes", bodyBytes("sight", raw([0x5b, 0x00, 0x20, 0, 0, 0, 0, 0, 0]))),
  schema("a text that is not UTF-8", bodyBytes("thought", raw(0xa2, word("at"), 0x01, word("text"), [0x62, 0xc3, 0x28]))),
  schema("a text with half of a pair", bodyBytes("thought", raw(0xa2, word("at"), 0x01, word("text"), [0x63, 0xed, 0xa0, 0x80]))),
  schema("half of a pair in an unknown kind", bodyBytes("sight", raw([0x63, 0xed, 0xa0, 0x80]))),
  schema("a text in an encoding too long for its letter", bodyBytes("sight", raw([0x62, 0xc0, 0xaf]))),
  schema("a kind in an encoding too long for its letter", (member) =>
    member.sayPlain(raw(0x84, [0x62, 0xc1, 0x81], encodeCbor(null), encodeCbor(member.disk.seq), encodeCbor(member.disk.head.slice(0, 16)))),
  ),
  schema("a key that is a number", bodyBytes("thought", raw(0xa3, [0x01, 0x01], word("at"), 0x01, word("text"), word("x")))),
  schema("a key that is a number in an unknown kind", bodyBytes("sight", raw(0xa1, [0x01, 0x01]))),
  schema("simple values nobody gave a meaning", bodyBytes("sight", raw([0xf8, 0x20]))),
  schema("60,000 lists in each other", bodyBytes("sight", concat(new Uint8Array(60_000).fill(0x81), new Uint8Array([0x01])))),
  schema("60,000 maps in each other", bodyBytes("sight", concat(...Array.from({ length: 20_000 }, () => raw(0xa1, word("a"))), new Uint8Array([0x01])))),
  schema("16 lists in each other", body("sight", nested(16))),
];

/** Keys that JavaScript objects have of their own. */
const prototypes: readonly EntryCase[] = [
  tamed(
    "`__proto__` as a key of a thought",
    bodyBytes("thought", raw(0xa3, word("at"), 0x01, word("text"), word("x"), word("__proto__"), raw(0xa1, word("polluted"), 0xf5))),
    (story) => lastThought(story) === "x" && !("polluted" in {}) && together(story.ada).thoughts.every((one) => !("polluted" in one)),
  ),
  unknown("`__proto__` as a key of an unknown kind", bodyBytes("sight", raw(0xa1, word("__proto__"), raw(0xa1, word("polluted"), 0xf5)))),
  schema("`__proto__` as a sense in a grant", body("boundary", { sense: "__proto__", give: "full", until: null, at: 1 })),
  schema("`__proto__` as the fields of a feeling", bodyBytes("feeling", raw(0xa1, word("__proto__"), encodeCbor({ at: 1, hue: 1, strength: 1 })))),
  unknown("`__proto__` as a kind", body("__proto__", { at: 1 })),
  unknown("`constructor` as a kind", body("constructor", { at: 1 })),
  unknown("`toString` as a kind", body("toString", null)),
  unknown(
    "`hasOwnProperty` as a kind and key",
    body("hasOwnProperty", { hasOwnProperty: 1, constructor: { prototype: { polluted: true } }, toString: "no", at: "no" }),
  ),
  tamed(
    "`constructor` as a sense in a grant",
    body("boundary", { sense: "constructor", give: "off", until: null, at: 1 }),
    (story, before) =>
      JSON.stringify(theirGrants(story)) === JSON.stringify(before.view.grants.map(({ sense, theirs, theirUntil }) => ({ sense, theirs, theirUntil }))),
  ),
];

/** Known kinds with a body of another shape. */
const bodies: readonly EntryCase[] = [
  schema("a thought that is nothing", body("thought", null)),
  schema("a thought that is a text", body("thought", "hello")),
  schema("a thought that is a list", body("thought", [1, 2, 3])),
  schema("a thought that is bytes", body("thought", new Uint8Array(20))),
  schema("a thought without a time", body("thought", { text: "x" })),
  schema("a thought whose text is a map", body("thought", { text: { toString: "x" }, at: 1 })),
  schema("a thought whose text is a list of 30,000 letters", body("thought", { text: Array.from({ length: 30_000 }, () => "x"), at: 1 })),
  schema("a thought before all time", body("thought", { text: "x", at: -1 })),
  schema("a thought of 12,001 bytes", body("thought", { text: "x".repeat(12_001), at: 1 })),
  schema("a thought of 60,000 bytes", body("thought", { text: "x".repeat(60_000), at: 1 })),
  schema("a thought of 12,000 letters of three bytes", body("thought", { text: "\u{4e00}".repeat(12_000), at: 1 })),
  schema("a thought that fades perhaps", body("thought", { text: "x", at: 1, fades: 1 })),
  schema("a thought with a feeling off the wheel", body("thought", { text: "x", at: 1, feeling: { hue: 360, strength: 1 } })),
  schema("a feeling off the wheel", body("feeling", { hue: 720, strength: 100, at: 1 })),
  schema("a feeling stronger than all", body("feeling", { hue: 1, strength: 101, at: 1 })),
  schema("a feeling of negative strength", body("feeling", { hue: 1, strength: -1, at: 1 })),
  schema("a feeling whose hue is a text", body("feeling", { hue: "1", strength: 1, at: 1 })),
  schema("a name that is a number", body("name", { name: 7, at: 1 })),
  schema("a name of 81 bytes", body("name", { name: "x".repeat(81), at: 1 })),
  schema("a name of 65 KB", body("name", { name: "x".repeat(65_000), at: 1 })),
  schema("presence in words that are none", body("presence", { what: "dead", at: 1 })),
  schema("presence without a time", body("presence", { what: "open", at: null })),
  schema("presence at a negative time", body("presence", { what: "open", at: -huge })),
  schema("a touch to be kept", body("touch", { hold: true })),
  schema("a touch of nothing", body("touch", null)),
  schema("a grant of more than full", body("boundary", { sense: "presence", give: "everything", until: null, at: 1 })),
  schema("a grant of a sense with capitals", body("boundary", { sense: "Presence", give: "full", until: null, at: 1 })),
  schema("a grant of a sense with a name of 33 letters", body("boundary", { sense: "a".repeat(33), give: "full", until: null, at: 1 })),
  schema(
    "a grant of a sense that is a list of 10,000",
    body("boundary", { sense: Array.from({ length: 10_000 }, (_, i) => `s${i}`), give: "full", until: null, at: 1 }),
  ),
  schema("a grant until minus one", body("boundary", { sense: "presence", give: "full", until: -1, at: 1 })),
  schema("a grant that is many grants", body("boundary", [{ sense: "presence", give: "full", until: null, at: 1 }])),
  schema("a second first entry, naming another relay", body("bond", { relay: new Uint8Array(32) })),
  schema(
    "a second first entry, naming the same relay",
    body("bond", ({ disk }) => ({ relay: disk.relay.hash })),
  ),
  schema("a first entry of nothing", body("bond", null)),
  schema("a first entry with a relay of 60 KB", body("bond", { relay: new Uint8Array(60_000) })),
];

/** Well-formed, and meant badly: shown as little as it may be. */
const tamedOnes: readonly EntryCase[] = [
  tamed(
    "text that turns the reading direction",
    body("thought", { text: "\u202eabc\u2066def\u2069\u202c", at: 1 }),
    (story) => lastThought(story) === "abcdef",
  ),
  tamed(
    "text with control characters and a terminal's colours",
    body("thought", { text: "a\u0000\u0007\u001b[31mb\u009b2J\u0085c", at: 1 }),
    (story) => lastThought(story) === "a[31mb2Jc",
  ),
  tamed(
    "text with line separators and zero-width marks",
    body("thought", { text: "a\u2028b\u2029c\u200b\ufeff\u2060d", at: 1 }),
    (story) => lastThought(story) === "abcd",
  ),
  tamed(
    "text that is HTML",
    body("thought", { text: "<img src=x onerror=alert(1)>&lt;script&gt;", at: 1 }),
    (story) => lastThought(story) === "<img src=x onerror=alert(1)>&lt;script&gt;",
  ),
  tamed("text of 3,000 newlines", body("thought", { text: `a${"\n".repeat(3000)}b`, at: 1 }), (story) => lastThought(story) === "a\n\n\nb"),
  tamed(
    "text of 4,000 marks on one letter",
    body("thought", { text: `a${"\u0301".repeat(4000)}`, at: 1 }),
    (story) => (lastThought(story) ?? "").length <= 4001,
  ),
  tamed(
    "text that grows when it is composed",
    body("thought", { text: "\u{1d160}".repeat(2900), at: 1 }),
    (story) => (lastThought(story) ?? "").length <= 3 * 12_000,
  ),
  tamed(
    "text with nothing to see",
    body("thought", { text: "\u200b\u202e \u2060\u00ad\u3164", at: 1 }),
    (story, before) => thoughtsFrom(story).length === before.view.thoughts.filter(({ from }) => from === "other").length,
  ),
  tamed("a thought in the year 287396", body("thought", { text: "later", at: huge }), (story) =>
    together(story.ada).thoughts.every(({ at }) => at <= now(story)),
  ),
  tamed("a thought of the year 1970", body("thought", { text: "earlier", at: 0 }), (story) => lastThought(story) === "earlier"),
  tamed(
    "a thought with the id and the author of another",
    body("thought", { text: "not mine", at: 1, id: "0-3", from: "me", seen: true, waiting: true, goneAt: 1, __defineGetter__: 1 }),
    (story, before) => {
      const last = together(story.ada).thoughts.at(-1);
      return last?.from === "other" && !before.view.thoughts.some(({ id }) => id === last.id) && !last.seen && !last.waiting && last.goneAt === undefined;
    },
    "BOUND2",
  ),
  tamed("a feeling of tomorrow", body("feeling", { hue: 3, strength: 3, at: huge }), (story) => (together(story.ada).feeling.other?.at ?? huge) <= now(story)),
  tamed(
    "a feeling said to be Ada's",
    body("feeling", { hue: 3, strength: 3, at: 1, from: "me", who: "ada" }),
    (story, before) => together(story.ada).feeling.me?.hue === before.view.feeling.me?.hue,
    "BOUND2",
  ),
  tamed(
    "a name of marks that nobody sees",
    body("name", { name: "\u200b\u202e\u2066\u00ad", at: 1 }),
    (story, before) => together(story.ada).other.name === before.view.other.name,
    "NAME1",
  ),
  tamed("an empty name", body("name", { name: "", at: 1 }), (story, before) => together(story.ada).other.name === before.view.other.name, "NAME1"),
  tamed(
    "a name of newlines and turned text",
    body("name", { name: "\u202eneB\n\n\u001b[2Jx", at: 1 }),
    (story) => together(story.ada).other.name === "neB [2Jx",
    "NAME1",
  ),
  tamed(
    "Ada's own name, as Ada's",
    body("name", { name: "Ada", at: 1, from: "me", of: "ada", device: "0" }),
    (story, before) => together(story.ada).me.name === before.view.me.name,
    "NAME1",
  ),
  tamed(
    "a grant of Ada's presence, in Ada's name",
    body("boundary", { sense: "presence", give: "full", until: huge, at: 1, from: "me", who: "ada" }),
    (story) => together(story.ada).grants.every(({ sense, mine }) => sense !== "presence" || mine === "off"),
    "BOUND2",
  ),
  tamed(
    "presence given for ever",
    body("boundary", ({ world }) => ({ sense: "presence", give: "full", until: huge, at: world.schedule.now() + 9 * year })),
    (story) => (together(story.ada).grants.find(({ sense }) => sense === "presence")?.theirUntil ?? huge) <= now(story) + 30 * 86_400_000,
    "BOUND1",
  ),
  tamed(
    "presence in the future, given first",
    (member) => {
      member.say("boundary", { sense: "presence", give: "full", until: null, at: member.world.schedule.now() });
      member.say("presence", { what: "open", at: huge });
    },
    (story) => {
      const { state } = together(story.ada).other;
      return !("since" in state) || state.since === null || state.since <= now(story);
    },
    "PRES2",
  ),
  tamed(
    "presence that is not given",
    body("presence", ({ world }) => ({ what: "open", at: world.schedule.now() })),
    (story) => together(story.ada).other.state.is === "closed",
    "PRES2",
  ),
  tamed(
    "presence in Ada's name",
    body("presence", { what: "left", at: 1, from: "me", device: "0" }),
    (story) => together(story.ada).other.state.is === "closed",
    "BOUND2",
  ),
  {
    ...tamed(
      // As many as one side may have kept in a day: more is refused, and with it what they say themselves (BOUND3).
      "grants of 4,900 senses that are none",
      (member) => {
        for (let i = 0; i < 4900; i++) member.say("boundary", { sense: `s-${numberName(i)}`, give: "full", until: null, at: 1 });
      },
      // The list that both see holds known senses only, and no more of the rest is remembered than there will ever be.
      (story, before) => together(story.ada).grants.length === before.view.grants.length,
    ),
    keeps: 4900,
  },
  tamed(
    "a grant with 3,000 fields more",
    body("boundary", { sense: "touch", give: "full", until: null, at: 1, ...Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`f${i}`, i])) }),
    (story, before) => together(story.ada).grants.length === before.view.grants.length,
  ),
];

/** Letters for a number: senses have no digits. */
const numberName = (value: number): string => Array.from(String(value), (digit) => "abcdefghij"[Number(digit)]).join("");

const unknowns: readonly EntryCase[] = [
  unknown("a kind from a newer Beside", body("sight", { what: "a sunset", at: 5, more: [null, true, { deep: "yes" }] })),
  unknown("an unknown kind as deep as may be", body("sight", nested(15))),
  unknown("an unknown kind of 65 KB", body("sight", new Uint8Array(65_000))),
  unknown("an unknown kind with 6,000 keys", body("sight", Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`k${i}`, i])))),
  unknown("an unknown kind with a time in no calendar", body("sight", { at: huge })),
  unknown("an unknown kind with a negative time", body("sight", { at: -5 })),
  unknown("an unknown kind whose name turns the text around it", body("\u202ethguoht", { at: 1 })),
  unknown("an unknown kind named like a key of the store", body("../state", { at: 1 })),
  unknown("an unknown kind with kept fields of its own", body("sight", { id: "0-1", seq: 1, from: "me", kind: "thought", at: 1 })),
  unknown("an unknown kind called home", body("home", new Uint8Array(3))),
];

/** Kinds that the engine itself reads, and no sense. */
const engine: readonly EntryCase[] = [
  tamed(
    "Ada's own key, from Ben",
    body("own", { is: "key", gen: 9, boxes: [{ device: new Uint8Array(32), box: new Uint8Array(1168) }] }),
    (story, before) => same(story, before),
    "DEV4",
  ),
  tamed("Ada's own settings, from Ben", body("own", { is: "sealed", gen: 1, body: new Uint8Array(400) }), (story, before) => same(story, before), "DEV4"),
  tamed("an own entry that is nothing known", body("own", [1, 2, { deep: true }]), (story, before) => same(story, before), "DEV4"),
  schema("something said again that is nothing", body("again", null)),
  schema("something said again without an id", body("again", { kind: "thought", body: { text: "x", at: 1 } })),
  tamed(
    "something said again that Ada said",
    body("again", { id: "0-4", kind: "thought", body: { text: "I, Ada, said so", at: 1 } }),
    (story, before) => same(story, before),
    "BOUND2",
  ),
  schema("something said again that Ada never said", body("again", { id: "0-900", kind: "thought", body: { text: "I, Ada, said so", at: 1 } }), "BOUND2"),
  schema("something said again by a device that is not there", body("again", { id: "7-1", kind: "thought", body: { text: "x", at: 1 } }), "BOUND2"),
  schema("something said again by device 1000", body("again", { id: "1000-1", kind: "thought", body: { text: "x", at: 1 } })),
  schema("something said again under an id of another shape", body("again", { id: "1-1/../0-1", kind: "thought", body: { text: "x", at: 1 } })),
  schema("something said again that is said again", body("again", { id: "1-1", kind: "again", body: { id: "1-1", kind: "again", body: null } })),
  schema("a first entry said again, naming another relay", body("again", { id: "1-1", kind: "bond", body: { relay: new Uint8Array(32) } })),
  schema("Ada's own key said again", body("again", { id: "1-1", kind: "own", body: { is: "nothing" } }), "DEV4"),
  schema("a thought of another shape said again", body("again", { id: "1-900", kind: "thought", body: { text: 7, at: 1 } })),
  tamed("a thought that Ada has, said again", body("again", { id: "1-4", kind: "thought", body: { text: "something else", at: 1 } }), (story, before) =>
    same(story, before),
  ),
];
const same = (story: Story, before: Whole): boolean => JSON.stringify(together(story.ada).thoughts) === JSON.stringify(before.view.thoughts);

/** Records that Ben's keys alone do not open for Ada. */
const sealedOnes: readonly EntryCase[] = [
  ...[256, 1024, 4096, 16_384, 65_536].map((size) =>
    seal(`${size} bytes of rubbish`, (member) => member.append(asSealed(new Uint8Array(size).fill(7))), "SEAL2"),
  ),
  seal(
    "an entry under the count of an earlier one",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "again", at: 1 }), { n: member.n() })),
    "SEAL4",
  ),
  seal(
    "an entry under the count of a later one",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "ahead", at: 1 }), { n: member.n() + 2 })),
    "SEAL4",
  ),
  seal("an entry as Ada's device", (member) => member.append(member.sealed(member.entryOf("thought", { text: "I, Ada", at: 1 }), { leaf: 0 })), "SEAL6"),
  seal(
    "an entry as a device that is not there",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "a third", at: 1 }), { leaf: 2 })),
    "SEAL5",
  ),
  seal(
    "an entry as device 4294967295",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "a third", at: 1 }), { leaf: 2 ** 32 - 1 })),
    "SEAL5",
  ),
  seal(
    "an entry at Ben's place under another key",
    (member) =>
      member.append(member.sealed(member.entryOf("thought", { text: "not ben", at: 1 }), { device: publicKey(new Secret(new Uint8Array(32).fill(99))) })),
    "SEAL6",
  ),
  seal(
    "an entry of another epoch, said to be of this",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "old", at: 1 }), { epoch: 0 })),
    "SEAL8",
  ),
  seal(
    "an entry further ahead than may be missing",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "far", at: 1 }), { generation: 100_000 })),
    "SEAL9",
  ),
  seal(
    "an entry of a generation that was used",
    (member) => member.append(member.sealed(member.entryOf("thought", { text: "used", at: 1 }), { generation: 0 })),
    "SEAL9",
  ),
  seal(
    "an entry in a bucket too large",
    (member) => {
      const body = member.sealed(member.entryOf("thought", { text: "roomy", at: 1 }));
      member.append(asSealed(concat(body, new Uint8Array(1024 - body.length))));
    },
    "SEAL7",
  ),
  seal("padding that says something", (member) => member.append(asSealed(member.sealed(member.entryOf("thought", { text: "x", at: 1 })).with(-1, 1))), "SEAL7"),
  seal("a change as an entry", (member) => member.append(asSealed(concat(u32(200), new Uint8Array(200).fill(1), new Uint8Array(52)))), "SEAL3"),
  {
    ...seal(
      "one entry again and again",
      (member) => {
        const once = member.sealed(member.entryOf("sight", { at: 1 }), { n: member.n() });
        for (let i = 0; i < 300; i++) member.append(once);
      },
      "SEAL9",
    ),
    refuses: 300,
  },
  {
    ...seal(
      "a flood of 2,000 records of rubbish",
      (member) => {
        for (let i = 0; i < 2000; i++) member.append(asSealed(new Uint8Array(256).fill(i)));
      },
      "BOUND3",
    ),
    refuses: 2000,
  },
];

/** CHAIN2 cannot tell a lying member from a lying relay: it says so, and stops. */
const heads: readonly EntryCase[] = [
  {
    name: "a head that lies",
    rule: "CHAIN2",
    expect: "told",
    refuses: 0,
    keeps: 1,
    make: (member) => member.say("sight", { at: 1 }, { head: new Uint8Array(32).fill(9) }),
  },
  {
    name: "a place in the log that is not there yet",
    rule: "CHAIN2",
    expect: "told",
    refuses: 0,
    keeps: 1,
    make: (member) => member.say("sight", { at: 1 }, { seq: 0xffff_ffff }),
  },
];

export const entryCases: readonly EntryCase[] = [
  ...shapes,
  ...encodings,
  ...prototypes,
  ...bodies,
  ...tamedOnes,
  ...unknowns,
  ...engine,
  ...sealedOnes,
  ...heads,
];

/** The plain bytes of a case, for the real seal; none where it is the seal that refuses. At most three. */
export const plainsOf = (one: EntryCase): readonly Uint8Array[] => {
  const plains: Uint8Array[] = [];
  if (one.expect === "seal") return plains;
  const disk = { seq: 5, head: new Uint8Array(32).fill(6), relay: { origin: "", hash: new Uint8Array(32) } };
  const note = (bytes: Uint8Array): void => void (plains.length < 3 && plains.push(bytes));
  const entryOf = (kind: string, value: Cbor): Uint8Array => encodeEntry({ kind, body: value, seq: disk.seq, head: disk.head });
  const recorder = {
    disk,
    world: { schedule: { now: () => 1_800_000_000_000 } },
    sayPlain: note,
    entryOf,
    say: (kind: string, value: Cbor) => note(entryOf(kind, value)),
  };
  void one.make(recorder as unknown as Member);
  return plains;
};
