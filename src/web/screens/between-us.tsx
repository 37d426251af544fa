/** "Between us": what was kept, by day; a copy of it to take along (KEEP1), and lines that were saved, in sheets of their own. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import { waitsFor } from "../../line/kept-pages.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { writeData, writePage } from "../export.ts";
import { ProgressLine } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { saveFile } from "../save-file.ts";
import { EarlierRoom } from "./earlier.tsx";
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
export const Between = ({ bond, view, children }: { readonly bond: Bond; readonly view: Named; readonly children?: JSX.Element }): JSX.Element => {
  const { words, shown } = useApp();
  const open = useSignal<"take" | "saved" | "earlier" | null>(null);
  const close = (): void => {
    open.value = null;
  };
  const pause = "apart" in view ? view.apart.me : null;
  const isEnded = (one: BondView): boolean => one.stage === "ended" && !one.wiped;
  const hasEarlier = view.stage === "together" && shown.bonds.value.some((one) => isEnded(shown.view(one).value));
  return (
    <>
      <div class="past-ways">
        <button type="button" class="quiet small" data-way="take" aria-haspopup="dialog" onClick={() => (open.value = "take")}>
          {words.between.saveTitle}
        </button>
        <button type="button" class="quiet small" data-way="saved" aria-haspopup="dialog" onClick={() => (open.value = "saved")}>
          {words.memories.title}
        </button>
        {hasEarlier && (
          <button type="button" class="quiet small" data-way="earlier" aria-haspopup="dialog" onClick={() => (open.value = "earlier")}>
            {words.earlier.title}
          </button>
        )}
        {children}
      </div>
      {pause && <p class="aside">{words.pause.meanwhile}</p>}
      <KeptList other={view.other.name} source={bond} waits={(one) => waitsFor(pause, one)} />
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
      {open.value === "earlier" && <EarlierRoom bond={bond} other={view.other.name} onClose={close} />}
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
    const people = { me: view.me.name, other: view.other.name, ...("devices" in view ? { devices: view.devices.mine } : {}) };
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
