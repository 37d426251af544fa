/**
 * A life of one seed: the two pair, ada has a second device, and they live through some hours in which everything that
 * can go wrong does, each kind at least once; and then it is calm again. After every event the invariants are looked at;
 * at the end all devices must have become whole, and keep the same.
 */
import type { Act, BondView, TogetherView } from "../src/line/view.ts";
import type { Bond, Home, Kept } from "../src/line/home.ts";
import type { Give } from "../src/senses/sense.ts";
import { toHex } from "../src/base/bytes.ts";
import { decodeEntry } from "../src/line/entry.ts";
import { decodeFrame } from "../src/protocol/frames.ts";
import { readEntry } from "../src/testing/fake-sealer.ts";
import { createPromises, type Promises } from "./life-promises.ts";
import { pairUp, settle, until, view, type Image, type Person, type World } from "./world.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const origin = "http://relay.test";

/** As long as a life is in the tests: some thousand events. */
export const turns = 90;
/** Events of a whole life. */
export const leastEvents = 2000;

class Broken extends Error {}
const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Broken(what);
};

/** Promises ask for time of their own: every tenth of the lives that are lived in each test run has some. */
export const hasPromises = (seed: number): boolean => seed % 10 === 0;

export const liveThrough = async (world: World, length: number, promising = hasPromises(world.seed)): Promise<void> => {
  const promises = promising ? createPromises(world) : null;
  await pairUp(world);
  const { ada, ben } = world.people;
  const life = new Life(world, promises);
  for (const who of [ada, ben]) {
    life.words.set(who.of, wordsOf(who));
    who.onScreen = true;
    who.bond?.onScreen(true);
    world.act(who, { do: "boundary", intent: { sense: "presence", give: "full" } });
  }
  const tablet = life.beginAdding(ada, "ada's tablet");
  await until(world, () => {
    life.tend();
    return view(tablet)?.stage === "together" ? true : undefined;
  });
  const look = createLook(world, promises);
  const faults = life.plan(length);
  // A quiet life goes on until enough has happened in it.
  const isFull = (): boolean => length < turns || (world.counts["events"] ?? 0) >= leastEvents;
  for (let turn = 0; turn < length || !isFull(); turn++) {
    const fault = faults.get(turn);
    if (fault) life.befall(fault);
    else life.doSomething();
    life.tend();
    await world.runUntil(world.schedule.now() + pace(world), look);
  }
  await calm(world, life, look);
  if (promises) await outlast(world, life, promises, look);
  await demandWhole(world, promises);
};

const pace = ({ chance }: World): number =>
  chance.hit(0.01) ? chance.whole(minute, hour / 2) : chance.hit(0.2) ? chance.whole(second, minute) : chance.whole(0, 800);

/** Everything that befalls them, by name; each at least once a life. */
export const faultKinds = [
  "connection dies",
  "cut off",
  "storm",
  "mischief",
  "takes nothing",
  "relay crashes",
  "torn write",
  "relay disk full",
  "device crash",
  "storage full",
  "clock moved",
  "left politely",
  "device added",
  "device removed",
  "older copy put back",
  "storage wiped",
] as const;
type Fault = (typeof faultKinds)[number];

/** Of those that can come again and again. */
const recurring: readonly Fault[] = faultKinds.slice(0, 12);

/** A device on its way in, or back. */
interface Coming {
  readonly by: Person | null;
  readonly device: Person;
  readonly since: number;
  asked: boolean;
  promise: "none" | "running";
}

class Life {
  readonly words = new Map<Person["of"], readonly string[]>();
  readonly #world: World;
  readonly #coming: Coming[] = [];
  readonly #images = new Map<Person, Image>();
  readonly #promises: Promises | null;
  #named = 0;

  constructor(world: World, promises: Promises | null) {
    this.#world = world;
    this.#promises = promises;
  }

  /** When what happens: each kind once at a random turn, and some again. */
  plan(turns: number): ReadonlyMap<number, Fault> {
    const { chance } = this.#world;
    const plan = new Map<number, Fault>();
    const place = (fault: Fault): void => {
      let turn = chance.whole(0, turns - 1);
      while (plan.has(turn)) turn = (turn + 1) % turns;
      plan.set(turn, fault);
    };
    for (const fault of faultKinds) place(fault);
    for (let i = 0; i < turns / 5; i++) place(chance.pick(recurring));
    return plan;
  }

  active(of?: Person["of"]): readonly Person[] {
    return this.#world.devices.filter((device) => !device.gone && (of === undefined || device.of === of) && !this.#coming.some((one) => one.device === device));
  }

  befall(fault: Fault): void {
    const { chance, network, schedule } = this.#world;
    const world = this.#world;
    const who = chance.pick(this.active());
    if (!who) return;
    world.counts[fault] = (world.counts[fault] ?? 0) + 1;
    world.note(`${fault}: ${who.name}`);
    switch (fault) {
      case "connection dies":
        return network.drop(who.name);
      case "cut off":
        network.cut(who.name);
        schedule.after(chance.whole(second, chance.hit(0.1) ? hour / 2 : 2 * minute), () => network.mend(who.name));
        return;
      case "storm":
        network.storm = chance.next() * 0.6;
        schedule.after(chance.whole(second, 5 * minute), () => (network.storm = 0));
        return;
      case "mischief":
        network.mischief = 0.05;
        schedule.after(chance.whole(second, 3 * minute), () => (network.mischief = 0));
        return;
      case "takes nothing": {
        const held = chance.whole(second, minute);
        network.choke(who.name);
        who.heldUntil = schedule.now() + held + 30 * second;
        schedule.after(held, () => network.release(who.name));
        return;
      }
      case "relay crashes":
        world.crashRelay();
        schedule.after(chance.whole(100, 30 * second), () => world.startRelay());
        return;
      case "torn write":
        return world.log.crashInNextWrite();
      case "relay disk full": {
        const { log } = world;
        log.fault("full");
        schedule.after(chance.whole(second, minute), () => log.fault("none"));
        return;
      }
      case "device crash":
        return killFor(world, who, chance.hit(0.1) ? chance.whole(minute, hour / 2) : chance.whole(10, 5 * second));
      case "storage full":
        who.disk.fail("full");
        schedule.after(chance.whole(second, 30 * second), () => who.disk.fail(null));
        return;
      case "clock moved":
        killFor(world, who, chance.whole(10, 5 * second));
        who.skew += chance.whole(-hour, hour);
        who.wasSet = true;
        return;
      case "left politely":
        who.onScreen = false;
        who.hiddenAt = schedule.now();
        who.bond?.onScreen(false);
        // A page that goes is seldom given the time to save.
        if (chance.hit(0.5)) killFor(world, who, chance.whole(10, 5 * second));
        return;
      case "device added": {
        const of = chance.pick(["ada", "ben"] as const);
        if (this.active(of).length > 0 && this.active(of).length < 3) this.beginAdding(chance.pick(this.active(of)), `${of}'s ${++this.#named}`);
        return;
      }
      case "device removed": {
        const some = this.active().filter((one) => one !== world.people.ada && one !== world.people.ben);
        if (some.length > 0) this.#remove(chance.pick(some));
        return;
      }
      case "older copy put back":
        return this.#putBack(chance.pick([world.people.ada, world.people.ben]));
      case "storage wiped":
        return this.#wipe(chance.hit(0.5) ? world.people.ben : who);
    }
  }

  /** Ada's first device is there for the whole life; what it removes is not lost, but gone. */
  #remove(device: Person): void {
    const { people } = this.#world;
    const by = device.of === "ada" ? people.ada : people.ben;
    const index = indexOf(by, device);
    if (index === undefined || by.gone) return;
    this.#world.act(by, { do: "remove-device", device: index });
    device.gone = true;
    device.removedAs = index;
  }

  #putBack(who: Person): void {
    const image = this.#images.get(who);
    if (!image || who.gone || who.loading) return;
    const { schedule, chance } = this.#world;
    this.#world.putBack(who, image);
    [who.lossy, who.lostUntil] = [true, Infinity];
    schedule.after(chance.whole(10, minute), () => void this.#world.startPerson(who));
  }

  /** All that it had is gone. A device that was not alone is removed and added anew; who has no other, has the words. */
  #wipe(who: Person): void {
    const { people, chance } = this.#world;
    // Before anything was backed up there is nothing to come back to.
    if (!this.#images.has(who)) return;
    this.#world.crashPerson(who);
    const others = this.active(who.of).filter((one) => one !== who && one.home !== null);
    who.gone = true;
    [who.lossy, who.lostUntil] = [true, this.#world.schedule.now()];
    const by = others[0];
    if (by && by === people[who.of]) {
      const index = indexOf(by, who);
      if (index !== undefined) this.#world.act(by, { do: "remove-device", device: index });
      this.beginAdding(by, `${who.of}'s ${++this.#named}`);
      return;
    }
    const device = this.#world.newDevice(who.of, `${who.of}'s ${++this.#named}`);
    [device.lossy, device.lostUntil] = [true, Infinity];
    device.mended = true;
    device.skew = chance.whole(-5, 5) * second;
    // Words shut every earlier device out.
    for (const one of this.active(who.of)) {
      if (one === device) continue;
      one.gone = true;
      if (one.lostUntil === Infinity) one.lostUntil = this.#world.schedule.now();
    }
    people[who.of] = device;
    this.#coming.push({ by: null, device, since: this.#world.schedule.now(), asked: false, promise: "none" });
  }

  beginAdding(by: Person, name: string): Person {
    const device = this.#world.newDevice(by.of, name);
    this.#coming.push({ by, device, since: this.#world.schedule.now(), asked: false, promise: "none" });
    return device;
  }

  /** What people do about devices that are coming in; and copies of disks, for one that is put back. */
  tend(): void {
    for (const one of this.#coming.slice()) {
      if (one.by) this.#tendAdding(one, one.by);
      else this.#tendRestore(one);
      if (view(one.device)?.stage === "together") this.#arrived(one);
    }
    for (const who of this.active()) {
      if (!this.#images.has(who) && together(who)?.backup.at) void who.disk.list("").then((image) => this.#images.set(who, image));
    }
  }

  #arrived(one: Coming): void {
    this.#coming.splice(this.#coming.indexOf(one), 1);
    one.device.onScreen = true;
    one.device.bond?.onScreen(true);
  }

  #tendAdding(one: Coming, by: Person): void {
    const { schedule } = this.#world;
    const mine = together(by);
    if (by.gone || (schedule.now() - one.since > 8 * minute && view(one.device)?.stage !== "arriving")) return this.#giveUp(one);
    if (!mine) return;
    if (!mine.adding) {
      // A device that asks at a door which is closed now goes away, and the next one comes.
      if (one.device.bond && view(one.device)?.stage === "turned-away") return this.#giveUp(one);
      if (!one.device.bond) this.#world.act(by, { do: "add-device" });
      else if (schedule.now() - one.since > 8 * minute) this.#giveUp(one);
      return;
    }
    const { link } = mine.adding;
    if (link && !one.device.bond && one.promise === "none") {
      one.promise = "running";
      void this.#arrive(one, link);
    }
    const [asking] = mine.adding.asking;
    if (asking && mine.adding.letting === null) this.#world.act(by, { do: "let-in", asking: asking.id });
  }

  async #arrive(one: Coming, link: string): Promise<void> {
    const { device } = one;
    await this.#world.startPerson(device);
    const arriving = await device.home?.arrive({ link, device: device.name });
    if (arriving?.ok) this.#world.adopt(device, arriving.value);
    one.promise = "none";
  }

  #tendRestore(one: Coming): void {
    if (one.promise === "running" || one.device.bond) return;
    one.promise = "running";
    void this.#restore(one.device).then(() => (one.promise = "none"));
  }

  async #restore(device: Person): Promise<void> {
    await this.#world.startPerson(device);
    const words = this.words.get(device.of) ?? [];
    const restored = await device.home?.restore({ words: words.join(" "), relay: origin, device: device.name });
    if (restored?.ok) this.#world.adopt(device, restored.value[0] ?? null);
    this.#world.note(`${device.name} with the words: ${restored?.ok ? "back" : restored?.error}`);
  }

  /** For a while, or until someone comes back of themselves. */
  #goApart(who: Person): void {
    const { chance, schedule } = this.#world;
    const dark = chance.hit(0.2);
    const until = dark || chance.hit(0.5) ? schedule.now() + chance.whole(2 * hour, 4 * hour) : null;
    const passes = chance.hit(0.5) ? [] : [chance.pick(["feeling", "thought", "touch"])];
    this.#world.act(who, { do: "apart", announced: chance.hit(0.6), dark, until, when: null, passes });
  }

  #giveUp(one: Coming): void {
    this.#world.note(`${one.device.name} is not let in`);
    if (one.device.home) this.#world.crashPerson(one.device);
    one.device.gone = true;
    this.#coming.splice(this.#coming.indexOf(one), 1);
    if (one.by && together(one.by)?.adding) this.#world.act(one.by, { do: "stop-adding" });
  }

  get busy(): boolean {
    return this.#coming.length > 0;
  }

  doSomething(): void {
    const { chance } = this.#world;
    if (this.#promises && chance.hit(0.4)) return this.#promises.doSomething(this.active());
    const world = this.#world;
    const who = chance.pick(this.active());
    if (!who) return;
    const dice = chance.next();
    const act = (what: Act): void => world.act(who, what);
    if (dice < 0.4)
      act({
        do: "thought",
        intent: { what: "say", text: `thought ${chance.whole(0, 1e15)}`, ...(chance.hit(0.2) ? { feeling: { hue: chance.whole(0, 359), strength: 50 } } : {}) },
      });
    else if (dice < 0.6) act({ do: "feeling", intent: { hue: chance.whole(0, 359), strength: chance.whole(0, 100) } });
    else if (dice < 0.75) act({ do: "touch", intent: { hold: chance.hit(0.6) } });
    else if (dice < 0.78) act({ do: "name", intent: { name: `${who.name} ${chance.whole(1, 99)}` } });
    else if (dice < 0.83)
      act({ do: "boundary", intent: { sense: chance.pick(["presence", "feeling", "touch"]), give: chance.pick(["off", "full"] as const) } });
    else if (dice < 0.86) act({ do: "boundary", intent: { sense: "hour", give: chance.pick(["off", "coarse", "full"] as const) } });
    else if (dice < 0.89) {
      const place = { lat: chance.whole(-90, 90), lon: chance.whole(-180, 180) };
      act({ do: "hour", intent: { zone: chance.pick(["UTC", "Europe/Lisbon", "+05:45"]), ...(chance.hit(0.5) ? { place } : {}) } });
    } else if (dice < 0.92)
      act({ do: "let", sense: chance.pick(["presence", "feeling", "touch", "thought", "hour"]), letIn: chance.pick(["on", "quiet", "off"] as const) });
    else if (dice < 0.94) this.#goApart(who);
    else if (dice < 0.96) act({ do: "back" });
    else if (dice < 0.97) act({ do: "boundary", intent: { sense: "goodbye", give: chance.pick(["off", "full"] as const) } });
    else if (dice < 0.98) act({ do: "goodbye", intent: { going: chance.hit(0.5) } });
    else {
      who.onScreen = !who.onScreen;
      who.hiddenAt = world.schedule.now();
      who.bond?.onScreen(who.onScreen);
    }
  }
}

const wordsOf = (who: Person): readonly string[] => {
  const home = who.home as Home;
  const words = home.showWords() ?? [];
  void home.keepWords(home.askWords().map((place) => words[place - 1] as string));
  return words;
};

/** The index on the line of another device of the same person, by its name among them. */
const indexOf = (by: Person, device: Person): number | undefined => together(by)?.devices.mine.find(({ name, here }) => !here && name === device.name)?.index;

const killFor = (world: World, who: Person, time: number): void => {
  const { chance } = world;
  world.crashPerson(who);
  const seen = chance.hit(0.7);
  world.schedule.after(time, () => {
    if (who.home || who.gone) return;
    who.onScreen = seen;
    void world.startPerson(who);
  });
};

/** Watches what is sealed and what leaves, and looks at every device after every event. */
const createLook = (world: World, promises: Promises | null): (() => void) => {
  const leftUnder = new Map<string, string>();
  world.network.onLeaving = (device, message) => {
    const frame = decodeFrame(message);
    if (!frame.ok || frame.value.type !== "append") return;
    const entry = readEntry(frame.value.body);
    if (!entry) return;
    // One key, one message: two different bodies under one generation would tell the relay both.
    const key = `${toHex(entry.group)} ${entry.epoch} ${entry.leaf} ${entry.generation}`;
    // Bytes that left and were refused are known to nobody once an older copy is put back: there the seal's own guard
    // against that holds (reuse_guard, RFC 9420 section 6.3.1), which the fake has not.
    if (world.devices.some((one) => one.name === device && one.lossy)) return;
    const body = toHex(frame.value.body);
    if ((leftUnder.get(key) ?? body) !== body) world.broken ??= new Broken(`${device} sent two different entries under generation ${entry.generation}`);
    leftUnder.set(key, body);
  };
  world.onSealed = (who, event) => {
    const entry = decodeEntry(event.plain);
    const grant = together(who)?.grants.find((one) => one.sense === entry?.kind);
    const pause = together(who)?.apart.me;
    const flows = ["presence", "hour", "goodbye"].includes(entry?.kind ?? "");
    // What is put away like any device says that it left, once (a pause that nobody is told of).
    const isLeft = entry?.kind === "presence" && (entry.body as { readonly what?: unknown }).what === "left";
    if (pause && flows && !isLeft) world.broken ??= new Broken(`${who.name} sealed ${entry?.kind} during a pause`);
    if (grant?.mine === "off") world.broken ??= new Broken(`${who.name} sealed ${entry?.kind} without giving it`);
    const place = entry?.kind === "hour" ? (entry.body as { readonly place?: unknown }).place : null;
    if (place !== null && grant?.mine !== "full") world.broken ??= new Broken(`${who.name} sealed a place and gives only the hour`);
  };
  return () => {
    const now = world.schedule.now();
    for (const who of world.devices) if (who.onScreen && who.bond) who.lastHere = now;
    for (const who of world.devices) {
      // What a device shows is made of its state and of the time.
      if (who.gone || (!who.changed && now - who.lookedAt < second / 4)) continue;
      [who.changed, who.lookedAt] = [false, now];
      lookAt(world, who, promises);
    }
  };
};

const grantOf = (now: TogetherView, whose: "mine" | "theirs"): Give | undefined => now.grants.find(({ sense }) => sense === "hour")?.[whose];

const lookAt = (world: World, who: Person, promises: Promises | null): void => {
  const others = world.devices.filter((device) => device.of !== who.of);
  const now = view(who);
  if (now?.stage !== "together") return;
  promises?.look(who, now);
  // Put back, it takes itself for whole until the relay says what it has of it.
  if (who.lostUntil === Infinity && now.connection.state === "online" && now.mending === null) who.lostUntil = world.schedule.now();
  for (const [given, shown] of [
    [grantOf(now, "mine"), now.hour.me],
    [grantOf(now, "theirs"), now.hour.other],
  ] as const)
    if (shown && (given === "off" || (given !== "full" && shown.place !== null))) world.broken ??= new Broken(`${who.name} shows an hour that is not given`);
  if (now.mending && !who.mended) world.note(`${who.name} takes the line up again: ${now.mending}`);
  if (now.mending) who.mended = true;
  const { trouble } = now.connection;
  demand(trouble?.is !== "forked" && trouble?.is !== "twin" && trouble?.is !== "rewound", `${who.name} says ${JSON.stringify(trouble)}`);
  // What a stalled connection held back arrives late, and is taken for new: only there.
  if (now.other.state.is === "beside" && world.schedule.now() > who.heldUntil) {
    // Live evidence is at most 15 s old when shown, and the network held it at most a few seconds.
    const lastHere = Math.max(...others.map((other) => other.lastHere));
    demand(
      world.schedule.now() - lastHere <= 25 * second,
      `${who.name} shows beside, but nobody was there for ${(world.schedule.now() - lastHere) / second} s`,
    );
    // Hiding takes effect when what was under way is done: a save may take a moment.
    demand(who.onScreen || world.schedule.now() - who.hiddenAt < 2 * second, `${who.name} shows beside without being on screen`);
  }
  if (now.touch.met) demand(who.bond !== null && now.touch.holding, `${who.name} shows a met touch without holding`);
};

/** Everything is mended, everyone comes back, and has time to become whole. */
const calm = async (world: World, life: Life, look: () => void): Promise<void> => {
  world.note("calm");
  world.network.storm = 0;
  world.network.mischief = 0;
  world.log.fault("none");
  for (const who of world.devices) {
    who.disk.fail(null);
    world.network.mend(who.name);
    world.network.release(who.name);
  }
  await world.runUntil(world.schedule.now() + 3 * minute, look);
  world.startRelay();
  for (let i = 0; i < 60; i++) {
    life.tend();
    for (const who of life.active()) if (!who.home) await world.startPerson(who);
    // Who is away without a word says nothing again either, until they are back.
    for (const who of life.active()) if (together(who)?.apart.me) world.act(who, { do: "back" });
    if (!life.busy && life.active().every(isWhole)) break;
    if (i % 4 === 0) for (const who of life.active()) world.act(who, { do: "try-now" });
    // Who made a line anew too often within an hour has to wait for the next.
    await world.runUntil(world.schedule.now() + (i < 40 ? 10 * second : 10 * minute), look);
  }
  await settle(world, 30 * second);
};

/** What was promised for this life has its time, with everyone there to see it. */
const outlast = async (world: World, life: Life, promises: Promises, look: () => void): Promise<void> => {
  for (const who of life.active()) {
    who.onScreen = true;
    who.bond?.onScreen(true);
  }
  await world.runUntil(promises.over(life.active()) + 3 * minute, look);
  // Who is not the first device of their person backs up what fired only after some minutes.
  for (let i = 0; i < 40 && !life.active().every(isWhole); i++) await world.runUntil(world.schedule.now() + (i < 20 ? 10 * second : minute), look);
  promises.demandSettled(life.active().filter((who) => together(who)));
};

const together = (who: Person): TogetherView | undefined => {
  const now: BondView | undefined = view(who);
  return now?.stage === "together" ? now : undefined;
};

const isWhole = (who: Person): boolean => {
  const now = together(who);
  return now?.connection.state === "online" && now.connection.waiting === 0 && now.mending === null && !now.backup.behind;
};

/** What a device keeps, as the same lines whoever of the two it is of; in order. */
const linesOf = (kept: readonly Kept[], who: Person): string[] =>
  kept.map((one) => `${one.id} ${(one.from === "me") === (who.of === "ada") ? "ada" : "ben"} ${one.kind} ${JSON.stringify(one.body)}`);

const demandWhole = async (world: World, promises: Promises | null): Promise<void> => {
  const left = world.devices.filter((device) => !device.gone && view(device)?.stage === "together");
  for (const side of ["ada", "ben"] as const)
    demand(
      left.some((device) => device.of === side),
      `nothing is left of ${side}`,
    );
  const [first] = left as [Person];
  for (const who of left) {
    demand(
      isWhole(who),
      `${who.name} did not become whole: ${JSON.stringify({ ...together(who)?.connection, mending: together(who)?.mending, backup: together(who)?.backup })}`,
    );
    demand(together(who)?.words?.join() === together(first)?.words?.join(), "the six words differ");
  }
  const all = new Map<Person, readonly string[]>();
  for (const who of left) all.set(who, linesOf(await allKept(who), who));
  // What fired of a promise whose owner's device forgot that it was extended, for them alone it was still as before; and what one clock calls early
  // is kept by no device whose promise is settled when it is time.
  const firedOf = (line: string): string | undefined => /^fired-([0-9a-f]+)-/.exec(line)?.[1];
  const isOfEarly = (line: string): boolean => promises?.early.has(firedOf(line) ?? "") === true;
  const isOfForgotten = (line: string): boolean => {
    const id = firedOf(line);
    return id !== undefined && promises?.hasLost(line.split(" ")[1] === "ada" ? "ada" : "ben", id) === true;
  };
  const isOfSome = (line: string): boolean => isOfEarly(line) || isOfForgotten(line);
  const everything = new Set([...all.values()].flat().filter((line) => !isOfSome(line)));
  const sets = new Map([...all].map(([who, lines]) => [who, new Set(lines)] as const));
  const hasLeft = (side: string | undefined, line: string): boolean => left.some((device) => device.of === side && sets.get(device)?.has(line));
  for (const [who, lines] of all) {
    demand(new Set(lines).size === lines.length, `${who.name} keeps something twice: ${lines.find((line, i) => lines.indexOf(line) !== i)}`);
    // What only a lost device knew of its own person may be gone from that person's devices; never from the other's, but where that device lost it
    // too, and nobody is left of its author's side who has it, and says it again.
    const hasLost = (side: string | undefined): boolean => world.devices.some((device) => device.of === side && device.lossy);
    const isLost = (line: string): boolean => {
      const side = line.split(" ")[1];
      return hasLost(side) && (side === who.of || who.lossy) && !hasLeft(side, line);
    };
    // So what one said that was removed before it could say that again to another of them, which took the line up again: nobody else speaks for it.
    const hasMended = world.devices.some((device) => device.of === who.of && (device.mended || device.lossy));
    // And so what fired of what that one promised.
    const isOfRemoved = (line: string): boolean =>
      hasMended &&
      line.split(" ")[1] === who.of &&
      world.devices.some(({ of, removedAs }) => of === who.of && removedAs !== null && (line.startsWith("fired-") || line.startsWith(`${removedAs}-`))) &&
      !hasLeft(who.of, line);
    const missing = [...everything].filter((line) => !sets.get(who)?.has(line) && !isOfRemoved(line) && !isLost(line));
    demand(missing.length === 0, `${who.name} lacks ${missing.length} of ${everything.size}: ${missing[0]}`);
  }
  // A device that took its line up again may keep things in an order of its own, and hand that on to others of its person.
  const steady = left.filter((who) => !world.devices.some((device) => device.of === who.of && device.mended));
  // What fired early by the clock of one device is kept by it when it is time, or when it is said again; another's clock may say otherwise.
  const inOrder = (who: Person | undefined): readonly string[] => ((who && all.get(who)) ?? []).filter((line) => !isOfEarly(line));
  for (const who of steady) {
    const [a, b] = [inOrder(steady[0]), inOrder(who)];
    demand(a.every((line, i) => line === b[i]) && a.length === b.length, `${who.name} keeps it in another order than ${steady[0]?.name}`);
  }
  // What I gave, and when, is the same on all my devices (BOUND6).
  for (const who of steady) {
    const past = async (device: Person): Promise<string> =>
      (await (device.bond as Bond).history())
        .flatMap((one) => (one.is === "device" ? [] : [`${one.by} ${one.is} ${"sense" in one ? `${one.sense} ${one.give} ${one.until}` : ""}`]))
        .join("\n");
    const first = steady.find((device) => device.of === who.of) as Person;
    demand((await past(who)) === (await past(first)), `${who.name} remembers another history of grants than ${first.name}`);
  }
  for (const said of world.said) {
    const texts = [...everything].filter((line) => line.includes(`"text":"${said.text}"`));
    const lossy = world.devices.some((device) => device.name === said.by && (device.lossy || device.gone));
    demand(texts.length === 1 || (lossy && texts.length === 0), `what ${said.by} was told is safe (${said.text}) is there ${texts.length} times`);
  }
  for (const who of left) {
    const told = who.happened.filter((one) => one.kind === "thought").map((one) => one["id"]);
    demand(who.lossy || new Set(told).size === told.length, `${who.name} was told of a thought twice`);
  }
};

const allKept = async (who: Person): Promise<readonly Kept[]> => {
  const all: Kept[] = [];
  for (let before: number | undefined; ;) {
    const page = (await (who.bond as Bond).kept({ limit: 500, ...(before === undefined ? {} : { before }) })) ?? [];
    if (page.length === 0) return all.reverse();
    all.push(...page);
    before = page.at(-1)?.seq;
  }
};
