/** A relay that lies about a promise, or about the time: what a device shows, and that it is never green (PROM2, PROM7). */
import { describe, expect, it } from "vitest";
import { Secret } from "../src/base/secret.ts";
import type { RelayFrame } from "../src/protocol/frames.ts";
import { nextHead } from "../src/protocol/chain.ts";
import { publicKey, sha256, sign, verify } from "../src/protocol/keys.ts";
import { readFiring, readReceipt, writeFiring, writeReceipt, type Receipt } from "../src/protocol/receipt.ts";
import { createLiar, type Liar } from "../src/testing/lying-relay.ts";
import { act, addDeviceOf, diskOf, hour, lieTo, look, minute, paired, quietWorld, second, together, type Story } from "./stories-kit.ts";
import { only, seen, told } from "./promises-kit.ts";
import { pairUp, settle, until, type Person, type World } from "./world.ts";

const make = async (world: World, ada: Person, inTime: number, farewell: { text: string; after: number } | null = null): Promise<number> => {
  const by = world.schedule.now() + inTime;
  const terms = { when: null, grace: 10 * minute, release: 5 * minute, note: "look in the blue box", farewell };
  await act(world, ada, { do: "promise", intent: { what: "make", words: "home by nine", by, ...terms } });
  return by;
};
const bothGreen = (world: World, ada: Person, ben: Person): Promise<true> =>
  until(world, () => (together(ada).promises.length > 0 && [ada, ben].every((who) => only(who).state === "guarded") ? true : undefined));

/** On a relay that can be told to lie (src/testing/lying-relay.ts), and whose whole sense of time can be moved. */
const liedTo = async (): Promise<Story & { readonly liar: Liar; readonly time: { ahead: number } }> => {
  const story = quietWorld();
  const { world, ada, ben } = story;
  const { schedule, chance, network } = world;
  const seed = new Secret(chance.bytes(32));
  const begun = schedule.now();
  const time = { ahead: 0 };
  const clock = { now: () => schedule.now() + time.ahead, monotonic: () => schedule.now() - begun + time.ahead };
  const crypto = {
    relayKey: publicKey(seed),
    sign: (label: Parameters<typeof sign>[1], message: Uint8Array) => sign(seed, label, message),
    verify,
    sha256,
    nextHead,
  };
  const liar = createLiar(network.outlet, clock, crypto, (length) => chance.bytes(length));
  network.relay = liar;
  const tick = (): void => {
    liar.tick();
    while (liar.pending()) liar.commit();
    schedule.after(second, tick);
  };
  schedule.after(second, tick);
  await pairUp(world);
  await settle(world, 3 * second);
  for (const who of [ada, ben]) look(who, true);
  return { ...story, liar, time };
};

describe("A relay that lies about the time", () => {
  it.each(["clock-on", "clock-back"] as const)(
    "[PROM2] tells one of the two another time (%s): amber there for that, nothing opens, and green again once it does not",
    async (lie) => {
      const { world, ada, ben, liar } = await liedTo();
      await make(world, ada, 10 * hour);
      await bothGreen(world, ada, ben);
      liar.tell(lie);
      await settle(world, 2 * minute);
      expect([only(ada).state, only(ben).state, only(ben).why]).toEqual(["guarded", "unguarded", "clock"]);
      expect([only(ben).note, told(ben, "late"), told(ben, "released")]).toEqual([null, 0, 0]);
      liar.tell("honest");
      await settle(world, 2 * minute);
      expect([only(ada).state, only(ben).state]).toEqual(["guarded", "guarded"]);
    },
  );

  it("[PROM7] runs ahead of everyone, and speaks too early by its own count: it broke its word, and each rung opens at its time by the devices' own clocks", async () => {
    const { world, ada, ben, time } = await liedTo();
    const by = await make(world, ada, 10 * hour, { text: "I am on the other side", after: 5 * minute });
    await bothGreen(world, ada, ben);
    time.ahead = 11 * hour;
    await settle(world, 10 * minute);
    for (const who of [ada, ben])
      expect([only(who).spoke, only(who).note, only(who).farewell, told(who, "late"), told(who, "released")]).toEqual(["early", null, null, 0, 0]);
    expect(only(ben).state).not.toBe("guarded");
    await world.runUntil(by + 14 * minute);
    expect([only(ben).state, only(ben).note]).toEqual(["late", null]);
    await world.runUntil(by + 21 * minute);
    for (const who of [ada, ben])
      expect([only(who).state, only(who).note, only(who).farewell, told(who, "released"), told(who, "early")]).toEqual([
        "released",
        "look in the blue box",
        "I am on the other side",
        1,
        1,
      ]);
  });

  it("[PROM7] signs that it spoke before the due: that is said, and the rung counts at its time by the device's own clock", async () => {
    const { world, ada, ben } = seen(await paired());
    await settle(world, 2 * second);
    const by = await make(world, ada, 20 * minute);
    await bothGreen(world, ada, ben);
    const { line } = await diskOf(ben);
    lieTo(world, 1, (frame) => {
      if (frame.type !== "entries") return frame;
      return {
        ...frame,
        items: frame.items.map((item) => {
          const firing = item.kind === "fired" ? readFiring(publicKey(world.relaySeed), line, item.body) : undefined;
          return firing
            ? { ...item, body: writeFiring({ ...firing, now: firing.due - hour }, (label, message) => sign(world.relaySeed, label, message)) }
            : item;
        }),
      };
    });
    world.network.drop(ben.name);
    await world.runUntil(by + 10 * minute + 10 * second);
    expect([only(ada).spoke, only(ben).spoke, only(ben).state, told(ben, "early"), told(ben, "late")]).toEqual([null, "early", "late", 1, 1]);
  });
});

/** The relay says something else about vigils than it has. */
const saysOfVigils = async (change: (receipt: Receipt, raw: Uint8Array) => Uint8Array): Promise<Story & { readonly lie: () => void }> => {
  const story = seen(await paired());
  const { world, ben } = story;
  const { line } = await diskOf(ben);
  let lies = false;
  const said = (raw: Uint8Array): Uint8Array => {
    const receipt = readReceipt(publicKey(world.relaySeed), line, raw);
    return lies && receipt ? change(receipt, raw) : raw;
  };
  for (const device of [0, 1])
    lieTo(world, device, (frame): RelayFrame => {
      if (frame.type === "receipt") return { ...frame, receipt: said(frame.receipt) };
      return frame.type === "receipts" ? { ...frame, items: frame.items.map(said) } : frame;
    });
  for (const who of [story.ada, story.ben]) world.network.drop(who.name);
  await settle(world, 5 * second);
  return { ...story, lie: () => void (lies = true) };
};
const signed = (world: World, receipt: Receipt): Uint8Array => writeReceipt(receipt, (label, message) => sign(world.relaySeed, label, message));

describe("A relay that lies about what it keeps watch over", () => {
  it("[PROM2] another due in a receipt of its own is never green", async () => {
    const { world, ada, ben, lie } = await saysOfVigils((receipt) => signed(world, { ...receipt, due: receipt.due + hour }));
    lie();
    await make(world, ada, 5 * hour);
    const states = new Set<string>();
    for (let at = 0; at < 20; at++) {
      await settle(world, 10 * second);
      for (const who of [ada, ben]) states.add(only(who).state);
    }
    expect([...states].toSorted()).toEqual(["arming", "unguarded"]);
  });

  it("[PROM2] what it once signed and says again is green for five minutes and no longer", async () => {
    const kept = new Map<string, Uint8Array>();
    const { world, ada, ben, lie } = await saysOfVigils((receipt, raw) => {
      const id = receipt.vigil.join();
      if (!kept.has(id)) kept.set(id, raw);
      return kept.get(id) as Uint8Array;
    });
    await make(world, ada, 5 * hour);
    await bothGreen(world, ada, ben);
    lie();
    await settle(world, 7 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).why]).toEqual(["unguarded", "clock"]);
  });

  it("[PROM2] another hash than of what its owner's device sealed is not green there", async () => {
    const { world, ada, ben, lie } = await saysOfVigils((receipt) => signed(world, { ...receipt, hash: new Uint8Array(32).fill(7) }));
    await make(world, ada, 5 * hour);
    await bothGreen(world, ada, ben);
    lie();
    await settle(world, 2 * minute);
    expect([only(ada).state, only(ada).why]).toEqual(["unguarded", "not-what-was-sealed"]);
  });

  it("[PROM2] done, and with another hash, is not green with a second device of one's own either, nor after the next check", async () => {
    const story = await saysOfVigils((receipt) => signed(story.world, { ...receipt, hash: new Uint8Array(32).fill(7) }));
    const { world, ada, lie } = story;
    await addDeviceOf(story, ada, "tablet");
    await settle(world, minute);
    lie();
    await make(world, ada, 5 * hour);
    await settle(world, 4 * minute);
    expect([only(ada).state, only(ada).why]).toEqual(["unguarded", "not-what-was-sealed"]);
  });

  it("[PROM2] a word of another key is none", async () => {
    const other = new Secret(new Uint8Array(32).fill(5));
    const { world, ada, ben, lie } = await saysOfVigils((receipt) => writeReceipt(receipt, (label, message) => sign(other, label, message)));
    lie();
    await make(world, ada, 5 * hour);
    await settle(world, 5 * minute);
    for (const who of [ada, ben]) expect(only(who)).toMatchObject({ state: "unguarded", why: "not-there", guard: null });
  });

  it.each([
    ["later", 300 * 24 * hour],
    ["earlier", -4 * hour],
  ])("[PROM1] that a later turn is due %s extends nothing in its owner's name; it is amber until the owner says so", async (_, by) => {
    const { world, ada, ben, lie } = await saysOfVigils((receipt) =>
      signed(world, { ...receipt, turn: receipt.turn + 3, due: receipt.due + by, next: receipt.due + by, hash: new Uint8Array(32).fill(3) }),
    );
    const due = await make(world, ada, 5 * hour);
    await bothGreen(world, ada, ben);
    lie();
    await settle(world, 10 * minute);
    for (const who of [ada, ben]) expect([only(who).by, only(who).state, only(who).why]).toEqual([due, "unguarded", "older-turn"]);
    await act(world, ada, { do: "promise", intent: { what: "extend", id: only(ada).id, by: due + hour } });
    await settle(world, 10 * second);
    for (const who of [ada, ben]) expect(only(who).by).toBe(due + hour);
  });

  it("[PROM2] that a button kept what has none is not believed, by either", async () => {
    const { world, ada, ben, lie } = await saysOfVigils((receipt) => signed(world, { ...receipt, state: "kept", next: 0, hash: new Uint8Array(32) }));
    const by = await make(world, ada, 30 * minute);
    await bothGreen(world, ada, ben);
    lie();
    await world.runUntil(by + 30 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).unanswered]).toEqual(["unguarded", only(who).lateAt]);
  });

  it.each([0, 30 * 24 * hour])(
    "[PROM7] that it watches over what it should have spoken of, also as if an outage had moved it by %d ms, is amber",
    async (moved) => {
      const { world, ada, ben, lie } = await saysOfVigils((receipt) =>
        signed(world, { ...receipt, state: "armed", fired: 0, moved, next: receipt.due + moved, canary: receipt.now }),
      );
      const by = await make(world, ada, 20 * minute);
      await bothGreen(world, ada, ben);
      lie();
      world.network.relay?.stopFiring();
      await world.runUntil(by + 15 * minute);
      for (const who of [ada, ben]) expect([only(who).state, only(who).unanswered]).toEqual(["unguarded", only(who).lateAt]);
    },
  );
});
