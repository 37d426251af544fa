import { expect, test } from "vitest";
import { relayIn, unknownIn, wordsIn } from "./typed.ts";

test("[LOSE1] words are counted however they were typed", () => {
  expect(wordsIn("1. Abandon\n2. ABILITY, able;about")).toEqual(["abandon", "ability", "able", "about"]);
  expect(wordsIn(" \n 12 ")).toEqual([]);
  expect(wordsIn("über straße")).toHaveLength(2);
});

test("[LOSE1] a word that is on no list is named; four letters stand for the whole word", () => {
  expect(unknownIn("abandon aban abou about")).toEqual([]);
  expect(unknownIn("abandon abuot zebra ab über")).toEqual(["abuot", "ab", "über"]);
});

test("a relay may be typed without its scheme and with a slash", () => {
  expect(relayIn(" relay.example.org/ ")).toBe("https://relay.example.org");
  expect(relayIn("relay.example.org:8443")).toBe("https://relay.example.org:8443");
  expect(relayIn("http://127.0.0.1:7777")).toBe("http://127.0.0.1:7777");
  expect(relayIn("ftp://relay.example.org")).toBe("ftp://relay.example.org");
  expect(relayIn("javascript:alert(1)")).toBe("javascript:alert(1)");
});
