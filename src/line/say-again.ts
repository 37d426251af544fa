/**
 * Saying again (LOSE1): a device that took its line up anew asks, once, for what was said after the last place it knows,
 * and says again what of its own the other may lack. What is said again keeps its id, so that nobody keeps it twice; it
 * is its author's own word, so nobody speaks for another.
 */
import * as v from "valibot";
import { decodeCbor, type Cbor } from "../protocol/cbor.ts";
import { uint } from "../protocol/schema.ts";
import type { Row } from "./archive.ts";
import type { Kept } from "./home.ts";
import { awaitsFarewell, isOpen } from "../senses/promise/promised.ts";
import { isKept, queue } from "./senses.ts";
import type { LogItem, State } from "./state.ts";

/** Of one side's, at a time. The other's gossiped heads move the place from which anything is said again. */
const most = 200;

/** What the archive could not bring is asked for, once this device is level with the log. */
export const askAgain = (state: State): State => {
  const { link, missedFrom } = state;
  if (missedFrom === null || state.held || state.mending || state.fault || link.is !== "open" || !link.current || state.inbox.length > 0) return state;
  // Until it is in the log it is missed still, in the backup too: another device may begin from that meanwhile.
  return isAsking(state) ? state : queue(state, { kind: "missed", body: { after: missedFrom } });
};

const isAsking = ({ outbox }: State): boolean => outbox.some(({ content }) => content.is === "entry" && content.said.kind === "missed");

const missedSchema = v.object({ after: uint(0xffff_ffff) });

/** Each device is heard once for each time the group was made anew, which the relay counts (REF rules): nobody is kept talking. */
export const hearMissed = (state: State, body: Cbor, { device, at }: Pick<LogItem, "device" | "at">): State => {
  const parsed = v.safeParse(missedSchema, body);
  if (!parsed.success) return state;
  const { after } = parsed.output;
  if (device === state.index) return { ...state, missedFrom: (state.missedFrom ?? after) < after ? state.missedFrom : null, missedAsked: { after, at } };
  if (state.missedBy.includes(device)) return state;
  const { saidAgain, missedBy } = state;
  // What I said again after that place stands at its first place here.
  const from = saidAgain && after < saidAgain.until ? Math.min(after + 1, saidAgain.from) : after + 1;
  return { ...state, missedBy: [...missedBy, device], sayAgain: Math.min(state.sayAgain ?? Infinity, from) };
};

/** The latest; and what I promised and is still to come, however much was said since: nobody misses an alarm for what was said beside it. */
const toSay = ({ senses: { promise } }: State, mine: readonly Kept[]): readonly Kept[] => {
  const running = new Set<unknown>([
    ...promise.list.flatMap((one) => (one.owner === "me" && (isOpen(one) || awaitsFarewell(one)) ? [one.id] : [])),
    ...promise.lives.flatMap((one) => (one.owner === "me" && one.offAt === null ? [one.id] : [])),
  ]);
  const isOfRunning = ({ kind, body }: Kept): boolean => kind === "promise" && running.has((body as { readonly id?: Cbor }).id);
  const isBeginning = ({ body }: Kept): boolean => ["made", "life"].includes((body as { readonly what: string }).what);
  const ofRunning = mine.filter(isOfRunning);
  const said = new Set([...mine.slice(-most), ...ofRunning.filter(isBeginning), ...ofRunning.slice(-most)]);
  return mine.filter((one) => said.has(one));
};

export const sayAgain = (state: State, rows: readonly Row[]): State => {
  const mine = rows.flatMap(([, value]) => {
    const decoded = decodeCbor(value);
    const kept = decoded.ok ? (decoded.value as Cbor & Kept) : undefined;
    // An older version kept what it did not know; what this one knows is not for keeping is not said again either.
    return kept?.from === "me" && isKept({ kind: kept.kind, body: kept.body }) ? [kept] : [];
  });
  const said = toSay(state, mine).reduce((next, { id, kind, body }) => queue(next, { kind: "again", body: { id, kind, body } }), state);
  const from = Math.min(state.sayAgain ?? Infinity, state.saidAgain?.from ?? Infinity);
  return { ...said, sayAgain: null, saidAgain: said === state ? state.saidAgain : { from, until: Number.MAX_SAFE_INTEGER } };
};
