import { expect, test } from "vitest";
import { rememberingMemory } from "./setting.testing.ts";
import { createSound } from "./sound.ts";

test("[TOUCH1] where the browser blocks what a page keeps, the tone is there and can be switched, and nothing throws", () => {
  const sound = createSound({
    storage: () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
    watch: () => {},
  });
  expect(sound.on.value).toBe(true);
  sound.switch(false);
  expect(sound.on.value).toBe(false);
});

test("[TOUCH1] a tone that was switched off stays off in this browser", () => {
  const memory = rememberingMemory();
  createSound(memory).switch(false);
  expect(createSound(memory).on.value).toBe(false);
});
