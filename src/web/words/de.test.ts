import { expect, test } from "vitest";
import { de } from "./de.ts";
import { createTimes } from "./time.ts";

test("names stand in German quotation marks, in their own direction", () => {
  expect(de.devices.removeTitle("עדה")).toBe("„\u2068עדה\u2069“ entfernen?");
});

test("counts follow German: one, several, and grouped thousands", () => {
  expect(de.mine.waiting(1)).toBe("1 Sache wartet auf das Senden");
  expect(de.memories.count(12_345)).toBe("12.345 Einträge");
  expect(de.mine.clock(-1)).toBe("Die Uhr dieses Geräts geht 1 Minute nach.");
  expect(de.backup.share(0.42)).toBe("42\u00a0%");
});

test("where a name is not known, the sentences hold with what stands in its place", () => {
  expect(de.touch.hold(de.someone)).toContain("\u2068die andere Person\u2069 zu berühren");
  expect(de.say.title(de.someone)).toContain("für \u2068die andere Person\u2069");
});

test("[PRES3] ages and times are German, with twenty-four hours, whatever a time has before it", () => {
  const times = createTimes("de", de.justNow, "UTC");
  const now = Date.UTC(2026, 0, 15, 18, 42);
  const minute = 60_000;
  expect(de.state.near(times.ago(now - 9 * minute, now))).toBe("nah · vor 5 Minuten");
  expect(de.state.near(times.ago(now, now))).toBe("nah · gerade eben");
  expect(de.state.unheard(times.at(now - 60 * minute, now))).toBe("nichts gehört seit 17:42");
  expect(de.state.unheard(times.at(now - 24 * 60 * minute, now))).toMatch(/^nichts gehört seit Mittwoch\D+18:42$/);
  expect(de.state.unheard(times.at(now - 30 * 24 * 60 * minute, now))).toMatch(/^nichts gehört seit 16\. Dezember\D+18:42$/);
});
