/** What was kept, by day, newest first, and a search over it: of a line, or of one that was saved. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Bond, Kept } from "../../line/home.ts";
import { newestFirst, type KeptSource } from "../../line/kept-pages.ts";
import { feelingNames, type FeelingName } from "../../senses/feeling/feeling.ts";
import { isWanting, type Wanted } from "../../senses/search.ts";
import { useApp } from "../app.ts";
import { dayOf, endOf } from "../words/days.ts";
import { findUntil, intoPages, withNewer, type Page } from "../windowed.ts";
import { KeptFound } from "./kept-found.tsx";
import { KeptRows, type Aim } from "./kept-rows.tsx";

interface KeptListProps {
  /** How the one whose side it is signed; absent: it is me. */
  readonly me?: string | undefined;
  readonly other: string;
  /** The same one at each call; a memory tells of nothing new. */
  readonly source: KeptSource & Partial<Pick<Bond, "listen">>;
  /** What is not shown yet, and not found. */
  readonly waits?: (kept: Kept) => boolean;
}

const nothingWanted: Wanted = { words: "", from: null, feeling: null };

export const KeptList = ({ me, other, source, waits = nothingWaits }: KeptListProps): JSX.Element => {
  const { words } = useApp();
  const pages = useSignal<readonly Page[] | null>(null);
  const oldest = useSignal("");

  useEffect(() => {
    let isGone = false;
    let isReading = false;
    let isAsked = false;
    /** What came since: read from the newest down to what is known. */
    const readNewer = async (known: readonly Page[]): Promise<void> => {
      const last = known[0]?.seqs[0] ?? -1;
      const newer: number[] = [];
      for await (const page of newestFirst(source.kept, 16)) {
        newer.push(...page.flatMap(({ seq }) => (seq > last ? seq : [])));
        if ((page.at(-1)?.seq ?? 0) <= last) break;
      }
      if (!isGone && newer.length > 0) pages.value = withNewer(known, newer);
    };
    const follow = async (): Promise<void> => {
      isAsked = true;
      if (isReading) return;
      isReading = true;
      try {
        if (!pages.value) {
          const places = await source.places();
          pages.value = intoPages(places.toReversed());
          const at = places[0] === undefined ? null : await timeAt(source, places[0]);
          oldest.value = at === null ? "" : dayOf(at);
        }
        while (isAsked && !isGone) {
          isAsked = false;
          await readNewer(pages.value);
        }
      } catch {
        // The storage is gone: the field says so.
      } finally {
        isReading = false;
      }
    };
    void follow();
    const stop = source.listen?.(() => void follow());
    return () => {
      isGone = true;
      stop?.();
    };
  }, [source]);

  if (pages.value === null) return <p class="aside">…</p>;
  if (pages.value.length === 0) return <p class="aside">{words.between.nothing}</p>;
  return <Past me={me} other={other} source={source} waits={waits} pages={pages.value} oldest={oldest.value} />;
};

/** The author's time of what is kept at this place. */
const timeAt = async ({ kept }: KeptSource, seq: number): Promise<number | null> => (await kept({ before: seq + 1, limit: 1 }))[0]?.at ?? null;

interface PastProps extends KeptListProps {
  readonly pages: readonly Page[];
  /** The day it begins with, where that is known. */
  readonly oldest: string;
}

const nothingWaits = (): boolean => false;

const Past = ({ me, other, source, waits = nothingWaits, pages, oldest }: PastProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.past;
  const wanted = useSignal(nothingWanted);
  const aim = useSignal<Aim | null>(null);
  const day = useSignal("");
  const wentTo = useSignal<number | null>(null);
  /** What came while it was not let in is folded, and not found, until it is asked for. */
  const unfolds = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const dayField = useRef<HTMLInputElement>(null);
  const scrolled = useRef<number | null>(null);
  const isSearching = isWanting(wanted.value);
  const scroller = (): Element | null => box.current?.closest("dialog") ?? document.scrollingElement;

  const want = (next: Wanted): void => {
    if (!isSearching) scrolled.current = scroller()?.scrollTop ?? null;
    wanted.value = next;
  };
  // What is found begins under the search; back from it, one is where one was.
  useLayoutEffect(() => {
    const [all, shown] = [scroller(), box.current];
    if (!all || !shown || scrolled.current === null) return;
    const start = shown.getBoundingClientRect().top + all.scrollTop;
    all.scrollTop = isSearching ? Math.min(scrolled.current, start) : scrolled.current;
  }, [isSearching]);

  const goTo = async (typed: string, focus: boolean): Promise<void> => {
    const until = endOf(typed);
    if (until === undefined || dayField.current?.validity.valid === false) return;
    const seqs = pages.flatMap((page) => page.seqs);
    const seq = seqs[await findUntil(seqs.length, (at) => timeAt(source, seqs[at] as number), until)];
    if (seq === undefined) return;
    wanted.value = nothingWanted;
    aim.value = { seq, focus };
    wentTo.value = await timeAt(source, seq);
  };

  return (
    <div ref={box} class="past">
      <search class="past-bar" data-on={isSearching}>
        <label class="past-words">
          <span class="unseen">{w.box}</span>
          <input
            type="search"
            name="search"
            dir="auto"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            enterkeyhint="search"
            placeholder={w.search}
            value={wanted.value.words}
            onInput={(event) => want({ ...wanted.value, words: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key !== "Escape" || !isSearching) return;
              // Else it would close the sheet.
              event.preventDefault();
              want(nothingWanted);
            }}
          />
        </label>
        <label class="past-day">
          <span class="unseen">{w.day}</span>
          <input
            ref={dayField}
            type="date"
            name="day"
            min={oldest === "" ? undefined : oldest}
            value={day.value}
            onChange={(event) => void goTo(event.currentTarget.value, false)}
            onKeyDown={(event) => {
              if (event.key === "Enter") void goTo(event.currentTarget.value, true);
            }}
          />
        </label>
        <div class="past-narrow" role="group" aria-label={w.narrow}>
          <label>
            <span>{w.by}</span>
            <select name="by" value={wanted.value.from ?? ""} onChange={(event) => want({ ...wanted.value, from: whoOf(event.currentTarget.value) })}>
              <option value="">{w.either}</option>
              <option value="me">{me === undefined ? words.between.you : me || words.someoneFirst}</option>
              <option value="other">{other || words.someoneFirst}</option>
            </select>
          </label>
          <label>
            <span>{w.withFeeling}</span>
            <select
              name="feeling"
              value={wanted.value.feeling ?? ""}
              onChange={(event) => want({ ...wanted.value, feeling: feelingOf(event.currentTarget.value) })}
            >
              <option value="">{w.anyFeeling}</option>
              {(Object.keys(feelingNames) as FeelingName[]).map((name) => (
                <option key={name} value={name}>
                  {words.feel.names[name]}
                </option>
              ))}
            </select>
          </label>
        </div>
      </search>
      <p class="unseen" role="status">
        {wentTo.value === null ? "" : w.wentTo(times.day(wentTo.value))}
      </p>
      {isSearching && (
        <KeptFound
          source={source}
          wanted={wanted.value}
          me={me}
          other={other}
          hides={(kept) => waits(kept) || (kept.aside === true && !unfolds.value)}
          onInPlace={(seq) => {
            wanted.value = nothingWanted;
            aim.value = { seq, focus: true };
          }}
        />
      )}
      <div hidden={isSearching}>
        <KeptRows
          label={w.list}
          pages={pages}
          read={(page) => source.kept({ before: (page.seqs[0] as number) + 1, limit: page.seqs.length })}
          me={me}
          other={other}
          aim={aim.value}
          hides={waits}
          onUnfold={unfolds.value ? undefined : () => (unfolds.value = true)}
          onTop={(at) => {
            if (document.activeElement !== dayField.current) day.value = dayOf(at);
          }}
        />
      </div>
    </div>
  );
};

const whoOf = (value: string): Wanted["from"] => (value === "me" || value === "other" ? value : null);
const feelingOf = (value: string): FeelingName | null => (Object.hasOwn(feelingNames, value) ? (value as FeelingName) : null);
