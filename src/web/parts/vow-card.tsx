/** One promise as it stands: its words, its receipt, what will happen, and what its owner, or who reads it, can do. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { PromiseAct } from "../../line/promises.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { PromiseView, TogetherView } from "../../line/view.ts";
import { standingOf, toneOf, untilOf } from "../../senses/promise/promise-field.web.tsx";
import { useApp } from "../app.ts";
import { momentOf } from "../words/days.ts";
import { AskOnce } from "./ask-once.tsx";
import { Moment, soon } from "./moment.tsx";

interface CardProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly one: PromiseView;
}

export const VowCard = ({ bond, view, one }: CardProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.promise;
  const { now } = view;
  const wrong = useSignal<ActRefusal | null>(null);
  const other = view.other.name === "" ? words.someone : view.other.name;
  const isOpen = one.state !== "kept" && one.state !== "withdrawn" && one.state !== "released";
  const act = async (intent: PromiseAct): Promise<void> => {
    const done = await bond.act({ do: "promise", intent });
    wrong.value = done.ok ? null : done.why;
  };
  const ladder = [
    ...(one.lateAt === null || one.state === "late"
      ? []
      : [one.owner === "me" ? w.ladder(other, times.at(one.lateAt, now)) : w.ladderMine(times.at(one.lateAt, now))]),
    ...(one.hasNote && one.opensAt !== null ? [w.ladderNote(times.at(one.opensAt, now))] : []),
  ].join(" ");
  return (
    <article class="vow-card" data-vow={one.state} data-tone={toneOf(one)} data-owner={one.owner}>
      <p class="words" dir="auto">
        {one.words}
      </p>
      <p>{untilOf(one, words, times, now)}</p>
      <p class="receipt" role="status">
        {standingOf(one, words, times, now)}
      </p>
      {isOpen && ladder !== "" && <p class="aside">{ladder}</p>}
      {one.note !== null && <Sealed name="note" label={w.read} title={w.noteOf} text={one.note} />}
      {one.farewell !== null && <Sealed name="farewell" label={w.readFarewell} title={w.farewellOf} text={one.farewell} />}
      {one.owner === "me" && isOpen && (
        <div class="stack">
          <button type="button" class="second" data-keep onClick={() => void act(one.life === null ? { what: "keep", id: one.id } : { what: "sign" })}>
            {one.life === null ? w.keepLong : words.life.here}
          </button>
          {one.life === null && (
            <div class="past-ways">
              {one.by !== null && <Extend one={one} now={now} onExtend={(by) => void act({ what: "extend", id: one.id, by })} />}
              <AskOnce
                look="quiet small"
                label={w.withdraw}
                sure={w.withdrawSure}
                yes={w.withdrawYes}
                onYes={() => void act({ what: "withdraw", id: one.id })}
              />
            </div>
          )}
        </div>
      )}
      {one.owner === "me" && (one.farewellAt !== null || one.farewellStopped) && (
        <div class="stack">
          <p role="status">{one.farewellAt === null ? w.farewellStopped : w.farewellWaits(times.at(one.farewellAt, now))}</p>
          {one.farewellAt !== null && (
            <button type="button" class="second" data-stop onClick={() => void act({ what: "withdraw", id: one.id })}>
              {w.farewellStop}
            </button>
          )}
        </div>
      )}
      {one.state === "released" && !one.aside && (
        <div class="stack">
          <button type="button" class="quiet small" data-aside onClick={() => void act({ what: "lay-aside", id: one.id })}>
            {w.layAside}
          </button>
          <p class="aside">{w.layAsideHint}</p>
          {one.owner === "other" && (
            <>
              <p class="aside">{w.quietText}</p>
              <button type="button" class="quiet small" data-keeping onClick={() => void bond.act({ do: "keeping", keeping: true })}>
                {words.ending.quietGo}
              </button>
            </>
          )}
        </div>
      )}
      {wrong.value !== null && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {words.refused(wrong.value)}
        </p>
      )}
    </article>
  );
};

/** Behind one press, and each time anew. */
const Sealed = ({
  name,
  label,
  title,
  text,
}: {
  readonly name: string;
  readonly label: string;
  readonly title: string;
  readonly text: string;
}): JSX.Element => {
  const isOpen = useSignal(false);
  if (!isOpen.value)
    return (
      <button type="button" class="second" data-sealed={name} onClick={() => (isOpen.value = true)}>
        {label}
      </button>
    );
  return (
    <figure class="sealed" data-opened={name} ref={(figure) => figure?.focus()} tabIndex={-1}>
      <figcaption>{title}</figcaption>
      <p class="words" dir="auto">
        {text}
      </p>
    </figure>
  );
};

const Extend = ({ one, now, onExtend }: { readonly one: PromiseView; readonly now: number; readonly onExtend: (by: number) => void }): JSX.Element => {
  const { words } = useApp();
  const w = words.promise;
  const isAsked = useSignal(false);
  const time = useSignal(soon(now));
  const close = (by: number | undefined): void => {
    isAsked.value = false;
    if (by !== undefined) onExtend(by);
  };
  if (!isAsked.value)
    return (
      <button type="button" class="quiet small" data-extend onClick={() => (isAsked.value = true)}>
        {w.extend}
      </button>
    );
  return (
    <div class="stack sure" role="group" aria-label={w.extend}>
      <div class="actions">
        {Object.entries(w.extendBy).map(([minutes, text]) => (
          <button
            type="button"
            key={minutes}
            class="second small"
            data-more={minutes}
            onClick={() => close(Math.max(now, one.by ?? 0) + Number(minutes) * 60_000)}
          >
            {text}
          </button>
        ))}
      </div>
      <Moment name="extend-to" label={w.time} value={time.value} now={now} onInput={(typed) => (time.value = typed)} />
      <div class="actions">
        <button type="button" class="second small" onClick={() => close(momentOf(time.value))}>
          {w.set}
        </button>
        <button type="button" class="quiet small" onClick={() => close(undefined)}>
          {words.common.cancel}
        </button>
      </div>
    </div>
  );
};
