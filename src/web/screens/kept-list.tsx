/** What was kept, by day, newest first: of a line, or of one that was saved. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Kept } from "../../line/home.ts";
import { Swatch } from "../../senses/feeling/feeling.web.tsx";
import { useApp } from "../app.ts";
import { readKept } from "../export.ts";
import { Name } from "../parts/name.tsx";

interface KeptListProps {
  /** How the one whose side it is signed; absent: it is me. */
  readonly me?: string;
  readonly other: string;
  readonly load: (options: { readonly before?: number; readonly limit: number }) => Promise<readonly Kept[]>;
}

const page = 40;

export const KeptList = ({ me, other, load: loadFrom }: KeptListProps): JSX.Element => {
  const { words, times } = useApp();
  const kept = useSignal<readonly Kept[] | null>(null);
  const more = useSignal(false);

  const load = async (): Promise<void> => {
    const before = kept.value?.at(-1)?.seq;
    const next = await loadFrom({ limit: page, ...(before === undefined ? {} : { before }) });
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
                  {one.from === "other" ? <Name of={other} /> : me === undefined ? words.between.you : <Name of={me} />}
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

const byDay = <T extends { readonly at: number | null }>(ones: readonly T[], dayOf: (at: number) => string): readonly (readonly [string, readonly T[]])[] => {
  const days = new Map<string, T[]>();
  for (const one of ones) {
    const day = one.at === null ? "" : dayOf(one.at);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days];
};
