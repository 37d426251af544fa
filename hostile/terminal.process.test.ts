/** The small form of `npm run hostile`: a hostile other against a real `beside watch` over a real relay process. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKit, type Line } from "../src/cli/testing/cli-kit.ts";
import { afterEnd } from "./after-end.ts";
import { toldWrongs, wrongsOf } from "./checks.ts";
import { facing, type Honest } from "./honest.ts";
import type { Member } from "./member.ts";
import { mixed, scenes } from "./scenes.ts";

const kit = createKit();
let honest: Honest;
let member: Member;
let before: Line;
beforeAll(async () => {
  const relay = await kit.relay();
  ({ honest, member } = await facing(kit, relay.url));
  before = await honest.status();
});
afterAll(() => kit.cleanUp());

/** Its state, what it told, and that what it says goes through. */
const holds = async (): Promise<void> => {
  await honest.say("mine");
  expect([...wrongsOf(before, await honest.status()), ...toldWrongs(honest)]).toEqual([]);
};
const run = (name: string): Promise<void> => {
  const scene = scenes.find((one) => one.name === name);
  if (!scene) throw new Error(`no such scene: ${name}`);
  return scene.run(member, 1);
};
const mebi = 1024 * 1024;

describe("A hostile other against a terminal", () => {
  it.each([
    "wrong types for every sense",
    "bytes that are no entry, deep nesting, maximum sizes",
    "replayed, forged and reordered",
    "lies about time, far ahead and behind",
    "bidi, HTML and control signs in every text",
    "grants of a thousand senses, names and pauses without end",
    "live frames and touches without end",
  ])("[BOUND3] %s: my state stays mine, and what I say goes through", async (name) => {
    await run(name);
    await holds();
  });

  it("[BOUND2] grants, names and words in my name change nothing of mine", async () => {
    await run("grants, names and words in the other's name");
    await holds();
  });

  it("[DEV5] kinds that nobody knows, one after the other, are kept and harm nothing", async () => {
    await run("kinds that nobody knows, each another");
    await holds();
  });

  it("[LOG11] [BOUND3] of a thousand entries a second the relay takes its share, and my memory and my own words stay as they were", async () => {
    const resident = honest.resident();
    const { offered, taken } = await member.flood(1000, 4, mixed);
    expect([offered > 1000, taken < 1200]).toEqual([true, true]);
    await holds();
    expect((honest.resident() - resident) / mebi).toBeLessThan(150);
  });

  it("[END1] after the end nothing that it sends does anything", async () => {
    const { wrongs } = await afterEnd(member, () => honest.watching.line((line) => line.kind === "ended"));
    expect(wrongs).toEqual([]);
  });
});
