/** A bond's state as programs read it. */
import { exhaustive } from "../base/exhaustive.ts";
import type { WordsState } from "../line/home.ts";
import type { BondView, ConnectionView } from "../line/view.ts";
import type { FeelingEntry } from "../senses/feeling/feeling.ts";
import { feltJson } from "../senses/feeling/feeling.cli.ts";
import { hourJson } from "../senses/hour/hour.cli.ts";
import type { Thought } from "../senses/thought/thought.ts";
import { devicesJson, noticeJson } from "./devices.ts";
import type { JsonObject } from "./json.ts";
import { presenceGrant } from "./sentences.ts";
import { rfc3339 } from "./times.ts";
import { troubleCode } from "./words.ts";

export type StateName = "beside" | "near" | "around" | "far" | "away" | "unheard" | "closed" | "ended" | "waiting" | "arriving" | "turned-away";

export const stateOf = (view: BondView): { readonly state: StateName; readonly since: string | null } => {
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
      return { state: "ended", since: null };
    case "together": {
      const { state } = view.other;
      return { state: state.is, since: "since" in state && state.since !== null ? rfc3339(state.since) : null };
    }
    default:
      return exhaustive(view);
  }
};

/** Null also for the moment between being let in and hearing the name. */
export const otherNameOf = (view: BondView): string | null =>
  (view.stage === "together" || view.stage === "ended") && view.other.name !== "" ? view.other.name : null;

export const connectionJson = (connection: ConnectionView): JsonObject => ({
  state: connection.state,
  trouble: connection.trouble && troubleCode(connection.trouble),
  waiting: connection.waiting,
});

const feelingJson = (feeling: FeelingEntry | null): JsonObject | null => feeling && { ...feltJson(feeling), at: rfc3339(feeling.at) };

/** `bond`, `me`, `other`, `feeling` and `compared` are the interface; what follows them may grow. `words`: the twelve. */
export const statusJson = (view: BondView, words: WordsState): JsonObject => {
  const shared = { bond: view.bond, me: { name: view.me.name }, other: { name: otherNameOf(view), ...stateOf(view) } };
  if (view.stage !== "together") {
    const arriving = view.stage === "arriving" ? { arriving: { step: view.step, code: view.code } } : {};
    return { ...shared, feeling: { me: null, other: null }, compared: false, ...arriving, words, connection: connectionJson(view.connection) };
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
