/** Six words, big, to be read to each other (PAIR3). Not comparing them is fine, and is said calmly. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";

interface SixWordsProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onDone: () => void;
}

export const SixWords = ({ bond, view, onDone }: SixWordsProps): JSX.Element => {
  const { words } = useApp();
  const w = words.six;
  const mark = (compared: boolean): void => {
    void bond.act({ do: "compared", compared });
    onDone();
  };
  return (
    <>
      <p class="lead">{view.words ? (view.compared ? w.done : w.text) : w.making}</p>
      {view.words && (
        <ol class="six-words" lang="en" dir="ltr">
          {view.words.map((word, at) => (
            <li key={at}>
              <span class="number" aria-hidden="true">
                {at + 1}
              </span>
              <span class="word">{word}</span>
            </li>
          ))}
        </ol>
      )}
      {view.words && !view.compared && <p class="aside">{w.different}</p>}
      <div class="actions">
        {view.compared ? (
          <button type="button" class="quiet" onClick={() => mark(false)}>
            {w.undo}
          </button>
        ) : (
          <>
            <button type="button" class="main" disabled={!view.words} onClick={() => mark(true)}>
              {w.compared}
            </button>
            <button type="button" class="second" onClick={onDone}>
              {w.later}
            </button>
          </>
        )}
      </div>
    </>
  );
};
