import { expect, test } from "vitest";
import type { Kept } from "../line/home.ts";
import type { KeptSource } from "../line/kept-pages.ts";
import { readKept, writeData, writePage } from "./export.ts";
import { en } from "./words/en.ts";
import { createTimes } from "./words/time.ts";

const times = createTimes("en", "just now", "UTC");
const at = Date.UTC(2026, 0, 15, 18, 40);
const kept: readonly Kept[] = [
  { id: "1", seq: 1, from: "other", kind: "thought", at, body: { text: "<img src=x onerror=alert(1)> & \u202eevil", at } },
  { id: "2", seq: 2, from: "me", kind: "feeling", at, body: { hue: 45, strength: 90, at } },
  { id: "3", seq: 3, from: "other", kind: "glimpse", at: null, body: { bytes: new Uint8Array([1, 2, 3]) } },
];
const people = { me: "Ben", other: "<b>Ada</b>" };

const sourceOf = (all: readonly Kept[]): KeptSource => ({
  kept: async ({ before = Infinity, limit }) =>
    all
      .filter(({ seq }) => seq < before)
      .toReversed()
      .slice(0, limit),
  places: async () => all.map(({ seq }) => seq),
});
const pageOf = async (all: readonly Kept[]): Promise<string> => (await writePage(sourceOf(all), people, en, times, at)).join("");
const dataOf = async (all: readonly Kept[]): Promise<string> => (await writeData(sourceOf(all), "ab", people, at)).join("");

test("[KEEP1] the page is readable, names its authors, and makes markup of nobody's words", async () => {
  const page = await pageOf(kept);
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt; &amp; evil");
  expect(page).toContain("&lt;b&gt;Ada&lt;/b&gt;");
  expect(page).not.toContain("<img");
  expect(page).not.toContain("\u202e");
  expect(page).toContain("joy, strongly");
  expect(page).toContain("from a newer Beside");
  expect(page).toContain("Thursday, January 15, 2026");
});

test("[KEEP1] the data keeps every entry whole with its author, unknown kinds included", async () => {
  const written = await dataOf(kept);
  expect(written).not.toContain("\u202e");
  const data = JSON.parse(written) as { entries: unknown[] };
  expect(data).toMatchObject({
    format: "beside-bond",
    version: 1,
    bond: "ab",
    me: { name: "Ben" },
    other: { name: "<b>Ada</b>" },
    exported: "2026-01-15T18:40:00.000Z",
  });
  expect(data.entries[2]).toEqual({ id: "3", seq: 3, from: "other", kind: "glimpse", at: null, body: { bytes: { base64url: "AQID" } } });
  expect(data.entries[0]).toMatchObject({ at: "2026-01-15T18:40:00.000Z", body: { text: kept[0] && (kept[0].body as { text: string }).text } });
});

test("[KEEP1] everything is taken, piece by piece, oldest first, and how far it is is told", async () => {
  const all: readonly Kept[] = Array.from({ length: 1203 }, (_, seq) => ({
    id: String(seq),
    seq,
    from: "me",
    kind: "thought",
    at,
    body: { text: `n${seq}`, at },
  }));
  const told: number[] = [];
  const written = await writeData(sourceOf(all), "ab", people, at, (done, total) => told.push(done / total));
  expect(written.length).toBeGreaterThan(10);
  expect((JSON.parse(written.join("")) as { entries: { seq: number }[] }).entries.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq));
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  const page = await pageOf(all);
  expect(page.match(/n\d+(?=<)/g)).toEqual(all.map(({ seq }) => `n${seq}`));
  expect(page.match(/<h2>/g)).toHaveLength(1);
});

test("[BOUND6] the history goes with it as a section of its own; what came aside is marked", async () => {
  const source = {
    ...sourceOf([{ id: "4", seq: 4, from: "other", kind: "thought", at, body: { text: "set aside", at }, aside: true }]),
    history: async () => [{ is: "gave", at, by: 0, sense: "presence", give: "full", until: at + 60_000 } as const, { is: "back", at, by: 0 } as const],
  };
  const data = JSON.parse((await writeData(source, "ab", people, at)).join("")) as { entries: unknown[]; history: unknown[] };
  expect(data.entries).toMatchObject([{ id: "4", aside: true }]);
  expect(data.history).toEqual([
    { at: "2026-01-15T18:40:00.000Z", is: "gave", by: 0, sense: "presence", give: "full", until: "2026-01-15T18:41:00.000Z" },
    { at: "2026-01-15T18:40:00.000Z", is: "back", by: 0 },
  ]);
  const page = (await writePage(source, people, en, times, at)).join("");
  expect(page.indexOf("<h2>Your history</h2>")).toBeGreaterThan(page.indexOf("set aside"));
  expect(page).toContain("began to give presence, until 6:41 PM");
  expect(page).toContain("not let in");
  expect(await pageOf(kept)).not.toContain("Your history");
});

test("[KEEP1] nothing kept is an export too", async () => {
  expect(JSON.parse(await dataOf([]))).toMatchObject({ entries: [] });
  expect(await pageOf([])).toContain("</html>");
});

test("[BOUND3] a time from the end of time does not keep anything from being shown or taken along", async () => {
  const never: Kept = { id: "9", seq: 9, from: "other", kind: "thought", at: Number.MAX_SAFE_INTEGER, body: { text: "x", at: Number.MAX_SAFE_INTEGER } };
  expect(await pageOf([never])).toContain(">x<");
  expect(await dataOf([never])).toContain("275760");
});

test("an entry that is not what its kind says shows nothing, and harms nothing", () => {
  expect(readKept({ id: "1", seq: 1, from: "other", kind: "thought", at, body: { text: 5 } }, en)).toBeUndefined();
  expect(readKept({ id: "1", seq: 1, from: "other", kind: "name", at, body: null }, en)).toBeUndefined();
});
