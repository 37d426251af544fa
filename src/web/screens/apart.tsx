/**
 * Apart (BOUND4): a pause on one's own terms. Before it begins it says what the other will see, in the very words of the
 * other's field; while it lasts, one press ends it.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { passable } from "../../senses/apart/apart.ts";
import { labelOf } from "../../senses/boundary/boundary.web.tsx";
import { sentenceOf } from "../../senses/presence/presence.web.tsx";
import { useApp } from "../app.ts";
import { Choices } from "../parts/choices.tsx";
import { Moment, soon } from "../parts/moment.tsx";
import { pauseSentence, pauseTerms } from "../parts/paused.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { momentOf } from "../words/days.ts";

interface ApartProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const ApartRoom = ({ bond, view, onClose }: ApartProps): JSX.Element => {
  const { words, times } = useApp();
  const { me } = view.apart;
  const other = view.other.name === "" ? words.someone : view.other.name;
  return (
    <Sheet name="apart" title={words.pause.title} onClose={onClose}>
      {me ? (
        <>
          <p class="lead">
            {pauseSentence(me, words, times, view.now)} {pauseTerms(me, other, words)}
          </p>
          {!me.passes.includes("thought") && <p class="aside">{words.pause.comes(other)}</p>}
          <button type="button" class="main" data-come-back onClick={() => void bond.act({ do: "back" }).then(onClose)}>
            {words.pause.come}
          </button>
        </>
      ) : (
        <Terms bond={bond} view={view} other={other} onDone={onClose} />
      )}
    </Sheet>
  );
};

type Ending = "open" | "time" | "when";

const isRunning = (state: TogetherView["promises"][number]["state"]): boolean => state !== "kept" && state !== "withdrawn" && state !== "released";

const Terms = ({ bond, view, other, onDone }: Omit<ApartProps, "onClose"> & { readonly other: string; readonly onDone: () => void }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.pause;
  const tell = useSignal<"yes" | "no">("yes");
  const kind = useSignal<"apart" | "dark">("apart");
  const ending = useSignal<Ending>("open");
  const time = useSignal(soon(view.now));
  const what = useSignal("");
  const passing = useSignal<readonly string[]>([]);
  const wrong = useSignal<ActRefusal | null>(null);

  const announced = tell.value === "yes";
  const dark = announced && kind.value === "dark";
  // Nobody else reads what has to happen in a pause that nobody is told of.
  const ends: Ending = dark ? "time" : !announced && ending.value === "when" ? "open" : ending.value;
  const until = ends === "time" ? (momentOf(time.value) ?? null) : null;
  const when = ends === "when" && what.value.trim() !== "" ? what.value : null;
  const passes = dark ? [] : passing.value;
  const shows = view.grants.some(({ sense, mine }) => sense === "presence" && mine !== "off");
  const hasPromised = view.life.me !== null || view.promises.some(({ owner, by, state }) => owner === "me" && by !== null && isRunning(state));
  const sees = sentenceOf({ is: "away", why: dark ? "dark" : "apart", since: view.now, until, when }, words, times, view.now);

  const go = async (): Promise<void> => {
    if ((ends === "time" && until === null) || (ends === "when" && when === null)) {
      wrong.value = ends === "time" ? "bad-time" : "empty";
      return;
    }
    const done = await bond.act({ do: "apart", announced, dark, until, when, passes });
    if (done.ok) onDone();
    else wrong.value = done.why;
  };

  return (
    <form
      class="stack apart"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <p class="lead">{w.text}</p>
      <fieldset class="choices">
        <legend>{w.tell}</legend>
        <Choices
          name="tell"
          label={w.tell}
          value={tell.value}
          choices={[
            ["yes", w.tells.yes(other)],
            ["no", w.tells.no()],
          ]}
          onChoose={(chosen) => (tell.value = chosen)}
        />
      </fieldset>
      {announced && (
        <fieldset class="choices">
          <legend>{w.kind}</legend>
          <Choices
            name="kind"
            label={w.kind}
            value={kind.value}
            choices={[
              ["apart", w.kinds.apart],
              ["dark", w.kinds.dark],
            ]}
            onChoose={(chosen) => (kind.value = chosen)}
          />
          {dark && <p class="aside">{w.darkText}</p>}
        </fieldset>
      )}
      {!dark && (
        <fieldset class="choices">
          <legend>{w.ends}</legend>
          <Choices
            name="ending"
            label={w.ends}
            value={ends}
            choices={(announced ? (["open", "time", "when"] as const) : (["open", "time"] as const)).map((one) => [one, w.endings[one]] as const)}
            onChoose={(chosen) => (ending.value = chosen)}
          />
        </fieldset>
      )}
      {ends === "time" && <Moment name="until" label={dark ? w.back : w.time} value={time.value} now={view.now} onInput={(typed) => (time.value = typed)} />}
      {ends === "when" && (
        <label class="field-label">
          <span>{w.when}</span>
          <input type="text" name="when" dir="auto" maxLength={140} value={what.value} onInput={(event) => (what.value = event.currentTarget.value)} />
          <small>{w.whenHint}</small>
        </label>
      )}
      {!dark && (
        <fieldset class="choices passes">
          <legend>{w.passes}</legend>
          {passable.map((sense) => (
            <label key={sense} class="switch">
              <input
                type="checkbox"
                name={`pass-${sense}`}
                checked={passes.includes(sense)}
                onChange={(event) => {
                  const rest = passing.value.filter((one) => one !== sense);
                  passing.value = event.currentTarget.checked ? [...rest, sense] : rest;
                }}
              />
              <span>{labelOf(sense, words)}</span>
            </label>
          ))}
          <p class="aside">{w.passesHint}</p>
        </fieldset>
      )}
      <div class="sees" aria-live="polite">
        <p>{announced ? w.looks(other) : shows ? w.looksOff : w.looksSame}</p>
        {announced && <p class="words">{sees}</p>}
        {!passes.includes("thought") && <p>{w.comes(other)}</p>}
        {hasPromised && <p data-promised>{announced ? w.promised : w.promisedOff}</p>}
      </div>
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {words.refused(wrong.value)}
        </p>
      )}
      <button type="submit" class="main">
        {w.go}
      </button>
    </form>
  );
};
