/** My pause as it stands (BOUND4): that nothing flows, whether the other was told, and the way back, always in reach. */
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { PauseView, TogetherView } from "../../line/view.ts";
import { labelOf } from "../../senses/boundary/boundary.web.tsx";
import { cleanLine } from "../../senses/text.ts";
import { useApp } from "../app.ts";
import type { Words } from "../words/en.ts";
import type { Times } from "../words/time.ts";

export const pauseSentence = ({ dark, since, until, when }: PauseView, { pause }: Words, times: Times, now: Millis): string => {
  if (until !== null) return (dark ? pause.me.dark : pause.me.time)(times.at(until, now));
  return when === null ? pause.me.open(times.at(since, now)) : pause.me.when(cleanLine(when));
};

/** Whether the other knows, and what flows all the same. */
export const pauseTerms = ({ announced, passes }: PauseView, other: string, words: Words): string =>
  `${words.pause.told[announced ? "yes" : "no"](other)} ${passes.length === 0 ? words.pause.nothing : words.pause.only(passes.map((one) => labelOf(one, words)))}`;

export const Paused = ({ bond, view, pause }: { readonly bond: Bond; readonly view: TogetherView; readonly pause: PauseView }): JSX.Element => {
  const { words, times } = useApp();
  return (
    <section class="paused" data-paused={pause.announced ? "told" : "quiet"}>
      <p>
        <strong>{pauseSentence(pause, words, times, view.now)}</strong> {pauseTerms(pause, view.other.name === "" ? words.someone : view.other.name, words)}
      </p>
      <button
        type="button"
        class="pill"
        onClick={() => {
          // This button goes with the pause: whoever came by keyboard goes on at the light that is back.
          document.querySelector<HTMLElement>("button.light.mine")?.focus({ preventScroll: true });
          void bond.act({ do: "back" });
        }}
      >
        {words.pause.come}
      </button>
    </section>
  );
};
