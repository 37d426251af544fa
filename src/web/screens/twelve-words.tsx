/**
 * The twelve words (DEV1, LOSE1): shown when asked for, on something like paper; then three of them are asked back, and
 * when they are right the words leave this device. What is shown here is kept in this screen only, while it is open.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "../app.ts";
import { Sheet } from "../parts/sheet.tsx";
import type { Words } from "../words/en.ts";

type Step =
  | { readonly at: "before" }
  | { readonly at: "paper"; readonly list: readonly string[] }
  | { readonly at: "asked"; readonly places: readonly number[] }
  | { readonly at: "done" };

export const TwelveWords = ({ onClose }: { readonly onClose: () => void }): JSX.Element => {
  const { words, shown } = useApp();
  const w = words.twelve;
  const step = useSignal<Step>({ at: "before" });

  const see = async (): Promise<void> => {
    const list = await shown.home.showWords();
    if (list) step.value = { at: "paper", list };
  };
  const ask = async (): Promise<void> => {
    const places = await shown.home.askWords();
    if (places.length > 0) step.value = { at: "asked", places };
  };

  if (step.value.at === "done") {
    return (
      <Sheet name="twelve" title={w.doneTitle} onClose={onClose}>
        <p class="lead" role="status">
          {w.doneText}
        </p>
        <div class="actions">
          <button type="button" class="main" onClick={onClose}>
            {w.done}
          </button>
        </div>
      </Sheet>
    );
  }
  if (shown.words.value !== "to-keep") {
    return (
      <Sheet name="twelve" title={w.title} onClose={onClose}>
        <p class="lead" data-words={shown.words.value}>
          {shown.words.value === "kept" ? w.keptText : w.elsewhereText}
        </p>
      </Sheet>
    );
  }
  switch (step.value.at) {
    case "before":
      return (
        <Sheet name="twelve" title={w.title} onClose={onClose}>
          <p class="lead">{w.why}</p>
          <p>{w.before}</p>
          <div class="actions">
            <button type="button" class="main" onClick={() => void see()}>
              {w.show}
            </button>
            <button type="button" class="quiet" onClick={onClose}>
              {words.common.later}
            </button>
          </div>
        </Sheet>
      );
    case "paper":
      return (
        <Sheet name="twelve" title={w.paper} onClose={onClose}>
          <ol class="twelve-words" lang="en" dir="ltr" aria-label={w.list}>
            {step.value.list.map((word, at) => (
              <li key={at}>
                <span class="number" aria-hidden="true">
                  {at + 1}
                </span>
                <span class="word">{word}</span>
              </li>
            ))}
          </ol>
          <p class="aside">{w.paperText}</p>
          <div class="actions">
            <button type="button" class="main" onClick={() => void ask()}>
              {w.written}
            </button>
            <button type="button" class="quiet" onClick={onClose}>
              {words.common.later}
            </button>
          </div>
        </Sheet>
      );
    case "asked":
      return (
        <Sheet name="twelve" title={w.askTitle} onClose={onClose}>
          <p class="lead">{w.askText}</p>
          <Asked key={step.value.places.join()} places={step.value.places} onSee={() => void see()} onDone={() => (step.value = { at: "done" })} />
        </Sheet>
      );
  }
};

interface AskedProps {
  readonly places: readonly number[];
  readonly onSee: () => void;
  readonly onDone: () => void;
}

const Asked = ({ places, onSee, onDone }: AskedProps): JSX.Element => {
  const { words, shown } = useApp();
  const w = words.twelve;
  const answers = useSignal<readonly string[]>(places.map(() => ""));
  const wrong = useSignal<"wrong" | keyof Words["twelve"]["unsaved"] | null>(null);
  const busy = useSignal(false);

  useEffect(() => document.querySelector<HTMLInputElement>(".asked input")?.focus(), []);

  const check = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    const kept = await shown.home.keepWords(answers.value);
    busy.value = false;
    if (kept.ok) onDone();
    else wrong.value = kept.error;
  };

  return (
    <form
      class="stack asked"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      {places.map((place, at) => (
        <label class="field-label" key={place}>
          <span>{w.nth(place)}</span>
          <input
            type="text"
            class="words"
            name={`word-${place}`}
            lang="en"
            dir="ltr"
            maxLength={16}
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={answers.value[at] ?? ""}
            onInput={(event) => {
              const typed = event.currentTarget.value;
              answers.value = answers.value.map((one, i) => (i === at ? typed : one));
              wrong.value = null;
            }}
          />
        </label>
      ))}
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {wrong.value === "wrong" ? w.wrong : w.unsaved[wrong.value]}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="main" disabled={busy.value}>
          {w.check}
        </button>
        <button type="button" class="quiet" onClick={onSee}>
          {w.see}
        </button>
      </div>
    </form>
  );
};
