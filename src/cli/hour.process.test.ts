import { afterAll, beforeAll, expect, test } from "vitest";
import { createKit, type Person } from "./testing/cli-kit.ts";

const kit = createKit();
let ada: Person;
let ben: Person;
let relay: Awaited<ReturnType<typeof kit.relay>>;

beforeAll(async () => {
  relay = await kit.relay();
  ada = kit.person();
  ben = kit.person();
  const { json } = await ada.run("invite", "--name", "ada", "--relay", relay.url);
  await ben.tell(String(json["link"]), "join", "--name", "ben");
  await ada.run("accept");
  await ben.run("status");
});
afterAll(() => kit.cleanUp());

test("[MOON1] before it is given, the other's hour and moon are not known, and that is said", async () => {
  const { json, code } = await ada.run("moon");
  expect([code, json["other"], json["both"]]).toEqual([0, null, null]);
  expect((await ada.plain("moon")).stdout).toContain("ben does not show the hour there.");
});

test("[BOUND3] what is no place is refused, and nothing is given", async () => {
  const ends = await Promise.all(["91,0", "0,181", "here", "48;16", "1e3,0"].map((typed) => ben.run("hour", "on", "--place", typed)));
  expect(ends.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  expect((await ada.run("status")).json["hour"]).toEqual({ me: null, other: null });
});

test("[MOON1] with both places, whether the moon is up for each and for both; the relay may be gone", async () => {
  expect((await ben.run("hour", "on", "--place", "35.7,139.7")).json).toMatchObject({ hour: "full", me: { zone: "UTC", place: { lat: 36, lon: 140 } } });
  expect((await ada.run("hour", "on", "--place=-34,151")).code).toBe(0);
  expect((await ada.plain("status")).stdout).toContain("for both");
  relay.process.kill("SIGTERM");
  await relay.process.ended;
  const { json, code } = await ada.run("moon");
  expect(code).toBe(0);
  expect(json).toMatchObject({ me: { place: { lat: -34, lon: 151 }, offset: 0 }, other: { zone: "UTC", place: { lat: 36, lon: 140 }, offset: 0 } });
  expect(json["both"]).toMatchObject({ up: expect.any(Boolean) });
  expect((await ada.plain("moon")).stdout).toMatch(/^For you it is \d+:\d\d.*, and the moon is (up|down)\./);
});

test("[MOON1] taken back, it is gone there", async () => {
  relay = await kit.relay(relay.data, relay.port);
  expect((await ben.run("hour", "off")).json).toMatchObject({ hour: "off", me: null });
  expect((await ada.run("moon")).json["other"]).not.toBeNull();
  expect((await ada.run("status")).json["hour"]).toMatchObject({ other: null });
  expect((await ada.run("moon")).json["other"]).toBeNull();
});
