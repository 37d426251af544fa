import { expect, it } from "vitest";
import type { PastEvent } from "../line/history.ts";
import { linesOf } from "./history.ts";
import { en } from "./words/en.ts";
import { createTimes } from "./words/time.ts";

const times = createTimes("en", "just now", "UTC");
const at = Date.UTC(2026, 0, 15, 18, 40);
const events: readonly PastEvent[] = [
  { is: "device", at, what: "added", who: "me", name: "Tablet", device: 2 },
  { is: "gave", at, by: 0, sense: "presence", give: "full", until: at + 3_600_000 },
  { is: "gave", at, by: 2, sense: "touch", give: "off", until: null },
  { is: "apart", at, by: 7, until: null, dark: true },
  { is: "back", at, by: 0 },
];
const plain = (text: string | null): string | undefined => text?.replaceAll(/[\u2066-\u2069]/g, "");

it("[BOUND6] each line says what, when and from which device of mine: by its name where it has one, also after it is gone", () => {
  const here = { index: 0, name: "", since: at, here: true, newUntil: null };
  const lines = linesOf(events, [here], "ben", en, times);
  expect(lines.map(({ text, by }) => [plain(text), plain(by)])).toEqual([
    [expect.stringContaining("Your device “Tablet” was added"), undefined],
    ["began to give presence, until 7:40 PM", "this device"],
    ["stopped giving touch", "“Tablet”"],
    ["was out of reach for a while", "a device of yours"],
    ["came back", "this device"],
  ]);
  expect(new Set(lines.map(({ day }) => day))).toEqual(new Set(["Thursday, January 15, 2026"]));
});
