/** "Between us": what was kept, by day, a copy to take along (KEEP1), and lines that were saved. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { allKept, writeData, writePage } from "../export.ts";
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
      <KeptList other={view.other.name} load={(options) => bond.kept(options)} />
      <TakeAlong bond={bond} view={view} />
      <Memories title />
    </Sheet>
  );
};

type Named = Extract<BondView, { readonly other: { readonly name: string } }>;

export const TakeAlong = ({ bond, view }: { readonly bond: Bond; readonly view: Named }): JSX.Element => {
  const { words, times, clock } = useApp();
  const busy = useSignal(false);
  const save = async (what: "page" | "data"): Promise<void> => {
    busy.value = true;
    const kept = await allKept(bond);
    const people = { me: view.me.name, other: view.other.name };
    if (what === "page") saveFile("beside.html", "text/html", writePage(kept, people, words, times, clock.now()));
    else saveFile("bond.json", "application/json", writeData(kept, bond.id, people, clock.now()));
    busy.value = false;
  };
  return (
    <section>
      <h3>{words.between.saveTitle}</h3>
      <p class="aside">{words.between.saveText}</p>
      <div class="actions row">
        <button type="button" class="second" disabled={busy.value} onClick={() => void save("page")}>
          {words.between.savePage}
        </button>
        <button type="button" class="second" disabled={busy.value} onClick={() => void save("data")}>
          {words.between.saveData}
        </button>
      </div>
    </section>
  );
};
