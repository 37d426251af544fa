/**
 * The arithmetic of a list of which only what is near the screen is drawn. It is cut into pages that keep who is in them:
 * what comes later makes the first page longer or a new one before it, so that measured heights stay true.
 */

/** A run of rows, newest first. Its key is the last row's seq, which never changes. */
export interface Page {
  readonly key: number;
  readonly seqs: readonly number[];
}

export const rowsOfPage = 24;

/** `seqs` newest first. */
export const intoPages = (seqs: readonly number[]): readonly Page[] => {
  // Counted from the oldest, so that the page that still grows is the first.
  const first = seqs.length % rowsOfPage;
  const starts = [...(first > 0 ? [0] : []), ...Array.from({ length: Math.floor(seqs.length / rowsOfPage) }, (_, at) => first + at * rowsOfPage)];
  return starts.map((start, at) => pageOf(seqs.slice(start, starts[at + 1])));
};

const pageOf = (seqs: readonly number[]): Page => ({ key: seqs.at(-1) as number, seqs });

/** `newer`: newest first, all of them newer than what is there. */
export const withNewer = (pages: readonly Page[], newer: readonly number[]): readonly Page[] => {
  if (newer.length === 0) return pages;
  const [first, ...rest] = pages;
  if (!first || first.seqs.length + newer.length > rowsOfPage) return [...intoPages(newer), ...pages];
  return [pageOf([...newer, ...first.seqs]), ...rest];
};

/** Which pages are drawn, and how much room stands for the others. */
export interface Drawn {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** All pages that reach into `top` to `bottom`, both from the list's own beginning; beyond its ends, the last or first one. */
export const drawnOf = (heights: readonly number[], top: number, bottom: number): Drawn => {
  let [from, before, end] = [0, 0, 0];
  while (from < heights.length - 1 && before + (heights[from] as number) <= top) before += heights[from++] as number;
  let to = from;
  end = before;
  while (to < heights.length && (to === from || end < bottom)) end += heights[to++] as number;
  let after = 0;
  for (let at = to; at < heights.length; at++) after += heights[at] as number;
  return { from, to, before, after };
};

/**
 * Of things in order, newest first, the first that is not newer than `until`: the last one where all are. What has no
 * time counts as newer. Looks at some fifteen of 20,000.
 */
export const findUntil = async (count: number, timeOf: (at: number) => Promise<number | null>, until: number): Promise<number> => {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const time = await timeOf(middle);
    if (time !== null && time <= until) high = middle;
    else low = middle + 1;
  }
  return low;
};
