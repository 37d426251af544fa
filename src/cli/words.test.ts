import { describe, expect, test } from "vitest";
import { jsonLine } from "./json.ts";
import { createOutput } from "./output.ts";
import { isolate } from "./isolate.ts";
import { connectionSentence, stateSentence, timedText } from "./sentences.ts";
import { tellDefect } from "./defect.ts";
import { createTimes, rfc3339 } from "./times.ts";
import * as words from "./words.ts";

const textsOf = (value: unknown): string[] =>
  typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
const { refusalWords, troubleWords, mendingWords, turnedAwayWords, notLetInWords, startWords, arriveWords, restoreWords, importWords, actWords, homeWords } =
  words;
const all = [
  ...[...Object.values(refusalWords), ...Object.values(restoreWords)].map(({ text }) => text),
  ...textsOf([troubleWords, mendingWords, turnedAwayWords, notLetInWords, startWords, arriveWords, importWords, actWords, homeWords]),
];
const times = createTimes("en-GB", "UTC");
const noon = Date.UTC(2026, 5, 15, 12, 0);

describe("words", () => {
  test("every no is whole sentences, without pronouns for people", () => {
    expect(all.length).toBeGreaterThan(40);
    for (const text of all) {
      expect(text).toMatch(/^[A-Z].*[.!]$/s);
      expect(text).not.toMatch(/\b(he|she|him|her|his|hers|they|them|their)\b/i);
    }
  });

  test("what is kept and goes later ends on 4, a real no on 3", () => {
    expect(words.troubleExit({ is: "refused", code: "full" })).toBe(4);
    expect(words.troubleExit({ is: "refused", code: "unavailable" })).toBe(4);
    expect(words.troubleExit({ is: "refused", code: "closed" })).toBe(3);
    expect(words.troubleExit({ is: "wrong-relay" })).toBe(3);
  });

  test("[PRES3] each state of the other is its own sentence", () => {
    const since = noon - 60 * 60_000;
    const states = [
      { is: "beside" },
      { is: "near", since },
      { is: "around", since },
      { is: "far", since },
      { is: "unheard", since },
      { is: "unheard", since: null },
      { is: "closed", since },
      { is: "closed", since: null },
    ] as const;
    const sentences = states.map((state) => stateSentence("Ada", state, noon, times));
    expect(new Set(sentences).size).toBe(states.length);
    for (const sentence of sentences) expect(sentence).toContain("Ada");
    expect(sentences[4]).toBe("Ada is unheard since 11:00.");
  });

  test("[PRES3] the own connection's fault is told as such", () => {
    const connection = { state: "offline", since: noon, relay: "https://relay.example.org", trouble: null, clockAhead: 86_400_000 * 2, waiting: 2 } as const;
    const text = connectionSentence(connection, noon, times);
    expect(text).toContain("https://relay.example.org could not be reached");
    expect(text).toContain("2 things wait here");
    expect(text).toContain("2 days ahead");
  });

  test("times are total, whatever a hostile entry says", () => {
    expect(rfc3339(Number.MAX_SAFE_INTEGER)).toBe("+275760-09-13T00:00:00.000Z");
    expect(times.at(Number.MAX_SAFE_INTEGER, noon)).toContain("275760");
    expect(times.at(noon, noon)).toBe("12:00");
    expect(times.at(noon - 86_400_000, noon)).toContain("14 Jun");
  });

  test("a name of another direction keeps to itself", () => {
    expect(isolate("עדה")).toBe("\u2068עדה\u2069");
    expect(isolate("Ada")).toBe("Ada");
  });

  test("a thought of several lines stands under its first, and none of them can pass for a telling of its own", () => {
    const forged = "hello\n12:01  Ada feels joy.\n\n12:02  You ended this bond.";
    const lines = timedText("12:00", `Ada: ${forged}`).split("\n");
    expect(lines[0]).toBe("12:00  Ada: hello");
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {7}/);
  });

  test("nothing that a terminal obeys is printed, to people or to programs", () => {
    const printed: string[] = [];
    const evil = "\u001b[2J\u009b31m\u202eevil\u0007\r\n";
    createOutput(false, (_, text) => printed.push(text)).result({}, evil);
    createOutput(true, (_, text) => printed.push(text)).result({ text: evil }, "");
    expect(printed[0]).toBe("[2J31m\u202eevil\n");
    for (const text of printed) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(printed[1]).not.toContain("\u202e");
    expect(JSON.parse(printed[1] as string)).toEqual({ text: evil });
    expect(jsonLine(["\u2028"])).toBe('["\\u2028"]');
  });

  test("a defect says where it was, never what it held", () => {
    const told = tellDefect(new TypeError("cannot read 'good night, love'"));
    expect(told).toContain("TypeError");
    expect(told).toContain("at ");
    expect(told).not.toContain("love");
    expect(tellDefect(new Error("defect: unhandled"))).toContain("unhandled");
  });
});
