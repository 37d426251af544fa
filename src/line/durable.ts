/**
 * The durable half of a bond's state as bytes, and back. Versioned: a state from a newer Beside is refused, not guessed at.
 * Secrets are written in the clear here: the store's edge wraps what it keeps.
 */
import { decode, encode } from "cborg";
import { Secret } from "../base/secret.ts";
import { certifyEnd } from "../protocol/certificate.ts";
import { publicKey } from "../protocol/keys.ts";
import { err, ok, type Result } from "../base/result.ts";
import { noDay } from "./damping.ts";
import { nothingRecalled } from "./recall.ts";
import { initialSenses } from "./senses.ts";
import { noSettings } from "./settings.ts";
import type { Durable, State } from "./state.ts";

const version = 2;

export const durableOf = (state: State): Omit<Durable, "mls"> => ({
  line: state.line,
  relay: state.relay,
  self: state.self,
  stage: state.stage,
  epoch: state.epoch,
  generation: state.generation,
  members: state.members,
  index: state.index,
  seq: state.seq,
  head: state.head,
  heads: state.heads,
  n: state.n,
  outbox: state.outbox,
  ahead: state.ahead,
  // A touch is of this moment: nothing of it reaches a disk.
  senses: { ...state.senses, touch: initialSenses.touch },
  offset: state.offset,
  savedAt: state.savedAt,
  fault: state.fault,
  refused: state.refused,
  gapAt: state.gapAt,
  words: state.words,
  box: state.box,
  own: state.own,
  ownLater: state.ownLater,
  boxed: state.boxed,
  lastResort: state.lastResort,
  mending: state.mending,
  missedFrom: state.missedFrom,
  missedAsked: state.missedAsked,
  shift: state.shift,
  lastWord: state.lastWord,
  counts: state.counts,
  saidAgain: state.saidAgain,
  skips: state.skips,
  missedBy: state.missedBy,
  setBackAt: state.setBackAt,
  held: state.held,
  common: state.common,
  recent: state.recent,
  sayAgain: state.sayAgain,
  lastKept: state.lastKept,
  owes: state.owes,
  notices: state.notices,
  unknown: state.unknown,
  settings: state.settings,
  recalled: state.recalled,
  guards: state.guards,
  firings: state.firings,
  arms: state.arms,
  notes: state.notes,
  relayKey: state.relayKey,
  history: state.history,
  keptToday: state.keptToday,
  saidToday: state.saidToday,
});

export const encodeDurable = (durable: Omit<Durable, "mls">): Uint8Array => encode(dehydrate({ version, ...durable }));

export const decodeDurable = (bytes: Uint8Array, mls: Uint8Array | undefined): Result<Durable, "newer" | "damaged"> => {
  try {
    const { version: written, ...durable } = rehydrate(decode(bytes)) as { version: number } & Omit<Durable, "mls">;
    if (written > version) return err("newer");
    const current = written === 1 ? fromVersion1(durable as unknown as Version1) : durable;
    return ok({ ...fresh, ...current, stage: wholeStage(current.stage), senses: { ...initialSenses, ...current.senses }, mls: mls ?? null });
  } catch {
    return err("damaged");
  }
};

/** An end that an earlier release heard of had been told by the relay. */
const wholeStage = (stage: Durable["stage"]): Durable["stage"] => (stage.at === "ended" ? { ...heardOfEnd, ...stage } : stage);
const heardOfEnd = { told: true, other: new Uint8Array(), since: null, wiped: false };

/** As release 0.1 wrote it: one device a side, the person key on it. What is new begins empty. */
interface Version1 extends Omit<Durable, "mls" | "self" | "fault"> {
  readonly self: { readonly person: Secret; readonly device: Secret; readonly certificate: Uint8Array; readonly name: string };
  readonly fault: "forked" | "rewound" | "cannot-follow" | "set-back" | null;
}

const fromVersion1 = (old: Version1): Omit<Durable, "mls"> => {
  const { fault, self } = old;
  const mends = fault === "cannot-follow" || fault === "set-back";
  return {
    ...old,
    ...fresh,
    // What it kept is looked through once, at the next start of the home.
    lastKept: -1,
    self: { ...self, personKey: publicKey(self.person), end: certifyEnd(old.line, self.person), deviceName: "" },
    members: old.members.map((member) => ({ ...member, since: null, newUntil: null })),
    fault: mends ? null : fault,
    mending: mends ? { why: fault, after: old.seq } : null,
  };
};

/** What a bond begins with, beside who it is between. */
export const fresh = {
  words: null,
  box: null,
  own: null,
  ownLater: [],
  boxed: null,
  lastResort: null,
  mending: null,
  missedFrom: null,
  missedAsked: null,
  shift: 0,
  lastWord: null,
  counts: {},
  saidAgain: null,
  skips: false,
  missedBy: [],
  setBackAt: null,
  held: null,
  common: 0,
  recent: [],
  sayAgain: null,
  lastKept: 0,
  owes: [],
  notices: [],
  unknown: [],
  settings: noSettings,
  recalled: nothingRecalled,
  guards: {},
  firings: [],
  arms: [],
  notes: {},
  relayKey: null,
  history: [],
  keptToday: noDay,
  saidToday: noDay,
} satisfies Partial<Durable>;

const secretMark = "\u0000secret";
/** A key of somebody's that begins like our mark is written with one more of its first character. */
const escaped = (key: string): string => (key.startsWith("\u0000") ? `\u0000${key}` : key);
const unescaped = (key: string): string => (key.startsWith("\u0000\u0000") ? key.slice(1) : key);

/** Secrets become marked bytes; fields that are undefined are left out. */
export const dehydrate = (value: unknown): unknown => {
  if (value instanceof Secret) return { [secretMark]: value.expose() };
  if (Array.isArray(value)) return value.map(dehydrate);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, field] of Object.entries(value)) if (field !== undefined) out[escaped(key)] = dehydrate(field);
  return out;
};

export const rehydrate = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rehydrate);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (secretMark in value) return new Secret(value[secretMark] as Uint8Array);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [unescaped(key), rehydrate(field)]));
};
