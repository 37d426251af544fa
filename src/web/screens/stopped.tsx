/** A line that stopped by itself (CHAIN2): what happened, what is kept, and what going on means. Nobody is hurried. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import { useApp } from "../app.ts";
import { Sheet } from "../parts/sheet.tsx";
import type { StoppedBy } from "./notices.tsx";

export const Stopped = ({ bond, why, onClose }: { readonly bond: Bond; readonly why: StoppedBy; readonly onClose: () => void }): JSX.Element => {
  const { words } = useApp();
  const w = words.stopped;
  const wrong = useSignal("");
  const goOn = async (): Promise<void> => {
    const done = await bond.act({ do: "take-up" });
    if (done.ok) onClose();
    else wrong.value = words.refused(done.why);
  };
  const { title, what, kept, goOn: means } = w[why];
  return (
    <Sheet name="stopped" title={title} onClose={onClose}>
      <div class="told">
        <h3>{w.what}</h3>
        <p>{what}</p>
        <h3>{w.kept}</h3>
        <p>{kept}</p>
        <h3>{w.goOn}</h3>
        <p>{means}</p>
      </div>
      {wrong.value !== "" && (
        <p class="note" role="alert">
          {wrong.value}
        </p>
      )}
      <div class="actions">
        <button type="button" class="main" onClick={() => void goOn()}>
          {w.act}
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          {w.notNow}
        </button>
      </div>
    </Sheet>
  );
};
