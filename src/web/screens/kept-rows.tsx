/**
 * Rows of what was kept, newest first, by day. Of any number of them only those near the screen are drawn; the rest is
 * room, as tall as it was when it was drawn, or as it would likely be.
 *
 * Invariants:
 * - What one reads stays where it is on the screen, whatever is drawn, measured or comes in above it.
 * - Rows are told by their place in all of them, so that a screen reader knows how many there are.
 * - Focus is not lost with a row that is not drawn any more: the list has it then.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Kept } from "../../line/home.ts";
import { Swatch } from "../../senses/feeling/feeling.web.tsx";
import { useApp } from "../app.ts";
import { readKept, type ReadableKept } from "../export.ts";
import { Name } from "../parts/name.tsx";
import { drawnOf, type Drawn, type Page } from "../windowed.ts";

/** A place to go to. `focus`: whoever asked for it is taken there too, and does not go on typing elsewhere. */
export interface Aim {
  readonly seq: number;
  readonly focus: boolean;
}

interface KeptRowsProps {
  readonly label: string;
  readonly pages: readonly Page[];
  readonly read: (page: Page) => Promise<readonly Kept[]>;
  /** How the one whose side it is signed; absent: it is me. */
  readonly me: string | undefined;
  readonly other: string;
  readonly aim?: Aim | null;
  /** The time of what is at the top of the screen. */
  readonly onTop?: (at: number) => void;
  readonly onInPlace?: (seq: number) => void;
  readonly hides?: (kept: Kept) => boolean;
  /** While it is given, what came aside is folded: shows it. */
  readonly onUnfold?: (() => void) | undefined;
}

/** In the language of the moment, which can change while it is shown. */
interface Row extends ReadableKept {
  readonly seq: number;
  readonly day: string;
  readonly clock: string;
  /** How many things that came aside are folded behind it; 0 for a row of its own. */
  readonly folds: number;
}

/** What is drawn: pages of one moment, and what they hold. */
interface Frame extends Drawn {
  readonly pages: readonly Page[];
  readonly kept: readonly (readonly Kept[])[];
  /** The page above the first drawn one, where it is known. */
  readonly above: readonly Kept[];
}

const nothing: Frame = { pages: [], kept: [], from: 0, to: 0, before: 0, after: 0, above: [] };
/** Until a row was measured. */
const likelyHeight = 84;
/** Opened pages that are kept at hand, and how many of them beyond the drawn ones on either side. */
const atHand = 40;
const ahead = 3;

export const KeptRows = (props: KeptRowsProps): JSX.Element => {
  const { words, times } = useApp();
  const list = useRef<HTMLOListElement>(null);
  const given = useRef(props);
  given.current = props;
  const frame = useSignal(nothing);
  const opened = useRef(new Map<Page, readonly Kept[]>());
  const heights = useRef(new Map<number, number>());
  const rowHeight = useRef<number | undefined>(undefined);
  const held = useRef<{ readonly seq: string | undefined; readonly place: number; readonly focused: boolean } | null>(null);
  const aim = useRef<Aim | null>(null);
  const busy = useRef(false);
  const readings = useMemo(() => new WeakMap<Kept, Row>(), [words, times]);
  const rowsOf = (some: readonly Kept[]): readonly Row[] =>
    folded(
      some.flatMap((kept) => {
        if (props.hides?.(kept)) return [];
        const known = readings.get(kept);
        if (known) return known;
        const read = readKept(kept, words);
        if (!read) return [];
        const [day, clock] = read.at === null ? ["", ""] : [times.day(read.at), times.clock(read.at)];
        const row = { ...read, seq: kept.seq, day, clock, folds: 0 };
        readings.set(kept, row);
        return row;
      }),
      props.onUnfold !== undefined,
    );

  const heightOf = ({ key, seqs }: Page): number => heights.current.get(key) ?? seqs.length * (rowHeight.current ?? likelyHeight);
  const scroller = (): Element | null => list.current?.closest("dialog") ?? document.scrollingElement;

  const open = async (page: Page): Promise<readonly Kept[]> => {
    const known = opened.current.get(page);
    if (known) return known;
    const kept = await given.current.read(page);
    // Nothing at all may be a tab that died while it was asked: it is asked again.
    if (kept.length > 0) opened.current.set(page, kept);
    for (const [oldest] of opened.current) if (opened.current.size > atHand) opened.current.delete(oldest);
    return kept;
  };

  /** What is to be drawn with the screen where it is now: as much again above and below. */
  const look = (): (Drawn & { readonly pages: readonly Page[] }) | undefined => {
    const shown = list.current;
    if (!shown || shown.offsetParent === null) return undefined;
    const top = -shown.getBoundingClientRect().top;
    const { pages } = given.current;
    return { pages, ...drawnOf(pages.map(heightOf), top - window.innerHeight, top + 2 * window.innerHeight) };
  };

  const isDrawn = (next: Drawn & { readonly pages: readonly Page[] }): boolean => {
    const { pages, from, to, before, after } = frame.value;
    return pages === next.pages && from === next.from && to === next.to && before === next.before && after === next.after;
  };

  const settle = async (): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    try {
      for (let next = look(); next && !isDrawn(next); next = look()) {
        const { pages, from, to } = next;
        const some = pages.slice(from, to);
        let kept = some.flatMap((page) => (opened.current.has(page) ? [opened.current.get(page) as readonly Kept[]] : []));
        if (kept.length < some.length) {
          kept = await Promise.all(some.map(open));
          // Meanwhile the screen may have gone far away: what is read there would be thrown out of its place.
          const now = look();
          if (now && (now.from >= to || now.to <= from)) continue;
        }
        const above = pages[from - 1];
        hold();
        frame.value = { ...next, kept, above: (above && opened.current.get(above)) ?? [] };
        // What comes next to the screen is at hand before it is asked for.
        for (const page of pages.slice(Math.max(0, from - ahead), to + ahead)) void open(page).catch(() => {});
      }
    } catch {
      // The storage is gone: the field says so, and there is nothing to draw.
    } finally {
      busy.current = false;
    }
  };

  /** Where a row ends in all that scrolls, wherever it was scrolled to: its day above it may come and go. */
  const placeOf = (row: Element): number => row.getBoundingClientRect().bottom + (scroller()?.scrollTop ?? 0);
  /** Where the search ends that covers the rows above. */
  const edge = (): number => list.current?.closest(".past")?.querySelector(".past-bar")?.getBoundingClientRect().bottom ?? 0;
  const firstBelow = (top: number): HTMLElement | undefined =>
    [...(list.current?.children ?? [])].find((row): row is HTMLElement => row instanceof HTMLElement && row.getBoundingClientRect().bottom > top);

  /** Notes where what one reads is, before anything around it changes. */
  const hold = (): void => {
    const first = firstBelow(0);
    const focused = list.current?.contains(document.activeElement) === true;
    held.current = { seq: first?.dataset["seq"], place: first ? placeOf(first) : 0, focused };
  };

  const tellTop = (): void => {
    const at = firstBelow(edge())?.dataset["at"];
    if (at !== undefined) given.current.onTop?.(Number(at));
  };

  const rowOf = (seq: string): HTMLElement | null => list.current?.querySelector<HTMLElement>(`[data-seq="${seq}"]`) ?? null;

  const putBack = (): void => {
    const before = held.current;
    held.current = null;
    if (!before) return;
    if (before.focused && !list.current?.contains(document.activeElement)) list.current?.focus({ preventScroll: true });
    const row = before.seq === undefined ? null : rowOf(before.seq);
    const moved = row ? placeOf(row) - before.place : 0;
    const scrolled = scroller();
    if (Math.abs(moved) >= 1 && scrolled) scrolled.scrollTop += moved;
  };

  const land = (): void => {
    const to = aim.current;
    // What cannot be read has no row: then it is the next older one.
    const row = to && [...(list.current?.children ?? [])].find((one) => one instanceof HTMLElement && Number(one.dataset["seq"]) <= to.seq);
    if (!to || !(row instanceof HTMLElement) || !frame.value.pages.slice(frame.value.from, frame.value.to).some(({ seqs }) => seqs.includes(to.seq))) return;
    aim.current = null;
    held.current = null;
    row.scrollIntoView({ block: "start" });
    const scrolled = scroller();
    if (scrolled) scrolled.scrollTop += row.getBoundingClientRect().top - edge();
    if (to.focus) row.focus({ preventScroll: true });
  };

  const measure = (): void => {
    const rows = [...(list.current?.children ?? [])].filter((row) => row instanceof HTMLElement);
    const { pages, from, to } = frame.value;
    let all = 0;
    for (const { key } of pages.slice(from, to)) {
      const own = rows.filter((row) => row.dataset["page"] === String(key));
      const [first, last] = [own[0], own.at(-1)];
      const height = first && last ? last.getBoundingClientRect().bottom - first.getBoundingClientRect().top : 0;
      heights.current.set(key, height);
      all += height;
    }
    if (rows.length > 0) rowHeight.current ??= all / rows.length;
  };

  useLayoutEffect(() => {
    if (list.current?.offsetParent == null) return;
    land();
    putBack();
    measure();
    tellTop();
    // Once those around the list have had their say in where it is scrolled to.
    queueMicrotask(() => void settle());
  });

  useEffect(() => {
    const shown = list.current;
    if (!shown) return;
    const onScroll = (): void => {
      void settle();
      tellTop();
    };
    // It scrolls with its sheet, or with the page.
    document.addEventListener("scroll", onScroll, { capture: true, passive: true });
    let width = shown.clientWidth;
    const sized = new ResizeObserver(() => {
      if (shown.clientWidth === width || shown.clientWidth === 0) return;
      width = shown.clientWidth;
      heights.current.clear();
      rowHeight.current = undefined;
      measure();
      void settle();
    });
    sized.observe(shown);
    return () => {
      document.removeEventListener("scroll", onScroll, { capture: true });
      sized.disconnect();
    };
  }, []);

  useEffect(() => {
    const shown = list.current;
    const scrolled = scroller();
    if (!props.aim || !shown || !scrolled) return;
    const { seq } = props.aim;
    aim.current = props.aim;
    const at = props.pages.findIndex(({ key }) => key <= seq);
    const before = props.pages.slice(0, Math.max(0, at)).reduce((sum, page) => sum + heightOf(page), 0);
    scrolled.scrollTop += shown.getBoundingClientRect().top + before;
    void settle().then(land);
  }, [props.aim]);

  const { pages, kept, from, before, after, above } = frame.value;
  const total = pages.reduce((sum, { seqs }) => sum + seqs.length, 0);
  let nth = pages.slice(0, from).reduce((sum, { seqs }) => sum + seqs.length, 0);
  let day = rowsOf(above).at(-1)?.day;
  return (
    <ol ref={list} class="kept" aria-label={props.label} tabIndex={-1} style={{ paddingBlockStart: `${before}px`, paddingBlockEnd: `${after}px` }}>
      {kept.flatMap((some, index) => {
        const page = pages[from + index] as Page;
        const first = nth;
        nth += page.seqs.length;
        return rowsOf(some).map((row) => {
          const isNewDay = row.day !== day && row.day !== "";
          day = row.day;
          return (
            <li
              key={row.seq}
              data-page={page.key}
              data-seq={row.seq}
              data-at={row.at ?? undefined}
              data-kind={row.kind}
              data-from={row.from}
              aria-posinset={first + page.seqs.indexOf(row.seq) + 1}
              aria-setsize={total}
              tabIndex={-1}
            >
              {isNewDay && <h3>{row.day}</h3>}
              {row.folds > 0 ? (
                <Folded count={row.folds} onUnfold={props.onUnfold} />
              ) : (
                <>
                  <p class={row.own ? "words" : "about"} dir="auto">
                    {row.hue !== undefined && <Swatch hue={row.hue} />}
                    {row.text}
                  </p>
                  <small>
                    {row.from === "other" ? <Name of={props.other} first /> : props.me === undefined ? words.between.you : <Name of={props.me} first />}
                    {row.at !== null && ` · ${row.clock}`}
                    {props.onInPlace && (
                      <>
                        {" · "}
                        <button type="button" class="in-place" onClick={() => props.onInPlace?.(row.seq)}>
                          {words.past.inPlace}
                        </button>
                      </>
                    )}
                    {row.aside && ` · ${words.aside.mark}`}
                  </small>
                </>
              )}
            </li>
          );
        });
      })}
    </ol>
  );
};

/** What came aside, one after the other, is one row. */
const folded = (rows: readonly Row[], folds: boolean): readonly Row[] => {
  if (!folds || !rows.some(({ aside }) => aside)) return rows;
  const shown: Row[] = [];
  for (const row of rows) {
    const last = shown.at(-1);
    if (row.aside && last && last.folds > 0) shown[shown.length - 1] = { ...last, seq: row.seq, folds: last.folds + 1 };
    else shown.push(row.aside ? { ...row, folds: 1 } : row);
  }
  return shown;
};

const Folded = ({ count, onUnfold }: { readonly count: number; readonly onUnfold: (() => void) | undefined }): JSX.Element => {
  const { words } = useApp();
  return (
    <p class="folded" data-folded={count}>
      {words.aside.folded(count)}{" "}
      <button type="button" class="in-place" onClick={onUnfold}>
        {words.aside.show}
      </button>
    </p>
  );
};
