/**
 * A sign of life (LIFE1): one press in a window of every day, and what happens without it. How many windows ahead the relay
 * keeps watch over, a day off, and its end; of the other's one sees the same.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { PromiseAct } from "../../line/promises.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { LifeView, PromiseView, TogetherView } from "../../line/view.ts";
import { standingOf, toneOf } from "../../senses/promise/promise-field.web.tsx";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Limits, SealingFields, termsOf, usualSealing } from "../parts/sealing.tsx";
import { Sheet } from "../parts/sheet.tsx";

interface LifeProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

/** Minutes of the day, as a time field writes them. */
const minutesOf = (field: string): number => {
  const [, hours = 0, minutes = 0] = /^(\d{2}):(\d{2})/.exec(field)?.map(Number) ?? [];
  return hours * 60 + minutes;
};

export const LifeRoom = ({ bond, view, onClose }: LifeProps): JSX.Element => {
  const { words } = useApp();
  const w = words.life;
  const wrong = useSignal<ActRefusal | null>(null);
  const other = view.other.name === "" ? words.someone : view.other.name;
  const act = async (intent: PromiseAct): Promise<void> => {
    const done = await bond.act({ do: "promise", intent });
    wrong.value = done.ok ? null : done.why;
  };
  const { me } = view.life;
  return (
    <Sheet name="life" title={w.title} onClose={onClose}>
      <p class="lead">{w.text(other)}</p>
      {view.life.other && (
        <section class="stack" data-life="other">
          <h3>{w.theirs(other)}</h3>
          <Windows view={view} life={view.life.other} />
        </section>
      )}
      {me ? (
        <section class="stack" data-life="me">
          <Windows view={view} life={me} onSign={() => void act({ what: "sign" })} />
          <DaysOff view={view} life={me} other={other} onOff={(id) => void act({ what: "withdraw", id })} />
          <AskOnce look="quiet small" label={w.end} sure={w.endSure(other)} yes={w.endYes} onYes={() => void act({ what: "live-off", id: me.id })} />
        </section>
      ) : (
        <Begin view={view} other={other} onBegin={(intent) => void act(intent)} />
      )}
      {wrong.value !== null && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {words.refused(wrong.value)}
        </p>
      )}
    </Sheet>
  );
};

/** Its windows that are still to close, in their order. */
const comingOf = ({ promises, now }: TogetherView, { id }: LifeView): readonly PromiseView[] =>
  promises.filter(({ life, opens, by }) => life === id && (by ?? 0) > now && (opens ?? 0) > now).toSorted((a, b) => (a.opens ?? 0) - (b.opens ?? 0));

const Windows = ({ view, life, onSign }: { readonly view: TogetherView; readonly life: LifeView; readonly onSign?: () => void }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.life;
  const { now } = view;
  const one = view.promises.find(({ id }) => id === life.window);
  const off = comingOf(view, life).filter(({ state }) => state === "withdrawn");
  // What was given and the relay has not yet.
  const given = view.promises.find((each) => each.life === life.id && each.state === "kept" && each.unconfirmed);
  return (
    <>
      <p class="words" dir="auto">
        {life.words}
      </p>
      <p>{(onSign ? w.daily : w.dailyThere)(times.clockAt(life.from * 60_000, 0), times.clockAt(life.to * 60_000, 0))}</p>
      {one ? (
        <>
          <p data-window={life.isOpen ? "open" : "next"}>
            {life.isOpen ? w.open(times.at(one.by ?? now, now)) : w.next(times.at(one.opens ?? now, now), times.at(one.by ?? now, now))}
          </p>
          {life.isOpen && onSign && (
            <button type="button" class="main here" data-here onClick={onSign}>
              {w.here}
            </button>
          )}
          <p class="receipt" role="status" data-tone={toneOf(one)}>
            {standingOf(one, words, times, now)}
          </p>
        </>
      ) : (
        <p>{w.coming}</p>
      )}
      {given && (
        <p class="receipt" data-tone="amber">
          {standingOf(given, words, times, now)}
        </p>
      )}
      <p class={life.few ? "note" : "aside"} data-ahead={life.ahead} data-few={life.few}>
        {w.ahead(life.ahead)} {life.few && w.few}
      </p>
      {life.ahead > 0 && life.why !== null && (
        <p class="receipt" data-tone="amber" data-ahead-why={life.why}>
          {words.promise.unguarded(words.promise.why[life.why])}
        </p>
      )}
      {off.map((each) => (
        <p key={each.id} class="aside" data-day="off">
          {w.off(times.day(each.opens ?? now))}
        </p>
      ))}
    </>
  );
};

const DaysOff = ({
  view,
  life,
  other,
  onOff,
}: {
  readonly view: TogetherView;
  readonly life: LifeView;
  readonly other: string;
  readonly onOff: (id: string) => void;
}): JSX.Element => {
  const { words, times } = useApp();
  const w = words.life;
  return (
    <details>
      <summary>{w.days}</summary>
      <p class="aside">{w.daysText(other)}</p>
      <ul class="days">
        {comingOf(view, life)
          .filter(({ state }) => state !== "withdrawn")
          .map(({ id, opens }) => {
            const day = times.day(opens ?? view.now);
            return (
              <li key={id}>
                <AskOnce look="quiet small" label={day} sure={w.offSure(day)} yes={w.offYes} onYes={() => onOff(id)} />
              </li>
            );
          })}
      </ul>
    </details>
  );
};

const Begin = ({
  view,
  other,
  onBegin,
}: {
  readonly view: TogetherView;
  readonly other: string;
  readonly onBegin: (intent: PromiseAct) => void;
}): JSX.Element => {
  const { words, zone } = useApp();
  const w = words.life;
  const said = useSignal(w.usual);
  const from = useSignal("08:00");
  const to = useSignal("11:00");
  const sealing = useSignal(usualSealing);
  return (
    <form
      class="stack apart"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onBegin({ what: "live", words: said.value, zone: zone(), from: minutesOf(from.value), to: minutesOf(to.value), ...termsOf(sealing.value) });
      }}
    >
      <label class="field-label">
        <span>{w.words}</span>
        <input type="text" name="life" dir="auto" maxLength={140} value={said.value} onInput={(event) => (said.value = event.currentTarget.value)} />
      </label>
      <div class="degrees">
        <label class="field-label">
          <span>{w.from}</span>
          <input type="time" name="from" value={from.value} onInput={(event) => (from.value = event.currentTarget.value)} />
        </label>
        <label class="field-label">
          <span>{w.to}</span>
          <input type="time" name="to" value={to.value} onInput={(event) => (to.value = event.currentTarget.value)} />
        </label>
      </div>
      <SealingFields other={other} value={sealing} />
      <Limits view={view} other={other} sealed={sealing.value.note !== null} />
      <button type="submit" class="main">
        {w.go}
      </button>
    </form>
  );
};
