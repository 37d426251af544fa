/**
 * Promises (PROM1-7): what each of the two promised and how it stands, in the same words on both sides; to promise something, to
 * ask for it, and the sign of life. Promising ends on the receipt, not on hope.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { PromiseView, TogetherView } from "../../line/view.ts";
import { askEvery } from "../../senses/promise/promise.ts";
import type { Who } from "../../senses/sense.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Choices } from "../parts/choices.tsx";
import { Moment, soon } from "../parts/moment.tsx";
import { Row } from "../parts/row.tsx";
import { Limits, Minutes, SealingFields, termsOf, usualSealing } from "../parts/sealing.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { VowCard } from "../parts/vow-card.tsx";
import { momentOf } from "../words/days.ts";
import { LifeRoom } from "./sign-of-life.tsx";

interface PromisesProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

const isOver = ({ state, unconfirmed }: PromiseView): boolean => (state === "kept" || state === "withdrawn") && !unconfirmed;

export const PromiseRoom = ({ bond, view, onClose }: PromisesProps): JSX.Element => {
  const { words } = useApp();
  const w = words.promise;
  /** A promise's own id: its receipt. */
  const room = useSignal<"none" | "new" | "life" | { readonly made: string }>("none");
  const other = view.other.name === "" ? words.someone : view.other.name;
  const back = (): void => {
    room.value = "none";
  };
  if (room.value === "life") return <LifeRoom bond={bond} view={view} onClose={back} />;
  if (room.value === "new")
    return (
      <Sheet name="promise-new" title={w.say} onClose={back}>
        <Composer bond={bond} view={view} other={other} onDone={(made) => (room.value = { made })} />
      </Sheet>
    );
  if (room.value !== "none") {
    const { made } = room.value;
    const one = view.promises.find(({ id }) => id === made);
    return (
      <Sheet name="promise-made" title={w.say} onClose={back}>
        {one && <VowCard bond={bond} view={view} one={one} />}
        <button type="button" class="main" onClick={onClose}>
          {w.done}
        </button>
      </Sheet>
    );
  }
  const shown = view.promises.filter((one) => one.life === null || one.state === "late" || one.state === "released" || one.unanswered !== null);
  // What was released and laid aside is read here, and settles nothing any more.
  const earlier = shown.filter((one) => isOver(one) || (one.state === "released" && one.aside));
  const running = shown.filter((one) => !earlier.includes(one));
  return (
    <Sheet name="promise" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      {running.length === 0 && <p class="aside">{w.none}</p>}
      <Cards bond={bond} view={view} owner="other" title={w.theirs(other)} all={running} />
      <Cards bond={bond} view={view} owner="me" title={w.mine} all={running} />
      <button type="button" class="main" data-new onClick={() => (room.value = "new")}>
        {w.new}
      </button>
      <Ask bond={bond} view={view} />
      <ul class="rows">
        <Row name="life" title={words.life.row} text={words.life.rowText[view.life.me ? "on" : "off"]} onOpen={() => (room.value = "life")} />
      </ul>
      {earlier.length > 0 && (
        <details>
          <summary>{w.earlier}</summary>
          {earlier.map((one) => (
            <VowCard key={one.id} bond={bond} view={view} one={one} />
          ))}
        </details>
      )}
    </Sheet>
  );
};

interface CardsProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly owner: Who;
  readonly title: string;
  readonly all: readonly PromiseView[];
}

const Cards = ({ bond, view, owner, title, all }: CardsProps): JSX.Element | null => {
  const own = all.filter((one) => one.owner === owner);
  return own.length === 0 ? null : (
    <section data-cards={owner}>
      <h3>{title}</h3>
      {own.map((one) => (
        <VowCard key={one.id} bond={bond} view={view} one={one} />
      ))}
    </section>
  );
};

const hour: Millis = 3_600_000;
/** Today or tomorrow at an hour of this device's day. */
const at = (now: Millis, days: number, hours: number): Millis => new Date(now).setHours(24 * days + hours, 0, 0, 0);
const farewells = [60, 360, 720, 1440];

type Until = "hour" | "tonight" | "tomorrow" | "time" | "when";

const Composer = ({
  bond,
  view,
  other,
  onDone,
}: Omit<PromisesProps, "onClose"> & { readonly other: string; readonly onDone: (id: string) => void }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.promise;
  const said = useSignal("");
  const until = useSignal<Until>("hour");
  const time = useSignal(soon(view.now));
  const what = useSignal("");
  const sealing = useSignal(usualSealing);
  const farewell = useSignal<{ readonly text: string; readonly after: number } | null>(null);
  const wrong = useSignal<ActRefusal | null>(null);
  const busy = useSignal(false);
  const { now } = view;
  const tonight = at(now, 0, 21);
  const tomorrow = at(now, 1, 18);
  const isDated = until.value !== "when";
  const { note } = termsOf(sealing.value);

  const dueOf: Record<Until, () => Millis | null> = {
    hour: () => now + hour,
    tonight: () => tonight,
    tomorrow: () => tomorrow,
    time: () => momentOf(time.value) ?? null,
    when: () => null,
  };
  const go = async (): Promise<void> => {
    if (busy.value) return;
    const by = dueOf[until.value]();
    if (isDated && by === null) {
      wrong.value = "bad-time";
      return;
    }
    busy.value = true;
    const after = farewell.value;
    const done = await bond.act({
      do: "promise",
      intent: {
        what: "make",
        words: said.value,
        by,
        when: isDated ? null : what.value,
        ...termsOf(sealing.value),
        note: isDated ? note : null,
        farewell: isDated && note !== null && after && after.text.trim() !== "" ? { text: after.text, after: after.after * 60_000 } : null,
      },
    });
    busy.value = false;
    if (!done.ok) wrong.value = done.why;
    else if (done.id !== undefined) onDone(done.id);
  };

  const choices: readonly (readonly [Until, string])[] = [
    ["hour", w.untils.hour],
    ...(tonight > now + hour ? [["tonight", w.untils.tonight(times.clock(tonight))] as const] : []),
    ["tomorrow", w.untils.tomorrow(times.clock(tomorrow))],
    ["time", w.untils.time],
    ["when", w.untils.when],
  ];
  return (
    <form
      class="stack apart"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <label>
        <span class="unseen">{w.say}</span>
        <textarea name="promise" class="words" dir="auto" rows={2} value={said.value} onInput={(event) => (said.value = event.currentTarget.value)} />
        <small>{w.sayHint}</small>
      </label>
      <fieldset class="choices">
        <legend>{w.until}</legend>
        <Choices name="until" label={w.until} value={until.value} choices={choices} onChoose={(chosen) => (until.value = chosen)} />
      </fieldset>
      {until.value === "time" && <Moment name="by" label={w.time} value={time.value} now={now} onInput={(typed) => (time.value = typed)} />}
      {!isDated && (
        <label class="field-label">
          <span>{w.what}</span>
          <input type="text" name="when" dir="auto" maxLength={140} value={what.value} onInput={(event) => (what.value = event.currentTarget.value)} />
          <small>{w.whatHint}</small>
        </label>
      )}
      {isDated && <SealingFields other={other} value={sealing} />}
      {isDated &&
        note !== null &&
        (farewell.value === null ? (
          <AskOnce look="quiet small" label={w.farewell} sure={w.farewellSure} yes={w.farewellYes} onYes={() => (farewell.value = { text: "", after: 1440 })} />
        ) : (
          <>
            <label class="field-label">
              <span>{w.farewellBox}</span>
              <textarea
                name="farewell"
                class="words"
                dir="auto"
                rows={3}
                value={farewell.value.text}
                onInput={(event) => (farewell.value = { after: farewell.value?.after ?? 1440, text: event.currentTarget.value })}
              />
            </label>
            <Minutes
              name="farewell-after"
              label={w.farewellAfter}
              from={farewells}
              value={farewell.value.after}
              text={w.releases}
              onChoose={(after) => (farewell.value = { text: farewell.value?.text ?? "", after })}
            />
            <button type="button" class="quiet small" onClick={() => (farewell.value = null)}>
              {w.farewellNot}
            </button>
          </>
        ))}
      {isDated && <Limits view={view} other={other} sealed={note !== null} />}
      {wrong.value !== null && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {words.refused(wrong.value)}
        </p>
      )}
      <button type="submit" class="main" aria-disabled={busy.value}>
        {w.arm}
      </button>
    </form>
  );
};

/** Asking is damped (PROM1): it says when it is possible again. */
const Ask = ({ bond, view }: Omit<PromisesProps, "onClose">): JSX.Element => {
  const { words, times } = useApp();
  const w = words.promise;
  const said = useSignal("");
  const sent = useSignal<Millis | null>(null);
  const wrong = useSignal<ActRefusal | null>(null);
  const ask = async (): Promise<void> => {
    const done = await bond.act({ do: "promise", intent: { what: "ask", words: said.value.trim() === "" ? null : said.value } });
    wrong.value = done.ok ? null : done.why;
    if (done.ok) sent.value = view.now;
  };
  // What is on its way counts as asked.
  const again = view.askAgainAt ?? (sent.value === null ? null : sent.value + askEvery);
  if (again !== null && again > view.now)
    return (
      <p class="aside" role="status" data-asked>
        {w.askAgain(times.at(again, view.now))}
      </p>
    );
  return (
    <details data-ask>
      <summary>{w.ask}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label class="field-label">
          <span>{w.askBox}</span>
          <input type="text" name="ask" dir="auto" maxLength={140} value={said.value} onInput={(event) => (said.value = event.currentTarget.value)} />
          <small>{w.askHint}</small>
        </label>
        {wrong.value !== null && (
          <p class="note" role="alert" data-wrong={wrong.value}>
            {words.refused(wrong.value)}
          </p>
        )}
        <button type="submit" class="second">
          {w.askGo}
        </button>
      </form>
    </details>
  );
};
