/**
 * Mutations of what a relay sends, into Ada's real engine. Most are no frames: they cost the connection. The others are a
 * relay that lies; it may make the device ask again or tell its person, and nothing more.
 */
import { expect, it } from "vitest";
import { toHex } from "../src/base/bytes.ts";
import { invariant } from "../src/base/exhaustive.ts";
import { decodeFrame, isRelayFrame } from "../src/protocol/frames.ts";
import type { Cbor } from "../src/protocol/cbor.ts";
import { createMemoryStore } from "../src/testing/memory-store.ts";
import { acceptAs, diskOf, happens, homeOf, invited, quietWorld, say, second, textsOf, together } from "../sim/stories-kit.ts";
import { settle, until, view, type World } from "../sim/world.ts";
import { relayFrames } from "./frames.ts";
import { createLiar, type Liar } from "./liar.ts";
import { describe as tell, mutationOf, seedFrom, share, type Mutation, type Original } from "./mutate.ts";
import { hang, worked } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";

/** What no relay may touch, read from the screen and from the disk. */
const untouchable = async ({ ada }: Liar): Promise<unknown> => {
  const { me, other, feeling, touch, thoughts, words, compared, grants, presenceAsked, stage } = together(ada);
  const { line, relay, self, members, senses, outbox: waiting, n: next, epoch } = await diskOf(ada);
  // That it stopped may wait to be said: it is what the other is to know.
  const outbox = waiting.filter(({ content }) => !(content.is === "entry" && content.said.kind === "stopped"));
  const n = next - (waiting.length - outbox.length);
  const rows = await ada.disk.list("");
  const kept = rows.flatMap(([key, value]) => (key.includes("kept/") ? [`${key} ${toHex(value)}`] : []));
  const disk = [line, relay.hash, relay.origin, self.certificate, self.name, members, senses, outbox, n, epoch] as unknown as Cbor;
  return [me, other, feeling, touch, thoughts, words, compared, grants, presenceAsked, stage, kept, JSON.stringify(disk), rows.length];
};

const troubles = new Set<string | undefined>([
  undefined,
  "wrong-relay",
  "version",
  "revoked",
  "unknown-here",
  "forked",
  "rewound",
  "cannot-follow",
  "twin",
  "refused",
]);

it("[BOUND3] corpus: mutations of what a relay sends: dropped, asked again or told, and nothing else", async () => {
  const watch = watchRejections();
  const liar = await createLiar();
  const { world, ada, ben } = liar;

  // What the real relay says to Ada from her first word with it to a record of Ben's, each true once.
  liar.forget();
  await liar.drop();
  await say(world, ben, "said before");
  await settle(world, 2 * second);
  const originals: readonly Original[] = [
    ...relayFrames,
    ...liar.truths.map((bytes) => {
      const decoded = decodeFrame(bytes);
      return { name: decoded.ok ? `the true ${decoded.value.type}` : "nothing", bytes };
    }),
  ];
  // Ada's device is put back again and again: what it says while it is lied to must not be known elsewhere.
  liar.withhold(true);
  const before = await untouchable(liar);
  const snapshot = new Map(await ada.disk.list(""));

  const isWell = (): boolean => together(ada).connection.state === "online" && together(ada).connection.trouble === null;
  /** Ada's device as it was before: what lasts would hide what comes after it. */
  const renew = async (): Promise<void> => {
    world.crashPerson(ada);
    await settle(world, second);
    ada.disk = createMemoryStore(snapshot);
    await world.startPerson(ada);
    await until(world, () => (isWell() ? true : undefined));
  };

  const check = async (mutation: Mutation, took: number): Promise<void> => {
    const trouble = together(ada).connection.trouble?.is;
    if (!troubles.has(trouble)) throw new Error(`Ada is told ${trouble}; ${tell(mutation)}`);
    if (took >= hang) throw new Error(`Ada's device takes ${took} ms; ${tell(mutation)}`);
    if (watch.failures.length > 0) throw new Error(`Ada's device throws ${String(watch.failures[0])}; ${tell(mutation)}`);
    expect(await untouchable(liar), tell(mutation)).toEqual(before);
  };

  const count = share(2500);
  let noFrames = 0;
  let renewals = 0;
  for (let i = 0; i < count; i++) {
    const mutation = mutationOf(seedFrom + i, originals, true);
    const decoded = decodeFrame(mutation.bytes);
    // One border for all that is no frame: a quarter of it goes the whole way, and the rest to the border.
    if (!(decoded.ok && isRelayFrame(decoded.value)) && noFrames++ % 4 !== 0) continue;
    // Every now and then it comes in place of the first thing that the relay says on a new connection.
    const early = i % 25 === 24;
    if (early) {
      let told = false;
      liar.twist((frame) => {
        if (told) return frame;
        told = true;
        return mutation.bytes;
      });
      world.network.drop(ada.name);
    }
    const begun = worked();
    if (!early) liar.tellRaw(mutation.bytes);
    await settle(world, early ? 5 * second : 50);
    const took = early ? 0 : worked() - begun;
    liar.twist();
    await check(mutation, took);
    if (isWell()) continue;
    // Where it only asked again, it is well soon; what lasts is taken back.
    await settle(world, 10 * second);
    await check(mutation, 0);
    if (isWell()) continue;
    renewals++;
    await renew();
  }
  expect(renewals).toBeLessThan(count / 4);

  liar.withhold(false);
  await say(world, ben, "said after");
  await say(world, ada, "and heard");
  await settle(world, 5 * second);
  for (const who of [ada, ben]) expect(textsOf(who).slice(-2).sort()).toEqual(["and heard", "said after"]);
  expect(watch.failures).toEqual([]);
  watch.stop();
}, 120_000);

it.each(["inviting", "knocking"] as const)(
  "[PAIR2] corpus: mutations of what a relay sends to one who is %s: nobody is let in, and nothing throws",
  async (stage) => {
    const watch = watchRejections();
    const story = quietWorld();
    const { world, ada, ben } = story;
    const who = stage === "inviting" ? ada : ben;
    const wire = tap(world, who.name);
    const link = await invited(story);
    await world.startPerson(ben);
    const knocked = await happens(world, homeOf(ben).join({ name: "Ben", link }));
    invariant(knocked.ok, "the knock is made");
    world.adopt(ben, knocked.value);
    await settle(world, 5 * second);
    const originals: readonly Original[] = [...relayFrames, ...wire.heard.map((bytes, at) => ({ name: `true word ${at}`, bytes }))];
    const snapshot = new Map(await who.disk.list(""));
    const renew = async (): Promise<void> => {
      world.crashPerson(who);
      await settle(world, second);
      who.disk = createMemoryStore(snapshot);
      await world.startPerson(who);
      await settle(world, 3 * second);
    };

    const count = share(300);
    for (let i = 0; i < count; i++) {
      const mutation = mutationOf(seedFrom + i, originals, true);
      const begun = worked();
      wire.tell(mutation.bytes);
      await settle(world, 50);
      const took = worked() - begun;
      const now = view(who)?.stage;
      // A relay may turn a knock away, with any word for it.
      if (now !== stage && now !== "turned-away") throw new Error(`${who.name} is ${now}; ${tell(mutation)}`);
      if (took >= hang) throw new Error(`${who.name}'s device takes ${took} ms; ${tell(mutation)}`);
      if (watch.failures.length > 0) throw new Error(`${who.name}'s device throws ${String(watch.failures[0])}; ${tell(mutation)}`);
      if (now !== stage || view(who)?.connection.trouble) await renew();
      else if (view(who)?.connection.state !== "online") await settle(world, 5 * second);
      if (view(who)?.connection.state !== "online") await renew();
    }
    await renew();
    await acceptAs(world, ada, "Ben");
    await until(world, () => (view(ben)?.stage === "together" ? true : undefined));
    expect(watch.failures).toEqual([]);
    watch.stop();
  },
  120_000,
);

/** Everything that the relay says to someone's device, and a way to say something else on the connection that it has. */
const tap = (world: World, name: string): { readonly heard: readonly Uint8Array[]; tell(message: Uint8Array): void } => {
  const heard: Uint8Array[] = [];
  let hear: ((message: Uint8Array) => void) | undefined;
  const transport = world.network.transport.bind(world.network);
  world.network.transport = (device) => {
    const honest = transport(device);
    if (device !== name) return honest;
    return {
      connect: (to, handlers) => {
        hear = handlers.message;
        return honest.connect(to, {
          ...handlers,
          message: (message) => {
            heard.push(message);
            handlers.message(message);
          },
        });
      },
    };
  };
  return { heard, tell: (message) => hear?.(message) };
};
