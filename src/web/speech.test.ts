import { expect, test, vi } from "vitest";
import { rememberingMemory } from "./setting.testing.ts";
import { createSpeech } from "./speech.ts";
import { en } from "./words/en.ts";
import { pickLanguage, type Languages } from "./words/languages.ts";

const other = { ...en, language: "de", title: "Daneben" };
const two = (load = async () => other): Languages => [
  { tag: "en", name: "English", load: async () => en },
  { tag: "de", name: "Deutsch", load },
];
test("a person's choice comes first, then what the browser asks for, with or without a region, then English", () => {
  const pick = (chosen: string | null, ...asked: string[]) => pickLanguage(two(), chosen, asked).tag;
  expect(pick("en", "de")).toBe("en");
  expect(pick(null, "fr", "de-AT", "en-GB")).toBe("de");
  expect(pick(null, "DE")).toBe("de");
  expect(pick(null, "fr")).toBe("en");
  expect(pick("gone", "de")).toBe("de");
  expect(pick(null)).toBe("en");
});

test("a language is spoken once its table came, with its times; a choice is remembered, and can be left to the browser again", async () => {
  const memory = rememberingMemory();
  const speech = createSpeech(two(), memory, ["de-AT"]);
  expect(speech.spoken.value.words.title).toBe("Beside");
  await vi.waitFor(() => expect(speech.spoken.value.words.title).toBe("Daneben"));
  expect(speech.spoken.value.times.day(Date.UTC(2026, 0, 15, 12))).toContain("Jänner");
  await speech.choose("en");
  expect(speech.spoken.value.tag).toBe("en");
  expect(createSpeech(two(), memory, ["de"]).chosen.value).toBe("en");
  await speech.choose(null);
  expect(speech.spoken.value.tag).toBe("de");
  expect(createSpeech(two(), memory, ["de"]).chosen.value).toBe(null);
});

test("a table that cannot be had leaves English, and one that comes too late is not spoken", async () => {
  const failing = createSpeech(
    two(async () => Promise.reject(new TypeError("Failed to fetch"))),
    rememberingMemory(),
    ["en"],
  );
  await failing.choose("de");
  expect(failing.spoken.value.tag).toBe("en");

  let arrive: (table: typeof other) => void = () => {};
  const late = createSpeech(
    two(() => new Promise((resolve) => (arrive = resolve))),
    rememberingMemory(),
    ["en"],
  );
  const choosing = late.choose("de");
  await late.choose("en");
  arrive(other);
  await choosing;
  expect(late.spoken.value.tag).toBe("en");
});

test("where the browser blocks what a page keeps, a language can be chosen all the same", async () => {
  const speech = createSpeech(
    two(),
    {
      storage: () => {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
      watch: () => {},
    },
    [],
  );
  await speech.choose("de");
  expect(speech.spoken.value.tag).toBe("de");
});

test("what one tab chose, the others speak too", async () => {
  const memory = rememberingMemory();
  const [one, another] = [createSpeech(two(), memory, []), createSpeech(two(), memory, [])];
  await one.choose("de");
  await vi.waitFor(() => expect(another.spoken.value.tag).toBe("de"));
});
