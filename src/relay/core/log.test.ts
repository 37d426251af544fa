import { describe, expect, it } from "vitest";
import { World } from "./test-kit.ts";
describe("smoke", () => {
  it("pairs", () => {
    const w = new World();
    const { ana, ben } = w.pair();
    expect(ben.append(1, 1).map((f) => f.type)).toEqual(["acked"]);
    expect(ana.take().map((f) => f.type)).toEqual(["entries"]);
  });
});
