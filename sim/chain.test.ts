import { describe, expect, it } from "vitest";
import { genesisHead, nextHead } from "../src/protocol/chain.ts";
import type { RelayFrame } from "../src/protocol/frames.ts";
import type { Sealed } from "../src/base/brand.ts";
import { settle } from "./world.ts";
import {
  act,
  bondOf,
  diskOf,
  keptOf,
  lieTo,
  listen,
  look,
  minute,
  paired,
  restart,
  say,
  second,
  textsOf,
  together,
  type Ear,
  type Story,
} from "./stories-kit.ts";

const appends = (ear: Ear, who: string): number => ear.left.filter(({ device, frame }) => device === who && frame.type === "append").length;
/** What a device sends that is more than staying connected. */
const said = (ear: Ear, who: string): string[] => [
  ...new Set(ear.left.flatMap(({ device, frame }) => (device === who && !["open", "ping"].includes(frame.type) ? [frame.type] : []))),
];

/**
 * From now on the relay shows Ben another history: one that differs in one record's time, and is right in itself. It
 * even states the heads of that history in Ben's acks.
 */
const showBenAnother = async ({ world, ben }: Story, ear: Ear): Promise<void> => {
  let head = (await diskOf(ben)).head;
  let lied = false;
  lieTo(world, 1, (frame: RelayFrame) => {
    if (frame.type === "entries") {
      const items = frame.items.map((item) => {
        const told = lied ? item : { ...item, at: item.at + 1 };
        lied = true;
        head = nextHead(head, told);
        return told;
      });
      return { ...frame, items };
    }
    if (frame.type === "acked" && lied) {
      const mine = ear.left.flatMap(({ device, frame: sent }) => (device === "ben" && sent.type === "append" && sent.n === frame.n ? [sent] : [])).at(-1);
      head = nextHead(head, {
        seq: frame.seq,
        at: frame.at,
        device: 1,
        n: frame.n,
        epoch: mine?.epoch ?? 0,
        kind: "entry",
        body: mine?.body ?? (new Uint8Array() as Sealed),
      });
      return { ...frame, head };
    }
    return frame;
  });
  world.network.drop("ben");
  await settle(world, 5 * second);
};

describe("The chain", () => {
  it("[CHAIN2] two histories are found out at the next exchange, by the one who hears first; sending stops, and nothing kept is lost", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "before");
    await settle(world, 2 * second);
    const ear = listen(world);
    await showBenAnother(story, ear);
    await say(world, ada, "one");
    await settle(world, 2 * second);
    // So far each history is whole, and nobody can know.
    expect([together(ada).connection.trouble, together(ben).connection.trouble]).toEqual([null, null]);
    expect(textsOf(ben)).toEqual(["before", "one"]);
    await say(world, ben, "two");
    await settle(world, 2 * second);
    expect(together(ada).connection.trouble).toEqual({ is: "forked" });
    expect(textsOf(ada)).toEqual(["before", "one", "two"]);

    ear.clear();
    await say(world, ada, "to myself");
    await act(world, ada, { do: "touch", intent: { hold: true } });
    look(ada, true);
    await settle(world, 10 * minute);
    expect(said(ear, "ada")).toEqual([]);
    expect(together(ada).thoughts.at(-1)).toMatchObject({ text: "to myself", waiting: true });
    expect((await keptOf(ada)).filter(({ kind }) => kind === "thought").length).toBe(3);
  });

  it("[CHAIN2] it is told for as long as it lasts: after the connection was lost, and after the app began anew", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const ear = listen(world);
    await showBenAnother(story, ear);
    await say(world, ada, "one");
    await settle(world, 2 * second);
    await say(world, ben, "two");
    await settle(world, 2 * second);
    world.network.drop("ada");
    await settle(world, minute);
    expect(together(ada).connection.trouble).toEqual({ is: "forked" });
    await restart(world, ada);
    expect(together(ada).connection.trouble).toEqual({ is: "forked" });
    ear.clear();
    ada.disk.fail("full");
    await say(world, ben, "three");
    await settle(world, minute);
    ada.disk.fail(null);
    await settle(world, minute);
    expect(together(ada).connection.trouble).toEqual({ is: "forked" });
    await settle(world, 10 * minute);
    expect(said(ear, "ada")).toEqual([]);
    expect(textsOf(ada).slice(0, 2)).toEqual(["one", "two"]);
    expect(await bondOf(ada).settled(1)).toBe(false);
  });

  it("[CHAIN1] one record changed and the heads left as they were: Ben's own next word finds it out", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const ear = listen(world);
    lieTo(world, 1, (frame) => (frame.type === "entries" ? { ...frame, items: frame.items.map((item) => ({ ...item, at: item.at + 1 })) } : frame));
    world.network.drop("ben");
    await settle(world, 5 * second);
    await say(world, ada, "one");
    await settle(world, 2 * second);
    // Alone with the relay: nobody's word tells him.
    world.network.cut("ada");
    await say(world, ben, "two");
    await settle(world, 2 * second);
    expect(together(ben).connection.trouble).toEqual({ is: "forked" });
    ear.clear();
    void bondOf(ben).act({ do: "thought", intent: { what: "say", text: "three" } });
    await settle(world, 5 * minute);
    expect(appends(ear, "ben")).toBe(0);
    expect(textsOf(ben).slice(0, 1)).toEqual(["one"]);
    // It does not run at the relay's door all the time meanwhile.
    expect(ear.left.filter(({ device, frame }) => device === "ben" && frame.type === "open").length).toBeLessThan(30);
  });

  it.each(["left out", "swapped", "doubled", "cut short"] as const)(
    "[CHAIN1] records that are %s are not taken; when the relay shows the log as it is, all is there once and in order",
    async (how) => {
      const { world, ada, ben } = await paired();
      let lies = 3;
      lieTo(world, 1, (frame) => {
        if (frame.type !== "entries" || lies === 0) return frame;
        lies--;
        switch (how) {
          case "left out":
            return undefined;
          case "cut short":
            return frame.items.length > 1 ? { ...frame, items: frame.items.slice(1) } : undefined;
          case "swapped":
            return { ...frame, items: frame.items.toReversed() };
          case "doubled":
            return { ...frame, items: frame.items.flatMap((item) => [item, item]) };
        }
      });
      world.network.cut("ben");
      for (const text of ["one", "two", "three", "four", "five"]) await say(world, ada, text);
      await settle(world, minute);
      world.network.mend("ben");
      await settle(world, 2 * minute);
      expect(lies).toBe(0);
      expect(textsOf(ben)).toEqual(["one", "two", "three", "four", "five"]);
      expect((await keptOf(ben)).filter(({ kind }) => kind === "thought").length).toBe(5);
      expect(together(ben).connection.trouble).toBeNull();
    },
  );

  it("[CHAIN1] a relay that lost what it had acknowledged is found out by both; nothing is sent until it has it again, and nothing is lost", async () => {
    const { world, ada, ben } = await paired();
    await say(world, ada, "one");
    await settle(world, 2 * second);
    const before = world.log;
    world.crashRelay();
    const backup = before.crash();
    world.startRelay();
    await settle(world, minute);
    await say(world, ada, "two");
    await say(world, ben, "three");
    await settle(world, 2 * second);
    world.crashRelay();
    const whole = world.log;
    world.log = backup;
    world.startRelay();
    await settle(world, minute);
    const ear = listen(world);
    await say(world, ada, "four");
    await settle(world, 6 * minute);
    for (const who of [ada, ben]) expect(together(who).connection.trouble).toEqual({ is: "rewound" });
    expect([said(ear, "ada"), said(ear, "ben")]).toEqual([[], []]);
    expect(textsOf(ben)).toEqual(["one", "two", "three"]);
    world.crashRelay();
    world.log = whole;
    world.startRelay();
    await settle(world, 10 * minute);
    for (const who of [ada, ben]) expect([textsOf(who), together(who).connection.trouble]).toEqual([["one", "two", "three", "four"], null]);
  });

  it("[BOUND2] Ben's words stamped by the relay as Ada's own are never hers: she keeps nothing of it, and stops when it goes on", async () => {
    const { world, ada, ben } = await paired();
    lieTo(world, 0, (frame) => (frame.type === "entries" ? { ...frame, items: frame.items.map((item) => ({ ...item, device: 0 })) } : frame));
    world.network.drop("ada");
    await settle(world, 5 * second);
    const kept = await keptOf(ada);
    await say(world, ben, "I, Ada, give up");
    await settle(world, 2 * second);
    await settle(world, minute);
    expect([textsOf(ada), await keptOf(ada), together(ada).connection.trouble]).toEqual([[], kept, { is: "forked" }]);
    await restart(world, ada);
    expect([textsOf(ada), together(ada).connection.trouble]).toEqual([[], { is: "forked" }]);
  });

  it("[BOUND2] Ben's words stamped with an index that nobody has are refused", async () => {
    const { world, ada, ben } = await paired();
    lieTo(world, 0, (frame) => (frame.type === "entries" ? { ...frame, items: frame.items.map((item) => ({ ...item, device: 2 })) } : frame));
    world.network.drop("ada");
    await settle(world, 5 * second);
    const { refused } = await diskOf(ada);
    await say(world, ben, "who said this?");
    await settle(world, 2 * second);
    expect([textsOf(ada), (await diskOf(ada)).refused]).toEqual([[], refused + 1]);
  });

  it("[CHAIN1] heads are a chain: begun by the line's id, and changed by every field of every record", () => {
    const line = new Uint8Array(16).fill(1);
    const record = { seq: 1, at: 5, device: 0, n: 1, epoch: 0, kind: "entry" as const, body: new Uint8Array(256) as Sealed };
    const head = nextHead(genesisHead(line), record);
    const others = [
      nextHead(genesisHead(new Uint8Array(16)), record),
      ...[{ seq: 2 }, { at: 6 }, { device: 1 }, { n: 2 }, { epoch: 1 }, { kind: "change" as const }, { body: new Uint8Array(1024) as Sealed }].map((over) =>
        nextHead(genesisHead(line), { ...record, ...over }),
      ),
    ];
    expect(new Set([head, ...others].map((one) => one.join())).size).toBe(others.length + 1);
  });
});
