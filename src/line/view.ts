/**
 * What an edge shows of a bond: plain data, derived from the state and the time, nothing secret in it but the words and
 * the link that people are meant to see. The same for the web app and the terminal.
 */
import type { Millis } from "../base/brand.ts";
import { feltBy, type FeelingEntry } from "../senses/feeling/feeling.ts";
import type { Felt } from "../senses/feeling/feeling.ts";
import type { Give, Who } from "../senses/sense.ts";
import type { TouchIntent } from "../senses/touch/touch.ts";
import { giveOf, offSince, type BoundaryIntent, type Grant } from "../senses/boundary/boundary.ts";
import { heldOf, type HourEntry, type HourIntent, type Place } from "../senses/hour/hour.ts";
import { senses, type SenseName } from "../senses/index.ts";
import { closenessOf } from "../senses/presence/presence.ts";
import type { Thought, ThoughtEntry, ThoughtIntent } from "../senses/thought/thought.ts";
import { isMet, isOffered } from "../senses/touch/touch.ts";
import { mailboxAt } from "./door.ts";
import type { Context } from "./event.ts";
import { archiveIsBehind } from "./next.ts";
import { idOf, myGrants, senseContext } from "./senses.ts";
import type { Mending, State, Trouble, TurnedAway } from "./state.ts";
import { lineNow } from "./time.ts";
import { codeOf } from "./twelve-words.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { exhaustive } from "../base/exhaustive.ts";

export interface ConnectionView {
  /** `offline`: tried and failed; `connecting`: being tried; `online`: current with the relay. */
  readonly state: "online" | "connecting" | "offline";
  readonly since: Millis;
  /** The relay's web origin. */
  readonly relay: string;
  readonly trouble: Trouble | null;
  /** This device's clock against the relay's, when it is off by more than two minutes; positive when ahead. */
  readonly clockAhead: Millis | null;
  /** Entries of mine the relay does not have yet. */
  readonly waiting: number;
}

/** The state of the other as one of the honest states. Times are rounded to five minutes by their author. */
export type OtherState =
  | { readonly is: "beside" }
  | { readonly is: "near" | "around" | "far"; readonly since: Millis }
  | { readonly is: "unheard"; readonly since: Millis | null }
  /** Presence is not given: since its owner closed it, or null when it was never given. */
  | { readonly is: "closed"; readonly since: Millis | null };

export interface KnockView {
  readonly id: number;
  readonly name: string;
  readonly at: Millis;
}

/** A device of one of the two. */
export interface DeviceView {
  /** Its index on the line. */
  readonly index: number;
  /** Its name among my own; empty for the other's, and where it is not known. */
  readonly name: string;
  /** When it was added, by the line's time; null where this device does not know. */
  readonly since: Millis | null;
  readonly here: boolean;
  /** Until then it may not remove others, unless an older one vouches for it; null when it may. */
  readonly newUntil: Millis | null;
}

/** A device of mine that asks to be let in: the words are on its screen too. */
export interface AskingDevice {
  readonly id: number;
  readonly name: string;
  readonly code: readonly string[];
}

export interface AddingView {
  /** Null until the relay opened the door. */
  readonly link: string | null;
  readonly expires: Millis | null;
  readonly asking: readonly AskingDevice[];
  /** The one being let in. */
  readonly letting: number | null;
}

/** Something about devices that both sides are shown (DEV1). `again`: the line was made anew, and by whom. */
export interface DeviceNotice {
  readonly is: "added" | "removed" | "restored" | "again";
  readonly who: Who;
  readonly at: Millis;
  readonly name: string;
}

export interface BackupView {
  /** When what is kept was last backed up on the line; null for never. */
  readonly at: Millis | null;
  /** Whether something kept is not in it yet. */
  readonly behind: boolean;
}

export interface TransferView {
  readonly what: "backing-up" | "fetching";
  /** In bytes; `total` 0 while it is not known. */
  readonly done: number;
  readonly total: number;
}

export interface GrantView {
  readonly sense: string;
  readonly mine: Give;
  readonly myUntil: Grant["until"];
  readonly theirs: Give;
  readonly theirUntil: Grant["until"];
}

/** What time it is for each, as far as it is given: with its place only while that is given too. */
export interface HourView {
  /** This device's zone, as its edge last told; empty before. */
  readonly here: string;
  /** The place I chose, given or not. */
  readonly place: Place | null;
  readonly me: HourEntry | null;
  readonly other: HourEntry | null;
}

export interface TogetherView {
  readonly stage: "together";
  readonly bond: string;
  readonly now: Millis;
  readonly connection: ConnectionView;
  readonly me: { readonly name: string };
  readonly other: { readonly name: string; readonly state: OtherState };
  readonly feeling: { readonly me: FeelingEntry | null; readonly other: FeelingEntry | null };
  readonly hour: HourView;
  readonly touch: { readonly holding: boolean; readonly offered: boolean; readonly met: boolean };
  /** The latest, oldest first; `waiting` while the relay does not have it. */
  readonly thoughts: readonly (Thought & { readonly waiting: boolean })[];
  readonly words: readonly string[] | null;
  readonly compared: boolean;
  readonly grants: readonly GrantView[];
  /** Whether "show when I am here?" was ever answered. */
  readonly presenceAsked: boolean;
  /** Someone came with the used invitation. */
  readonly latecomerAt: Millis | null;
  /** Records before this were lost to this device: it was away too long. */
  readonly gapAt: Millis | null;
  readonly devices: { readonly mine: readonly DeviceView[]; readonly theirs: readonly DeviceView[] };
  /** While a device of mine is being added from this one. */
  readonly adding: AddingView | null;
  /** Not yet seen, oldest first. */
  readonly deviceNotices: readonly DeviceNotice[];
  readonly backup: BackupView;
  readonly transfer: TransferView | null;
  /** The line is being taken up again, and why; what is said meanwhile waits. */
  readonly mending: Mending | null;
}

export type BondView =
  | { readonly stage: "making"; readonly bond: string; readonly connection: ConnectionView; readonly me: { readonly name: string } }
  | {
      readonly stage: "inviting";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly link: string;
      readonly expires: Millis;
      readonly knocks: readonly KnockView[];
      /** The knock being let in. */
      readonly accepting: number | null;
    }
  | {
      readonly stage: "knocking";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly delivered: boolean;
    }
  | {
      /** A device of mine that asks one of my own to let it in, and then takes over what is kept. */
      readonly stage: "arriving";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly step: "asking" | "let-in" | "fetching";
      /** To compare with the screen of the device that lets it in. */
      readonly code: readonly string[];
      readonly transfer: TransferView | null;
    }
  | {
      readonly stage: "turned-away";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly why: TurnedAway;
    }
  | TogetherView
  | {
      readonly stage: "ended";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly other: { readonly name: string };
      readonly hour: HourView;
      readonly by: "me" | "other";
    };

/** What a person does. */
export type Act =
  | { readonly do: "accept"; readonly knock: number }
  | { readonly do: "compared"; readonly compared: boolean }
  | { readonly do: "latecomer-seen" }
  | { readonly do: "try-now" }
  /** Opens the door for a device of mine, for ten minutes; closes it. */
  | { readonly do: "add-device" }
  | { readonly do: "stop-adding" }
  | { readonly do: "let-in"; readonly asking: number }
  | { readonly do: "remove-device"; readonly device: number }
  /** An older device confirms a newer one: it may do everything at once. */
  | { readonly do: "vouch"; readonly device: number }
  | { readonly do: "devices-seen" }
  /** The twelve words were confirmed: the person key leaves this device. Only the home does this. */
  | { readonly do: "forget-person" }
  /** After a trouble that stopped the line (`forked`, `rewound`, `twin`): go on with what the relay has now. */
  | { readonly do: "take-up" }
  | { readonly do: "feeling"; readonly intent: Felt }
  | { readonly do: "touch"; readonly intent: TouchIntent }
  | { readonly do: "thought"; readonly intent: ThoughtIntent }
  | { readonly do: "name"; readonly intent: { readonly name: string } }
  | { readonly do: "hour"; readonly intent: HourIntent }
  | { readonly do: "boundary"; readonly intent: BoundaryIntent };

/** Clocks that differ by less than this are not worth a word. */
const clockTolerance: Millis = 2 * 60_000;

export const viewOf = (state: State, context: Context): BondView => {
  const { stage } = state;
  const me = { name: state.senses.name.me?.name ?? state.self.name };
  const shared = { bond: toHex(state.line), connection: connectionOf(state), me };
  switch (stage.at) {
    case "making":
      return { stage: "making", ...shared };
    case "inviting":
      return {
        stage: "inviting",
        ...shared,
        link: stage.invited.link,
        expires: stage.invited.expires,
        knocks: stage.knocks.map(({ id, name, at }) => ({ id, name, at })),
        accepting: stage.accepting?.id ?? null,
      };
    case "knocking":
      return { stage: "knocking", ...shared, delivered: stage.delivered };
    case "turned-away":
      return { stage: "turned-away", ...shared, why: stage.why };
    case "ended":
      return { stage: "ended", ...shared, other: { name: otherName(state) }, hour: hourOf(state, lineNow(state, context)), by: stage.by };
    case "arriving": {
      const code = state.box ? codeOf(mailboxAt(stage, state.line), state.selfKey, state.box.key) : [];
      return { stage: "arriving", ...shared, step: state.self.certificate.length > 0 ? "let-in" : "asking", code, transfer: null };
    }
    case "together":
      if (isArriving(state)) return { stage: "arriving", ...shared, step: "fetching", code: [], transfer: transferOf(state) };
      return { stage: "together", ...shared, ...togetherOf(state, stage, context) };
    default:
      return exhaustive(stage);
  }
};

/** It is in the group, and waits for what its other devices know. */
export const isArriving = (state: State): boolean => state.stage.at === "together" && state.held !== null && state.self.name === "";

const transferOf = ({ job }: State): TransferView | null => job && { what: job.is === "archive" ? "backing-up" : "fetching", done: job.done, total: job.total };

const devicesOf = (state: State, now: Millis): TogetherView["devices"] => {
  const all = state.members
    .filter((member) => !member.revoked)
    .map((member) => ({
      mine: member.mine,
      index: member.index,
      name: state.own?.devices.find((device) => equalBytes(device.key, member.key))?.name ?? "",
      since: member.since,
      here: member.index === state.index,
      newUntil: member.newUntil !== null && member.newUntil > now ? member.newUntil : null,
    }));
  const of = (mine: boolean): readonly DeviceView[] => all.flatMap(({ mine: whose, ...device }) => (whose === mine ? [device] : []));
  return { mine: of(true), theirs: of(false) };
};

const addingOf = ({ adding }: State): AddingView | null =>
  adding && {
    link: adding.expires === null ? null : adding.link,
    expires: adding.expires,
    asking: adding.asking.map(({ id, name, code }) => ({ id, name, code })),
    letting: adding.letting?.id ?? null,
  };

const otherName = (state: State): string => state.senses.name.other?.name ?? "";

/** Nobody waits for these. */
const quiet: readonly string[] = ["presence", "hour", "own", "bond", "again", "missed", "stopped"];

const connectionOf = (state: State): ConnectionView => {
  const { link } = state;
  const online = (link.is === "open" && link.current) || (link.is === "challenged" && link.answered);
  return {
    state: online ? "online" : link.is === "open" || link.failures === 0 ? "connecting" : "offline",
    since: link.since,
    relay: state.relay.origin,
    trouble: state.trouble,
    clockAhead: Math.abs(state.offset) > clockTolerance ? -state.offset : null,
    waiting: state.outbox.filter((item) => item.content.is !== "entry" || !quiet.includes(item.content.said.kind)).length,
  };
};

const togetherOf = (
  state: State,
  stage: Extract<State["stage"], { at: "together" }>,
  context: Context,
): Omit<TogetherView, "stage" | "bond" | "connection" | "me"> => {
  const now = lineNow(state, context);
  const { feeling, touch } = state.senses;
  const mine = myGrants(state);
  const theirs = state.senses.boundary.other;
  return {
    now,
    other: { name: otherName(state), state: otherStateOf(state, context) },
    feeling: { me: laterFelt(state, "me"), other: laterFelt(state, "other") },
    hour: hourOf(state, now),
    touch: { holding: touch.holding, offered: isOffered(touch), met: isMet(touch) },
    thoughts: [...state.senses.thought.recent.map((one) => ({ ...one, waiting: false })), ...waitingThoughts(state)],
    words: stage.words,
    compared: stage.compared,
    grants: (Object.keys(senses) as SenseName[])
      .filter((name) => senses[name].grant !== "none")
      .map((sense) => ({
        sense,
        mine: giveOf(mine, sense, now),
        myUntil: mine[sense]?.until ?? null,
        theirs: giveOf(theirs, sense, now),
        theirUntil: theirs[sense]?.until ?? null,
      })),
    presenceAsked: mine["presence"] !== undefined,
    latecomerAt: stage.latecomerAt,
    gapAt: state.gapAt,
    devices: devicesOf(state, now),
    adding: addingOf(state),
    deviceNotices: state.notices,
    backup: { at: state.own?.archive.at ?? null, behind: archiveIsBehind(state) },
    transfer: transferOf(state),
    mending: state.mending?.why ?? null,
  };

  /** A thought may carry a feeling (FEEL2): the later of both shows. */
  function laterFelt(from: State, who: "me" | "other"): FeelingEntry | null {
    const carried = from.senses.thought.recent.findLast((one) => one.from === who && one.feeling !== undefined);
    const felt = feltBy(feeling, who) ?? null;
    if (!carried?.feeling || (felt && felt.at > carried.at)) return felt;
    return { ...carried.feeling, at: carried.at };
  }
};

/** Also where no time passes for the senses any more: an ended line keeps for its moon what was given, until that runs out. */
const hourOf = (state: State, now: Millis): HourView => {
  const { here, place, me, other } = state.senses.hour;
  return {
    here,
    place,
    me: heldOf(me, giveOf(myGrants(state), "hour", now)) ?? null,
    other: heldOf(other, giveOf(state.senses.boundary.other, "hour", now)) ?? null,
  };
};

const otherStateOf = (state: State, context: Context): OtherState => {
  const now = lineNow(state, context);
  const give = giveOf(state.senses.boundary.other, "presence", now);
  if (give === "off") return { is: "closed", since: offSince(state.senses.boundary.other, "presence", now) ?? null };
  const closeness = closenessOf(state.senses.presence, give, senseContext(state, "presence", context));
  switch (closeness.state) {
    case "beside":
      return { is: "beside" };
    case "unheard":
      return { is: "unheard", since: closeness.since ?? null };
    default:
      return { is: closeness.state, since: closeness.since };
  }
};

/** What I said and the relay does not have yet: shown at once, as waiting. */
const waitingThoughts = (state: State): (Thought & { readonly waiting: boolean })[] =>
  state.outbox.flatMap((item) => {
    if (item.content.is !== "entry" || item.content.said.kind !== "thought") return [];
    const entry = item.content.said.body as unknown as ThoughtEntry;
    return [{ ...entry, id: idOf(state, item.n), from: "me" as const, seen: true, waiting: true }];
  });
