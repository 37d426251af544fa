import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "./adapters/clock.ts";
import { createKit, eventually, pair } from "./testing/cli-kit.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof kit.relay>>;
beforeAll(async () => {
  relay = await kit.relay();
});
afterAll(kit.cleanUp);

const wordsOf = (json: Record<string, unknown>): unknown => json["words"];

describe("Ada invites Ben", () => {
  test("[PAIR2] an invitation, a knock, an acceptance: and they are together", async () => {
    const [ada, ben] = [kit.person(), kit.person()];
    const invited = await ada.run("invite", "--name", "Ada", "--relay", relay.url);
    expect(invited.code).toBe(0);
    expect(Object.keys(invited.json)).toEqual(["bond", "link", "expires"]);
    expect(invited.json["bond"]).toMatch(/^[0-9a-f]{32}$/);
    expect(String(invited.json["link"]).startsWith(`${relay.url}/#join=`)).toBe(true);
    const life = Date.parse(String(invited.json["expires"])) - systemClock.now();
    expect(life).toBeGreaterThan(23.9 * 3_600_000);
    expect(life).toBeLessThan(24.1 * 3_600_000);
    expect((await ada.run("status")).json).toMatchObject({ me: { name: "Ada" }, other: { name: null, state: "waiting", since: null } });

    // Without a name, the same link again.
    expect((await ada.run("invite")).json["link"]).toBe(invited.json["link"]);

    const joined = await ben.tell(String(invited.json["link"]), "join", "--name", "Ben");
    expect(joined.code).toBe(0);
    expect(joined.json).toEqual({ bond: invited.json["bond"], accepted: false });
    expect((await ben.run("status")).json).toMatchObject({ other: { state: "waiting" } });

    const knocks = await ada.run("knocks");
    expect(knocks.json).toMatchObject({ bond: invited.json["bond"], knocks: [{ id: 1, name: "Ben" }] });
    const accepted = await ada.run("accept");
    expect(accepted.code).toBe(0);
    expect(accepted.json).toEqual({ bond: invited.json["bond"], accepted: true, name: "Ben" });

    const status = await ben.run("status");
    expect(status.code).toBe(0);
    expect(status.json).toMatchObject({ me: { name: "Ben" }, other: { name: "Ada", state: "closed" }, compared: false, show: { on: false, asked: false } });
    expect((await ben.run("bonds")).json).toMatchObject({ bonds: [{ other: { name: "Ada" } }] });
  });

  test("[PAIR3] both see the same six words, and each can note that they were compared", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const [hers, his] = [await ada.run("words"), await ben.run("words")];
    expect(wordsOf(hers.json)).toHaveLength(6);
    expect(wordsOf(his.json)).toEqual(wordsOf(hers.json));
    expect(hers.json["compared"]).toBe(false);
    expect((await ada.run("words", "--compared")).json["compared"]).toBe(true);
    expect((await ada.run("status")).json["compared"]).toBe(true);
    expect((await ben.run("status")).json["compared"]).toBe(false);
  });

  test("a link with words around it opens, and one with its end cut off is told", async () => {
    const [ada, ben] = [kit.person(), kit.person()];
    const link = String((await ada.run("invite", "--name", "Ada", "--relay", relay.url)).json["link"]);
    const half = await ben.tell(link.slice(0, -20), "join", "--name", "Ben");
    expect(half.code).toBe(3);
    expect(JSON.parse(half.stderr)).toMatchObject({ error: "incomplete" });
    const none = await ben.tell("https://example.org/", "join", "--name", "Ben");
    expect(none.code).toBe(3);
    expect(JSON.parse(none.stderr)).toMatchObject({ error: "not-an-invitation" });
    expect((await ben.run("bonds")).json).toEqual({ bonds: [] });
    const own = await ada.tell(link, "join", "--name", "Ada");
    expect(own.code).toBe(3);
    expect(JSON.parse(own.stderr)).toMatchObject({ error: "own-invitation" });
    expect((await ben.tell(`Here it is:\n${link}\nSee you!`, "join", "--name", "Ben")).code).toBe(0);
  });

  test("[PAIR1] a third with the used link is turned away, and the two are told", async () => {
    const { ada, ben, link } = await pair(kit, relay.url);
    const eve = kit.person();
    const watching = await ada.watch();
    const third = await eve.tell(link, "join", "--name", "Eve");
    expect(third.code).toBe(3);
    expect(JSON.parse(third.stderr)).toMatchObject({ error: "taken" });
    expect((await eve.run("bonds")).json).toEqual({ bonds: [] });
    await watching.line((line) => line.kind === "latecomer");
    expect((await ben.run("status")).json["latecomer"]).toMatch(/Z$/);
    expect((await ben.plain("status")).stdout).toContain("Someone came with the used invitation");
    expect((await ben.run("status")).json["latecomer"]).toBe(null);
    // And the one who is in already is told so.
    const again = await ben.tell(link, "join", "--name", "Ben");
    expect(again.code).toBe(3);
    expect(JSON.parse(again.stderr)).toMatchObject({ error: "already-together" });
  });

  test("[PAIR2] four can wait at the door, a fifth finds it crowded; one is let in, the others hear that it is taken", async () => {
    const ada = kit.person();
    const link = String((await ada.run("invite", "--name", "Ada", "--relay", relay.url)).json["link"]);
    const people = [1, 2, 3, 4, 5].map(() => kit.person());
    for (const [at, person] of people.slice(0, 4).entries()) expect((await person.tell(link, "join", "--name", `Stranger ${at + 1}`)).code).toBe(0);
    const fifth = await people[4]!.tell(link, "join", "--name", "Stranger 5");
    expect(fifth.code).toBe(3);
    expect(JSON.parse(fifth.stderr)).toMatchObject({ error: "crowded" });
    const knocks = (await ada.run("knocks")).json["knocks"] as { id: number; name: string }[];
    expect(knocks.map(({ name }) => name)).toEqual(["Stranger 1", "Stranger 2", "Stranger 3", "Stranger 4"]);
    const several = await ada.run("accept");
    expect(several.code).toBe(2);
    expect((await ada.run("accept", "77")).code).toBe(3);
    const third = knocks[2]!;
    expect((await ada.run("accept", String(third.id))).json).toMatchObject({ accepted: true, name: "Stranger 3" });
    expect((await people[2]!.run("status")).json).toMatchObject({ other: { name: "Ada" } });
    const turned = await people[0]!.run("status");
    expect(turned.code).toBe(3);
    expect(JSON.parse(turned.stderr)).toMatchObject({ error: "taken" });
    const bond = String((await people[0]!.run("bonds")).json["bonds"] && ((await people[0]!.run("bonds")).json["bonds"] as { bond: string }[])[0]!.bond);
    expect((await people[0]!.run("forget", "--bond", bond.slice(0, 6))).code).toBe(0);
    expect((await people[0]!.run("bonds")).json).toEqual({ bonds: [] });
  });

  test("[PRES2] what was said on inviting about being shown is done once they are together, and not before", async () => {
    const { ada, ben } = await pair(kit, relay.url, "--show", "on");
    for (const person of [ada, ben]) {
      const status = await eventually(
        () => person.run("status"),
        ({ json }) => (json["show"] as { on: boolean }).on,
      );
      expect(status.json["show"]).toMatchObject({ on: true, asked: true });
    }
    expect((await ada.run("show", "off")).json).toMatchObject({ show: "off", until: null });
    expect((await ada.run("status")).json["show"]).toEqual({ on: false, until: null, asked: true });
    expect((await ben.run("status")).json).toMatchObject({ other: { state: "closed" } });
  });
});
