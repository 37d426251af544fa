/** A bond's state as programs read it. */
import { exhaustive } from "../base/exhaustive.ts";
import type { WordsState } from "../line/home.ts";
import type { BondView, ConnectionView, PauseView } from "../line/view.ts";
import type { FeelingEntry } from "../senses/feeling/feeling.ts";
import { feltJson } from "../senses/feeling/feeling.cli.ts";
import { hourJson } from "../senses/hour/hour.cli.ts";
import type { Thought } from "../senses/thought/thought.ts";
import { devicesJson, noticeJson } from "./devices.ts";
import type { JsonObject } from "./json.ts";
import { currentPromises, livesJson, promiseJson } from "./promises.ts";
import { presenceGrant } from "./sentences.ts";
import { rfc3339 } from "./times.ts";
import { troubleCode } from "./words.ts";

export type StateName = "beside" | "near" | "around" | "far" | "away" | "unheard" | "closed" | "not-let-in" | "ended" | "waiting" | "arriving" | "turned-away";

type StateJson = JsonObject & { readonly state: StateName; readonly since: string | null };

/** `why`, `until` and `when` with what was announced; `expected` with a return that is overdue; `by`, `told` and `cannot` (why the relay is not told) with an end. */
export const stateOf = (view: BondView): StateJson => {
  switch (view.stage) {
    case "making":
    case "inviting":
    case "knocking":
      return { state: "waiting", since: null };
    case "arriving":
      return { state: "arriving", since: null };
    case "turned-away":
      return { state: "turned-away", since: null };
    case "ended":
      return { state: "ended", since: orNull(view.since), by: view.by, told: view.told, cannot: view.cannot };
    case "together": {
      const { state } = view.other;
      const since = "since" in state ? orNull(state.since) : null;
      if (state.is === "away") return { state: state.is, since, why: state.why, until: orNull(state.until), when: state.when };
      return { state: state.is, since, ...(state.is === "unheard" && state.expected !== undefined ? { expected: rfc3339(state.expected) } : {}) };
    }
    default:
      return exhaustive(view);
  }
};

const orNull = (time: number | null): string | null => (time === null ? null : rfc3339(time));

/** Null also for the moment between being let in and hearing the name. */
export const otherNameOf = (view: BondView): string | null =>
  (view.stage === "together" || view.stage === "ended") && view.other.name !== "" ? view.other.name : null;

/** `clockAhead`: milliseconds by which this device's clock is off, where it is. */
export const connectionJson = (connection: ConnectionView): JsonObject => ({
  state: connection.state,
  trouble: connection.trouble && troubleCode(connection.trouble),
  waiting: connection.waiting,
  ...(connection.clockAhead === null ? {} : { clockAhead: connection.clockAhead }),
});

const feelingJson = (feeling: FeelingEntry | null): JsonObject | null => feeling && { ...feltJson(feeling), at: rfc3339(feeling.at) };

export const pauseJson = (pause: PauseView | null): JsonObject | null =>
  pause && {
    dark: pause.dark,
    since: rfc3339(pause.since),
    until: orNull(pause.until),
    when: pause.when,
    passes: pause.passes,
    announced: pause.announced,
  };

/** `bond`, `me`, `other`, `feeling` and `compared` are the interface; what follows them may grow. `words`: the twelve. */
export const statusJson = (view: BondView, words: WordsState): JsonObject => {
  const shared = { bond: view.bond, me: { name: view.me.name }, other: { name: otherNameOf(view), ...stateOf(view) } };
  if (view.stage !== "together") {
    const arriving = view.stage === "arriving" ? { arriving: { step: view.step, code: view.code } } : {};
    const ended = view.stage === "ended" ? { by: view.by, told: view.told, cannot: view.cannot, wiped: view.wiped, keeping: view.keeping } : {};
    return { ...shared, feeling: { me: null, other: null }, compared: false, ...arriving, ...ended, words, connection: connectionJson(view.connection) };
  }
  const grant = presenceGrant(view);
  return {
    ...shared,
    feeling: { me: feelingJson(view.feeling.me), other: feelingJson(view.feeling.other) },
    compared: view.compared,
    hour: { me: hourJson(view.hour.me), other: hourJson(view.hour.other) },
    show: {
      on: grant !== undefined && grant.mine !== "off",
      until: grant && grant.mine !== "off" && grant.myUntil !== null ? rfc3339(grant.myUntil) : null,
      asked: view.presenceAsked,
    },
    apart: { me: pauseJson(view.apart.me), other: pauseJson(view.apart.other) },
    promises: currentPromises(view).map(promiseJson),
    life: livesJson(view),
    question: view.question && { words: view.question.words, at: rfc3339(view.question.at) },
    endAt: orNull(view.endAt),
    keeping: view.keeping,
    unseen: unseenOf(view).length,
    latecomer: view.latecomerAt === null ? null : rfc3339(view.latecomerAt),
    gap: view.gapAt === null ? null : rfc3339(view.gapAt),
    devices: devicesJson(view.devices),
    notices: view.deviceNotices.map(noticeJson),
    backup: { at: view.backup.at === null ? null : rfc3339(view.backup.at), behind: view.backup.behind },
    words,
    mending: view.mending,
    connection: connectionJson(view.connection),
  };
};

/** What the other said and nobody has read here yet. */
export const unseenOf = (view: BondView): readonly Thought[] =>
  view.stage === "together" ? view.thoughts.filter((thought) => thought.from === "other" && !thought.seen) : [];
