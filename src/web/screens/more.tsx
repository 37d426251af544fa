/** "More": what flows, and the quiet settings of this line and this device. Each further room is a row here. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { Flows } from "../../senses/boundary/boundary.web.tsx";
import { Rename } from "../../senses/name/name.web.tsx";
import { useApp } from "../app.ts";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { LockRoom } from "./lock.tsx";

interface MoreProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
  readonly onWords: () => void;
  readonly onTwelve: () => void;
  readonly onDevices: () => void;
}

export const More = ({ bond, view, onClose, onWords, onTwelve, onDevices }: MoreProps): JSX.Element => {
  const { words, shown, sound, lock } = useApp();
  const w = words.between;
  const other = view.other.name === "" ? words.someone : view.other.name;
  const isInLock = useSignal(false);
  if (isInLock.value) return <LockRoom onClose={() => (isInLock.value = false)} />;
  return (
    <Sheet name="more" title={words.more.title} onClose={onClose}>
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
          <li>
            <button type="button" class="row" data-row="lock" aria-haspopup="dialog" onClick={() => (isInLock.value = true)}>
              <strong>{words.lock.row}</strong>
              <small>{words.lock.rowState[lock.unlockers.value ? "on" : "off"]}</small>
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
