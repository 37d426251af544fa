/**
 * What an edge shows of a bond: plain data, derived from the state and the time, nothing secret in it but the words and
 * the link that people are meant to see. The same for the web app and the terminal.
 */
import type { Millis } from "../base/brand.ts";
import { feltBy, type FeelingEntry } from "../senses/feeling/feeling.ts";
import type { Felt } from "../senses/feeling/feeling.ts";
import type { Give, Let, SenseContext, Who } from "../senses/sense.ts";
import type { TouchIntent } from "../senses/touch/touch.ts";
import { isOver } from "../senses/apart/apart.ts";
import { lifeOf, windowsFew } from "../senses/promise/life.ts";
import { askEvery, promise as promiseSense } from "../senses/promise/promise.ts";
import { awaitsFarewell, ladderOf, type LadderRung, type Promised } from "../senses/promise/promised.ts";
import { saidByMe, type PromiseAct } from "./promises.ts";
import { armingFor, guardNow, isKeptBySecret, isWaiting, type GuardWhy } from "./guards.ts";
import { giveOf, offSince, type BoundaryIntent, type Grant } from "../senses/boundary/boundary.ts";
import type { GoodbyeIntent } from "../senses/goodbye/goodbye.ts";
import { heldOf, type HourEntry, type HourIntent, type Place } from "../senses/hour/hour.ts";
import { senses, type SenseName } from "../senses/index.ts";
import { closenessOf } from "../senses/presence/presence.ts";
import type { Thought, ThoughtEntry, ThoughtIntent } from "../senses/thought/thought.ts";
import { isMet, isOffered } from "../senses/touch/touch.ts";
import { mailboxAt } from "./door.ts";
import type { Context } from "./event.ts";
import { archiveIsBehind } from "./next.ts";
import { idOf, myGrants, senseContext } from "./senses.ts";
import type { EndUntold, Mending, State, Trouble, TurnedAway } from "./state.ts";
import { heldSince, myPause, type MyPause } from "./settings.ts";
import { lineNow } from "./time.ts";
import { codeOf } from "./twelve-words.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
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
  /** `expected`: they said that they would be back by then. */
  | { readonly is: "unheard"; readonly since: Millis | null; readonly expected?: Millis }
  /** As announced: a pause, or a battery that was nearly empty. `until` as they gave it; `when` in their own words. */
  | { readonly is: "away"; readonly why: "apart" | "dark" | "battery"; readonly since: Millis; readonly until: Millis | null; readonly when: string | null }
  /** Presence is not given: since its owner closed it, or null when it was never given. */
  | { readonly is: "closed"; readonly since: Millis | null }
  /** I do not let it in, or am apart: what they give of it I do not look at. */
  | { readonly is: "not-let-in" };

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
  /** Mine alone, and never told. */
  readonly letIn: Let;
}

/** How a promise stands (PROM2): the same on all devices of both, and never green on hope. */
export interface PromiseView {
  readonly id: string;
  readonly owner: Who;
  readonly words: string;
  readonly by: Millis | null;
  readonly when: string | null;
  /** When this turn of it began: its making, its last extension, the opening of its window. */
  readonly since: Millis;
  /** Of a sign of life: when its window opens, and whose. */
  readonly opens: Millis | null;
  readonly life: string | null;
  /** When it is late, and when the note opens, if nothing is heard. */
  readonly lateAt: Millis | null;
  readonly opensAt: Millis | null;
  readonly state: "open" | "arming" | "guarded" | "unguarded" | "late" | "released" | "kept" | "withdrawn";
  /** Why it is not guarded; of one that is late, or released, why what is still to open is not. */
  readonly why: GuardWhy | null;
  /** The newest word of the relay: until when it keeps watch, and when it said so. */
  readonly guard: { readonly relay: string; readonly due: Millis; readonly checked: Millis } | null;
  readonly firedLateAt: Millis | null;
  readonly releasedAt: Millis | null;
  readonly settledAt: Millis | null;
  /** It is settled, and the relay has not confirmed that: it may still speak. */
  readonly unconfirmed: boolean;
  /** By this device's own count it should be late, or its note or farewell open, and the relay has said nothing (PROM7): since when. */
  readonly unanswered: Millis | null;
  readonly spoke: "early" | "superseded" | null;
  readonly down: { readonly from: Millis; readonly until: Millis } | null;
  readonly hasNote: boolean;
  readonly note: string | null;
  readonly farewell: string | null;
  /** When that opens, while it can still be stopped. */
  readonly farewellAt: Millis | null;
  /** Its owner was back in time. */
  readonly farewellStopped: boolean;
  /** It was released, and laid aside on this device. */
  readonly aside: boolean;
}

export interface LifeView {
  readonly id: string;
  readonly words: string;
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  /** Windows that the relay has and that have not opened; three and fewer is few, once the relay has said what it has. */
  readonly ahead: number;
  readonly few: boolean;
  /** Why one of them is not guarded, as far as is known here; null while all are. */
  readonly why: GuardWhy | null;
  /** The window that is open now, or the next one. */
  readonly window: string | null;
  readonly isOpen: boolean;
}

export interface PauseView {
  readonly dark: boolean;
  readonly since: Millis;
  readonly until: Millis | null;
  readonly when: string | null;
  readonly passes: readonly string[];
  /** Whether the other was told; of theirs I know no others. */
  readonly announced: boolean;
  /** Since when what the other says waits: earlier than `since` where it took the place of another pause of mine. */
  readonly heldSince: Millis;
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
  /** Pauses that hold now. */
  readonly apart: { readonly me: PauseView | null; readonly other: PauseView | null };
  /** Open ones by when they are due, then the others, the latest first. */
  readonly promises: readonly PromiseView[];
  readonly life: { readonly me: LifeView | null; readonly other: LifeView | null };
  /** When I may ask again for a promise; null for now. */
  readonly askAgainAt: Millis | null;
  /** What the other asked me to promise, until I promise something or lay it aside. */
  readonly question: { readonly words: string | null; readonly at: Millis } | null;
  /** When I chose that this bond ends; null when I did not. */
  readonly endAt: Millis | null;
  /** The quiet view of what was kept, chosen by me. */
  readonly keeping: boolean;
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
      /** Whether the relay has it; until then the other may not know. */
      readonly told: boolean;
      /** Why it cannot be told; null while it can, or was. */
      readonly cannot: EndUntold | null;
      /** When I ended it; null when the other did, for nobody is told when. */
      readonly since: Millis | null;
      /** Everything of it was taken off this device. */
      readonly wiped: boolean;
      readonly keeping: boolean;
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
  | { readonly do: "boundary"; readonly intent: BoundaryIntent }
  | { readonly do: "promise"; readonly intent: PromiseAct }
  /** What this device sees of its battery. */
  | { readonly do: "goodbye"; readonly intent: GoodbyeIntent }
  /** What I let in: mine alone. */
  | { readonly do: "let"; readonly sense: string; readonly letIn: Let }
  /** A pause of mine, announced or not; `dark` needs an end. */
  | {
      readonly do: "apart";
      readonly announced: boolean;
      readonly dark: boolean;
      readonly until: Millis | null;
      readonly when: string | null;
      readonly passes: readonly string[];
    }
  | { readonly do: "back" }
  /** Ends the bond: now, or at a time. There is no way back from now on, but from a time there is (`end-not`). */
  | { readonly do: "end"; readonly at: Millis | null }
  | { readonly do: "end-not" }
  /** The quiet view of what was kept, for who stays (KEEP2). */
  | { readonly do: "keeping"; readonly keeping: boolean }
  /** Shows the other that this person was on an earlier line (recall.ts). Only the home does this. */
  | { readonly do: "recall"; readonly earlier: { readonly line: Uint8Array; readonly device: Secret; readonly certificate: Uint8Array } }
  /** The invitation is over for good, and nothing of it stays but what the relay has to be told with. Only the home does this. */
  | { readonly do: "take-back" }
  /** Of an ended bond: everything of it goes from this device's state. Only the home does this. */
  | { readonly do: "wipe" };

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
      return {
        stage: "ended",
        ...shared,
        other: { name: otherName(state) },
        hour: hourOf(state, lineNow(state, context)),
        by: stage.by,
        told: stage.told,
        cannot: stage.told ? null : (stage.cannot?.why ?? null),
        since: stage.since,
        wiped: stage.wiped,
        keeping: state.settings.keeping.is,
      };
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
const quiet: readonly string[] = ["presence", "hour", "goodbye", "own", "bond", "again", "missed", "stopped", "vouched"];

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
  const pause = myPause(state, now);
  const { feeling, touch } = state.senses;
  const mine = myGrants(state);
  const theirs = state.senses.boundary.other;
  const { question = null } = state.senses.promise;
  const isAskedMeanwhile = pause !== null && question !== null && question.at >= heldSince(pause);
  return {
    now,
    other: { name: otherName(state), state: otherStateOf(state, context) },
    feeling: { me: laterFelt(state, "me"), other: isLet(state, "feeling") ? theirFelt() : null },
    hour: pause ? { ...hourOf(state, now), other: null } : hourOf(state, now),
    touch: { holding: touch.holding, offered: isOffered(touch), met: isMet(touch) },
    thoughts: [
      ...state.senses.thought.recent
        .filter((one) => one.from === "me" || (isLet(state, "thought") && notWaiting("thought", one) !== null))
        .map((one) => {
          const { cameAt: _, ...shown } = one;
          return { ...shown, waiting: false };
        }),
      ...waitingThoughts(state),
    ],
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
        letIn: state.settings.lets[sense]?.letIn ?? "on",
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
    apart: { me: pauseView(pause), other: pauseView(theirPause(state, now)) },
    promises: promisesOf(state, context),
    life: { me: lifeView(state, "me", context), other: lifeView(state, "other", context) },
    askAgainAt: state.senses.promise.asked.me !== null && state.senses.promise.asked.me + askEvery > now ? state.senses.promise.asked.me + askEvery : null,
    question: isAskedMeanwhile ? null : question,
    endAt: state.settings.endAt.is,
    keeping: state.settings.keeping.is,
  };

  /** What came during a pause of mine waits until I am back (BOUND4), whenever its author says it was written. */
  function notWaiting<Said extends { readonly at: Millis; readonly cameAt?: Millis }>(sense: SenseName, said: Said | null): Said | null {
    return pause && said && (said.cameAt ?? said.at) >= heldSince(pause) && !pause.passes.includes(sense) ? null : said;
  }

  function theirFelt(): FeelingEntry | null {
    const felt = laterFelt(state, "other");
    const cameAt = felt === feeling.other ? feeling.cameAt : undefined;
    return felt && notWaiting("feeling", { at: felt.at, ...(cameAt === undefined ? {} : { cameAt }) }) ? felt : null;
  }

  /** A thought may carry a feeling (FEEL2): the later of both shows. */
  function laterFelt(from: State, who: "me" | "other"): FeelingEntry | null {
    // A thought that waits says nothing of itself, its feeling included.
    const carried = from.senses.thought.recent.findLast(
      (one) => one.from === who && one.feeling !== undefined && (who === "me" || notWaiting("thought", one) !== null),
    );
    const felt = feltBy(feeling, who) ?? null;
    if (!carried?.feeling || (felt && felt.at > carried.at)) return felt;
    return { ...carried.feeling, at: carried.at };
  }
};

/** Silence of the relay for so long after a rung was due is worth saying. */
const unansweredAfter: Millis = 3 * 60_000;

const promisesOf = (state: State, context: Context): readonly PromiseView[] => {
  const waiting = settledInOutbox(state);
  const all = [...state.senses.promise.list, ...madeInOutbox(state)].map((one) => promiseView(state, one, waiting.get(one.id), context));
  const isDone = ({ state: is }: PromiseView): boolean => is === "kept" || is === "withdrawn" || is === "released";
  const open = all.filter((one) => !isDone(one)).toSorted((a, b) => (a.by ?? Infinity) - (b.by ?? Infinity));
  return [...open, ...all.filter(isDone).toReversed()];
};

const settledInOutbox = (state: State): ReadonlyMap<string, "kept" | "withdrawn"> =>
  new Map(saidByMe(state).flatMap((said) => (said.what === "kept" || said.what === "withdrawn" ? [[said.id, said.what] as const] : [])));

/** Said here and not in the log yet: it shows as what it is, on its way. */
const madeInOutbox = (state: State): readonly Promised[] =>
  saidByMe(state).flatMap((said) =>
    said.what === "made"
      ? promiseSense.apply(promiseSense.initial, { kind: "entry", entry: said, from: "me", device: "", id: "" }, { now: said.at } as SenseContext).state.list
      : [],
  );

const promiseView = (state: State, one: Promised, waiting: "kept" | "withdrawn" | undefined, context: Context): PromiseView => {
  const now = lineNow(state, context);
  const guard = state.guards[one.id] ?? null;
  const receipt = guard?.receipt ?? null;
  const ladder = ladderOf(one);
  // An outage moves a window, and nothing else (LIFE2).
  const moved = one.opens === null ? 0 : (receipt?.moved ?? 0);
  const dueOf = (kind: LadderRung["kind"]): Millis | null => {
    const rung = ladder.find((is) => is.kind === kind);
    return rung ? rung.due + moved : null;
  };
  const isOfTurn = receipt?.turn === one.turn;
  // A button in the house kept it; its owner's device says so once it hears of it (LIFE1).
  const signed = receipt && isKeptBySecret(one, receipt) ? "kept" : undefined;
  // What the relay let go, it let go; and of what it says that it was never told, a word in the log makes nothing else (PROM4).
  const wasNotTold = isOfTurn && receipt.state === "fired" && one.overruled === true;
  const end = one.releasedAt !== null || wasNotTold ? undefined : (one.end?.is ?? waiting ?? signed);
  // It came to the relay when its note was to be open already, and opens with the farewell.
  const laterNote =
    isOfTurn && receipt.state === "armed" && receipt.fired === 0 && one.opens === null && receipt.next > (dueOf("envelope") ?? Infinity) ? receipt.next : null;
  const opensAt = laterNote ?? dueOf("envelope");
  const isSettled = end !== undefined || waiting !== undefined || one.end !== null;
  // What of it is to be heard of next: that it is late, then its note, then its farewell.
  const next = one.releasedAt === null ? (one.lateAt === null ? dueOf("late") : opensAt) : one.farewellAt === null ? dueOf("farewell") : null;
  const comes = isSettled ? null : next;
  const isUnanswered = comes !== null && now > comes + unansweredAfter;
  const guarding = one.by === null ? undefined : guardNow(state, one, context);
  // A relay that says that it watches over what it should have spoken of watches over nothing (PROM7).
  const standing = guarding?.is === "guarded" && isUnanswered ? ({ is: "unguarded", why: "silent" } as const) : guarding;
  const is: PromiseView["state"] = end ?? (one.releasedAt !== null ? "released" : one.lateAt !== null ? "late" : (standing?.is ?? "open"));
  // The rung was the relay's own word, and the next check will say the same: nothing of it waits there.
  const firedWhole = one.lateAt !== null && ladder.at(-1)?.kind === "late";
  const waits = !firedWhole && receipt !== null && isWaiting(receipt);
  // Something of it is still to come, and nobody keeps watch over that.
  const isBare = is === "unguarded" || ((is === "late" || is === "released") && comes !== null);
  // What opened stays open; settled after that, its farewell does not open any more.
  const isStopped = one.releasedAt !== null && one.farewellAt === null && one.farewell !== null && (one.end !== null || waiting !== undefined);
  return {
    id: one.id,
    owner: one.owner,
    words: one.words,
    by: one.by,
    when: one.when,
    since: one.opens ?? one.turnAt,
    opens: one.opens,
    life: one.life,
    lateAt: dueOf("late"),
    opensAt,
    state: is,
    why: isBare && standing?.is === "unguarded" ? standing.why : null,
    guard: receipt && { relay: state.relay.origin, due: receipt.due + moved, checked: guard?.heardAt ?? 0 },
    firedLateAt: one.lateAt,
    releasedAt: one.releasedAt,
    settledAt: one.end?.at ?? null,
    unconfirmed:
      (end !== undefined || isStopped) && one.by !== null && (waits || waiting !== undefined || (receipt === null && now <= (ladder.at(-1)?.due ?? 0))),
    unanswered: isUnanswered ? comes : null,
    spoke: one.spoke,
    down: one.down,
    hasNote: one.note,
    note: one.opened,
    farewell: one.openedFarewell,
    farewellAt: awaitsFarewell(one) && waiting === undefined ? dueOf("farewell") : null,
    farewellStopped: isStopped,
    aside: one.aside ?? false,
  };
};

const lifeView = (state: State, who: Who, context: Context): LifeView | null => {
  const now = lineNow(state, context);
  const life = lifeOf(state.senses.promise, who);
  if (!life) return null;
  const windows = state.senses.promise.list
    // One that a button kept is kept, whether or not a device of its owner has said so yet.
    .filter((one) => one.life === life.id && one.end === null && one.releasedAt === null && state.guards[one.id]?.receipt?.state !== "kept")
    .toSorted((a, b) => (a.opens ?? 0) - (b.opens ?? 0));
  const coming = windows.filter((one) => (one.opens ?? 0) > now);
  const ahead = coming.filter((one) => state.guards[one.id]?.receipt?.state === "armed").length;
  const guarding = coming.map((one) => guardNow(state, one, context));
  const [why = null] = guarding.flatMap((one) => (one.is === "unguarded" ? [one.why] : []));
  // Not before the relay has said what it has; of none it is asked nothing.
  const isHeard = state.vigils.known || (coming.length === 0 && state.link.is === "open" && state.link.current);
  const arming = guarding.filter(({ is }) => is === "arming").length;
  const movedOf = (one: Promised): Millis => state.guards[one.id]?.receipt?.moved ?? 0;
  const first = windows.find((one) => (one.by ?? 0) + movedOf(one) + one.grace > now);
  return {
    id: life.id,
    words: life.words,
    zone: life.zone,
    from: life.from,
    to: life.to,
    ahead,
    // Begun a moment ago it has none yet.
    few: isHeard && ahead + arming <= windowsFew && now - life.since > armingFor,
    why,
    window: first?.id ?? null,
    isOpen: first !== undefined && (first.opens ?? 0) <= now,
  };
};

/** What was chosen for good; a pause hides nothing that was there before it. */
const isLet = (state: State, sense: SenseName): boolean => (state.settings.lets[sense]?.letIn ?? "on") !== "off";

const theirPause = (state: State, now: Millis): MyPause | null => {
  const pause = state.senses.apart.other;
  return pause && !isOver(pause, now) ? { ...pause, announced: true } : null;
};

const pauseView = (pause: MyPause | null): PauseView | null =>
  pause && {
    dark: pause.dark,
    since: pause.at,
    until: pause.until,
    when: pause.when,
    passes: pause.passes,
    announced: pause.announced,
    heldSince: heldSince(pause),
  };

/** Also where no time passes for the senses any more: an ended line keeps for its moon what was given, until that runs out. */
const hourOf = (state: State, now: Millis): HourView => {
  const { here, place, me, other } = state.senses.hour;
  return {
    here,
    place,
    me: heldOf(me, giveOf(myGrants(state), "hour", now)) ?? null,
    other: (isLet(state, "hour") && heldOf(other, giveOf(state.senses.boundary.other, "hour", now))) || null,
  };
};

const otherStateOf = (state: State, context: Context): OtherState => {
  const now = lineNow(state, context);
  const pause = theirPause(state, now);
  if (pause) return { is: "away", why: pause.dark ? "dark" : "apart", since: pause.at, until: pause.until, when: pause.when };
  // Who is apart does not look on either: a pause is no window with one side (BOUND4).
  if (!isLet(state, "presence") || myPause(state, now)) return { is: "not-let-in" };
  const give = giveOf(state.senses.boundary.other, "presence", now);
  if (give === "off") return { is: "closed", since: offSince(state.senses.boundary.other, "presence", now) ?? null };
  const closeness = closenessOf(state.senses.presence, give, senseContext(state, "presence", context));
  switch (closeness.state) {
    case "beside":
      return { is: "beside" };
    case "unheard":
      return goneAsSaid(state, now) ?? { is: "unheard", since: closeness.since ?? null, ...expectedBack(state, closeness.since, now) };
    default:
      return goneAsSaid(state, now) ?? { is: closeness.state, since: closeness.since };
  }
};

/**
 * A device of theirs said that it was about to go, and none of theirs said anything of itself since (PRES4). What it sent live
 * meanwhile is no such sign: it goes on until the battery is empty.
 */
const goneAsSaid = (state: State, now: Millis): OtherState | undefined => {
  if (!isLet(state, "goodbye") || giveOf(state.senses.boundary.other, "goodbye", now) === "off") return undefined;
  const said = Object.values(state.senses.goodbye.theirs);
  if (said.length === 0) return undefined;
  const since = Math.max(...said);
  const signs = Object.values(state.senses.presence.theirs).filter(({ what }) => what !== "left");
  return signs.some(({ at }) => at > since) ? undefined : { is: "away", why: "battery", since, until: null, when: null };
};

/** For a week, and while they gave no sign since: their own word, and nothing made of it. */
const expectedBack = (state: State, heard: Millis | undefined, now: Millis): { readonly expected?: Millis } => {
  const until = state.senses.apart.other?.dark === true ? state.senses.apart.other.until : null;
  return until !== null && until <= now && now - until < 7 * 24 * 60 * 60_000 && (heard ?? 0) < until ? { expected: until } : {};
};

/** What I said and the relay does not have yet: shown at once, as waiting. */
const waitingThoughts = (state: State): (Thought & { readonly waiting: boolean })[] =>
  state.outbox.flatMap((item) => {
    if (item.content.is !== "entry" || item.content.said.kind !== "thought") return [];
    const entry = item.content.said.body as unknown as ThoughtEntry;
    return [{ ...entry, id: idOf(state, item.n), from: "me" as const, seen: true, waiting: true }];
  });
