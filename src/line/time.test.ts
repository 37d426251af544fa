import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context } from "./event.ts";
import type { State } from "./state.ts";
import { lineNow, setTime } from "./time.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const day = 24 * 60 * 60_000;
const relay = 1_800_000_000_000;
type Timed = Pick<State, "anchor" | "offset" | "unsaved">;
const at = (wall: number, monotonic: number): Context => ({ wall, monotonic, random: (length) => new Uint8Array(length) });
const fresh = (wall: number, monotonic: number): State =>
  ({ anchor: { line: wall, monotonic }, offset: 0, unsaved: { put: [], drop: [], dirty: false, retryAt: 0 } }) satisfies Timed as unknown as State;

describe("Line time", () => {
  it.each([0, -day, day, 3000])("[PRES1] is the relay's, however wrong this device's clock is (by %i ms)", (skew) => {
    const state = setTime(fresh(relay + skew, 500), relay, at(relay + skew, 500));
    expect(lineNow(state, at(relay + skew, 500))).toBe(relay);
    expect(lineNow(state, at(relay + skew + 60_000, 60_500))).toBe(relay + 60_000);
  });

  it("[PRES1] between two words of the relay it never goes back, however the clock is moved", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -day, max: day }),
        fc.array(fc.tuple(fc.nat(60_000), fc.integer({ min: -day, max: 0 })), { maxLength: 20 }),
        (skew, steps) => {
          let [wall, monotonic] = [relay + skew, 0];
          const state = setTime(fresh(wall, 0), relay, at(wall, 0));
          let last = relay;
          for (const [passed, moved] of steps) {
            monotonic += passed;
            wall += passed + moved;
            const now = lineNow(state, at(wall, monotonic));
            expect(now).toBeGreaterThanOrEqual(last);
            // Set back, it runs on by the monotonic clock alone.
            expect(now).toBe(relay + monotonic);
            last = now;
          }
        },
      ),
    );
  });

  it("[PRES1] a laptop that slept is not younger than the truth: the wall clock ran on, the monotonic one did not", () => {
    const state = setTime(fresh(relay, 0), relay, at(relay, 0));
    expect(lineNow(state, at(relay + 8 * 60 * 60_000, 1000))).toBe(relay + 8 * 60 * 60_000);
  });

  it("[PRES1] it follows the relay's word, back as well as on", () => {
    let state = setTime(fresh(relay + day, 0), relay, at(relay + day, 0));
    state = setTime(state, relay + 5000, at(relay + day + 1000, 1000));
    expect(lineNow(state, at(relay + day + 1000, 1000))).toBe(relay + 5000);
    state = setTime(state, relay + 2000, at(relay + day + 2000, 2000));
    expect(lineNow(state, at(relay + day + 2000, 2000))).toBe(relay + 2000);
  });

  it("[PRES1] a clock found wrong is remembered for the next start; a little drift is not worth a write", () => {
    const moved = setTime(fresh(relay + day, 0), relay, at(relay + day, 0));
    expect([moved.offset, moved.unsaved.dirty]).toEqual([-day, true]);
    expect(setTime({ ...moved, unsaved: { put: [], drop: [], dirty: false, retryAt: 0 } }, relay + 1000, at(relay + day, 1000)).unsaved.dirty).toBe(false);
  });
});
