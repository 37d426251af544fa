import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawnOf, findUntil, intoPages, rowsOfPage, withNewer, type Page } from "./windowed.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const sum = (all: readonly number[]): number => all.reduce((one, two) => one + two, 0);
const seqsOf = (pages: readonly Page[]): readonly number[] => pages.flatMap(({ seqs }) => seqs);
const falling = (count: number, last = 1): readonly number[] => Array.from({ length: count }, (_, at) => last + (count - 1 - at) * 2);

describe("a list of which only a window is drawn", () => {
  test("[KEEP1] every page that shows is drawn, and what is not drawn has its room", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { minLength: 1, maxLength: 60 }), fc.integer({ min: -2000, max: 40_000 }), fc.nat(3000), (heights, top, tall) => {
        const { from, to, before, after } = drawnOf(heights, top, top + tall);
        expect(to).toBeGreaterThan(from);
        expect(before).toBe(sum(heights.slice(0, from)));
        expect(after).toBe(sum(heights.slice(to)));
        let start = 0;
        for (const [at, height] of heights.entries()) {
          const shows = height > 0 && start + height > top && start < top + tall;
          if (shows) expect(at >= from && at < to).toBe(true);
          start += height;
        }
      }),
    );
  });

  test("[KEEP1] no page is drawn that is far away", () => {
    const heights = Array.from({ length: 1000 }, () => 100);
    expect(drawnOf(heights, 50_000, 51_000)).toEqual({ from: 500, to: 510, before: 50_000, after: 49_000 });
    expect(drawnOf(heights, -500, 250)).toEqual({ from: 0, to: 3, before: 0, after: 99_700 });
    expect(drawnOf(heights, 200_000, 201_000)).toEqual({ from: 999, to: 1000, before: 99_900, after: 0 });
    expect(drawnOf([], 0, 100)).toEqual({ from: 0, to: 0, before: 0, after: 0 });
  });

  test("[KEEP1] what comes later stands before all, and no page that was full changes", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }), (count, comings) => {
        let all = falling(count);
        let pages = intoPages(all);
        for (const coming of comings) {
          const newer = falling(coming, (all[0] ?? 0) + 2);
          const before = pages;
          pages = withNewer(pages, newer);
          all = [...newer, ...all];
          expect(seqsOf(pages)).toEqual(all);
          expect(pages.slice(pages.length - before.length).map(({ key }) => key)).toEqual(before.map(({ key }) => key));
        }
        for (const { key, seqs } of pages) {
          expect(seqs.at(-1)).toBe(key);
          expect(seqs.length).toBeLessThanOrEqual(rowsOfPage);
        }
        expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length);
      }),
    );
  });

  test("[KEEP1] a day is found in few looks: the first thing that is not newer, or the oldest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }), fc.nat(1100), async (some, until) => {
        const times = some.toSorted((a, b) => b - a);
        let looks = 0;
        const found = await findUntil(
          times.length,
          async (at) => {
            looks++;
            return times[at] ?? null;
          },
          until,
        );
        const first = times.findIndex((time) => time <= until);
        expect(found).toBe(first < 0 ? times.length - 1 : first);
        expect(looks).toBeLessThanOrEqual(9);
      }),
    );
  });
});
