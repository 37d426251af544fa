import { expect, test } from "vitest";
import { createSound } from "./sound.ts";

test("[TOUCH1] where the browser blocks what a page keeps, the tone is there and can be switched, and nothing throws", () => {
  const sound = createSound(() => {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  });
  expect(sound.on.value).toBe(true);
  sound.switch(false);
  expect(sound.on.value).toBe(false);
});

test("[TOUCH1] a tone that was switched off stays off in this browser", () => {
  const kept = new Map<string, string>();
  const memory = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  createSound(memory).switch(false);
  expect(createSound(memory).on.value).toBe(false);
});
