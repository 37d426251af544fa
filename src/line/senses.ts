/**
 * Runs the senses for a bond: gives each its context, and takes what it says through the one place where grants are
 * enforced (PRES2, BOUND1): what is not given is dropped here, before it is sealed.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { giveOf, type BoundaryEntry, type Grants } from "../senses/boundary/boundary.ts";
import { isSenseName, senses, type SenseName, type SenseStates } from "../senses/index.ts";
import type { Give, Sense, SenseContext, SenseInput, Who, SenseRefusal } from "../senses/sense.ts";
import type { EntryBody } from "./entry.ts";
import type { Context, Effect, Step } from "./event.ts";
import { sayLive } from "./live.ts";
import type { OutboxItem, State } from "./state.ts";
import { lineNow } from "./time.ts";

export const initialSenses: SenseStates = Object.fromEntries(Object.entries(senses).map(([name, sense]) => [name, sense.initial])) as unknown as SenseStates;

// A sense's own types are its business; here every sense is the same shape, and its schemas guard the borders.
type AnySense = Sense<unknown, Cbor, Cbor, unknown>;
const senseOf = (name: SenseName): AnySense => senses[name] as unknown as AnySense;

/** My grants as I last set them, at once: also when the relay does not have the entry yet. */
export const myGrants = (state: State): Grants => {
  let grants = state.senses.boundary.me;
  for (const item of state.outbox) {
    if (item.content.is !== "entry" || item.content.said.kind !== "boundary") continue;
    const { sense, give, until, at } = item.content.said.body as unknown as BoundaryEntry;
    grants = { ...grants, [sense]: { give, until, at } };
  }
  return grants;
};

const theirGive = (state: State, name: SenseName, now: Millis): Give =>
  senses[name].grant === "none" ? "full" : giveOf(state.senses.boundary.other, name, now);

const giveFor = (state: State, name: SenseName, now: Millis): Give => (senses[name].grant === "none" ? "full" : giveOf(myGrants(state), name, now));

export const senseContext = (state: State, name: SenseName, context: Context): SenseContext => {
  const now = lineNow(state, context);
  const connected = state.link.is === "open" && state.link.current;
  return {
    now,
    give: giveFor(state, name, now),
    givenAt: myGrants(state)[name]?.at ?? 0,
    theirGive: theirGive(state, name, now),
    onScreen: state.onScreen,
    connected,
    connectedSince: state.link.is === "open" ? state.link.since : now,
    heardSince: state.live?.acceptedAt ?? null,
  };
};

/** Applies one input to one sense, and queues or sends what it says. `id` of what was queued last comes back for acts. */
export const runSense = (
  state: State,
  name: SenseName,
  input: SenseInput<Cbor, Cbor, unknown>,
  context: Context,
): { readonly step: Step; readonly refused?: SenseRefusal; readonly id?: string } => {
  const senseView = senseContext(state, name, context);
  const result = senseOf(name).apply(state.senses[name], input, senseView);
  // What the log brought is told when it is durable; what is live, now.
  const keeps = input.kind === "entry";
  const effects: Effect[] = keeps ? [] : (result.happened ?? []).map((happening) => ({ do: "emit", happening }));
  // What lives in the live lane begins anew with each process; the rest is for the disk, what faded away included.
  const lasting = result.state !== state.senses[name] && senseOf(name).live === undefined;
  let next: State = {
    ...state,
    unsaved: lasting ? { ...state.unsaved, dirty: true } : state.unsaved,
    happened: keeps && result.happened ? [...state.happened, ...result.happened] : state.happened,
    senses: result.state === state.senses[name] ? state.senses : { ...state.senses, [name]: result.state },
    senseWake: { ...state.senseWake, [name]: result.wakeAt },
  };
  let id: string | undefined;
  const given = giveFor(next, name, senseView.now) !== "off";
  for (const body of result.say ?? []) {
    if (!given) continue;
    id = idOf(next, next.n);
    next = queue(next, givenOf(next, { kind: name, body }, senseView.now));
  }
  if (result.sayAhead !== undefined && given) next = promoteAhead(next, { kind: name, body: result.sayAhead });
  for (const body of result.live ?? []) {
    // A hold is let go of even when the grant just went: its end is the owner's protection.
    if (!given && name !== "touch") continue;
    const [spoken, sent] = speak(next, name, body, senseView.now);
    next = spoken;
    effects.push(...sent);
  }
  const refused = result.refused ?? (!given && (result.say?.length ?? 0) > 0 ? "not-given" : undefined);
  return { step: [next, effects], ...(refused === undefined ? {} : { refused }), ...(id === undefined ? {} : { id }) };
};

/** Lets every sense look at the clock and the context. */
export const tickSenses = (state: State, context: Context, kind: "tick" | "resumed" = "tick"): Step => {
  let next = state;
  const effects: Effect[] = [];
  for (const name of Object.keys(senses) as SenseName[]) {
    const { step } = runSense(next, name, { kind }, context);
    next = step[0];
    effects.push(...step[1]);
  }
  return [next, effects];
};

/** An entry of the log, from a proven author. `false` when a known sense's schema refuses it. */
export const applyEntry = (state: State, said: EntryBody, from: Who, device: string, id: string, context: Context): Step | false => {
  if (!isSenseName(said.kind)) return [state, []];
  const parsed = v.safeParse(senseOf(said.kind).entry, said.body);
  if (!parsed.success) return false;
  return runSense(state, said.kind, { kind: "entry", entry: parsed.output, from, device, id }, context).step;
};

/** Whether an entry is for "Between us" and the export; what a newer Beside said is kept as it came (DEV5). */
export const isKept = (said: EntryBody): boolean => {
  if (said.kind === "bond" || said.kind === "own" || said.kind === "missed") return false;
  if (!isSenseName(said.kind)) return true;
  const parsed = v.safeParse(senseOf(said.kind).entry, said.body);
  return parsed.success && senseOf(said.kind).kept(parsed.output);
};

export const hearSense = (state: State, name: string, body: Cbor, device: string, mine: boolean, context: Context): Step => {
  if (!isSenseName(name)) return [state, []];
  const schema = senseOf(name).live;
  const parsed = schema ? v.safeParse(schema, body) : undefined;
  return parsed?.success ? runSense(state, name, { kind: "live", live: parsed.output, from: mine ? "me" : "other", device }, context).step : [state, []];
};

/** Adds an entry to the outbox under the next count. */
export const queue = (state: State, said: EntryBody): State => ({
  ...state,
  n: state.n + 1,
  outbox: [...state.outbox, { n: state.n, content: { is: "entry", said }, sealed: null }],
  unsaved: { ...state.unsaved, dirty: true },
});

/**
 * What was said while it was given, and is to be sealed when it is not any more, stays here (BOUND1): also what waited for
 * a connection, or for an epoch. Its count is filled with nothing, or with as much of it as is given still.
 */
export const withhold = (state: State, now: Millis): State => {
  const outbox = state.outbox.map((item): OutboxItem => {
    if (item.content.is !== "entry" || item.sealed?.epoch === state.epoch) return item;
    const said = givenOf(state, item.content.said, now);
    return said === item.content.said ? item : { n: item.n, content: { is: "entry", said }, sealed: null };
  });
  if (outbox.every((item, at) => item === state.outbox[at])) return state;
  return { ...state, outbox, unsaved: { ...state.unsaved, dirty: true } };
};

/** As much of what was said as I give at `now`; the same where that is all of it. */
const givenOf = (state: State, said: EntryBody, now: Millis): EntryBody => {
  if (!isSenseName(said.kind)) return said;
  const give = giveFor(state, said.kind, now);
  if (give === "off") return nothing;
  const body = senseOf(said.kind).within?.(said.body, give) ?? said.body;
  return body === said.body ? said : { ...said, body };
};

/** Whether an entry of it can be given in part: it is then as much as is given when it goes. */
export const isGivenInPart = (name: SenseName): boolean => senseOf(name).within !== undefined;

/** Fills a count that what was meant for it will not use. */
export const nothing: EntryBody = { kind: "own", body: { is: "nothing" } };

/** How both sides name an entry: its author's device on the line, and that device's count. */
export const idOf = (state: State, n: number): string => `${state.index}-${n}`;

/** What was sealed in advance goes out under its own bytes when they still hold; else the same is said anew. */
export const promoteAhead = (state: State, said: EntryBody): State => {
  const { ahead } = state;
  const cleared = { ...state, ahead: null };
  if (ahead?.n !== state.n || ahead.epoch !== state.epoch) return queue(cleared, said);
  const sealed = { body: ahead.body, epoch: ahead.epoch };
  return {
    ...cleared,
    n: state.n + 1,
    outbox: [...state.outbox, { n: ahead.n, content: { is: "entry", said: ahead.said }, sealed }],
    unsaved: { ...state.unsaved, dirty: true },
  };
};

/** The entry to have sealed in advance, if any sense wants one. */
export const aheadOf = (state: State, context: Context): EntryBody | undefined => {
  const entry = senses.presence.ahead?.(state.senses.presence, senseContext(state, "presence", context));
  return entry && { kind: "presence", body: entry };
};

const speak = (state: State, sense: SenseName, body: Cbor, now: Millis): Step => {
  if (!state.live || state.link.is !== "open" || !state.link.current || state.fault) return [state, []];
  const said = sayLive(state.live, state.selfKey, { sense, body }, now);
  return [{ ...state, live: said.live }, said.frames.map((frame) => ({ do: "send", frame: { type: "live", body: frame } }))];
};
