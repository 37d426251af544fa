/** "More": the quiet settings of this line and this device. Each further room is a row here. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { Rename } from "../../senses/name/name.web.tsx";
import { useApp } from "../app.ts";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { Row } from "../parts/row.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { Abilities } from "./abilities.tsx";
import { LockRoom } from "./lock.tsx";

interface MoreProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
  readonly onEnter: (room: "boundaries" | "apart" | "moon" | "devices" | "twelve" | "words" | "end") => void;
}

export const More = ({ bond, view, onClose, onEnter }: MoreProps): JSX.Element => {
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
      <section class="stack">
        <Rename bond={bond} current={view.me.name} />
        <ul class="rows">
          <Row name="boundaries" title={words.bounds.row} text={words.bounds.rowText} onOpen={() => onEnter("boundaries")} />
          <Row name="apart" title={words.pause.row} text={words.pause.rowText} onOpen={() => onEnter("apart")} />
          <Row name="moon" title={words.moon.row} text={words.moon.rowText} onOpen={() => onEnter("moon")} />
          <Row
            name="devices"
            title={words.devices.title}
            text={words.devices.row(view.devices.mine.length, other, view.devices.theirs.length)}
            onOpen={() => onEnter("devices")}
          />
          <Row
            name="twelve"
            title={words.twelve.row}
            text={words.twelve.state[shown.words.value]}
            open={shown.words.value === "to-keep"}
            onOpen={() => onEnter("twelve")}
          />
          <Row name="words" title={w.words} text={view.compared ? w.wordsCompared : w.wordsNot} onOpen={() => onEnter("words")} />
          <Row name="abilities" title={words.abilities.title} text={words.abilities.row} onOpen={() => (room.value = "abilities")} />
          <Row name="lock" title={words.lock.row} text={words.lock.rowState[lock.unlockers.value ? "on" : "off"]} onOpen={() => (room.value = "lock")} />
          <Row name="end" title={words.ending.row} text={words.ending.rowText} onOpen={() => onEnter("end")} />
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
