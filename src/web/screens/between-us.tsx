/** "Between us": what was kept, by day; a copy to take along (KEEP1); and the quiet settings of this line. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { Flows } from "../../senses/boundary/boundary.web.tsx";
import { Rename } from "../../senses/name/name.web.tsx";
import { useApp } from "../app.ts";
import { allKept, writeData, writePage } from "../export.ts";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { saveFile } from "../save-file.ts";
import { KeptList } from "./kept-list.tsx";
import { Memories } from "./memories.tsx";

interface BetweenUsProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
  readonly onWords: () => void;
  readonly onTwelve: () => void;
  readonly onDevices: () => void;
}

export const BetweenUs = ({ bond, view, onClose, onWords, onTwelve, onDevices }: BetweenUsProps): JSX.Element => {
  const { words, shown, sound } = useApp();
  const w = words.between;
  const other = view.other.name === "" ? words.someone : view.other.name;
  return (
    <Sheet name="between" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      <KeptList other={view.other.name} load={(options) => bond.kept(options)} />
      <TakeAlong bond={bond} view={view} />
      <section>
        <h3>{w.flows}</h3>
        <p class="aside">{w.flowsText}</p>
        <Flows bond={bond} view={view} />
      </section>
      <section class="stack">
        <Rename bond={bond} current={view.me.name} />
        <ul class="rows">
          <li>
            <button type="button" class="row" data-row="devices" aria-haspopup="dialog" onClick={onDevices}>
              <strong>{words.devices.title}</strong>
              <small>{words.devices.row(view.devices.mine.length, other, view.devices.theirs.length)}</small>
            </button>
          </li>
          <li>
            <button type="button" class="row" data-row="twelve" aria-haspopup="dialog" onClick={onTwelve}>
              <strong>{words.twelve.row}</strong>
              <small class={shown.words.value === "to-keep" ? "open" : ""}>{words.twelve.state[shown.words.value]}</small>
            </button>
          </li>
          <li>
            <button type="button" class="row" data-row="words" aria-haspopup="dialog" onClick={onWords}>
              <strong>{w.words}</strong>
              <small>{view.compared ? w.wordsCompared : w.wordsNot}</small>
            </button>
          </li>
        </ul>
        <label class="switch">
          <input type="checkbox" name="sound" checked={sound.on.value} onChange={(event) => sound.switch(event.currentTarget.checked)} />
          <span>
            {w.sound}
            <small>{words.touch.sound}</small>
          </span>
        </label>
        <Backup view={view} />
        <p class="aside">{w.relay(view.connection.relay)}</p>
      </section>
      <Memories title />
    </Sheet>
  );
};

/** How safe what we kept is from the loss of this device, in one line. */
const Backup = ({ view: { backup, transfer, now } }: { readonly view: TogetherView }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.backup;
  const share = transfer && shareOf(transfer);
  return (
    <div class="backup" data-backup={backup.at === null ? "never" : backup.behind ? "behind" : "done"}>
      <h3>{w.title}</h3>
      {backup.at === null ? (
        <p>
          {w.never} {w.neverText}
        </p>
      ) : (
        <p>{backup.behind ? w.behind(times.ago(backup.at, now)) : w.at(times.ago(backup.at, now))}</p>
      )}
      {transfer && (
        <>
          <small>
            {transfer.what === "fetching" ? w.fetching : w.backingUp}
            {share !== null && ` · ${w.share(share)}`}
          </small>
          <ProgressLine label={transfer.what === "fetching" ? w.fetching : w.backingUp} {...transfer} />
        </>
      )}
    </div>
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
