import { expect, test } from "vitest";
import { faultOf } from "./camera.ts";

const named = (name: string): Error => Object.assign(new Error("x"), { name });

test("why there is no camera is told apart by the browser's own names, and what has none is said to have broken", () => {
  expect(
    ["NotAllowedError", "SecurityError", "NotFoundError", "OverconstrainedError", "NotReadableError", "AbortError"].map((name) => faultOf(named(name))),
  ).toEqual(["denied", "denied", "none", "none", "in-use", "broken"]);
  expect(faultOf("nothing of the kind")).toBe("broken");
});
