import { expect, test } from "vitest";
import type { TogetherView } from "../line/view.ts";
import { statusSentences } from "./sentences.ts";
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
  touch: { holding: false, offered: false, met: false },
  thoughts: [],
  words: null,
  compared: true,
  grants: [],
  presenceAsked: true,
  latecomerAt: null,
  gapAt: null,
};

test("[LINE5] what this device missed by being away too long is told, to people and to programs, with the time that was noticed", () => {
  const gap = { ...view, gapAt: noon - 3_600_000 };
  expect(statusJson(gap)).toMatchObject({ gap: "2026-06-15T11:00:00.000Z" });
  expect(statusSentences(gap, noon, times)).toContain("away too long: some of what was said before 11:00 is not on the relay");
});

test("[LINE5] without such a gap nothing is said of one", () => {
  expect(statusJson(view)).toMatchObject({ gap: null });
  expect(statusSentences(view, noon, times)).not.toContain("away");
});
