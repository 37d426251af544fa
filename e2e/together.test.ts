import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldShows, openPerson, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";

describe("two browsers, one relay", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay, "127.0.0.1")]);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[PAIR3] pair by a link, under two names of one relay, and see the same six words", async () => {
    const { adas, bens } = await pairUp(ada, ben);
    expect(adas).toEqual(bens);
  });

  it("[PRES1] are beside each other", async () => {
    await fieldShows(ada, "state", "beside");
    await fieldShows(ben, "state", "beside");
  });

  it("[SAY1] what one says shows on the other's field", async () => {
    await say(ada, "the kettle is on");
    await ben.page.locator(".said[data-from=other]", { hasText: "the kettle is on" }).waitFor();
  });

  it("no console error, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
