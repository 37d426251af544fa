/** What goes with a promise: how long late is not yet said, a sealed note, and what that does not protect against (PROM6), said before it is armed. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { TogetherView } from "../../line/view.ts";
import { hostOf } from "../../senses/promise/promise-field.web.tsx";
import { useApp } from "../app.ts";

const minute: Millis = 60_000;
const graces = [0, 5, 15, 30, 60, 180];
const releases = [5, 15, 30, 60, 180, 720, 1440];

export interface Sealing {
  /** In minutes. */
  readonly grace: number;
  readonly release: number;
  /** Null: none. */
  readonly note: string | null;
}
export const usualSealing: Sealing = { grace: 15, release: 30, note: null };
/** As the act takes it. */
export const termsOf = ({ grace, release, note }: Sealing): { readonly grace: Millis; readonly release: Millis; readonly note: string | null } => ({
  grace: grace * minute,
  release: release * minute,
  note: note?.trim() === "" ? null : note,
});

interface MinutesProps {
  readonly name: string;
  readonly label: string;
  readonly from: readonly number[];
  readonly value: number;
  readonly text: (minutes: number) => string;
  readonly onChoose: (minutes: number) => void;
}

export const Minutes = ({ name, label, from, value, text, onChoose }: MinutesProps): JSX.Element => (
  <label class="field-label">
    <span>{label}</span>
    <select name={name} value={value} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
      {from.map((minutes) => (
        <option key={minutes} value={minutes}>
          {text(minutes)}
        </option>
      ))}
    </select>
  </label>
);

export const SealingFields = ({ other, value }: { readonly other: string; readonly value: Signal<Sealing> }): JSX.Element => {
  const { words } = useApp();
  const w = words.promise;
  const { grace, release, note } = value.value;
  const set = (over: Partial<Sealing>): void => {
    value.value = { ...value.value, ...over };
  };
  return (
    <>
      <Minutes name="grace" label={w.grace} from={graces} value={grace} text={w.graces} onChoose={(chosen) => set({ grace: chosen })} />
      <label class="switch">
        <input type="checkbox" name="note" checked={note !== null} onChange={(event) => set({ note: event.currentTarget.checked ? "" : null })} />
        <span>
          {w.note}
          <small>{w.noteHint(other)}</small>
        </span>
      </label>
      {note !== null && (
        <>
          <label class="field-label">
            <span>{w.noteBox}</span>
            <textarea name="sealed" class="words" dir="auto" rows={4} value={note} onInput={(event) => set({ note: event.currentTarget.value })} />
          </label>
          <Minutes name="release" label={w.release} from={releases} value={release} text={w.releases} onChoose={(chosen) => set({ release: chosen })} />
        </>
      )}
    </>
  );
};

export const Limits = ({ view, other, sealed }: { readonly view: TogetherView; readonly other: string; readonly sealed: boolean }): JSX.Element => {
  const { words } = useApp();
  const w = words.promise;
  const relay = hostOf(view.connection.relay);
  return (
    <section class="sees" data-limits>
      <h3>{w.holds}</h3>
      <p>{w.holdsText(relay)}</p>
      <ul class="happens">
        {sealed && <li>{w.limitsBoth(other, relay)}</li>}
        {sealed && <li>{w.limitsRelay(other)}</li>}
        <li>{w.limitsPress}</li>
        <li>{w.limitsWoken(other)}</li>
      </ul>
    </section>
  );
};
