import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginTime, countAt, lookAtTime, type Look, type Reading } from "./vigil-time.ts";

const minute = 60_000;
const at = (wall: number, monotonic: number, awake?: number): Reading => ({ wall, monotonic, awake });
const start = 1_800_000_000_000;

describe("the clock that vigils fire by", () => {
  it("[VIG5] begins at the wall's time, or at the last that was written down where that is later", () => {
    expect(beginTime(at(start, 5), undefined, minute)).toMatchObject({ time: { count: start, offset: 0 }, notices: [] });
    expect(beginTime(at(start, 5), start - 30_000, minute)).toMatchObject({ time: { count: start }, notices: [] });
    expect(beginTime(at(start, 5), start + 500, minute)).toMatchObject({ time: { count: start + 500, offset: -500 }, notices: [] });
    expect(beginTime(at(start, 5), start + minute, minute)).toMatchObject({ time: { count: start + minute }, notices: [{ kind: "set", by: -minute }] });
  });

  it("[VIG6] says how long the relay was not there, from a minute on", () => {
    expect(beginTime(at(start, 5), start - minute, minute).notices).toEqual([]);
    expect(beginTime(at(start, 5), start - minute - 1, minute).notices).toEqual([{ kind: "gap", from: start - minute - 1, until: start }]);
    const { time } = beginTime(at(start, 5), undefined, minute);
    expect(lookAtTime(time, at(start + minute, minute + 5), minute).notices).toEqual([]);
    expect(lookAtTime(time, at(start + minute + 1, minute + 6), minute).notices).toEqual([{ kind: "gap", from: start, until: start + minute + 1 }]);
  });

  it("[VIG5] tells a machine that slept from a clock that was set, where the system says how long it is up", () => {
    const { time } = beginTime(at(start, 0, 100), undefined, minute);
    expect(lookAtTime(time, at(start + 11_000, 1000, 11_100), minute)).toMatchObject({
      time: { count: start + 11_000, offset: 0 },
      notices: [{ kind: "slept", millis: 10_000 }],
    });
    expect(lookAtTime(time, at(start + 11_000, 1000, 1100), minute)).toMatchObject({
      time: { count: start + 1000, offset: 10_000 },
      notices: [{ kind: "set", by: 10_000 }],
    });
    const { time: unsure } = beginTime(at(start, 0), undefined, minute);
    expect(lookAtTime(unsure, at(start + 11_000, 1000), minute)).toMatchObject({ time: { count: start + 1000 }, notices: [{ kind: "set", by: 10_000 }] });
    // Asleep, and set meanwhile.
    expect(lookAtTime(time, at(start - 3_600_000, 1000, 11_100), minute)).toMatchObject({
      time: { count: start + 11_000 },
      notices: [{ kind: "slept" }, { kind: "set", by: -3_611_000 }],
    });
  });

  it("[VIG5] never goes back, never runs ahead of what went by, and reports a clock that was set once", () => {
    const step = fc.record({
      ran: fc.integer({ min: 0, max: 2 * minute }),
      slept: fc.integer({ min: 0, max: 3 * minute }),
      set: fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e9 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, tells) => {
        let [wall, monotonic, up] = [start, 77, 1234];
        let { time }: Look = beginTime(at(wall, monotonic, tells ? up : undefined), undefined, minute);
        let real = 0;
        for (const { ran, slept, set } of steps) {
          const before = countAt(time, monotonic);
          wall += ran + slept + set;
          monotonic += ran;
          up += ran + slept;
          real += ran + slept;
          expect(countAt(time, monotonic)).toBe(before + ran);
          const looked = lookAtTime(time, at(wall, monotonic, tells ? up : undefined), minute);
          ({ time } = looked);
          expect(countAt(time, monotonic)).toBeGreaterThanOrEqual(before + ran);
          expect(countAt(time, monotonic) - start).toBeLessThanOrEqual(real);
          const moved = tells && (slept > 500 || slept === 0) ? set : set + slept;
          if (Math.abs(moved) > 3000) expect(looked.notices.filter(({ kind }) => kind === "set").length).toBe(1);
          expect(lookAtTime(time, at(wall, monotonic, tells ? up : undefined), minute).notices).toEqual([]);
        }
      }),
    );
  });
});
