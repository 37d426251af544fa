/**
 * The world: ada and ben, their devices, a relay, a network and a disk each, on one clock and one source of chance. The real line and
 * the real relay core run in it; only the edges are made of chance. The same seed is the same world.
 *
 * What goes wrong is in life.ts (what befalls people and devices) and network.ts (what befalls messages).
 */
import type { Home, Bond } from "../src/line/home.ts";
import { createHome } from "../src/line/create-home.ts";
// It is fetched when it is wanted; here no time goes by for that.
import "../src/line/restore.ts";
import type { Act, BondView } from "../src/line/view.ts";
import { Secret } from "../src/base/secret.ts";
import type { Ports } from "../src/line/driver.ts";
import type { Store, StoreChange } from "../src/ports/store.ts";
import { sha256 } from "../src/protocol/keys.ts";
import type { Limits } from "../src/relay/core/limits.ts";
import type { Log, Write } from "../src/relay/core/log-port.ts";
import { createRelayCore } from "../src/relay/core/relay-core.ts";
import { Crashed, createMemoryLog, type MemoryLog } from "../src/relay/log/memory.ts";
import { createNodeCrypto } from "../src/relay/node-crypto.ts";
import type { Happening } from "../src/senses/sense.ts";
import { createFakeSealers, type SealedEvent } from "../src/testing/fake-sealer.ts";
import { createMemoryStore, type MemoryStore } from "../src/testing/memory-store.ts";
import { createChance, type Chance } from "./chance.ts";
import { createNetwork, type Network } from "./network.ts";
import { createSchedule, type Schedule } from "./schedule.ts";

const start = 1_800_000_000_000;
const second = 1000;
const minute = 60 * second;
const origin = "http://relay.test";

/** All that a disk holds. */
export type Image = readonly (readonly [string, Uint8Array])[];

/** One device of one of the two; `ada` and `ben` are also their first devices. */
export interface Person {
  readonly name: string;
  readonly of: "ada" | "ben";
  home: Home | null;
  bond: Bond | null;
  disk: MemoryStore;
  /** Wall clock minus the world's. */
  skew: number;
  /** Its wall clock was once set. */
  wasSet: boolean;
  /** Rises with each start: what an earlier process planned does not happen. */
  life: number;
  loading: boolean;
  onScreen: boolean;
  /** When it last went off screen. */
  hiddenAt: number;
  /** Since when it has been off screen, dead or cut off, in the world's time; for what "beside" may claim. */
  lastHere: number;
  happened: Happening[];
  /** Since it was looked at (life.ts). */
  changed: boolean;
  lookedAt: number;
  /** What its process asked the disk to write and does not know yet to be written. */
  writing: StoreChange | null;
  lastWrite: Promise<void>;
  /** Until then something that its connection held back may arrive. */
  heldUntil: number;
  /** It is no device of anybody any more. */
  gone: boolean;
  /** Its index on the line, once another one of its person removed it. */
  removedAs: number | null;
  /** Its storage was once wiped or older than the truth: what it alone had said may be gone. */
  lossy: boolean;
  /** What was said before then may be gone with what it lost: when it was level with the log again; Infinity until it is, null if it lost nothing. */
  lostUntil: number | null;
  /** It was once given its line anew: the order of what it kept may be its own. */
  mended: boolean;
}

/** A thought whose author was told that it is safe. */
export interface Said {
  readonly by: Person["name"];
  readonly id: string;
  readonly text: string;
}

export interface World {
  readonly seed: number;
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly network: Network;
  /** The device that each uses first; another one once that is lost for good. */
  readonly people: { ada: Person; ben: Person };
  /** Every device there ever was. */
  readonly devices: Person[];
  /** A device that knows nothing yet. */
  newDevice(of: Person["of"], name: string): Person;
  readonly trace: string[];
  readonly counts: Record<string, number>;
  /** What people were told is safe. */
  readonly said: Said[];
  log: MemoryLog;
  /** Of a relay that starts from now on. */
  limits: Partial<Limits>;
  /** The relay's own key: with it a story's relay signs what is not so. */
  readonly relaySeed: Secret;
  /** The relay's wall clock minus the world's. */
  relaySkew: number;
  /** How far that was ahead at most when the relay started: only then the clock of vigils takes the wall's time. */
  farthestStart: number;
  /** How often the relay looks at the time. */
  relayLooks: number;
  /** Runs until the world's time is `at`, looking after each event. */
  runUntil(at: number, look?: () => void): Promise<void>;
  /** Told of everything a device seals, as it seals it. */
  onSealed: (who: Person, event: SealedEvent) => void;
  /** Told of everything that the relay has made durable. */
  onWritten: (batch: readonly Write[]) => void;
  startRelay(): void;
  crashRelay(): void;
  startPerson(person: Person): Promise<void>;
  crashPerson(person: Person): void;
  /** Crashes it, and its disk is as it was when `image` was listed: whatever the dead process still asked for is not on it. */
  putBack(person: Person, image: Image): void;
  adopt(person: Person, bond: Bond | null): void;
  act(person: Person, act: Act): void;
  note(what: string): void;
  count(what: string): void;
  /** Something that must never be was seen where nobody could throw it. */
  broken: Error | null;
}

export const createWorld = (seed: number): World => {
  const chance = createChance(seed);
  const schedule = createSchedule(start);
  const trace: string[] = [];
  const counts: Record<string, number> = { events: 0, acts: 0 };
  const relaySeed = new Secret(chance.bytes(32));
  const relayCrypto = createNodeCrypto(relaySeed);
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const note = (what: string): void => {
    trace.push(`${((schedule.now() - start) / second).toFixed(3)} ${what}`);
  };

  let commitPlanned = false;
  const planCommit = (): void => {
    if (commitPlanned || !network.relay?.pending()) return;
    commitPlanned = true;
    schedule.after(chance.whole(0, 3), () => {
      commitPlanned = false;
      const { relay } = network;
      if (!relay) return;
      try {
        relay.commit();
      } catch (error) {
        if (!(error instanceof Crashed)) throw error;
        world.crashRelay();
        schedule.after(chance.whole(100, 20_000), () => world.startRelay());
        return;
      }
      planCommit();
    });
  };
  const network = createNetwork(schedule, chance, planCommit);

  const person = (of: Person["of"], name: string = of): Person => ({
    name,
    of,
    home: null,
    bond: null,
    disk: createMemoryStore(),
    skew: 0,
    wasSet: false,
    life: 0,
    loading: false,
    onScreen: false,
    hiddenAt: start,
    lastHere: start,
    happened: [],
    changed: true,
    lookedAt: start,
    writing: null,
    lastWrite: Promise.resolve(),
    heldUntil: 0,
    gone: false,
    removedAs: null,
    lossy: false,
    lostUntil: null,
    mended: false,
  });
  const people = { ada: person("ada"), ben: person("ben") };
  people.ada.skew = chance.hit(0.3) ? chance.whole(-86_400, 86_400) * second : chance.whole(-5, 5) * second;
  people.ben.skew = chance.hit(0.3) ? chance.whole(-86_400, 86_400) * second : chance.whole(-5, 5) * second;

  const portsFor = (who: Person): Ports => {
    const { life } = who;
    const alive = (call: () => void) => (): void => {
      if (who.life === life) call();
    };
    const transport = network.transport(who.name);
    return {
      clock: { now: () => schedule.now() + who.skew, monotonic: () => schedule.now() - start },
      timer: { after: (delay, call) => schedule.after(delay, alive(call)) },
      random: (length) => chance.bytes(length),
      transport: {
        connect: (to, handlers) =>
          transport.connect(to, {
            opened: alive(handlers.opened),
            closed: alive(handlers.closed),
            message: (message) => alive(() => handlers.message(message))(),
          }),
      },
      sealers: createFakeSealers({ now: () => schedule.now(), random: (length) => chance.bytes(length), observe: (event) => world.onSealed(who, event) }),
      argon2id: async (password, salt) => sha256(new Uint8Array([...password, ...salt])),
      // A life has tens of thousands of receipts.
      verify: relayCrypto.verify,
    };
  };

  /** A disk takes its time, and the process may die meanwhile: then the write happened or did not, but nobody was told. */
  const slowDisk = (who: Person): Store => {
    const { life, disk } = who;
    return {
      get: (key) => disk.get(key),
      list: (prefix, options) => disk.list(prefix, options),
      keys: (prefix) => disk.keys(prefix),
      // One after the other, in the order they were asked for: an older state never lands after a newer one.
      write: (change) => {
        // What a dead process still asks for is never done, and nobody waits for it.
        if (who.life !== life) return new Promise(() => undefined);
        const before = who.lastWrite;
        const written = before.then(
          () =>
            new Promise<Awaited<ReturnType<Store["write"]>>>((resolve) => {
              if (who.life !== life) return;
              who.writing = change;
              schedule.after(chance.hit(0.1) ? chance.whole(0, 500) : 0, () => {
                if (who.life !== life) return;
                who.writing = null;
                void disk.write(change).then(resolve);
              });
            }),
        );
        who.lastWrite = written.then(() => undefined);
        return written;
      },
    };
  };

  const heardLog = (log: MemoryLog): Log => ({
    ...log,
    write: (batch) => {
      const written = log.write(batch);
      if (written.ok) world.onWritten(batch);
      return written;
    },
  });

  const world: World = {
    seed,
    chance,
    schedule,
    network,
    people,
    devices: [people.ada, people.ben],
    newDevice: (of, name) => {
      const device = person(of, name);
      world.devices.push(device);
      return device;
    },
    trace,
    counts,
    said: [],
    onSealed: () => undefined,
    log: createMemoryLog(),
    // Small, so that a device that takes nothing for some seconds is felt, and what two leave at once shares a signature.
    limits: { unsent: 4096, signTogether: 2 },
    relaySeed,
    relaySkew: 0,
    farthestStart: 0,
    relayLooks: 5 * second,
    onWritten: () => undefined,
    note,
    count,
    broken: null,

    runUntil: async (at, look) => {
      // Everything that follows at once from what just happened is done before the next thing does.
      await followUps();
      while (schedule.advance(at)) {
        counts["events"] = (counts["events"] ?? 0) + 1;
        await followUps();
        look?.();
        if (world.broken) throw world.broken;
      }
    },

    startRelay: () => {
      if (network.relay) return;
      note("relay starts");
      world.farthestStart = Math.max(world.farthestStart, world.relaySkew);
      network.relay = createRelayCore({
        log: heardLog(world.log),
        clock: { now: () => schedule.now() + world.relaySkew, monotonic: () => schedule.now() - start },
        crypto: relayCrypto,
        random: (length) => chance.bytes(length),
        outlet: network.outlet,
        limits: world.limits,
      });
      const relay = network.relay;
      const tick = (): void => {
        if (network.relay !== relay) return;
        relay.tick();
        planCommit();
        schedule.after(world.relayLooks, tick);
      };
      schedule.after(second, tick);
    },

    crashRelay: () => {
      if (!network.relay) return;
      note("relay crashes");
      count("relay crashes");
      network.relay = null;
      commitPlanned = false;
      world.log = world.log.crash();
      network.dropAll();
    },

    startPerson: async (who) => {
      // As on a device: one process at a time holds the store.
      if (who.home || who.loading) return;
      note(`${who.name} starts`);
      who.loading = true;
      who.life++;
      const home = await createHome(slowDisk(who), portsFor(who));
      who.loading = false;
      if (!home.ok) throw new Error(`${who.name}'s disk is ${home.error}`);
      who.home = home.value;
      world.adopt(who, home.value.bonds()[0] ?? null);
    },

    crashPerson: (who) => {
      if (!who.home) return;
      note(`${who.name} crashes`);
      count("device crashes");
      // The disk may have had it already, or never gets it: a dead process writes nothing later.
      if (who.writing && chance.hit(0.5)) void who.disk.write(who.writing);
      who.writing = null;
      who.lastWrite = Promise.resolve();
      who.life++;
      who.home = null;
      who.bond = null;
      who.onScreen = false;
      network.abandon(who.name);
    },

    putBack: (who, image) => {
      world.crashPerson(who);
      who.disk = createMemoryStore(new Map(image));
    },

    adopt: (who, bond) => {
      who.bond = bond;
      who.changed = true;
      if (!bond) return;
      bond.listen((happening) => who.happened.push(happening));
      bond.watch(() => (who.changed = true));
      bond.onScreen(who.onScreen);
    },

    act: (who, act) => {
      const { bond } = who;
      if (!bond) return;
      count("acts");
      void bond.act(act).then((result) => {
        if (who.bond !== bond) return;
        if (act.do === "thought" && act.intent.what === "say" && result.ok && result.id !== undefined)
          world.said.push({ by: who.name, id: result.id, text: act.intent.text });
      });
    },
  };

  return world;
};

/** Real pairing over the simulated network: an invitation, a knock, an acceptance. Runs until both are together. */
export const pairUp = async (world: World): Promise<void> => {
  const { ada, ben } = world.people;
  world.startRelay();
  await world.startPerson(ada);
  await world.startPerson(ben);
  const made = await meanwhile(world, (ada.home as Home).invite({ name: "Ada", relay: origin }));
  if (!made.ok) throw new Error(`no invitation: ${made.error}`);
  world.adopt(ada, made.value);
  const link = await until(world, () => (view(ada)?.stage === "inviting" ? (view(ada) as Extract<BondView, { stage: "inviting" }>).link : undefined));
  const joined = await meanwhile(world, (ben.home as Home).join({ name: "Ben", link }));
  if (!joined.ok) throw new Error(`no knock: ${joined.error}`);
  world.adopt(ben, joined.value);
  const knock = await until(world, () => {
    const now = view(ada);
    return now?.stage === "inviting" ? now.knocks[0]?.id : undefined;
  });
  world.act(ada, { do: "accept", knock });
  await until(world, () => (view(ada)?.stage === "together" && view(ben)?.stage === "together" ? true : undefined));
};

export const view = (who: Person): BondView | undefined => who.bond?.view();

/** Runs the world until `found` answers, at most ten minutes of its time. */
export const until = async <T>(world: World, found: () => T | undefined): Promise<T> => {
  const end = world.schedule.now() + 10 * minute;
  for (;;) {
    const answer = found();
    if (answer !== undefined) return answer;
    if (world.schedule.now() >= end)
      throw new Error(`nothing came of it in ten minutes: ${JSON.stringify({ ada: view(world.people.ada), ben: view(world.people.ben) })}`);
    await world.runUntil(world.schedule.now() + 100);
  }
};

/** The world goes on until a promise of someone in it is kept. */
const meanwhile = async <T>(world: World, promise: Promise<T>): Promise<T> => {
  let answer: { readonly value: T } | undefined;
  void promise.then((value) => (answer = { value }));
  return (await until(world, () => answer)).value;
};

const followUps = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const settle = (world: World, time: number): Promise<void> => world.runUntil(world.schedule.now() + time);
