import { describe, expect, it } from "vitest";
import { breaks, type Break } from "../sabotage/breaks.ts";
import { tryBreaks, type Tried } from "../sabotage/harness.ts";
import { root } from "./web.ts";

const quick = breaks.filter((one) => one.quick);

describe("Sabotage", () => {
  it("each break has a name of its own", () => {
    expect(new Set(breaks.map(({ name }) => name)).size).toBe(breaks.length);
    expect(quick.length).toBe(5);
  });

  it("each of the quick breaks turns its test red; what proves nothing is not taken for red", { timeout: 240_000 }, async () => {
    const [one] = quick as [Break, ...Break[]];
    const [[text]] = one.edits as [Break["edits"][number]];
    const odd: readonly (readonly [Break, Tried["verdict"]])[] = [
      [{ ...one, test: { ...one.test, name: "[SAY1] nobody wrote this" } }, "not green before"],
      [{ ...one, edits: [["nobody wrote this", ""]] }, "mend the list"],
      [{ ...one, edits: [[text, "((("]] }, "no proof"],
      [{ ...one, edits: [[text, text]] }, "GREEN"],
    ];
    const wanted = [...quick.map((each) => [each, "red"] as const), ...odd];
    const tried = await tryBreaks(
      root,
      wanted.map(([each]) => each),
    );
    expect(tried.map(({ one: { name }, verdict, why }) => [name, verdict, verdict === "red" ? why : ""])).toEqual(
      wanted.map(([{ name }, verdict]) => [name, verdict, ""]),
    );
  });
});
