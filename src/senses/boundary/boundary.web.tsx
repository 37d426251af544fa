/**
 * Boundary on the field (BOUND1, PRES2): what I give stands there for as long as I give it, and one press changes it. Both
 * see the same list. The first question is asked once, and either answer is fine.
 */
import type { JSX } from "preact";
import * as v from "valibot";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../../web/app.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";
import { isSenseName } from "../index.ts";
import type { Give } from "../sense.ts";
import { cleanLine } from "../text.ts";
import { boundary } from "./boundary.ts";

export const labelOf = (sense: string, words: Words): string => (isSenseName(sense) ? words.senses[sense] : cleanLine(sense));

export const boundaryHalf: WebHalf = {
  kept(entry, words) {
    const parsed = v.safeParse(boundary.entry, entry);
    if (!parsed.success) return undefined;
    const label = labelOf(parsed.output.sense, words);
    const said: Record<Give, string> = { off: words.kept.stopped(label), coarse: words.kept.gaveRoughly(label), full: words.kept.gave(label) };
    return { text: said[parsed.output.give], own: false };
  },
};

/** Of the hour, the hour; a place is given where it is chosen. */
const usual = (sense: string): Give => (sense === "hour" ? "coarse" : "full");

export const giveWords = (sense: string, words: Words): Record<Give, string> => (sense === "hour" ? words.hour.gives : words.gives);

const give = (bond: Bond, sense: string, how: Give): void => void bond.act({ do: "boundary", intent: { sense, give: how } });

export const FirstQuestion = ({ bond, view }: { readonly bond: Bond; readonly view: TogetherView }): JSX.Element => {
  const { words } = useApp();
  return (
    <section class="question" data-question="presence" aria-labelledby="question">
      <h2 id="question">{words.ask.title(view.other.name === "" ? words.someone : view.other.name)}</h2>
      <p>{words.ask.text}</p>
      <div class="answers">
        <button type="button" class="pill" onClick={() => give(bond, "presence", "full")}>
          {words.ask.yes}
        </button>
        <button type="button" class="pill" onClick={() => give(bond, "presence", "off")}>
          {words.ask.no}
        </button>
      </div>
    </section>
  );
};

/** The standing line "you give: …": every sense is a switch, and the words lead to all of it. */
export const Given = ({ bond, view, onOpen }: { readonly bond: Bond; readonly view: TogetherView; readonly onOpen: () => void }): JSX.Element => {
  const { words, times } = useApp();
  return (
    <div class="given" role="group" aria-label={words.mine.give}>
      <button type="button" class="bounds" aria-haspopup="dialog" onClick={onOpen}>
        {words.mine.give}
      </button>
      <div class="grants">
        {view.grants
          .filter(({ sense, mine }) => sense !== "goodbye" || mine !== "off")
          .map((grant) => {
            const label = labelOf(grant.sense, words);
            const on = grant.mine !== "off";
            return (
              <button
                type="button"
                key={grant.sense}
                class="grant"
                data-sense={grant.sense}
                data-give={grant.mine}
                aria-pressed={on}
                aria-label={on ? words.mine.giveOn(label, grant.myUntil === null ? undefined : times.day(grant.myUntil)) : words.mine.giveOff(label)}
                onClick={() => give(bond, grant.sense, on ? "off" : usual(grant.sense))}
              >
                {label}
              </button>
            );
          })}
      </div>
    </div>
  );
};
