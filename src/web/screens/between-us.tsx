/** "Between us": what was kept, by day; a copy to take along (KEEP1); and the quiet settings of this line. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Bond, Kept } from "../../line/home.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { Flows } from "../../senses/boundary/boundary.web.tsx";
import { Swatch } from "../../senses/feeling/feeling.web.tsx";
import { Rename } from "../../senses/name/name.web.tsx";
import { useApp } from "../app.ts";
import { allKept, readKept, writeData, writePage } from "../export.ts";
import { Name } from "../parts/name.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { saveFile } from "../save-file.ts";

interface BetweenUsProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
  readonly onWords: () => void;
}

export const BetweenUs = ({ bond, view, onClose, onWords }: BetweenUsProps): JSX.Element => {
  const { words, sound } = useApp();
  const w = words.between;
  return (
    <Sheet name="between" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      <KeptList bond={bond} view={view} />
      <TakeAlong bond={bond} view={view} />
      <section>
        <h3>{w.flows}</h3>
        <p class="aside">{w.flowsText}</p>
        <Flows bond={bond} view={view} />
      </section>
      <section class="stack">
        <Rename bond={bond} current={view.me.name} />
        <button type="button" class="row" onClick={onWords}>
          <strong>{w.words}</strong>
          <small>{view.compared ? w.wordsCompared : w.wordsNot}</small>
        </button>
        <label class="switch">
          <input type="checkbox" name="sound" checked={sound.on.value} onChange={(event) => sound.switch(event.currentTarget.checked)} />
          <span>
            {w.sound}
            <small>{words.touch.sound}</small>
          </span>
        </label>
        <p class="aside">{w.relay(view.connection.relay)}</p>
      </section>
    </Sheet>
  );
};

type Named = Extract<BondView, { readonly other: { readonly name: string } }>;

const page = 40;

export const KeptList = ({ bond, view }: { readonly bond: Bond; readonly view: Named }): JSX.Element => {
  const { words, times } = useApp();
  const kept = useSignal<readonly Kept[] | null>(null);
  const more = useSignal(false);

  const load = async (): Promise<void> => {
    const before = kept.value?.at(-1)?.seq;
    const next = await bond.kept({ limit: page, ...(before === undefined ? {} : { before }) });
    more.value = next.length === page;
    kept.value = [...(kept.value ?? []), ...next];
  };
  useEffect(() => void load(), []);

  if (kept.value === null) return <p class="aside">…</p>;
  const shown = kept.value.flatMap((one) => readKept(one, words) ?? []);
  if (shown.length === 0) return <p class="aside">{words.between.nothing}</p>;
  return (
    <div class="kept">
      {byDay(shown, times.day).map(([day, ones]) => (
        <section key={day}>
          <h3>{day}</h3>
          <ul>
            {ones.map((one) => (
              <li key={one.id} data-kind={one.kind} data-from={one.from}>
                <p class={one.own ? "words" : "about"} dir="auto">
                  {one.hue !== undefined && <Swatch hue={one.hue} />}
                  {one.text}
                </p>
                <small>
                  {one.from === "me" ? words.between.you : <Name of={view.other.name} />}
                  {one.at !== null && ` · ${times.clock(one.at)}`}
                </small>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {more.value && (
        <button type="button" class="quiet" onClick={() => void load()}>
          {words.between.older}
        </button>
      )}
    </div>
  );
};

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

const byDay = <T extends { readonly at: number | null }>(ones: readonly T[], dayOf: (at: number) => string): readonly (readonly [string, readonly T[]])[] => {
  const days = new Map<string, T[]>();
  for (const one of ones) {
    const day = one.at === null ? "" : dayOf(one.at);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days];
};
