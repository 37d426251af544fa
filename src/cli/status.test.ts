import { expect, test } from "vitest";
import type { TogetherView } from "../line/view.ts";
import { deviceLines, noticeSentence } from "./devices.ts";
import { backupSentence, statusSentences, wordsSentence } from "./sentences.ts";
import { statusJson } from "./status.ts";
import { createTimes } from "./times.ts";

const noon = Date.UTC(2026, 5, 15, 12, 0);
const times = createTimes("en-GB", "UTC");
const view: TogetherView = {
  stage: "together",
  bond: "b1",
  now: noon,
  connection: { state: "online", since: noon, relay: "https://relay.example.org", trouble: null, clockAhead: null, waiting: 0 },
  me: { name: "Ada" },
  other: { name: "Ben", state: { is: "beside" } },
  feeling: { me: null, other: null },
  hour: { here: "UTC", place: null, me: null, other: null },
  touch: { holding: false, offered: false, met: false },
  thoughts: [],
  words: null,
  compared: true,
  grants: [],
  presenceAsked: true,
  latecomerAt: null,
  gapAt: null,
  devices: {
    mine: [{ index: 0, name: "", since: noon, here: true, newUntil: null }],
    theirs: [{ index: 1, name: "", since: noon, here: false, newUntil: null }],
  },
  adding: null,
  deviceNotices: [],
  backup: { at: noon, behind: false },
  transfer: null,
  mending: null,
};

test("[LINE5] what this device missed by being away too long is told, to people and to programs, with the time that was noticed", () => {
  const gap = { ...view, gapAt: noon - 3_600_000 };
  expect(statusJson(gap, "kept")).toMatchObject({ gap: "2026-06-15T11:00:00.000Z" });
  expect(statusSentences(gap, noon, times)).toContain("away too long: some of what was said before 11:00 is not on the relay");
});

test("[LINE5] without such a gap nothing is said of one", () => {
  expect(statusJson(view, "kept")).toMatchObject({ gap: null });
  expect(statusSentences(view, noon, times)).not.toContain("away");
});

test("[DEV1] what happened to devices is told on both sides, each in its own words", () => {
  const notices = (["added", "removed", "restored", "again"] as const).flatMap((is) =>
    (["me", "other"] as const).map((who) => ({ is, who, at: noon, name: who === "me" ? "laptop" : "" })),
  );
  const sentences = notices.map((notice) => noticeSentence(notice, "Ben"));
  expect(new Set(sentences).size).toBe(notices.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  for (const sentence of sentences) expect(sentence).not.toMatch(/\b(he|she|him|her|his|hers|they|them|their)\b/i);
  const seen = { ...view, deviceNotices: notices };
  expect(statusJson(seen, "kept")["notices"]).toContainEqual({ is: "added", from: "other", at: "2026-06-15T12:00:00.000Z", name: null });
  for (const sentence of sentences) expect(statusSentences({ ...seen, other: { ...view.other, name: "Ben" } }, noon, times)).toContain(sentence);
});

test("[DEV1] devices are listed by their number on the line, and only mine by name", () => {
  const mine = [
    { index: 0, name: "", since: null, here: true, newUntil: null },
    { index: 2, name: "laptop", since: noon - 60_000, here: false, newUntil: noon + 60_000 },
  ];
  expect(statusJson({ ...view, devices: { mine, theirs: [] } }, "kept")["devices"]).toEqual({
    mine: [
      { index: 0, name: null, since: null, here: true, newUntil: null },
      { index: 2, name: "laptop", since: "2026-06-15T11:59:00.000Z", here: false, newUntil: "2026-06-15T12:01:00.000Z" },
    ],
    theirs: [],
  });
  expect(deviceLines(mine, noon, times)).toEqual(["   0  this one", "   2  laptop, since 11:59, new until 12:01"]);
});

test("[LOSE1] a line that is being taken up again, and how far the backup is, are told calmly", () => {
  for (const why of ["gap", "set-back", "cannot-follow", "taken-up"] as const) {
    expect(statusJson({ ...view, mending: why }, "kept")).toMatchObject({ mending: why });
    expect(statusSentences({ ...view, mending: why }, noon, times)).toMatch(/taking the line up again|being taken up again/);
  }
  expect(backupSentence(view, times)).toBe("Backed up on the line at 12:00.");
  expect(backupSentence({ ...view, backup: { at: noon, behind: true } }, times)).toContain("what came since is not yet");
  expect(backupSentence({ ...view, backup: { at: null, behind: true } }, times)).toContain("not backed up");
  expect(backupSentence({ ...view, backup: { at: null, behind: false } }, times)).toBe("");
  expect(wordsSentence("to-keep")).toContain("beside words backup");
  expect([wordsSentence("kept"), wordsSentence("elsewhere")]).toEqual(["", ""]);
});

test("[PAIR4] a device that asks is told as one that asks: what it shows, and that it has nothing", () => {
  const arriving = {
    stage: "arriving",
    bond: "b1",
    connection: view.connection,
    me: { name: "" },
    step: "asking",
    code: ["one", "two", "three"],
    transfer: null,
  } as const;
  expect(statusSentences(arriving, noon, times)).toContain("one  two  three");
  expect(statusJson(arriving, "elsewhere")).toMatchObject({
    other: { name: null, state: "arriving" },
    arriving: { step: "asking", code: ["one", "two", "three"] },
    words: "elsewhere",
  });
  const fetching = { ...arriving, step: "fetching", transfer: { what: "fetching", done: 30, total: 120 } } as const;
  expect(statusSentences(fetching, noon, times)).toContain("25 %");
});
