/**
 * Two who ended and paired anew may take up what they kept (END3). A line has person keys of its own, so nobody can tell two lines of one
 * person apart; who wants to be known again says so, with the certificate of a device of the earlier line and its signature
 * over both lines. Only when both said it of the same line, and the other is by its person key who it was with then, is what was kept
 * there shown here. The earlier line stays ended.
 */
import * as v from "valibot";
import { concat, equalBytes, toHex } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import { readCertificate } from "../protocol/certificate.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { sign, verify } from "../protocol/keys.ts";
import { bytes } from "../protocol/schema.ts";
import type { Who } from "../senses/sense.ts";
import type { EntryBody } from "./entry.ts";
import { waitingOf } from "./settings.ts";
import type { State } from "./state.ts";

export interface Recalled {
  /** Earlier lines that I named, on any of my devices. */
  readonly mine: readonly Uint8Array[];
  /** Those that the other named, each with the person key that they showed to be of then. */
  readonly theirs: readonly { readonly line: Uint8Array; readonly person: Uint8Array }[];
}

export const nothingRecalled: Recalled = { mine: [], theirs: [] };

/** Two people end and begin again a few times in a life. */
const recalledKept = 16;

const schema = v.object({ line: bytes(16), certificate: bytes(1, 1024), signature: bytes(64) });

/** What a device of the earlier line says on the new one. */
export const recallEntry = (
  line: Uint8Array,
  earlier: { readonly line: Uint8Array; readonly device: Secret; readonly certificate: Uint8Array },
): EntryBody => ({
  kind: "recall",
  body: { line: earlier.line, certificate: earlier.certificate, signature: sign(earlier.device, "beside/recall/1", concat(line, earlier.line)) },
});

/** What proves nothing is passed over. */
export const hearRecall = (state: State, body: Cbor, from: Who): State => {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) return state;
  const { line, certificate, signature } = parsed.output;
  const proved = readCertificate(line, certificate);
  if (!proved || equalBytes(line, state.line) || !verify(proved.device, "beside/recall/1", concat(state.line, line), signature)) return state;
  const { mine, theirs } = state.recalled;
  if (from === "me") return { ...state, recalled: { theirs, mine: withOne(mine, line, (one) => one) } };
  return { ...state, recalled: { mine, theirs: withOne(theirs, { line, person: proved.person }, (one) => one.line) } };
};

const withOne = <One>(known: readonly One[], one: One, lineOf: (one: One) => Uint8Array): readonly One[] =>
  known.some((other) => equalBytes(lineOf(other), lineOf(one))) || known.length >= recalledKept ? known : [...known, one];

/** What either of two devices of mine knows. */
export const bothRecalled = (one: Recalled, two: Recalled): Recalled => ({
  mine: two.mine.reduce((known, line) => withOne(known, line, (of) => of), one.mine),
  theirs: two.theirs.reduce((known, said) => withOne(known, said, ({ line }) => line), one.theirs),
});

/** What I said and the relay does not have yet counts: it is said. */
export const recalledOf = (state: State): Recalled => ({
  ...state.recalled,
  mine: waitingOf(state, "recall").reduce<Recalled["mine"]>(
    (mine, body) => withOne(mine, (body as { readonly line: Uint8Array }).line, (one) => one),
    state.recalled.mine,
  ),
});

/** Who named that earlier line; what was kept there shows here once both did. `other` is who it was with. */
export const whoRecalled = ({ mine, theirs }: Recalled, line: string, other: Uint8Array): { readonly mine: boolean; readonly theirs: boolean } => ({
  mine: mine.some((one) => toHex(one) === line),
  theirs: theirs.some((one) => toHex(one.line) === line && equalBytes(one.person, other)),
});
