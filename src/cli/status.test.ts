import { expect, test } from "vitest";
import type { PromiseView, TogetherView } from "../line/view.ts";
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
  apart: { me: null, other: null },
  endAt: null,
  promises: [],
  question: null,
  life: { me: null, other: null },
  askAgainAt: null,
  keeping: false,
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

test("[BOUND4] a pause of mine says its terms and who knows; of the other's, what was announced", () => {
  const pause = { dark: false, since: noon, until: noon + 3_600_000, when: "the harvest is in", passes: ["touch"], announced: true, heldSince: noon };
  const mine = { ...view, apart: { me: pause, other: null } };
  expect(statusSentences(mine, noon, times)).toMatch(
    /You are apart since 12:00, until 13:00: .*the harvest is in.*\. Ben is told\. You let pass: touch\. `beside back`/u,
  );
  expect(statusSentences({ ...mine, apart: { me: { ...pause, announced: false }, other: null } }, noon, times)).toContain("Nobody is told");
  expect(statusJson(mine, "kept")).toMatchObject({ apart: { me: { announced: true, until: "2026-06-15T13:00:00.000Z", passes: ["touch"] }, other: null } });
  const away = { ...view, other: { name: "Ben", state: { is: "away", why: "dark", since: noon, until: noon + 3_600_000, when: null } } } as const;
  expect(statusSentences(away, noon, times)).toContain("Ben is out of reach until 13:00, as announced.");
  expect(statusJson(away, "kept")).toMatchObject({ other: { state: "away", why: "dark", until: "2026-06-15T13:00:00.000Z" } });
});

test("[END1] an end says by whom, and as long as the relay does not have it, that", () => {
  const ended = {
    stage: "ended",
    bond: "b1",
    connection: view.connection,
    me: { name: "Ada" },
    other: { name: "Ben" },
    hour: view.hour,
    wiped: false,
    keeping: false,
  } as const;
  const mine = { ...ended, by: "me", told: false, cannot: null, since: noon } as const;
  expect(statusSentences(mine, noon, times)).toMatch(/^You ended the bond with .*Ben.* \(12:00\)\. Ended here; the relay does not know yet/u);
  expect(statusJson(mine, "kept")).toMatchObject({ other: { state: "ended" }, by: "me", told: false });
  const theirs = statusSentences({ ...ended, by: "other", told: true, cannot: null, since: null }, noon, times);
  expect(theirs).toMatch(/Ben.* ended the bond\.$/u);
});

test.each([
  ["unknown", "The relay does not know this line"],
  ["removed", "on this device alone"],
] as const)("[END1] an end that the relay cannot be told of (%s) says that, and not that the relay is still to be told", (cannot, text) => {
  const ended = { stage: "ended", bond: "b1", connection: view.connection, me: { name: "Ada" }, other: { name: "Ben" }, hour: view.hour } as const;
  const mine = { ...ended, by: "me", told: false, cannot, since: noon, wiped: false, keeping: false } as const;
  expect(statusSentences(mine, noon, times)).toContain(text);
  expect(statusSentences(mine, noon, times)).not.toContain("yet");
  expect(statusJson(mine, "kept")).toMatchObject({ told: false, cannot });
});

test("[PRES3] silence that this device could not have heard is not told without its own trouble", () => {
  const silent = { ...view, other: { name: "Ben", state: { is: "unheard", since: noon } } } as const;
  expect(statusSentences(silent, noon, times)).not.toContain("This device itself");
  expect(statusSentences({ ...silent, connection: { ...view.connection, state: "offline" } }, noon, times)).toContain("This device itself is not connected.");
});

test("[KEEP2] in the quiet view nothing is asked", () => {
  const asks = { ...view, compared: false };
  expect(statusSentences(asks, noon, times)).toContain("not compared yet");
  expect(statusSentences({ ...asks, keeping: true }, noon, times)).not.toMatch(/`beside|not compared/);
});

const promised: PromiseView = {
  id: "3fa2".padEnd(32, "0"),
  owner: "other",
  words: "home by nine",
  by: noon + 3_600_000,
  when: null,
  opens: null,
  life: null,
  lateAt: noon + 4_200_000,
  opensAt: noon + 4_500_000,
  state: "guarded",
  why: null,
  guard: { relay: "https://relay.example.org", due: noon + 3_600_000, checked: noon - 125_000 },
  firedLateAt: null,
  releasedAt: null,
  settledAt: null,
  unconfirmed: false,
  unanswered: null,
  spoke: null,
  down: null,
  hasNote: true,
  note: null,
  farewell: null,
  since: noon - 3_600_000,
  farewellAt: null,
  farewellStopped: false,
  aside: false,
};
const withPromise = (over: Partial<PromiseView>): string => statusSentences({ ...view, promises: [{ ...promised, ...over }] }, noon, times);

test("[PROM2] a promise says until when it is guarded, by which relay, and when that was checked; else why it is not", () => {
  expect(withPromise({})).toContain(
    "Ben promised “home by nine”, by 13:00. Guarded until 13:00 by https://relay.example.org, checked 2 minutes ago. Not kept, it is late at 13:10, and its note opens at 13:15.",
  );
  expect(withPromise({ owner: "me", state: "unguarded", why: "not-checked" })).toMatch(
    /You promised .*Not guarded: the relay was not heard for more than five minutes/,
  );
  expect(withPromise({ owner: "me", state: "kept", unconfirmed: true, settledAt: noon })).toContain("Kept at 12:00. Not yet at the relay.");
  expect(statusJson({ ...view, promises: [promised] }, "kept")).toMatchObject({
    promises: [
      { id: promised.id, words: "home by nine", by: "2026-06-15T13:00:00.000Z", state: "guarded", guard: { checked: "2026-06-15T11:57:55.000Z" }, note: null },
    ],
  });
});

test("[PROM5] one without a date says what it waits for, and nothing of time or of being late", () => {
  const sentence = withPromise({ by: null, when: "the letter is here", state: "open", guard: null, lateAt: null, opensAt: null, hasNote: false });
  expect(sentence).toContain("Ben promised “home by nine”, when this is so: the letter is here.");
  expect(sentence).not.toMatch(/late|guarded|Past/i);
});

test("[PROM7] past the deadline without the relay's word, and what the relay said too early or of an earlier form, are told", () => {
  expect(withPromise({ state: "unguarded", why: "not-checked", unanswered: noon })).toContain("Past the deadline, and the relay has not answered.");
  const late = { state: "late", firedLateAt: noon } as const;
  expect(withPromise({ ...late, why: "silent", unanswered: noon + 60_000 })).toContain(
    "It should have opened at 12:01, and the relay has not answered. Late since 12:00.",
  );
  expect(withPromise({ ...late, why: "lost" })).toMatch(/Late since 12:00\. Not kept, its note opens at 13:15\. Not guarded: /);
  expect(withPromise({ spoke: "early" })).toContain("The relay spoke too early about it.");
  expect(withPromise({ spoke: "superseded" })).toContain("as it was before");
});

test("[PROM3] a note that opened is read, each of its lines as its own; [LIFE2] and when the relay was down, that", () => {
  const over = {
    state: "released",
    releasedAt: noon,
    note: "look in the box\nYou ended this bond.",
    down: { from: noon - 600_000, until: noon - 60_000 },
  } as const;
  const sentence = withPromise(over);
  expect(sentence).toMatch(/Its note:\n {4}look in the box\n {4}You ended/);
  expect(sentence).toContain("The relay was down from 11:50 to 11:59.");
  const later = { ...view, now: noon + 8 * 86_400_000, promises: [{ ...promised, ...over }] };
  expect(statusSentences(later, later.now, times)).not.toContain("look in the box");
});

test("[LIFE1] a sign of life says its window, and when few are guarded ahead, that", () => {
  const window: PromiseView = { ...promised, id: "w".padEnd(32, "1"), owner: "me", life: "l1", opens: noon - 60_000, hasNote: false, opensAt: null };
  const life = { id: "l1", words: "all is well", zone: "Europe/Vienna", from: 480, to: 665, ahead: 3, few: true, why: null, window: window.id, isOpen: true };
  const living = { ...view, promises: [window, { ...window, id: "later", opens: noon + 86_000_000 }], life: { me: life, other: null } };
  expect(statusSentences(living, noon, times)).toMatch(
    /You give a sign of life every day between 08:00 and 11:05 \(Europe\/Vienna\): “all is well”\. The window is open until 13:00: `beside sign`\. Only 3 windows/,
  );
  const unheard = { ...living, life: { me: null, other: { ...life, ahead: 14, few: false, why: "not-checked" as const } } };
  expect(statusSentences(unheard, noon, times)).toContain("14 windows ahead are at the relay, and not guarded: the relay was not heard");
  expect(statusJson(living, "kept")).toMatchObject({
    promises: [{ id: window.id }],
    life: { me: { from: "08:00", to: "11:05", ahead: 3, few: true, open: true, window: { due: "2026-06-15T13:00:00.000Z" } }, other: null },
  });
});

test("[PROM1] [BOUND4] what the other asked for stands in the status, also where nobody watched when it came", () => {
  const asked = { ...view, question: { words: "when will you\nbe home?", at: noon - 3_600_000 } };
  expect(statusJson(asked, "kept")).toMatchObject({ question: { words: "when will you\nbe home?", at: "2026-06-15T11:00:00.000Z" } });
  expect(statusSentences(asked, noon, times)).toMatch(/Ben.* asked for a promise \(11:00\): .*when will you be home\?/);
  expect(statusJson(view, "kept")).toMatchObject({ question: null });
  expect(statusSentences(view, noon, times)).not.toContain("asked for");
});
