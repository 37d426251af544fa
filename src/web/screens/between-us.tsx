/** "Between us": what was kept, by day; a copy of it to take along (KEEP1), and lines that were saved, in sheets of their own. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { writeData, writePage } from "../export.ts";
import { ProgressLine } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { saveFile } from "../save-file.ts";
import { KeptList } from "./kept-list.tsx";
import { Memories } from "./memories.tsx";

interface BetweenUsProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const BetweenUs = ({ bond, view, onClose }: BetweenUsProps): JSX.Element => {
  const { words } = useApp();
  return (
    <Sheet name="between" title={words.between.title} onClose={onClose}>
      <p class="lead">{words.between.text}</p>
      <Between bond={bond} view={view} />
    </Sheet>
  );
};

type Named = Extract<BondView, { readonly other: { readonly name: string } }>;

/** The list has no near end: what can be done with all of it stands before it. */
export const Between = ({ bond, view }: { readonly bond: Bond; readonly view: Named }): JSX.Element => {
  const { words } = useApp();
  const open = useSignal<"take" | "saved" | null>(null);
  const close = (): void => {
    open.value = null;
  };
  return (
    <>
      <div class="past-ways">
        <button type="button" class="quiet small" data-way="take" aria-haspopup="dialog" onClick={() => (open.value = "take")}>
          {words.between.saveTitle}
        </button>
        <button type="button" class="quiet small" data-way="saved" aria-haspopup="dialog" onClick={() => (open.value = "saved")}>
          {words.memories.title}
        </button>
      </div>
      <KeptList other={view.other.name} source={bond} />
      {open.value === "take" && (
        <Sheet name="take" title={words.between.saveTitle} onClose={close}>
          <TakeAlong bond={bond} view={view} />
        </Sheet>
      )}
      {open.value === "saved" && (
        <Sheet name="saved" title={words.memories.title} onClose={close}>
          <Memories />
        </Sheet>
      )}
    </>
  );
};

const TakeAlong = ({ bond, view }: { readonly bond: Bond; readonly view: Named }): JSX.Element => {
  const { words, times, clock } = useApp();
  const w = words.between;
  const progress = useSignal<{ readonly done: number; readonly total: number } | null>(null);
  const isFailed = useSignal(false);
  const isGone = useRef(false);
  useEffect(() => () => void (isGone.current = true), []);
  const save = async (what: "page" | "data"): Promise<void> => {
    const people = { me: view.me.name, other: view.other.name };
    const tell = (done: number, total: number): void => {
      progress.value = { done, total };
    };
    isFailed.value = false;
    tell(0, 0);
    try {
      const isPage = what === "page";
      const file = await (isPage ? writePage(bond, people, words, times, clock.now(), tell) : writeData(bond, bond.id, people, clock.now(), tell));
      // Who left the room, or hid it, is not shown a file.
      if (!isGone.current) saveFile(isPage ? "beside.html" : "bond.json", isPage ? "text/html" : "application/json", file);
    } catch {
      isFailed.value = true;
    } finally {
      progress.value = null;
    }
  };
  const isBusy = progress.value !== null;
  return (
    <div class="stack take" aria-busy={isBusy}>
      <p class="lead">{w.saveText}</p>
      <div class="actions">
        <button type="button" class="second" disabled={isBusy} onClick={() => void save("page")}>
          {w.savePage}
        </button>
        <button type="button" class="second" disabled={isBusy} onClick={() => void save("data")}>
          {w.saveData}
        </button>
      </div>
      {progress.value && <ProgressLine label={words.past.saving} {...progress.value} />}
      {isFailed.value && (
        <p class="note" role="alert">
          {words.past.notSaved}
        </p>
      )}
    </div>
  );
};
