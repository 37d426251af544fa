/**
 * What a hostile other does, one scene after another. Each is what a modified client can do with a member's own keys; `rule` is
 * what has to hold on the honest side meanwhile. `size` makes a scene shorter where little time is.
 */
import { createHash } from "node:crypto";
import { asSealed } from "../src/base/brand.ts";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import type { Member } from "./member.ts";

export interface Scene {
  readonly name: string;
  readonly rule: string;
  run(member: Member, size: number): Promise<void>;
}

const { now } = systemClock;
const year = 366 * 24 * 60 * 60_000;
/** Texts that would turn, hide, end or run what stands around them. */
const evilTexts = [
  "\u202Egnp.exe\u2066\u2067\u2068",
  "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
  "\u0000\u0007\u001B[2J\u001B]0;owned\u0007\r\n\u2028\u2029",
  "a\u0300".repeat(500),
  "\u200B\u200D\uFEFF\u00AD",
  "\uD83D\uDC69\u200D".repeat(200),
  "javascript:alert(1)//data:text/html,<b>",
  "{{constructor.constructor('x')()}}${7*7}",
];

const senseBodies: readonly (readonly [string, Cbor])[] = [
  ["presence", { what: "open", at: 1 }],
  ["feeling", { hue: 10, strength: 50, at: 1 }],
  ["thought", { text: "x", at: 1 }],
  ["name", { name: "Ben", at: 1 }],
  ["hour", { zone: "Europe/Vienna", place: null, at: 1 }],
  ["boundary", { sense: "touch", give: "full", until: null, at: 1 }],
  ["apart", { what: "apart", dark: false, until: null, when: null, passes: [], at: 1 }],
  ["goodbye", { going: true, at: 1 }],
  ["touch", { hold: true }],
  ["promise", { what: "made", id: "ab".repeat(16), words: "x", by: null, when: null, grace: 0, release: 0, note: false, farewell: null, at: 1 }],
  ["promise", { what: "key", id: "ab".repeat(16), turn: 1, key: new Uint8Array(32), at: 1 }],
  ["promise", { what: "kept", id: "cd".repeat(16), turn: 1, at: 1 }],
];

const wrongValues: readonly Cbor[] = [
  null,
  true,
  -1,
  1.5,
  Number.MAX_SAFE_INTEGER,
  "",
  "\u202E",
  new Uint8Array(3),
  [],
  [[[[[[[[]]]]]]]],
  {},
  { at: {} },
  { __proto__x: 1, constructor: { prototype: { owned: true } } },
];

const nested = (depth: number): Uint8Array => {
  const out = new Uint8Array(depth + 1).fill(0x81);
  out[depth] = 0xf6;
  return out;
};

export const scenes: readonly Scene[] = [
  {
    name: "wrong types for every sense",
    rule: "BOUND3",
    async run(member) {
      for (const [kind, body] of senseBodies) {
        for (const wrong of wrongValues) await member.say(kind, wrong);
        for (const field of Object.keys(body as object))
          for (const wrong of wrongValues) await member.say(kind, { ...(body as object), [field]: wrong } as Cbor);
        await member.settled();
      }
    },
  },
  {
    name: "bytes that are no entry, deep nesting, maximum sizes",
    rule: "BOUND3",
    async run(member) {
      for (const depth of [10, 100, 1000, 60_000]) await member.sayPlain(nested(depth));
      for (const length of [0, 1, 200, 4000, 65_000]) await member.sayPlain(new Uint8Array(length).fill(0xff));
      await member.sayPlain(encodeCbor(["thought", { text: "x" }]));
      await member.sayPlain(encodeCbor({ kind: "thought" }));
      for (const length of [12_000, 12_001, 60_000]) await member.say("thought", { text: "w".repeat(length), at: now() });
      await member.say("name", { name: "n".repeat(60_000), at: now() });
      await member.say("apart", { what: "apart", dark: false, until: null, when: "w".repeat(60_000), passes: [], at: now() });
      await member.say("apart", { what: "back", at: now() });
      for (const size of [256, 1024, 4096, 16_384, 65_536]) member.append(asSealed(new Uint8Array(size).fill(7)));
      await member.settled();
    },
  },
  {
    name: "replayed, forged and reordered",
    rule: "BOUND3",
    async run(member) {
      await member.say("thought", { text: "once", at: now() });
      await member.settled();
      for (const body of member.said.slice(-20)) member.append(body);
      // Sealed in one order and sent in another; the counts in them are the counts they come under.
      const [first, second] = [
        await member.sealed("thought", { text: "first", at: now() }, { n: member.n + 2 }),
        await member.sealed("thought", { text: "second", at: now() }, { n: member.n + 1 }),
      ];
      for (const body of [second, first]) if (body) member.append(body);
      const [one] = member.said.slice(-1);
      if (one) for (const at of [10, 60, 150, 250]) member.append(asSealed(one.map((byte, i) => (i === at ? byte ^ 1 : byte))));
      await member.settled();
    },
  },
  {
    name: "lies about time, far ahead and behind",
    rule: "BOUND3",
    async run(member) {
      for (const at of [0, 1, now() - 30 * year, now() + 50 * year, Number.MAX_SAFE_INTEGER]) {
        for (const [kind, body] of senseBodies) await member.say(kind, { ...(body as object), at } as Cbor);
        await member.say("boundary", { sense: "presence", give: "full", until: at, at });
        await member.say("apart", { what: "apart", dark: true, until: at, when: null, passes: [], at });
        await member.say("apart", { what: "back", at });
        await member.say("name", { name: "Ben", at });
      }
      await member.settled();
    },
  },
  {
    name: "grants, names and words in the other's name",
    rule: "BOUND2",
    async run(member) {
      for (const [kind, body] of senseBodies)
        for (const more of [{ from: "me" }, { who: "me", of: "ada", by: 0 }, { id: "0-1", device: 0 }])
          await member.say(kind, { ...(body as object), at: now(), ...more } as Cbor);
      for (const sense of ["presence", "feeling", "touch", "thought", "hour", "__proto__", "constructor", "toString"])
        await member.say("boundary", { sense, give: "full", until: null, at: now(), from: "me", person: "ada" });
      for (const id of ["0-1", "0-2", "0-4", "1-1", "9-9"]) await member.say("again", { id, kind: "thought", body: { text: "I, Ada, promise", at: now() } });
      for (const is of ["key", "nothing", "let", "pause", "end-at"])
        await member.say("own", { is, gen: 99, boxes: [], sealed: new Uint8Array(40), sense: "thought", letIn: "off", at: now() });
      await member.say("missed", { after: 0 });
      await member.settled();
    },
  },
  {
    name: "bidi, HTML and control signs in every text",
    rule: "BOUND3",
    async run(member) {
      for (const text of evilTexts) {
        await member.say("thought", { text, at: now(), fades: true });
        await member.say("thought", { text, at: now() });
        await member.say("name", { name: text.slice(0, 40), at: now() });
        await member.say("apart", { what: "apart", dark: false, until: null, when: text.slice(0, 100), passes: [text.slice(0, 20)], at: now() });
        await member.say("hour", { zone: text.slice(0, 20), place: null, at: now() });
        await member.say(`k-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`, { text, html: text });
      }
      await member.say("apart", { what: "back", at: now() });
      await member.say("name", { name: "Ben", at: now() });
      await member.settled();
    },
  },
  {
    name: "kinds that nobody knows, each another",
    rule: "DEV5",
    async run(member, size) {
      for (let i = 0; i < 30 * size; i++) await member.say(`kind-${i}`, { i, at: now(), deep: { er: [i] } });
      await member.settled();
    },
  },
  {
    name: "grants of a thousand senses, names and pauses without end",
    rule: "BOUND3",
    async run(member, size) {
      for (let i = 0; i < 30 * size; i++) {
        await member.say("boundary", { sense: `s${i}`, give: "full", until: null, at: now() });
        await member.say("name", { name: `Ben ${i}`, at: now() });
        await member.say(
          "apart",
          i % 2 === 0 ? { what: "apart", dark: false, until: null, when: `when ${i}`, passes: [], at: now() } : { what: "back", at: now() },
        );
      }
      await member.say("apart", { what: "back", at: now() });
      await member.say("name", { name: "Ben", at: now() });
      await member.settled();
    },
  },
  {
    name: "live frames and touches without end",
    rule: "LIVE3",
    async run(member, size) {
      for (let i = 0; i < 1000 * size; i++) {
        member.live("touch", { hold: i % 2 === 0 });
        if (i % 3 === 0) member.live("presence", { here: true });
        if (i % 5 === 0) member.send({ type: "live", body: asSealed(new Uint8Array(200).fill(i)) });
        if (i % 50 === 0) await member.quiet();
      }
      member.live("touch", { hold: false });
      await member.quiet();
    },
  },
];

/** What goes into a flood: everything that moves a screen, in turn. */
export const mixed = (i: number): readonly [string, Cbor] => {
  const at = now();
  switch (i % 8) {
    case 0:
      return ["presence", { what: i % 16 === 0 ? "open" : "left", at }];
    case 1:
      return ["feeling", { hue: i % 360, strength: 1 + (i % 100), at }];
    case 2:
      return ["thought", { text: `flood ${i}`, at }];
    case 3:
      return ["name", { name: `Ben ${i}`, at }];
    case 4:
      return ["boundary", { sense: "touch", give: i % 16 === 4 ? "off" : "full", until: null, at }];
    case 5:
      return ["goodbye", { going: i % 16 === 5, at }];
    case 6:
      return ["apart", i % 16 === 6 ? { what: "apart", dark: false, until: null, when: `when ${i}`, passes: [], at } : { what: "back", at }];
    default:
      return [`kind-${i % 40}`, { i }];
  }
};
