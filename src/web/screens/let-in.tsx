/**
 * What I let in (BOUND1): mine alone, and nobody is told. It has a page of its own, away from the list that both see: whoever is asked to
 * show that one shows nothing of this.
 */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { labelOf } from "../../senses/boundary/boundary.web.tsx";
import { isSenseName, senses } from "../../senses/index.ts";
import { useApp } from "../app.ts";
import { Choices } from "../parts/choices.tsx";
import { Sheet } from "../parts/sheet.tsx";

interface LetInProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const LetInRoom = ({ bond, view, onClose }: LetInProps): JSX.Element => {
  const { words } = useApp();
  const w = words.bounds;
  return (
    <Sheet name="let-in" title={w.letTitle} onClose={onClose}>
      <p class="alone">{w.letAlone}</p>
      <p class="lead">{w.letText}</p>
      <section class="let-in">
        {view.grants.map(({ sense, letIn }) => (
          <div key={sense} class="let" data-let={sense}>
            <strong aria-hidden="true">{labelOf(sense, words)}</strong>
            <Choices
              name={`let-${sense}`}
              label={w.letIn(labelOf(sense, words))}
              choices={(flowsByItself(sense) ? (["on", "off"] as const) : (["on", "quiet", "off"] as const)).map((one) => [one, w.lets[one]] as const)}
              value={letIn}
              onChoose={(chosen) => void bond.act({ do: "let", sense, letIn: chosen })}
            />
          </div>
        ))}
      </section>
    </Sheet>
  );
};

/** What flows by itself has no cue that could be quiet. */
const flowsByItself = (sense: string): boolean => isSenseName(sense) && senses[sense].followed === true;
