import fc from "fast-check";
import { expect, test } from "vitest";
import { hourIn, offsetIn } from "./zone.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const june = Date.UTC(2026, 5, 15, 18, 20);
const january = Date.UTC(2026, 0, 15, 18, 20);

test("[MOON1] a zone's clocks, in summer and winter, by name and by offset", () => {
  expect([offsetIn("Europe/Vienna", june), offsetIn("Europe/Vienna", january)]).toEqual([120, 60]);
  expect([offsetIn("Asia/Kathmandu", june), offsetIn("UTC", june), offsetIn("+05:45", june), offsetIn("-03:30", june)]).toEqual([345, 0, 345, -210]);
  expect(hourIn("Europe/Vienna", june)).toBeCloseTo(20 + 20 / 60);
  expect(hourIn("-12:00", Date.UTC(2026, 0, 1, 3))).toBe(15);
});

test("[MOON1] a change of the clocks is one of that zone's minutes, and no other", () => {
  const change = Date.UTC(2026, 2, 29, 1);
  expect([offsetIn("Europe/Vienna", change - 1), offsetIn("Europe/Vienna", change)]).toEqual([60, 120]);
});

test("[BOUND3] a zone that nobody knows has no hour, and nothing throws, whatever it is called and whenever", () => {
  expect(offsetIn("Europe/Atlantis", june)).toBeUndefined();
  expect(offsetIn("Europe/Vienna", 8.65e15)).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.double(), (zone, now) => {
      const hour = hourIn(zone, now);
      if (hour !== undefined && Number.isFinite(now)) expect(hour >= 0 && hour < 24).toBe(true);
    }),
  );
});
