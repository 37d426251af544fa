/**
 * The end of a bond (END1, END2). It is decided here, at once, without the other and without the relay: presence and place
 * stop in this step, nothing more leaves but the certificate, and the keys of the group go. Until the relay has it, it says so.
 */
import type { Millis } from "../base/brand.ts";
import type { Context, Effect, Step } from "./event.ts";
import { linkDown } from "./link.ts";
import { applyHeld } from "./records.ts";
import { nothingRecalled } from "./recall.ts";
import { noSettings } from "./settings.ts";
import { initialSenses } from "./senses.ts";
import type { EndUntold, State } from "./state.ts";
import { lineNow } from "./time.ts";
import { isArriving } from "./view.ts";

const none = new Uint8Array();

/** What is left of a bond that ended: who it was with, what was kept, and the proof until the relay has it. */
export const ended = (state: State, by: "me" | "other", told: boolean, at: Millis): State => {
  const { name, hour } = state.senses;
  const other = state.stage.at === "together" || state.stage.at === "ended" ? state.stage.other : none;
  return {
    ...state,
    stage: { at: "ended", by, told, other, since: by === "me" ? at : null, wiped: false },
    // Nothing of it is sealed or opened again: what would do that goes (END1).
    mls: null,
    ahead: null,
    outbox: [],
    inbox: [],
    held: null,
    mending: null,
    scan: null,
    job: null,
    adding: null,
    live: null,
    fault: null,
    trouble: null,
    lastResort: null,
    boxed: null,
    box: null,
    own: null,
    ownLater: [],
    owes: [],
    words: null,
    sayAgain: null,
    notes: {},
    guards: {},
    firings: [],
    arms: [],
    // An ended bond keeps for its moon what was given, until that runs out.
    senses: { ...initialSenses, name, hour, boundary: state.senses.boundary },
    settings: { ...noSettings, keeping: state.settings.keeping },
    self: { ...state.self, person: null },
    senseWake: {},
    unsaved: { ...state.unsaved, drop: [...state.unsaved.drop, "mls"], dirty: true },
    happened: [...state.happened, { kind: "ended", from: by, at }],
  };
};

/**
 * Whether the time that I chose for the end is there. There is no way back from an end, so it waits until this device heard what my
 * others decided since, and knows the time from the relay: a wall clock that jumps ends nothing. Nothing flows until then anyway.
 */
export const endIsDue = (state: State, context: Context): boolean => {
  const { stage, link, anchor } = state;
  const at = state.settings.endAt.is;
  if (at === null || stage.at !== "together" || state.fault === "revoked" || state.self.end.length === 0) return false;
  const isLevel = link.is === "open" && link.current && state.inbox.length === 0 && !state.mending && !state.held && !state.boxed;
  return isLevel && at <= anchor.line + (context.monotonic - anchor.monotonic);
};

/** What came while this device waited for its archive is kept first: the relay was told that it is here. */
export const withHeld = (state: State, context: Context): State => {
  if (!state.held || isArriving(state)) return state;
  return state.held.entries.reduce((next, entry) => applyHeld(next, entry, context)[0], { ...state, held: null } as State);
};

/** Nothing is left to do at the relay: it has the end, or cannot have it. */
export const isTold = ({ told, cannot }: Extract<State["stage"], { at: "ended" }>): boolean => told || cannot?.sure === true;

/** I end it. A device that was removed before ends what is here: the relay takes nothing of it. */
export const endNow = (before: State, context: Context): Step => {
  const state = withHeld(before, context);
  const now = lineNow(state, context);
  const after = before.fault === "revoked" ? cannotTell(ended(state, "me", false, now), "removed", now) : ended(state, "me", false, now);
  // On a connection that holds, the certificate is the next thing that leaves once it is saved.
  return [
    after.link.is === "open" ? after : linkDown(after, { is: "down", since: now, retryAt: 0, failures: 0 }),
    after.link.is === "open" ? [] : [{ do: "disconnect" }],
  ];
};

/**
 * The certificate goes out as soon as the decision is durable, once a connection. Where the storage takes nothing any more it goes out
 * all the same: an end is not taken back, and a device that forgot it hears it from the relay.
 */
export const tellEnd = (state: State): Step => {
  const { stage, link } = state;
  if (stage.at !== "ended" || isTold(stage) || link.is !== "open" || (state.unsaved.dirty && state.unsaved.retryAt === 0) || state.asked.end)
    return [state, []];
  const send: Effect = { do: "send", frame: { type: "end", certificate: state.self.end } };
  return [{ ...state, asked: { ...state.asked, end: true } }, [send]];
};

const day: Millis = 24 * 60 * 60_000;

/**
 * The relay says no to this device. A line that it does not know is asked for once more, a day later at the earliest: a relay whose data was not
 * there for an hour has it again, and then it has to be told.
 */
export const cannotTell = (state: State, why: EndUntold, now: Millis): State => {
  if (state.stage.at !== "ended") return state;
  const { cannot } = state.stage;
  const since = cannot?.why === why ? cannot.since : now;
  const sure = why === "removed" || now - since >= day;
  return { ...state, stage: { ...state.stage, cannot: { why, since, sure } }, trouble: null, unsaved: { ...state.unsaved, dirty: true } };
};

/** It knows the line after all. */
export const canTell = (state: State): State => {
  if (state.stage.at !== "ended" || !state.stage.cannot) return state;
  const { cannot: _, ...stage } = state.stage;
  return { ...state, stage, unsaved: { ...state.unsaved, dirty: true } };
};

/** When a relay that does not know the line is asked again. */
export const askedAgain = day;

/** Everything of it goes from this device but what the relay still has to be told with. */
export const wiped = (state: State): State =>
  state.stage.at === "ended"
    ? {
        ...state,
        stage: { ...state.stage, wiped: true },
        self: { ...state.self, name: "", deviceName: "" },
        senses: initialSenses,
        settings: noSettings,
        recalled: nothingRecalled,
        notes: {},
        guards: {},
        notices: [],
        history: [],
        recent: [],
        unknown: [],
        // What waited to be kept is not written after the wipe either.
        unsaved: { ...state.unsaved, put: [], dirty: true },
      }
    : state;
