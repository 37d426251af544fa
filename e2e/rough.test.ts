/** The day of two people once more, on slow phones and a bad network: slow 3G that loses one packet in five. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDevice, between, fieldShows, openPerson, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";
import { slow3g, startRoughNetwork, type RoughNetwork } from "./rough-network.ts";

const patience = 60_000;
const seed = 7;

const slowDown = async ({ context, page }: Person): Promise<void> => {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
};
const thoughtOn = (person: Person, text: string) => person.page.locator(".said .drift", { hasText: text }).first();
const hold = async ({ page }: Person): Promise<void> => {
  await page.locator("button.light.mine").focus();
  await page.keyboard.down("Space");
};
const letGo = ({ page }: Person): Promise<void> => page.keyboard.up("Space");

describe("slow phones on a bad network", () => {
  let relay: RelayProcess;
  let network: RoughNetwork;
  let ada: Person;
  let ben: Person;
  let tablet: Person;

  beforeAll(async () => {
    relay = await startRelay();
    network = await startRoughNetwork(relay.port, seed);
    const there = { ...relay, port: network.port };
    [ada, ben, tablet] = await Promise.all([openPerson("Ada", there, "localhost"), openPerson("Ben", there), openPerson("Tablet", there)]);
    for (const { context } of [ada, ben, tablet]) context.setDefaultTimeout(patience);
    await Promise.all([ada, ben, tablet].map(slowDown));
    network.weather(slow3g);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close(), tablet?.close()]);
    await network?.stop();
    await relay?.stop();
  });

  it("[PAIR2] the two find each other", async () => {
    const { adas, bens } = await pairUp(ada, ben);
    expect(adas).toEqual(bens);
    for (const person of [ada, ben]) await fieldShows(person, "state", "beside", patience);
  });

  it("[SAY1] what both say at once arrives once, in the same order, also what was said while offline and across a reload", async () => {
    await ada.context.setOffline(true);
    await fieldShows(ada, "connection", "offline", patience);
    await say(ada, "from the tunnel");
    await Promise.all([ada.context.setOffline(false), say(ben, "on the platform")]);
    await ada.page.reload();
    await thoughtOn(ben, "from the tunnel").waitFor({ timeout: patience });
    await thoughtOn(ada, "on the platform").waitFor({ timeout: patience });
    await fieldShows(ada, "waiting", "0", patience);
    await fieldShows(ben, "waiting", "0", patience);
    const [adas, bens] = [await between(ada), await between(ben)];
    expect(adas).toEqual(bens);
    expect([...adas].sort()).toEqual(["from the tunnel", "on the platform"]);
  });

  it("[TOUCH1] touch is met, and ends when one lets go", async () => {
    for (const person of [ada, ben]) await fieldShows(person, "state", "beside", patience);
    await hold(ada);
    await fieldShows(ben, "touch", "offered", patience);
    await hold(ben);
    await fieldShows(ada, "touch", "met", patience);
    await letGo(ada);
    await fieldShows(ben, "touch", "mine", patience);
    await letGo(ben);
    for (const person of [ada, ben]) await fieldShows(person, "touch", "none", patience);
  });

  it("[DEV1] a second device of hers comes, and has what was kept", async () => {
    const { here, there } = await addDevice(ada, tablet);
    expect(there).toEqual(here);
    await expect.poll(async () => (await between(tablet)).length, { timeout: patience }).toBe(2);
  });

  it("a relay killed and started again loses nothing that it confirmed", async () => {
    await relay.kill();
    await fieldShows(ben, "connection", "offline", patience);
    await say(ben, "are you there");
    await relay.restart();
    for (const person of [ada, tablet]) await thoughtOn(person, "are you there").waitFor({ timeout: patience });
    expect((await between(ada)).filter((text) => text === "are you there")).toHaveLength(1);
  });

  it("no console error, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs, ...tablet.wrongs]).toEqual([]);
  });
});
