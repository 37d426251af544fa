/**
 * Runs the senses for a bond: gives each its context, and takes what it says through the one place where grants are
 * enforced (PRES2, BOUND1): what is not given is dropped here, before it is sealed.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { giveOf, type BoundaryEntry, type Grants } from "../senses/boundary/boundary.ts";
import { isSenseName, senses, type SenseName, type SenseStates } from "../senses/index.ts";
import type { PresenceEntry } from "../senses/presence/presence.ts";
import type { Give, Happening, Sense, SenseContext, SenseInput, Who, SenseRefusal } from "../senses/sense.ts";
import type { EntryBody } from "./entry.ts";
import type { Context, Effect, Step } from "./event.ts";
import { cue } from "./damping.ts";
import { sayLive, speakLive, type LiveStep } from "./live.ts";
import { letInOf, myPause, waitingOf } from "./settings.ts";
import type { OutboxItem, State } from "./state.ts";
import { lineNow } from "./time.ts";

export const initialSenses: SenseStates = Object.fromEntries(Object.entries(senses).map(([name, sense]) => [name, sense.initial])) as unknown as SenseStates;

// A sense's own types are its business; here every sense is the same shape, and its schemas guard the borders.
type AnySense = Sense<unknown, Cbor, Cbor, unknown>;
const senseOf = (name: SenseName): AnySense => senses[name] as unknown as AnySense;

/** My grants as I last set them, at once: also when the relay does not have the entry yet. */
export const myGrants = (state: State): Grants => {
  let grants = state.senses.boundary.me;
  for (const body of waitingOf(state, "boundary")) {
    const { sense, give, until, at } = body as unknown as BoundaryEntry;
    grants = { ...grants, [sense]: { give, until, at } };
  }
  return grants;
};

const theirGive = (state: State, name: SenseName, now: Millis): Give =>
  senses[name].grant === "none" ? "full" : giveOf(state.senses.boundary.other, name, now);

/** My grant as it stands, whether or not I am apart. */
const grantFor = (state: State, name: SenseName, now: Millis): Give => (senses[name].grant === "none" ? "full" : giveOf(myGrants(state), name, now));

/** What flows from me now: nothing during a pause of mine but what I let pass (BOUND4). */
export const gives = (state: State, name: SenseName, now: Millis): Give => {
  const given = grantFor(state, name, now);
  if (given === "off" || senses[name].grant === "none") return given;
  const pause = myPause(state, now);
  return pause && !pause.passes.includes(name) ? "off" : given;
};

export const senseContext = (state: State, name: SenseName, context: Context): SenseContext => {
  const now = lineNow(state, context);
  const letIn = letInOf(state, name, now);
  const connected = state.link.is === "open" && state.link.current;
  return {
    now,
    give: gives(state, name, now),
    letIn: letIn === "held" ? "off" : letIn,
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
  const [heard, happened] = asLetIn(state, name, result.happened ?? [], senseView.now);
  // What the log brought is told when it is durable; what is live, now.
  const keeps = input.kind === "entry";
  const effects: Effect[] = keeps ? [] : happened.map((happening) => ({ do: "emit", happening }));
  // What lives in the live lane begins anew with each process; the rest is for the disk, what faded away included.
  const lasting = result.state !== state.senses[name] && senseOf(name).live === undefined;
  let next: State = {
    ...heard,
    unsaved: lasting ? { ...state.unsaved, dirty: true } : state.unsaved,
    happened: keeps ? [...state.happened, ...happened] : state.happened,
    senses: result.state === state.senses[name] ? state.senses : { ...state.senses, [name]: result.state },
    senseWake: { ...state.senseWake, [name]: result.wakeAt },
  };
  let id: string | undefined;
  const given = gives(next, name, senseView.now) !== "off";
  let lacks: SenseName | undefined;
  for (const body of result.say ?? []) {
    const said = { kind: name, body };
    lacks = given ? (carriesFeeling(said) && gives(next, "feeling", senseView.now) === "off" ? "feeling" : undefined) : name;
    if (lacks) continue;
    id = idOf(next, next.n);
    next = queue(next, givenOf(next, said, senseView.now));
  }
  if (result.sayAhead !== undefined && given) next = promoteAhead(next, { kind: name, body: result.sayAhead });
  for (const body of result.live ?? []) {
    // A hold is let go of even when the grant just went: its end is the owner's protection.
    if (!given && name !== "touch") continue;
    const [spoken, sent] = speak(next, name, body, senseView.now);
    next = spoken;
    effects.push(...sent);
  }
  const refused = result.refused ?? (lacks && whyNot(state, lacks, senseView.now));
  return { step: [next, effects], ...(refused === undefined ? {} : { refused }), ...(id === undefined ? {} : { id }) };
};

const whyNot = (state: State, name: SenseName, now: Millis): SenseRefusal => (grantFor(state, name, now) === "off" ? "not-given" : "apart");

/** How what happened is told: as I let it in, and with a cue only while that is not too much (damping.ts). */
const asLetIn = (state: State, name: SenseName, happened: readonly Happening[], now: Millis): readonly [State, readonly Happening[]] => {
  const letIn = letInOf(state, name, now);
  let next = state;
  const told = happened.flatMap((happening) => {
    if (happening.from === "me") return [happening];
    if (letIn === "off" || letIn === "held") return [];
    // A promise passes a pause (BOUND4); asking for one is a word like others.
    if (happening.kind === "promise" && happening["what"] === "asked" && myPause(next, now)) return [];
    // While my own hand is out, what theirs does answers me.
    if (happening.kind === "touch" && state.senses.touch.holding) return [letIn === "quiet" ? { ...happening, quiet: true } : happening];
    const counted = cue(next, happening.kind, now);
    next = counted.state;
    return [letIn === "quiet" || counted.quiet ? { ...happening, quiet: true } : happening];
  });
  return [next, told];
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
export const applyEntry = (state: State, said: EntryBody, from: Who, device: string, id: string, context: Context, isNew = false): Step | false => {
  if (!isSenseName(said.kind)) return [state, []];
  const parsed = v.safeParse(senseOf(said.kind).entry, said.body);
  if (!parsed.success) return false;
  if (from === "other" && isShut(state, said.kind, context)) return [state, []];
  const isWhole = from === "me" || !carriesFeeling(said) || !isShut(state, "feeling", context);
  const entry = isWhole ? parsed.output : wordsAlone(parsed.output as Cbor);
  return runSense(state, said.kind, { kind: "entry", entry: entry as Cbor, from, device, id, isNew }, context).step;
};

/** A thought may carry a feeling (FEEL2): that is given, and let in, as feelings are. */
const carriesFeeling = ({ kind, body }: EntryBody): boolean => kind === "thought" && typeof body === "object" && body !== null && "feeling" in body;
const wordsAlone = (body: Cbor): Cbor => {
  const { feeling: _, ...words } = body as { readonly [field: string]: Cbor };
  return words;
};

/** What I do not let in moves nothing here; what only says how things are is followed, and does not show. */
export const isShut = (state: State, kind: string, context: Context): boolean =>
  isSenseName(kind) && senseOf(kind).followed !== true && letInOf(state, kind, lineNow(state, context)) === "off";

/** Whether an entry is for "Between us" and the export; what a newer Beside said is kept as it came (DEV5). */
export const isKept = (said: EntryBody): boolean => {
  if (["bond", "own", "missed", "recall", "vouched"].includes(said.kind)) return false;
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
    // What was said before a pause still goes out; what flows by itself stops with it, but for the word that it stops.
    const said = givenOf(state, item.content.said, now, isLeft(item.content.said) ? () => false : flowsByItself);
    return said === item.content.said ? item : { n: item.n, content: { is: "entry", said }, sealed: null };
  });
  if (outbox.every((item, at) => item === state.outbox[at])) return state;
  return { ...state, outbox, unsaved: { ...state.unsaved, dirty: true } };
};

const isLeft = ({ kind, body }: EntryBody): boolean => kind === "presence" && (body as unknown as PresenceEntry).what === "left";

/** It says how things are, without an act each time. */
export const flowsByItself = (name: SenseName): boolean => senseOf(name).followed === true;

/** As much of what was said as I give at `now`; the same where that is all of it. */
const givenOf = (state: State, said: EntryBody, now: Millis, stopsApart: (name: SenseName) => boolean = () => true): EntryBody => {
  if (!isSenseName(said.kind)) return said;
  const giveFor = (name: SenseName): Give => (stopsApart(name) ? gives : grantFor)(state, name, now);
  const give = giveFor(said.kind);
  if (give === "off") return nothing;
  if (carriesFeeling(said) && giveFor("feeling") === "off") return { ...said, body: wordsAlone(said.body) };
  const body = senseOf(said.kind).within?.(said.body, give) ?? said.body;
  return body === said.body ? said : { ...said, body };
};

/** Whether an entry of it can be given in part: it is then as much as is given when it goes. */
export const isGivenInPart = (name: SenseName): boolean => senseOf(name).within !== undefined;

/** Fills a count that what was meant for it will not use. */
export const nothing: EntryBody = { kind: "own", body: { is: "nothing" } };
const isNothing = ({ content }: OutboxItem): boolean =>
  content.is === "entry" && content.said.kind === "own" && (content.said.body as { readonly is?: Cbor }).is === "nothing";

/** Whether something waits to be sent that its owner, or what happened since this process began, has it say. */
export const hasToSay = ({ outbox }: State): boolean => outbox.some((item) => item.late !== true && !isNothing(item));

/** How both sides name an entry: its author's device on the line, and that device's count. */
export const idOf = (state: State, n: number): string => `${state.index}-${n}`;

/** What was sealed in advance goes out under its own bytes when they still hold; else the same is said anew. */
export const promoteAhead = (state: State, said: EntryBody, isLate = false): State => {
  const { ahead } = state;
  const cleared = { ...state, ahead: null };
  if (ahead?.n !== state.n || ahead.epoch !== state.epoch) return queue(cleared, said);
  const sealed = { body: ahead.body, epoch: ahead.epoch };
  return {
    ...cleared,
    n: state.n + 1,
    outbox: [...state.outbox, { n: ahead.n, content: { is: "entry", said: ahead.said }, sealed, ...(isLate ? { late: true as const } : {}) }],
    unsaved: { ...state.unsaved, dirty: true },
  };
};

/** The entry to have sealed in advance, if any sense wants one. */
export const aheadOf = (state: State, context: Context): EntryBody | undefined => {
  const entry = senses.presence.ahead?.(state.senses.presence, senseContext(state, "presence", context));
  return entry && { kind: "presence", body: entry };
};

const speak = (state: State, sense: SenseName, body: Cbor, now: Millis): Step => {
  if (!state.live || !isLive(state)) return [state, []];
  // Whether it is given still the archive knows.
  if (state.held && flowsByItself(sense)) return [state, []];
  return sendLive(state, sayLive(state.live, { sense, body }, now));
};

/** Hellos show that this device is in use: they go out while that is given live, or its owner holds and says so anyway (PRES2). */
export const tendLive = (state: State, context: Context): Step => {
  if (!state.live || !isLive(state)) return [state, []];
  return sendLive(state, speakLive(state.live, showsLive(state, lineNow(state, context)), lineNow(state, context)));
};

const showsLive = (state: State, now: Millis): boolean =>
  state.senses.touch.holding || (state.onScreen && !state.held && gives(state, "presence", now) === "full");

const isLive = ({ link, fault }: State): boolean => link.is === "open" && link.current && !fault;

export const sendLive = (state: State, { live, frames }: Pick<LiveStep, "live" | "frames">): Step => [
  live === state.live ? state : { ...state, live },
  frames.map((body) => ({ do: "send", frame: { type: "live", body } })),
];
