/**
 * What a search finds, as it is found, newest first. All that is kept is opened for it, some at a time, so that the page
 * goes on; what is typed next ends the search before. Nothing of it leaves this page or outlives it.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Kept } from "../../line/home.ts";
import { newestFirst, type KeptSource } from "../../line/kept-pages.ts";
import { createMatcher, type Wanted } from "../../senses/search.ts";
import { useApp } from "../app.ts";
import { readKept } from "../export.ts";
import { intoPages, type Page } from "../windowed.ts";
import { KeptRows } from "./kept-rows.tsx";

interface KeptFoundProps {
  readonly source: KeptSource;
  readonly wanted: Wanted;
  readonly me: string | undefined;
  readonly other: string;
  readonly hides: (kept: Kept) => boolean;
  readonly onInPlace: (seq: number) => void;
}

/** Between two keys of a word: a search for its first half would be for nothing. */
const typing = 80;
/** What is found is shown at once, and then no oftener than anyone can follow: drawing is dearer than finding. */
const between = 250;

export const KeptFound = ({ source, wanted, me, other, hides, onInPlace }: KeptFoundProps): JSX.Element => {
  const { words, timer, clock } = useApp();
  const w = words.past;
  const pages = useSignal<readonly Page[]>([]);
  const count = useSignal(0);
  const isDone = useSignal(false);
  const found = useRef(new Map<number, Kept>());

  useEffect(() => {
    let isOver = false;
    const search = async (): Promise<void> => {
      const matches = createMatcher(wanted);
      const kept = new Map<number, Kept>();
      const fresh: number[] = [];
      let shownAt = Number.NEGATIVE_INFINITY;
      // What was found before stands until there is something new to say.
      const show = (): void => {
        const more = intoPages(fresh.splice(0));
        pages.value = found.current === kept ? [...pages.value, ...more] : more;
        found.current = kept;
        count.value = kept.size;
        shownAt = clock.monotonic();
      };
      for await (const page of newestFirst(source.kept)) {
        if (isOver) return;
        for (const one of page) {
          const read = hides(one) ? undefined : readKept(one, words);
          if (!read || !matches(read)) continue;
          kept.set(one.seq, one);
          fresh.push(one.seq);
        }
        if (fresh.length > 0 && clock.monotonic() - shownAt > between) show();
      }
      if (isOver) return;
      show();
      isDone.value = true;
    };
    isDone.value = false;
    count.value = 0;
    const stop = timer.after(typing, () => void search().catch(() => {}));
    return () => {
      isOver = true;
      stop();
    };
    // The app’s own words are looked in as they are shown.
  }, [source, wanted, words]);

  return (
    <>
      <p class="aside past-count" data-found={count.value} data-done={isDone.value}>
        {isDone.value ? "" : w.looking(count.value)}
        <span role="status">{isDone.value ? (count.value === 0 ? w.nothing : w.found(count.value)) : ""}</span>
      </p>
      <KeptRows
        label={w.results}
        pages={pages.value}
        read={async ({ seqs }) => seqs.flatMap((seq) => found.current.get(seq) ?? [])}
        me={me}
        other={other}
        onInPlace={onInPlace}
      />
    </>
  );
};
