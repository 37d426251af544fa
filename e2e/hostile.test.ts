/** The small form of `npm run hostile` in a real browser: the other has a modified client. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { facingPage, type HonestPage } from "../hostile/page.ts";
import type { Member } from "../hostile/member.ts";
import { mixed, scenes } from "../hostile/scenes.ts";
import { startRelay, type RelayProcess } from "./kit.ts";

let relay: RelayProcess;
let honest: HonestPage;
let member: Member;
beforeAll(async () => {
  relay = await startRelay();
  ({ honest, member } = await facingPage(relay));
});
afterAll(async () => {
  member?.close();
  await honest?.person.close();
  await relay?.stop();
});

const mebi = 1024 * 1024;

it("[BOUND3] nothing a hostile other sends breaks the page, becomes more than text, or keeps me from speaking", async () => {
  for (const scene of scenes.filter(({ rule }) => rule === "BOUND2" || rule === "BOUND3")) {
    await scene.run(member, 0.3);
    expect([scene.name, await honest.wrongs()]).toEqual([scene.name, []]);
  }
  await honest.say("mine all the same");
  expect(await honest.wrongs()).toEqual([]);
});

it("[BOUND3] a flood of everything that moves a screen fills no memory of the page, and I can speak in it", async () => {
  const { value, grown } = await honest.during(async () => {
    const flooding = member.flood(1000, 5, mixed);
    await honest.say("mine in the flood");
    return flooding;
  });
  expect(value.offered).toBeGreaterThan(1000);
  expect(grown / mebi).toBeLessThan(20);
  expect(await honest.wrongs()).toEqual([]);
});
