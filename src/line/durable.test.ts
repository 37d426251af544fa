import { decode, encode } from "cborg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { Secret } from "../base/secret.ts";
import { decodeDurable, fresh, encodeDurable } from "./durable.ts";
import { initialSenses } from "./senses.ts";
import type { Durable, Stage } from "./state.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);
const secret = (fill: number): Secret => new Secret(bytes(32, fill));
const knock = { id: 3, at: 5, name: "Ben", person: bytes(32, 2), device: bytes(32, 3), keyPackage: bytes(2779, 4) };
const frame = {
  ticket: bytes(32),
  knock: 3,
  generation: 0,
  epoch: 0,
  commit: asSealed(bytes(256)),
  welcome: asSealed(bytes(1024)),
  enrol: [bytes(32, 3)],
  revoke: [],
};

const stages: readonly Stage[] = [
  { at: "making", secret: secret(1), recovery: bytes(32), token: "let me" },
  { at: "inviting", invited: { secret: secret(2), link: "http://relay.test/#join=x", expires: 9 }, knocks: [knock], accepting: knock },
  {
    at: "knocking",
    secret: secret(3),
    inviterHash: bytes(32),
    pending: bytes(99),
    body: bytes(8192),
    delivered: true,
    welcome: { body: asSealed(bytes(1024)), seq: 1, head: bytes(32) },
  },
  { at: "turned-away", why: "taken" },
  { at: "together", other: bytes(32, 9), since: 7, words: ["a", "b", "c", "d", "e", "f"], compared: true, latecomerAt: 8 },
  { at: "ended", by: "other", told: true, other: bytes(32, 7), since: null, wiped: false },
];

const durable = (stage: Stage): Omit<Durable, "mls"> => ({
  line: bytes(16),
  relay: { origin: "http://relay.test", hash: bytes(32, 7) },
  self: { person: secret(4), device: secret(5), certificate: bytes(140), name: "Ada", personKey: bytes(32, 2), end: bytes(100), deviceName: "phone" },
  stage,
  epoch: 1,
  generation: 2,
  members: [{ index: 0, key: bytes(32), mine: true, revoked: false, since: 3, newUntil: null }],
  index: 0,
  seq: 12,
  head: bytes(32, 8),
  heads: [
    [11, bytes(16, 1)],
    [12, bytes(16, 2)],
  ],
  n: 6,
  outbox: [
    {
      n: 4,
      content: { is: "entry", said: { kind: "thought", body: { text: "hello", at: 5, bytes: bytes(3) } } },
      sealed: { body: asSealed(bytes(256)), epoch: 1 },
    },
    { n: 5, content: { is: "accept", frame }, sealed: null },
  ],
  ahead: { said: { kind: "presence", body: { what: "left", at: 300_000 } }, body: asSealed(bytes(256)), epoch: 1, n: 6 },
  senses: {
    ...initialSenses,
    presence: { mine: { here: true, saidAt: 5, liveAt: 6 }, theirs: { ab: { what: "open", at: 300_000, liveAt: 7 } } },
    thought: { recent: [{ id: "1-1", from: "other", text: "שלום", at: 5, seen: false, fades: true, goneAt: 9, feeling: { hue: 1, strength: 2 } }] },
    boundary: { me: { presence: { give: "full", until: 9, at: 5 } }, other: Object.fromEntries([["constructor", { give: "off", until: null, at: 5 }]]) },
  },
  offset: -86_400_000,
  savedAt: 1_800_000_000_000,
  fault: "forked",
  refused: 4,
  gapAt: 3,
  ...fresh,
});

/** Secrets by their bytes, so that they can be compared. */
const open = (value: unknown): unknown => {
  if (value instanceof Secret) return { secret: value.expose() };
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, open(field)]));
};
const decoded = (bytesOf: Uint8Array, mls?: Uint8Array): unknown => open(decodeDurable(bytesOf, mls));

describe("What a bond keeps", () => {
  it.each(stages.map((stage) => [stage.at, stage] as const))("[KEEP1] survives exactly, at %s", (_at, stage) => {
    const state = durable(stage);
    expect(decoded(encodeDurable(state), bytes(50))).toEqual({ ok: true, value: open({ ...state, mls: bytes(50) }) });
    expect(decoded(encodeDurable(state))).toMatchObject({ ok: true, value: { mls: null } });
  });

  it("[KEEP1] what is saved again is saved alike: nothing wears off", () => {
    const once = encodeDurable(durable(stages[4] as Stage));
    const read = decodeDurable(once, undefined);
    if (!read.ok) throw new Error(read.error);
    const { mls: _, ...state } = read.value;
    expect(encodeDurable(state)).toEqual(once);
  });

  it("[KEEP1] secrets come back as secrets, that cannot be printed", () => {
    const read = decodeDurable(encodeDurable(durable(stages[0] as Stage)), undefined);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.self.person).toBeInstanceOf(Secret);
    expect(JSON.stringify(read.value.self.person)).toBe('"[secret]"');
  });

  it("[DEV5] a state that a newer Beside wrote is refused, not guessed at", () => {
    const written = decode(encodeDurable(durable(stages[4] as Stage))) as Record<string, unknown>;
    expect(decodeDurable(encode({ ...written, version: 3 }), undefined)).toEqual({ ok: false, error: "newer" });
    expect(decodeDurable(encode({ version: 7 }), undefined)).toEqual({ ok: false, error: "newer" });
  });

  it("[DEV5] a sense that came with an update begins where it begins", () => {
    const state = durable(stages[4] as Stage);
    const { touch: _, ...older } = state.senses;
    const read = decodeDurable(encodeDurable({ ...state, senses: older as Durable["senses"] }), undefined);
    expect(read.ok && read.value.senses.touch).toEqual(initialSenses.touch);
  });

  it("[BOUND3] a state that was cut short, and any bytes, are damaged or something, and never throw", () => {
    const whole = encodeDurable(durable(stages[4] as Stage));
    for (const length of [0, 1, 10, whole.length >> 1, whole.length - 1])
      expect(decodeDurable(whole.slice(0, length), undefined)).toEqual({ ok: false, error: "damaged" });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => void decodeDurable(any, undefined)));
  });
});
