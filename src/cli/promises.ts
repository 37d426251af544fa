/**
 * Promises and signs of life as the terminal tells them, to programs and to people (PROM2): what was promised, how it stands, who
 * watches over it and when that was checked; and if nobody does, why.
 */
import type { Millis } from "../base/brand.ts";
import { exhaustive } from "../base/exhaustive.ts";
import type { Bond } from "../line/home.ts";
import type { BondView, LifeView, PromiseView, TogetherView } from "../line/view.ts";
import { cleanLine, cleanText } from "../senses/text.ts";
import type { Session } from "./command.ts";
import type { JsonObject } from "./json.ts";
import { rfc3339, type Times } from "./times.ts";
import { until, wholly } from "./waiting.ts";
import { guardWords } from "./words.ts";

const orNull = (time: Millis | null): string | null => (time === null ? null : rfc3339(time));

/** `late`, `released` and `settled` are when; `sealed`: it has a note; `note` and `farewell` once they are open. */
export const promiseJson = (one: PromiseView): JsonObject => ({
  id: one.id,
  from: one.owner,
  words: one.words,
  by: orNull(one.by),
  when: one.when,
  state: one.state,
  why: one.why,
  guard: one.guard && { relay: one.guard.relay, due: rfc3339(one.guard.due), checked: rfc3339(one.guard.checked) },
  life: one.life !== null,
  late: orNull(one.firedLateAt),
  released: orNull(one.releasedAt),
  settled: orNull(one.settledAt),
  unconfirmed: one.unconfirmed,
  unanswered: one.unanswered !== null,
  spoke: one.spoke,
  down: one.down && { from: rfc3339(one.down.from), until: rfc3339(one.down.until) },
  sealed: one.hasNote,
  note: one.note === null ? null : cleanText(one.note),
  farewell: one.farewell === null ? null : cleanText(one.farewell),
});

const hourText = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const lifeJson = (life: LifeView | null, promises: readonly PromiseView[]): JsonObject | null => {
  if (!life) return null;
  const window = promises.find(({ id }) => id === life.window);
  return {
    id: life.id,
    words: life.words,
    zone: life.zone,
    from: hourText(life.from),
    to: hourText(life.to),
    ahead: life.ahead,
    few: life.few,
    why: life.why,
    open: life.isOpen,
    window: window ? { id: window.id, opens: orNull(window.opens), due: orNull(window.by) } : null,
  };
};

export const livesJson = ({ life, promises }: TogetherView): JsonObject => ({ me: lifeJson(life.me, promises), other: lifeJson(life.other, promises) });

/** A window of a sign of life is told of while it is open and once something is wrong with it: fourteen others wait behind it. */
const isTold = (one: PromiseView, now: Millis): boolean =>
  one.life === null || one.firedLateAt !== null || one.releasedAt !== null || (isRunning(one) && (one.opens ?? 0) <= now);

export const toldPromises = ({ promises, now }: TogetherView): readonly PromiseView[] => promises.filter((one) => isTold(one, now));

export const isRunning = (one: PromiseView): boolean => one.state !== "kept" && one.state !== "withdrawn" && one.state !== "released";

/** A note that opened is read in `promises` for longer. */
const shownFor: Millis = 7 * 24 * 60 * 60_000;

/** Of these `status` speaks: what is not over, and what the relay released lately. */
export const currentPromises = (view: TogetherView): readonly PromiseView[] =>
  toldPromises(view).filter((one) => isRunning(one) || one.unconfirmed || (one.releasedAt !== null && view.now - one.releasedAt < shownFor));

const quoted = (words: string): string => `“${cleanLine(words)}”`;

/** What it is: "You promised “home by nine”, by 21:00". */
export const promiseTitle = ({ owner, words, by, when, life }: PromiseView, other: string, at: (time: Millis) => string): string => {
  const until = by === null ? (when === null ? "" : `, when this is so: ${cleanLine(when)}`) : `, by ${at(by)}`;
  if (life !== null) return `${owner === "me" ? "Your" : `${other}'s`} sign of life ${quoted(words)}${until}`;
  return `${owner === "me" ? "You" : other} promised ${quoted(words)}${until}`;
};

const agoText = (span: Millis): string => {
  const minutes = Math.max(0, Math.floor(span / 60_000));
  if (minutes === 0) return "just now";
  return minutes === 1 ? "1 minute ago" : `${minutes} minutes ago`;
};

/** How it stands, in one to three short sentences. */
const promiseStanding = (one: PromiseView, now: Millis, at: (time: Millis) => string): string => {
  const parts = [
    ...(one.unanswered === null
      ? []
      : [
          one.firedLateAt === null
            ? "Past the deadline, and the relay has not answered."
            : `It should have opened at ${at(one.unanswered)}, and the relay has not answered.`,
        ]),
    stateText(one, now, at),
    ...(one.spoke === "early" ? ["The relay spoke too early about it."] : []),
    ...(one.spoke === "superseded" ? ["The relay spoke about it as it was before; that means nothing any more."] : []),
    ...(one.down ? [`The relay was down from ${at(one.down.from)} to ${at(one.down.until)}.`] : []),
    ...(one.unconfirmed ? ["Not yet at the relay."] : []),
  ];
  return parts.filter((part) => part !== "").join(" ");
};

const stateText = (one: PromiseView, now: Millis, at: (time: Millis) => string): string => {
  const { guard, lateAt, opensAt } = one;
  const note = opensAt === null || (one.unanswered !== null && one.firedLateAt !== null) ? "" : `its note opens at ${at(opensAt)}`;
  const bare = one.why === null || one.unanswered !== null ? "" : ` Not guarded: ${guardWords[one.why]}.`;
  switch (one.state) {
    case "open":
      return "";
    case "arming":
      return "Not guarded yet: on its way to the relay.";
    case "guarded": {
      const then = lateAt === null ? "" : ` Not kept, it is late at ${at(lateAt)}${note === "" ? "" : `, and ${note}`}.`;
      return guard ? `Guarded until ${at(guard.due)} by ${guard.relay}, checked ${agoText(now - guard.checked)}.${then}` : "";
    }
    case "unguarded":
      return `Not guarded: ${one.why === null ? "nothing is known" : guardWords[one.why]}.${guard ? ` Last checked at ${at(guard.checked)}.` : ""}`;
    case "late":
      return `Late since ${at(one.firedLateAt ?? lateAt ?? now)}.${note === "" ? "" : ` Not kept, ${note}.`}${bare}`;
    case "released":
      return `Not kept in time (${at(one.releasedAt ?? now)}).${farewellText(one, at)}${bare}`;
    case "kept":
      return one.settledAt === null ? "Kept." : `Kept at ${at(one.settledAt)}.`;
    case "withdrawn":
      return one.settledAt === null ? "Withdrawn." : `Withdrawn at ${at(one.settledAt)}.`;
    default:
      return exhaustive(one.state);
  }
};

/** Who is back can stop it. */
const farewellText = ({ id, owner, farewellAt, farewellStopped }: PromiseView, at: (time: Millis) => string): string =>
  owner === "me" && farewellStopped
    ? " Its farewell is stopped."
    : owner === "me" && farewellAt !== null
      ? ` Its farewell opens at ${at(farewellAt)}: \`beside withdraw ${id.slice(0, 8)}\` stops it.`
      : "";

/** With what its note held, once it is open: the further lines are its owner's. */
export const promiseSentence = (one: PromiseView, other: string, now: Millis, times: Times): string => {
  const at = (time: Millis): string => times.at(time, now);
  const opened = (what: string, text: string | null): string => (text === null ? "" : `\n${what}:\n${indented(cleanText(text))}`);
  return (
    `${promiseTitle(one, other, at)}. ${promiseStanding(one, now, at)}`.trimEnd() + opened("  Its note", one.note) + opened("  The farewell", one.farewell)
  );
};

/** None of its lines can pass for a telling of its own. */
const indented = (text: string): string => `    ${text.replaceAll("\n", "\n    ")}`;

const lifeSentence = (life: LifeView, who: string, isMine: boolean, view: TogetherView, times: Times): string => {
  const window = view.promises.find(({ id }) => id === life.window);
  const at = (time: Millis): string => times.at(time, view.now);
  const now =
    window?.by == null || window.opens === null
      ? ""
      : life.isOpen
        ? ` The window is open until ${at(window.by)}${isMine ? ": `beside sign`" : ""}.`
        : ` The next window opens at ${at(window.opens)}${isMine ? ` (a day off: \`beside withdraw ${window.id.slice(0, 8)}\`)` : ""}.`;
  const [windows, are] = life.ahead === 1 ? ["window", "is"] : ["windows", "are"];
  const guarded = life.why === null || life.ahead === 0 ? "guarded" : `at the relay, and not guarded: ${guardWords[life.why]}`;
  const ahead = ` ${life.few ? "Only " : ""}${life.ahead} ${windows} ahead ${are} ${guarded}.`;
  return `${who} a sign of life every day between ${hourText(life.from)} and ${hourText(life.to)} (${cleanLine(life.zone)}): ${quoted(life.words)}.${now}${ahead}`;
};

export const lifeSentences = (view: TogetherView, other: string, times: Times): readonly string[] => [
  ...(view.life.me ? [lifeSentence(view.life.me, "You give", true, view, times)] : []),
  ...(view.life.other ? [lifeSentence(view.life.other, `${other} gives`, false, view, times)] : []),
];

/** A device that runs asks once a minute. */
const freshFor: Millis = 90_000;

/** What the relay settled, or has of another turn, it does not say anew. */
const isOver = ({ why }: PromiseView): boolean => why === "older-turn" || why === "lifted" || why === "fired";

/** Nothing more of it waits at the relay, so nothing is asked about it. */
const hasFiredWhole = ({ state, hasNote }: PromiseView): boolean => state === "late" && !hasNote;

/** The relay has answered all that this device says and asks about this promise. */
const isAnswered = (one: PromiseView, now: Millis): boolean => {
  if (one.state === "arming" || one.unconfirmed) return false;
  return !isRunning(one) || hasFiredWhole(one) || isOver(one) || one.guard === null || (isHeard(one) && now - one.guard.checked < freshFor);
};

/** By this very process, and not only by one before it. */
const isHeard = ({ why }: PromiseView): boolean => why !== "not-checked";

/** What the other's device has not had guarded yet is not waited for long. */
const othersWithin: Millis = 2000;

/** So that a command that ends leaves nothing of mine half guarded, and tells what the relay says now. */
export const untilAnswered = async (session: Session, bond: Bond): Promise<void> => {
  const waitFor = async (isDone: (one: PromiseView, now: Millis) => boolean, within: Millis): Promise<void> => {
    const done = (view: BondView): boolean =>
      view.stage !== "together" || view.connection.state === "offline" || view.promises.every((one) => isDone(one, view.now));
    if (done(bond.view())) return;
    // A device that has run for long may have been asleep since it last asked.
    await wholly(bond);
    await until(session, bond, (view) => (done(view) ? true : undefined), within);
  };
  await waitFor((one, now) => (one.owner === "me" ? isAnswered(one, now) : isHeard(one)), session.patience());
  await waitFor((one, now) => one.owner === "me" || isAnswered(one, now), Math.min(othersWithin, session.patience()));
};
