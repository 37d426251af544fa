import { describe, expect, it } from "vitest";
import { equalBytes } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import { certifyDevice, readCertificate } from "../src/protocol/certificate.ts";
import { decodeFrame, encodeFrame, frameTypes } from "../src/protocol/frames.ts";
import { readInvitation, ticketOf, writeInvitation } from "../src/protocol/invitation.ts";
import { personSeed, publicKey, sha256, sign } from "../src/protocol/keys.ts";
import { knockTranscript } from "../src/protocol/transcripts.ts";
import { decodeCbor } from "../src/protocol/cbor.ts";
import { settle, until, view } from "./world.ts";
import {
  acceptAs,
  act,
  crash,
  diskOf,
  happens,
  homeOf,
  hour,
  invited,
  inviting,
  knockAs,
  lieTo,
  listen,
  minute,
  origin,
  paired,
  quietWorld,
  restart,
  say,
  second,
  stranger,
  textsOf,
  together,
  wordsOf,
} from "./stories-kit.ts";

const stageOf = (who: { readonly bond: { view(): { readonly stage: string } } | null | undefined }): string | undefined => who.bond?.view().stage;
const whyOf = (who: Awaited<ReturnType<typeof stranger>>): string | undefined => {
  const now = who.bond?.view();
  return now?.stage === "turned-away" ? now.why : now?.stage;
};

describe("Making a bond", () => {
  it("[PAIR1] a third with the used link fails visibly: both of the two hear of a latecomer, and the third of taken", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    await acceptAs(world, ada, "Ben");
    const eve = await stranger(world, "Eve");
    await knockAs(world, eve, link);
    expect(whyOf(eve)).toBe("taken");
    const at = world.schedule.now();
    for (const now of [together(ada), ben.bond?.view()])
      expect(now?.stage === "together" && now.latecomerAt !== null && at - now.latecomerAt < 2 * second).toBe(true);
    expect(ada.happened.filter(({ kind }) => kind === "latecomer").length).toBe(1);
    // The two go on, and Ada puts the notice away.
    await act(world, ada, { do: "latecomer-seen" });
    expect(together(ada).latecomerAt).toBeNull();
    await restart(world, ada);
    expect(together(ada).latecomerAt).toBeNull();
  });

  it("[PAIR1] who was away hears of the latecomer when they come back", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    await acceptAs(world, ada, "Ben");
    await crash(world, ada);
    await knockAs(world, await stranger(world, "Eve"), link);
    await world.startPerson(ada);
    await settle(world, 3 * second);
    expect(together(ada).latecomerAt).not.toBeNull();
  });

  it("[PAIR1] a knock whose key package is another person's lets nobody in, and Ada's home stays whole", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const eve = await stranger(world, "Eve", (honest) => ({
      ...honest,
      keyPackage: (_identity, pins) => {
        const [person, device] = [new Secret(new Uint8Array(32).fill(5)), new Secret(new Uint8Array(32).fill(6))];
        return honest.keyPackage({ certificate: certifyDevice(pins.line, person, publicKey(device)), deviceSeed: device }, { ...pins, me: publicKey(person) });
      },
    }));
    await knockAs(world, eve, link);
    const knock = inviting(ada).knocks[0]?.id ?? 0;
    await act(world, ada, { do: "accept", knock });
    await settle(world, 3 * second);
    expect([stageOf(ada), inviting(ada).knocks, inviting(ada).accepting]).toEqual(["inviting", [], null]);
    await restart(world, ada);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    await acceptAs(world, ada, "Ben");
    expect(stageOf(ben)).toBe("together");
  });

  it("[PAIR1] Ben's knock, word for word, under another's key is not shown", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const read = readInvitation(link);
    if (!read.ok) throw new Error(read.error);
    const ear = listen(world);
    await knockAs(world, await stranger(world, "Ben"), link);
    const body = ear.left.flatMap(({ frame }) => (frame.type === "knock" ? [frame.body] : []))[0] as Uint8Array;
    const eve = new Secret(new Uint8Array(32).fill(66));
    let told: string | undefined;
    const connection = world.network.transport("eve").connect(origin, {
      opened: () => undefined,
      closed: () => undefined,
      message: (message) => {
        const decoded = decodeFrame(message);
        if (!decoded.ok) return;
        if (decoded.value.type === "knocked") told = decoded.value.state;
        if (decoded.value.type !== "challenge") return;
        const knock = { line: read.value.line, key: publicKey(eve), ticket: ticketOf(read.value), body };
        connection.send(encodeFrame({ type: "knock", ...knock, signature: sign(eve, "beside/knock/1", knockTranscript(decoded.value, knock)) }));
      },
    });
    await settle(world, 2 * second);
    expect(told).toBe("waiting");
    expect(inviting(ada).knocks.map(({ name }) => name)).toEqual(["Ben"]);
    await acceptAs(world, ada, "Ben");
  });

  it("[PAIR2] opening the link does nothing: reading it makes no knock and no connection", async () => {
    const story = quietWorld();
    const { world, ada, ben } = story;
    const link = await invited(story);
    await world.startPerson(ben);
    const ear = listen(world);
    expect(readInvitation(link).ok).toBe(true);
    await settle(world, minute);
    expect(ear.left.filter(({ device }) => device === "ben")).toEqual([]);
    expect(inviting(ada).knocks).toEqual([]);
    expect(homeOf(ben).bonds()).toEqual([]);
  });

  it("[PAIR2] four strangers knock, a fifth is told it is crowded, none uses the ticket up; one is let in, the others are told taken", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const names = ["Cyd", "Dov", "Ben", "Eve", "Fay"];
    const all = [];
    for (const name of names) {
      const one = await stranger(world, name);
      await knockAs(world, one, link);
      all.push(one);
    }
    expect(inviting(ada).knocks.map(({ name }) => name)).toEqual(names.slice(0, 4));
    expect(all.map((one) => one.bond?.view().connection.trouble)).toEqual([null, null, null, null, { is: "refused", code: "crowded" }]);
    expect(ada.happened.filter(({ kind }) => kind === "knock").map((one) => one["name"])).toEqual(names.slice(0, 4));
    await acceptAs(world, ada, "Ben");
    await settle(world, 2 * minute);
    expect(all.map(whyOf)).toEqual(["taken", "taken", "together", "taken", "taken"]);
    const other = all[2]?.bond?.view();
    expect(other?.stage === "together" && other.other.name).toBe("Ada");
    expect(together(ada).other.name).toBe("Ben");
  });

  it("[PAIR2] after 24 hours it is worth nothing", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const madeAt = world.schedule.now();
    expect(inviting(ada).expires - madeAt).toBeLessThanOrEqual(24 * hour);
    await crash(world, ada);
    await settle(world, madeAt + 24 * hour - world.schedule.now());
    const late = await stranger(world, "Ben");
    await knockAs(world, late, link);
    expect(whyOf(late)).toBe("expired");
  });

  it("[PAIR2] Ada's own link is not for Ada, a tampered one is for nobody, and one to a line that is not there is unknown", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const joins = async (what: string): Promise<unknown> => {
      const joined = await happens(world, homeOf(ada).join({ name: "Ada", link: what }));
      return joined.ok ? "joined" : joined.error;
    };
    expect([await joins(link), await joins(link.slice(0, -3)), await joins("https://elsewhere.test/")]).toEqual([
      "own-invitation",
      "incomplete",
      "not-an-invitation",
    ]);
    const read = readInvitation(link);
    if (!read.ok) throw new Error(read.error);
    const eve = await stranger(world, "Eve");
    await knockAs(world, eve, writeInvitation({ ...read.value, secret: new Secret(new Uint8Array(16)) }));
    expect(whyOf(eve)).toBe("unknown");
    const fay = await stranger(world, "Fay");
    await knockAs(world, fay, writeInvitation({ ...read.value, line: new Uint8Array(16) }));
    expect(whyOf(fay)).toBe("unknown");
    expect(inviting(ada).knocks).toEqual([]);
  });

  it("[PAIR2] nothing is said to a relay whose key is not the one in the link", async () => {
    const story = quietWorld();
    const { world } = story;
    const link = await invited(story);
    const read = readInvitation(link);
    if (!read.ok) throw new Error(read.error);
    const eve = await stranger(world, "Eve");
    const ear = listen(world);
    await knockAs(world, eve, writeInvitation({ ...read.value, relayHash: new Uint8Array(32) }));
    expect(eve.bond?.view().connection.trouble).toEqual({ is: "wrong-relay" });
    expect(ear.left.filter(({ device }) => device === "Eve")).toEqual([]);
  });

  it("[PAIR2] a joiner whose app dies between knock and acceptance goes on where it was", async () => {
    const story = quietWorld();
    const { world, ada, ben } = story;
    const link = await invited(story);
    await world.startPerson(ben);
    const joined = await happens(world, homeOf(ben).join({ name: "Ben", link }));
    if (!joined.ok) throw new Error(joined.error);
    world.adopt(ben, joined.value);
    await until(world, () => inviting(ada).knocks[0]);
    await crash(world, ben);
    await acceptAs(world, ada, "Ben");
    await world.startPerson(ben);
    await until(world, () => (view(ben)?.stage === "together" ? true : undefined));
    await say(world, ben, "here I am");
    await until(world, () => (textsOf(ada).length > 0 ? true : undefined));
    expect(textsOf(ada)).toEqual(["here I am"]);
  });

  it("[PAIR2] an inviter whose app dies in the middle of accepting has let in exactly one", async () => {
    for (let after = 0; after < 12; after++) {
      const story = quietWorld(after + 1);
      const { world, ada } = story;
      const link = await invited(story);
      const ben = await stranger(world, "Ben");
      await knockAs(world, ben, link);
      world.act(ada, { do: "accept", knock: inviting(ada).knocks[0]?.id ?? 0 });
      let events = 0;
      await world.runUntil(world.schedule.now() + 5 * second, () => {
        if (events++ === after) world.crashPerson(ada);
      });
      await world.startPerson(ada);
      await settle(world, 5 * second);
      if (stageOf(ada) === "inviting") await acceptAs(world, ada, "Ben");
      await until(world, () => (stageOf(ben) === "together" ? true : undefined));
      expect(stageOf(ada)).toBe("together");
      await say(world, ada, "hello");
      await settle(world, 2 * second);
      const now = ben.bond?.view();
      expect(now?.stage === "together" && now.thoughts.map(({ text }) => text), `after ${after} events`).toEqual(["hello"]);
    }
  });

  it("[PAIR2] when the relay could not take the acceptance, Ada is told, and can accept again", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    world.log.fault("full");
    const knock = inviting(ada).knocks[0]?.id ?? 0;
    await act(world, ada, { do: "accept", knock });
    await settle(world, 3 * second);
    expect([inviting(ada).accepting, inviting(ada).connection.trouble]).toEqual([null, { is: "refused", code: "unavailable" }]);
    world.log.fault("none");
    await acceptAs(world, ada, "Ben");
    expect([stageOf(ada), stageOf(ben), together(ada).connection.trouble]).toEqual(["together", "together", null]);
  });

  it("[PAIR2] an invitation not wanted any more is taken away, and only that", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    await invited(story);
    await happens(world, homeOf(ada).forget(ada.bond?.id ?? ""));
    expect(homeOf(ada).bonds()).toEqual([]);
    await settle(world, 2 * second);
    expect((await ada.disk.list("bond/")).length).toBe(0);
    const pair = await paired(2);
    await happens(pair.world, homeOf(pair.ada).forget(pair.ada.bond?.id ?? ""));
    expect(homeOf(pair.ada).bonds().length).toBe(1);
  });

  it("[PAIR2] who waits behind an invitation that is taken back is told that nobody waits there, and so is who comes later", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    expect(stageOf(ben)).toBe("knocking");
    await happens(world, homeOf(ada).forget(ada.bond?.id ?? ""));
    await settle(world, 2 * second);
    expect(whyOf(ben)).toBe("unknown");
    const eve = await stranger(world, "Eve");
    await knockAs(world, eve, link);
    expect([whyOf(eve), await ada.disk.list("bond/")]).toEqual(["unknown", []]);
  });

  it("[PAIR2] without a connection an invitation taken back is gone here at once and after a start, and the relay hears of it later", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    world.network.cut("ada");
    await settle(world, 2 * minute);
    let heard = 0;
    homeOf(ada).watch(() => heard++);
    await happens(world, homeOf(ada).forget(ada.bond?.id ?? ""));
    expect([homeOf(ada).bonds(), heard]).toEqual([[], 1]);
    await restart(world, ada);
    expect(homeOf(ada).bonds()).toEqual([]);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    expect(stageOf(ben)).toBe("knocking");
    world.network.mend("ada");
    await settle(world, 10 * minute);
    expect([whyOf(ben), homeOf(ada).bonds(), await ada.disk.list("bond/")]).toEqual(["unknown", [], []]);
  });

  it("[PAIR2] of an invitation taken back that the relay does not know any more nothing stays", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    await invited(story);
    world.network.cut("ada");
    await happens(world, homeOf(ada).forget(ada.bond?.id ?? ""));
    lieTo(world, 0, (frame) => (frame.type === "opened" ? { type: "refused", re: frameTypes.open, n: 0, code: "unknown", after: 0 } : frame));
    world.network.mend("ada");
    await settle(world, 10 * minute);
    expect(await ada.disk.list("bond/")).toEqual([]);
  });

  it("[LOSE1] twelve words find a line behind any number of invitations that were taken back", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    world.startRelay();
    await world.startPerson(ada);
    for (let taken = 0; taken < 17; taken++) {
      const made = await happens(world, homeOf(ada).invite({ name: "Ada", relay: origin }));
      if (!made.ok) throw new Error(made.error);
      await until(world, () => (made.value.view().stage === "inviting" ? true : undefined));
      await happens(world, homeOf(ada).forget(made.value.id));
      await settle(world, second);
    }
    const made = await happens(world, homeOf(ada).invite({ name: "Ada", relay: origin }));
    if (!made.ok) throw new Error(made.error);
    world.adopt(ada, made.value);
    await until(world, () => (stageOf(ada) === "inviting" ? true : undefined));
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, inviting(ada).link);
    await acceptAs(world, ada, "Ben");
    await say(world, ada, "the eighteenth");
    const words = await wordsOf(world, ada);
    await settle(world, 5 * minute);
    const phone = world.newDevice("ada", "new phone");
    await world.startPerson(phone);
    expect(await happens(world, homeOf(phone).restore({ words: words.join(" "), relay: origin, device: "new phone" }))).toMatchObject({ ok: true });
  });

  it("[PAIR3] both see the same six words, and each other pair of people sees others", async () => {
    const [one, two] = [await paired(1), await paired(2)];
    const words = together(one.ada).words;
    expect(words?.length).toBe(6);
    expect(together(one.ben).words).toEqual(words);
    expect(together(two.ada).words).not.toEqual(words);
  });

  it("[PAIR3] a joiner refuses any inviter's key but the one in the link", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const read = readInvitation(link);
    if (!read.ok) throw new Error(read.error);
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, writeInvitation({ ...read.value, inviterHash: sha256(new Uint8Array(32)) }));
    await acceptAs(world, ada, "Ben");
    expect(whyOf(ben)).toBe("impostor");
    const ear = listen(world);
    await settle(world, minute);
    expect(ear.left.filter(({ device }) => device === "Ben")).toEqual([]);
  });

  it("[PAIR3] compared in person is one's own mark: the other's stays as it is, nothing is sent, and it can be taken back", async () => {
    const { world, ada, ben } = await paired();
    expect([together(ada).compared, together(ben).compared]).toEqual([false, false]);
    const ear = listen(world);
    await act(world, ada, { do: "compared", compared: true });
    await settle(world, 5 * second);
    expect([together(ada).compared, together(ben).compared]).toEqual([true, false]);
    expect([ear.sealed, ear.left.filter(({ frame }) => frame.type === "append")]).toEqual([[], []]);
    expect(together(ada).connection.trouble).toBeNull();
    await restart(world, ada);
    expect(together(ada).compared).toBe(true);
    await act(world, ada, { do: "compared", compared: false });
    expect(together(ada).compared).toBe(false);
  });

  it("[NAME1] each is called as they chose, from when they chose it; the other has no act that renames them", async () => {
    const { world, ada, ben } = await paired();
    expect([together(ada).me.name, together(ada).other.name, together(ben).me.name, together(ben).other.name]).toEqual(["Ada", "Ben", "Ben", "Ada"]);
    await act(world, ben, { do: "name", intent: { name: "  Benno \u202e " } });
    await settle(world, 2 * second);
    expect([together(ada).other.name, together(ben).me.name, together(ada).me.name]).toEqual(["Benno", "Benno", "Ada"]);
    expect(await act(world, ben, { do: "name", intent: { name: "\u200d" } })).toEqual({ ok: false, why: "bad-name" });
    await restart(world, ada);
    expect(together(ada).other.name).toBe("Benno");
  });

  it("[NAME1] without a name nobody invites or joins", async () => {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    for (const name of ["", " ", "\u202e", "x".repeat(81)]) {
      expect(await happens(world, homeOf(ada).invite({ name, relay: origin }))).toEqual({ ok: false, error: "bad-name" });
      expect(await happens(world, homeOf(ada).join({ name, link }))).toEqual({ ok: false, error: "bad-name" });
    }
    expect(homeOf(ada).bonds().length).toBe(1);
  });

  it("[DEV1] the person key comes from the words and the bond's number; it certifies the device, and is another one on every line", async () => {
    const { world, ada, ben } = await paired();
    const home = decodeCbor((await ada.disk.get("home")) ?? new Uint8Array());
    if (!home.ok) throw new Error(home.error);
    const entropy = new Secret((home.value as { readonly entropy: Uint8Array }).entropy);
    const { line, self, stage } = await diskOf(ada);
    expect(self.person?.expose()).toEqual(personSeed(entropy, 0).expose());
    expect(readCertificate(line, self.certificate)).toEqual({ person: self.personKey, device: publicKey(self.device), by: null });
    // Ben pinned that person, and no other.
    const bens = await diskOf(ben);
    expect(bens.stage.at === "together" && equalBytes(bens.stage.other, self.personKey)).toBe(true);
    expect(stage.at === "together" && equalBytes(stage.other, bens.self.personKey)).toBe(true);
    const made = await happens(world, homeOf(ada).invite({ name: "Ada", relay: origin }));
    if (!made.ok) throw new Error(made.error);
    const second = (await diskOf({ ...ada, bond: made.value })).self;
    expect(equalBytes(second.personKey, self.personKey)).toBe(false);
    expect(equalBytes(second.device.expose(), self.device.expose())).toBe(false);
    expect(readCertificate(line, second.certificate)).toBeUndefined();
  });
});
