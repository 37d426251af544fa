/** A device of one's own on its way in: three words for two screens, then what was kept comes over. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Code } from "../parts/code.tsx";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { ConnectionNote, Room } from "../parts/room.tsx";

type View = Extract<BondView, { readonly stage: "arriving" }>;

const steps = ["asking", "let-in", "fetching"] as const satisfies readonly View["step"][];

export const Arriving = ({ bond, view }: { readonly bond: Bond; readonly view: View }): JSX.Element => {
  const { words, shown } = useApp();
  const w = words.arriving;
  const { title, text } = w[view.step];
  const at = steps.indexOf(view.step);
  const giveUp = (): void => void shown.home.forget(bond.id);
  return (
    <Room title={title} lead={<span aria-live="polite">{text}</span>} lights={view.step === "fetching" ? "apart" : "alone"}>
      <ConnectionNote connection={view.connection} />
      {view.step === "asking" && <Code words={view.code} label={w.code} />}
      {view.step === "fetching" && <Coming transfer={view.transfer} />}
      <ol class="steps" data-step={view.step}>
        {steps.map((step, i) => (
          <li key={step} data-done={i < at} {...(i === at ? { "aria-current": "step" as const } : {})}>
            {w.steps[step]}
          </li>
        ))}
      </ol>
      <div class="actions">
        {view.step === "asking" ? (
          <button type="button" class="quiet" onClick={giveUp}>
            {w.giveUp}
          </button>
        ) : (
          <AskOnce label={w.giveUp} sure={w.giveUpSure} yes={w.giveUpYes} onYes={giveUp} />
        )}
      </div>
    </Room>
  );
};

const Coming = ({ transfer }: { readonly transfer: View["transfer"] }): JSX.Element => {
  const { words } = useApp();
  const progress = transfer ?? { done: 0, total: 0 };
  const text = words.lost.progress.fetching(shareOf(progress));
  return (
    <div class="under-way">
      <p role="status">{text}</p>
      <ProgressLine label={text} {...progress} />
    </div>
  );
};
