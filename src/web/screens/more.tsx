/** "More": what flows, and the quiet settings of this line and this device. Each further room is a row here. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { Flows } from "../../senses/boundary/boundary.web.tsx";
import { Rename } from "../../senses/name/name.web.tsx";
import { useApp } from "../app.ts";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { Abilities } from "./abilities.tsx";
import { LockRoom } from "./lock.tsx";

interface MoreProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
  readonly onWords: () => void;
  readonly onTwelve: () => void;
  readonly onDevices: () => void;
  readonly onMoon: () => void;
}

export const More = ({ bond, view, onClose, onWords, onTwelve, onDevices, onMoon }: MoreProps): JSX.Element => {
  const { words, shown, sound, hold, install, lock } = useApp();
  const w = words.between;
  // The rooms that need nothing of the line: each takes this sheet's place, and leads back to it.
  const room = useSignal<"none" | "abilities" | "lock">("none");
  const other = view.other.name === "" ? words.someone : view.other.name;
  const back = (): void => {
    room.value = "none";
  };
  if (room.value === "abilities") return <Abilities onClose={back} />;
  if (room.value === "lock") return <LockRoom onClose={back} />;
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
            <button type="button" class="row" data-row="moon" aria-haspopup="dialog" onClick={onMoon}>
              <strong>{words.moon.row}</strong>
              <small>{words.moon.rowText}</small>
            </button>
          </li>
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
            <button type="button" class="row" data-row="abilities" aria-haspopup="dialog" onClick={() => (room.value = "abilities")}>
              <strong>{words.abilities.title}</strong>
              <small>{words.abilities.row}</small>
            </button>
          </li>
          <li>
            <button type="button" class="row" data-row="lock" aria-haspopup="dialog" onClick={() => (room.value = "lock")}>
              <strong>{words.lock.row}</strong>
              <small>{words.lock.rowState[lock.unlockers.value ? "on" : "off"]}</small>
            </button>
          </li>
        </ul>
        {install.value && (
          <button type="button" class="second" data-install onClick={install.value}>
            {words.abilities.install}
          </button>
        )}
        <label class="switch">
          <input type="checkbox" name="sound" checked={sound.on.value} onChange={(event) => sound.switch(event.currentTarget.checked)} />
          <span>
            {w.sound}
            <small>{words.touch.sound}</small>
          </span>
        </label>
        <label class="switch">
          <input
            type="checkbox"
            name="press"
            checked={hold.value.value === "press"}
            onChange={(event) => hold.choose(event.currentTarget.checked ? "press" : null)}
          />
          <span>
            {words.settings.press}
            <small>{words.settings.pressHint}</small>
          </span>
        </label>
        <LanguageChoice />
        <Backup view={view} />
        <p class="aside">{w.relay(view.connection.relay)}</p>
        <OfThisApp />
      </section>
    </Sheet>
  );
};

/** Whether the browser promised to keep what is here, and which Beside this is. */
const OfThisApp = (): JSX.Element => {
  const { words, lasts, persist, updates } = useApp();
  const w = words.app;
  const asked = useSignal(false);
  const ask = (): void => {
    asked.value = true;
    persist();
  };
  return (
    <div class="stack" data-lasts={String(lasts.value)}>
      {lasts.value !== null && <p class="aside">{lasts.value ? w.lasts : w.mayGo}</p>}
      {lasts.value === false &&
        (asked.value ? (
          <p class="aside" role="status">
            {w.refused}
          </p>
        ) : (
          <button type="button" class="quiet" onClick={ask}>
            {w.ask}
          </button>
        ))}
      {updates.waiting.value && (
        <>
          <p>{w.newer}</p>
          <button type="button" class="second" onClick={updates.use}>
            {w.use}
          </button>
        </>
      )}
      <p class="aside" data-version={besideVersion}>
        {w.version(besideVersion)}
      </p>
    </div>
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
