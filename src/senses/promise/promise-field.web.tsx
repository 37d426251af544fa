/**
 * Promises on the field (PROM2): a thin arc around the light of whose promise it is, which closes towards the deadline, and
 * a line with its words and how it stands. The shapes differ without colour: closed so far and guarded, dotted while it is
 * not, a whole ring when late, a ring that is open when it was released. Green is a fresh word of the relay and nothing else.
 */
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { LifeView, PromiseView, TogetherView } from "../../line/view.ts";
import { useApp } from "../../web/app.ts";
import type { Words } from "../../web/words/en.ts";
import type { Times } from "../../web/words/time.ts";
import type { Who } from "../sense.ts";
import { cleanLine } from "../text.ts";

const minute: Millis = 60_000;
const day: Millis = 24 * 60 * minute;
/** As the relay's reminder (PROM3), on a page that is open. */
const remindBefore: Millis = 15 * minute;

export const hostOf = (origin: string): string => new URL(origin).host;

/** What is to be looked at of one side, the most pressing first: of the other's what opened, of mine what the relay does not know yet and what I can still keep; then by when it is due. A window counts once it is open. */
export const runningOf = ({ promises, now }: TogetherView, owner: Who): readonly PromiseView[] => {
  const theirs = promises.filter((one) => one.owner === owner && (one.life === null || (one.opens ?? 0) <= now));
  const runs = (one: PromiseView): boolean => (one.state !== "kept" && one.state !== "withdrawn" && one.state !== "released") || one.unconfirmed;
  const released = theirs.filter((one) => one.state === "released" && !one.aside);
  const running = theirs.filter(runs).toSorted((a, b) => Number(b.unconfirmed) - Number(a.unconfirmed));
  return owner === "me" ? [...running, ...released] : [...released, ...running];
};

/** What is worth saying aloud when it changes. */
export const vowKey = ({ id, state, unanswered, spoke }: PromiseView): string => `${id} ${state} ${unanswered !== null} ${spoke ?? ""}`;

/** Green, amber, or neither. */
export const toneOf = (one: PromiseView): "calm" | "guarded" | "amber" => {
  if (one.unconfirmed || one.unanswered !== null || one.spoke !== null || one.why !== null || one.state === "unguarded" || one.state === "late") return "amber";
  return one.state === "guarded" ? "guarded" : "calm";
};

/** How it stands, in one sentence, and what is wrong with it before that. */
export const standingOf = (one: PromiseView, words: Words, times: Times, now: Millis): string => {
  const w = words.promise;
  const parts: string[] = [];
  if (one.unanswered !== null) parts.push((one.firedLateAt === null ? w.unanswered : w.unansweredNote)(times.at(one.unanswered, now)));
  const bare = one.why !== null && one.unanswered === null ? [w.unguarded(w.why[one.why])] : [];
  if (one.spoke !== null) parts.push(w.spoke[one.spoke]);
  if (one.down) parts.push(w.down(times.at(one.down.from, now), times.at(one.down.until, now)));
  switch (one.state) {
    case "open":
    case "withdrawn":
      parts.push(w.is[one.state]);
      break;
    case "arming":
      parts.push(w.notYet);
      break;
    case "guarded":
      if (one.guard) parts.push(w.guarded(times.at(one.guard.due, now), hostOf(one.guard.relay), times.recent(one.guard.checked, now)));
      break;
    case "unguarded":
      parts.push(...bare);
      break;
    case "late":
      parts.push(w.late(times.at(one.by ?? now, now)));
      if (one.hasNote && one.opensAt !== null && one.unanswered === null) parts.push(w.opens(times.at(one.opensAt, now)));
      parts.push(...bare);
      break;
    case "released":
      parts.push(w.released(times.at(one.releasedAt ?? now, now)), ...bare);
      break;
    case "kept":
      parts.push(one.settledAt === null ? w.is.kept : w.kept(times.at(one.settledAt, now)));
      break;
  }
  if (one.unconfirmed) parts.push(w.notYet);
  return parts.join(" · ");
};

/** Minutes that are left of a promise of mine that is soon due. */
export const leftOf = (one: PromiseView | undefined, now: Millis): number | undefined =>
  one?.owner === "me" && one.by !== null && (one.state === "guarded" || one.state === "unguarded") && one.by > now && one.by - now <= remindBefore
    ? Math.ceil((one.by - now) / minute)
    : undefined;

/** "by 21:00", or what has to happen first. */
export const untilOf = ({ by, when, opens }: PromiseView, { promise }: Words, times: Times, now: Millis): string => {
  if (by === null) return promise.when(cleanLine(when ?? ""));
  return opens === null ? promise.by(times.at(by, now)) : promise.window(times.at(opens, now), times.at(by, now));
};

/** Drawn around a light's centre: how much of the time is gone. */
export const Arc = ({ one, now }: { readonly one: PromiseView | undefined; readonly now: Millis }): JSX.Element | null => {
  if (!one || one.by === null || one.state === "kept" || one.state === "withdrawn") return null;
  const gone = Math.min(1, Math.max(0.02, (now - one.since) / Math.max(1, one.by - one.since)));
  const part = one.state === "late" || one.state === "released" ? 1 : gone;
  return (
    <g class="vow-arc" data-vow={one.state} data-tone={toneOf(one)} transform="rotate(-90)">
      <circle class="way" r="38" />
      <path d="M38 0A38 38 0 1 1 37.999-.2" pathLength="100" style={{ "--part": (part * 100).toFixed(1) }} />
    </g>
  );
};

/** Their sentence has the time already. */
const saysUntil: readonly PromiseView["state"][] = ["guarded", "late", "released"];

interface VowProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly owner: Who;
  readonly onOpen: () => void;
  readonly onRefused: (why: ActRefusal) => void;
}

/** The nearest promise of one side, in its owner's words; mine with the one press that settles it when it is due within a day. */
export const Vow = ({ bond, view, owner, onOpen, onRefused }: VowProps): JSX.Element | null => {
  const { words, times } = useApp();
  const w = words.promise;
  const all = runningOf(view, owner);
  const [one] = all;
  const isMine = owner === "me";
  const life = isMine ? view.life.me : view.life.other;
  const few = life?.few ? <Few life={life} onOpen={onOpen} /> : null;
  if (!one) return few;
  const isSettled = one.state === "kept" || one.state === "withdrawn" || one.state === "released";
  const keeps = isMine && !isSettled && one.by !== null && one.by < view.now + day;
  const left = leftOf(one, view.now);
  const keep = async (): Promise<void> => {
    const done = await bond.act({ do: "promise", intent: one.life === null ? { what: "keep", id: one.id } : { what: "sign" } });
    if (!done.ok) onRefused(done.why);
  };
  return (
    <>
      <div class="vow" data-vow={one.state} data-tone={toneOf(one)} data-owner={owner} data-soon={left}>
        <button type="button" class="vow-open" aria-haspopup="dialog" onClick={onOpen}>
          <span class="words" dir="auto">
            {cleanLine(one.words)}
          </span>
          <span>
            {!saysUntil.includes(one.state) && untilOf(one, words, times, view.now)}
            {`${saysUntil.includes(one.state) ? "" : " · "}${standingOf(one, words, times, view.now)}`}
            {left !== undefined && ` · ${w.soon(left)}`}
            {all.length > 1 && ` · ${w.more(all.length - 1)}`}
          </span>
          {!isMine && one.state === "released" && <strong>{one.note === null ? w.look : w.read}</strong>}
        </button>
        {keeps && (
          <button type="button" class="pill" data-keep onClick={() => void keep()}>
            {one.life === null ? w.keep : words.life.here}
          </button>
        )}
      </div>
      {few}
    </>
  );
};

/** A sign of life that is running out: who only presses a button in the house sees it nowhere else, and the other neither. */
const Few = ({ life, onOpen }: { readonly life: LifeView; readonly onOpen: () => void }): JSX.Element => {
  const { words } = useApp();
  return (
    <div class="vow" data-vow="few" data-tone="amber">
      <button type="button" class="vow-open" aria-haspopup="dialog" onClick={onOpen}>
        <span class="words" dir="auto">
          {cleanLine(life.words)}
        </span>
        <span>{words.life.left(life.ahead)}</span>
      </button>
    </div>
  );
};

/** What the other asked for, until I promise something or lay it aside; nobody is told which. */
export const Question = ({ bond, view, onOpen }: Pick<VowProps, "bond" | "view" | "onOpen">): JSX.Element | null => {
  const { words } = useApp();
  const w = words.promise;
  const { question } = view;
  if (!question) return null;
  return (
    <div class="notice" data-notice="question">
      {w.asked(view.other.name === "" ? words.someone : view.other.name)}
      {question.words !== null && (
        <span class="words" dir="auto">
          {question.words}
        </span>
      )}
      <p>
        <button type="button" class="link" aria-haspopup="dialog" onClick={onOpen}>
          {w.tool}
        </button>
        <button type="button" class="link" onClick={() => void bond.act({ do: "promise", intent: { what: "lay-aside", id: null } })}>
          {w.layAside}
        </button>
      </p>
    </div>
  );
};
