/**
 * The archive: what a new or returning device of mine begins with, sealed under my devices' own key and kept by the relay
 * for my side (DEV3, LOSE1). A small manifest, and segments of kept things that are written once and then stay: keeping it
 * fresh costs the last segment and the manifest. Pure.
 */
import { decode, encode } from "cborg";
import type { Millis } from "../base/brand.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import { decodeCbor } from "../protocol/cbor.ts";
import { derive } from "../protocol/keys.ts";
import { dehydrate, rehydrate } from "./durable.ts";
import { initialSenses } from "./senses.ts";
import { keptKey, placeOf } from "./entry.ts";
import { withoutSecret } from "./own-entries.ts";
import type { PastEvent } from "./history.ts";
import { nothingRecalled, type Recalled } from "./recall.ts";
import { noSettings, type Settings } from "./settings.ts";
import type { Own, OwnDevice, Segment, State } from "./state.ts";
import type { SenseStates } from "../senses/index.ts";

/** Kept things in one segment. */
export const perSegment = 1024;

/** What the relay keeps goes by itself after 30 days; a device that missed more begins from here. */
export interface Manifest {
  readonly line: Uint8Array;
  readonly relayHash: Uint8Array;
  readonly personKey: Uint8Array;
  readonly end: Uint8Array;
  readonly other: Uint8Array;
  readonly since: Millis;
  readonly compared: boolean;
  readonly seq: number;
  readonly head: Uint8Array;
  readonly name: string;
  readonly senses: SenseStates;
  readonly devices: readonly OwnDevice[];
  readonly members: readonly { readonly key: Uint8Array; readonly since: Millis | null; readonly newUntil?: Millis | null }[];
  readonly words: { readonly verifier: Uint8Array; readonly box: Uint8Array } | null;
  readonly common: number;
  readonly lastKept: number;
  /** What to add to a place in the log for a place among kept things; `seq` is such a place. */
  readonly shift: number;
  readonly unknown: readonly string[];
  readonly recent: readonly string[];
  readonly settings: Settings;
  readonly history: readonly PastEvent[];
  readonly recalled: Recalled;
  readonly notes: State["notes"];
  readonly firings: State["firings"];
  /** What its writer had not heard itself, though it stands before its place (say-again.ts): who begins from here asks for that too. */
  readonly missedFrom: State["missedFrom"];
  readonly missedAsked: State["missedAsked"];
  readonly segments: readonly Segment[];
}

/** Those that are devices of mine still: nobody else is given a key (DEV2). */
export const unremoved = <Device extends OwnDevice>(state: State, devices: readonly Device[]): readonly Device[] =>
  devices.filter((device) => state.members.some((member) => member.mine && !member.revoked && equalBytes(member.key, device.key)));

/** Everything of the manifest but its segments, as this device knows it now. `undefined` before there is anything to keep. */
export const manifestOf = (state: State): Omit<Manifest, "segments"> | undefined => {
  const { stage, own, words } = state;
  if (stage.at !== "together" || !own) return undefined;
  const { presence, feeling, hour, goodbye, touch: _, ...shared } = state.senses;
  return {
    line: state.line,
    relayHash: state.relay.hash,
    personKey: state.self.personKey,
    end: state.self.end,
    other: stage.other,
    since: stage.since,
    compared: stage.compared,
    seq: placeOf(state, state.seq),
    head: state.head,
    name: state.self.name,
    // What is of one device only begins anew on another.
    senses: {
      ...initialSenses,
      ...shared,
      presence: { ...initialSenses.presence, theirs: presence.theirs },
      feeling: { me: feeling.me, other: feeling.other },
      hour: { ...hour, here: "" },
      goodbye: { ...initialSenses.goodbye, theirs: goodbye.theirs },
    },
    devices: unremoved(state, own.devices),
    members: state.members.map(({ key, since, newUntil }) => ({ key, since, newUntil })),
    words: words?.box ? { verifier: words.verifier, box: words.box } : null,
    common: state.common,
    lastKept: state.lastKept,
    shift: state.shift,
    unknown: state.unknown,
    recent: state.recent,
    settings: state.settings,
    history: state.history,
    recalled: state.recalled,
    notes: Object.fromEntries(Object.entries(state.notes).map(([id, note]) => [id, withoutSecret(note)])),
    firings: state.firings,
    missedFrom: state.missedFrom,
    missedAsked: state.missedAsked,
  };
};

const version = 1;

/** A manifest is sealed under the own key; each under its own id. */
export const manifestKey = (own: Pick<Own, "key">): Secret => derive(own.key.expose(), new Uint8Array(), "beside/manifest/1");

export const encodeManifest = (manifest: Manifest): Uint8Array => encode(dehydrate({ version, ...manifest }));

/** What an archive of an earlier release does not have. */
const unknownBefore = { settings: noSettings, history: [], recalled: nothingRecalled, notes: {}, firings: [], missedFrom: null, missedAsked: null };

/** `undefined` for what is no manifest of this line. Never throws. */
export const decodeManifest = (bytes: Uint8Array, line?: Uint8Array): Manifest | undefined => {
  try {
    const { version: written, ...manifest } = rehydrate(decode(bytes)) as { version: number } & Manifest;
    if (written !== version || (line && !equalBytes(manifest.line, line)) || !Array.isArray(manifest.segments)) return undefined;
    return { ...unknownBefore, ...manifest, senses: { ...initialSenses, ...manifest.senses } };
  } catch {
    return undefined;
  }
};

/** A kept thing as the store has it. */
export type Row = readonly [key: string, value: Uint8Array];

export const seqOf = ([key]: Row): number => Number(key.slice("kept/".length));

const fieldOfRow =
  (name: string) =>
  ([, value]: Row): string => {
    const decoded = decodeCbor(value);
    const field =
      decoded.ok && typeof decoded.value === "object" && decoded.value !== null && name in decoded.value
        ? (decoded.value as Record<string, unknown>)[name]
        : "";
    return typeof field === "string" ? field : "";
  };

/** How both sides name it, and its kind; empty for what is no kept thing. */
export const idOfRow = fieldOfRow("id");
export const kindOfRow = fieldOfRow("kind");

export const encodeSegment = (rows: readonly Row[]): Uint8Array => encode(rows.map((row) => [seqOf(row), row[1]]));

export const decodeSegment = (bytes: Uint8Array): readonly Row[] | undefined => {
  try {
    const rows = decode(bytes) as [number, Uint8Array][];
    return rows.every(([seq, value]) => Number.isSafeInteger(seq) && seq > 0 && value instanceof Uint8Array)
      ? rows.map(([seq, value]) => [keptKey(seq), value] as const)
      : undefined;
  } catch {
    return undefined;
  }
};
