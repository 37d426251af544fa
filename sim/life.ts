/**
 * A life of one seed: the two pair, live through some days in which everything fails now and then, and then it is calm
 * again. After every event the invariants are looked at; at the end both must have become whole.
 */
import type { Act, BondView, TogetherView } from "../src/line/view.ts";
import type { Kept } from "../src/line/home.ts";
import { toHex } from "../src/base/bytes.ts";
import { decodeEntry } from "../src/line/entry.ts";
import { decodeFrame } from "../src/protocol/frames.ts";
import { readEntry } from "../src/testing/fake-sealer.ts";
import { pairUp, settle, view, type Person, type World } from "./world.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

class Broken extends Error {}
const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Broken(what);
};

export const liveThrough = async (world: World, turns: number): Promise<void> => {
  await pairUp(world);
  const { ada, ben } = world.people;
  const look = createLook(world);
  for (const who of [ada, ben]) {
    who.onScreen = true;
    who.bond?.onScreen(true);
  }
  for (const who of [ada, ben]) world.act(who, { do: "boundary", intent: { sense: "presence", give: "full" } });
  for (let turn = 0; turn < turns; turn++) {
    await oneTurn(world);
    await world.runUntil(world.schedule.now() + pace(world), look);
  }
  await calm(world, look);
  await demandWhole(world);
};

const pace = ({ chance }: World): number =>
  chance.hit(0.03) ? chance.whole(minute, hour) : chance.hit(0.3) ? chance.whole(second, 2 * minute) : chance.whole(0, 800);

/** One thing that people or fate do. */
const oneTurn = async (world: World): Promise<void> => {
  const { chance, network, people } = world;
  const who = chance.pick([people.ada, people.ben]);
  const dice = chance.next();
  if (dice < 0.55) return doSomething(world, who);
  if (dice < 0.65) {
    network.drop(who.name);
    world.note(`${who.name}'s connection dies`);
  } else if (dice < 0.7) {
    network.cut(who.name);
    world.note(`${who.name} is cut off`);
    world.schedule.after(chance.whole(second, chance.hit(0.2) ? hour : 3 * minute), () => {
      network.mend(who.name);
      world.note(`${who.name} is reachable`);
    });
  } else if (dice < 0.76) {
    network.storm = chance.hit(0.5) ? 0 : chance.next() * 0.6;
  } else if (dice < 0.81) {
    if (chance.hit(0.5)) world.log.crashInNextWrite();
    else {
      world.crashRelay();
      world.schedule.after(chance.whole(100, 30 * second), () => world.startRelay());
    }
  } else if (dice < 0.85) {
    world.counts["disk full"] = (world.counts["disk full"] ?? 0) + 1;
    world.note("the relay's disk is full");
    const { log } = world;
    log.fault("full");
    world.schedule.after(chance.whole(second, minute), () => log.fault("none"));
  } else if (dice < 0.89) {
    world.counts["storage full"] = (world.counts["storage full"] ?? 0) + 1;
    world.note(`${who.name}'s storage is full`);
    who.disk.fail("full");
    world.schedule.after(chance.whole(second, 30 * second), () => who.disk.fail(null));
  } else {
    killFor(world, who, chance.hit(0.3) ? chance.whole(minute, hour) : chance.whole(10, 5 * second));
  }
};

const killFor = (world: World, who: Person, time: number): void => {
  const { chance } = world;
  world.crashPerson(who);
  if (chance.hit(0.2)) who.skew += chance.whole(-hour, hour);
  const seen = chance.hit(0.7);
  world.schedule.after(time, () => {
    if (who.home) return;
    who.onScreen = seen;
    void world.startPerson(who);
  });
};

const doSomething = (world: World, who: Person): void => {
  const { chance } = world;
  const dice = chance.next();
  const act = (what: Act): void => world.act(who, what);
  if (dice < 0.4)
    act({
      do: "thought",
      intent: { what: "say", text: `thought ${chance.whole(0, 1e9)}`, ...(chance.hit(0.2) ? { feeling: { hue: chance.whole(0, 359), strength: 50 } } : {}) },
    });
  else if (dice < 0.6) act({ do: "feeling", intent: { hue: chance.whole(0, 359), strength: chance.whole(0, 100) } });
  else if (dice < 0.75) act({ do: "touch", intent: { hold: chance.hit(0.6) } });
  else if (dice < 0.78) act({ do: "name", intent: { name: `${who.name} ${chance.whole(1, 99)}` } });
  else if (dice < 0.83) act({ do: "boundary", intent: { sense: chance.pick(["presence", "feeling", "touch"]), give: chance.pick(["off", "full"] as const) } });
  else if (dice < 0.96) {
    who.onScreen = !who.onScreen;
    who.hiddenAt = world.schedule.now();
    who.bond?.onScreen(who.onScreen);
  } else {
    who.onScreen = false;
    who.hiddenAt = world.schedule.now();
    who.bond?.onScreen(false);
    // A page that goes is seldom given the time to save.
    if (chance.hit(0.5)) killFor(world, who, chance.whole(10, 5 * second));
  }
};

/** Watches what is sealed and what leaves, and looks at both people after every event. */
const createLook = (world: World): (() => void) => {
  const leftUnder = new Map<string, string>();
  world.network.onLeaving = (device, message) => {
    const frame = decodeFrame(message);
    if (!frame.ok || frame.value.type !== "append") return;
    const entry = readEntry(frame.value.body);
    if (!entry) return;
    // One key, one message: two different bodies under one generation would tell the relay both.
    const key = `${device} ${entry.epoch} ${entry.leaf} ${entry.generation}`;
    const body = toHex(frame.value.body);
    demand((leftUnder.get(key) ?? body) === body, `${device} sent two different entries under generation ${entry.generation}`);
    leftUnder.set(key, body);
  };
  world.onSealed = (who, event) => {
    const kind = decodeEntry(event.plain)?.kind;
    const grant = together(who)?.grants.find((one) => one.sense === kind);
    demand(grant?.mine !== "off", `${who.name} sealed ${kind} without giving it`);
  };
  return () => {
    for (const who of [world.people.ada, world.people.ben]) lookAt(world, who);
  };
};

const lookAt = (world: World, who: Person): void => {
  const other = who === world.people.ada ? world.people.ben : world.people.ada;
  const now = view(who);
  if (other.onScreen && other.bond) other.lastHere = world.schedule.now();
  if (now?.stage !== "together") return;
  demand(
    now.connection.trouble?.is !== "forked" && now.connection.trouble?.is !== "cannot-follow" && now.connection.trouble?.is !== "rewound",
    `${who.name} says ${JSON.stringify(now.connection.trouble)}`,
  );
  if (now.other.state.is === "beside") {
    // Live evidence is at most 15 s old when shown, and the network held it at most a few seconds.
    demand(
      world.schedule.now() - other.lastHere <= 25 * second,
      `${who.name} shows beside, but ${other.name} was last here ${(world.schedule.now() - other.lastHere) / second} s ago`,
    );
    // Hiding takes effect when what was under way is done: a save may take a moment.
    demand(who.onScreen || world.schedule.now() - who.hiddenAt < 2 * second, `${who.name} shows beside without being on screen`);
  }
  if (now.touch.met) demand(who.bond !== null && now.touch.holding, `${who.name} shows a met touch without holding`);
};

/** Everything is mended, everyone comes back, and has time to become whole. */
const calm = async (world: World, look: () => void): Promise<void> => {
  const { ada, ben } = world.people;
  world.note("calm");
  world.network.storm = 0;
  world.log.fault("none");
  for (const who of [ada, ben]) {
    who.disk.fail(null);
    world.network.mend(who.name);
  }
  await world.runUntil(world.schedule.now() + 3 * minute, look);
  world.startRelay();
  for (const who of [ada, ben]) if (!who.home) await world.startPerson(who);
  for (const who of [ada, ben]) world.act(who, { do: "try-now" });
  for (let i = 0; i < 20 && !(isWhole(ada) && isWhole(ben)); i++) await world.runUntil(world.schedule.now() + 30 * second, look);
  await settle(world, 5 * second);
};

const together = (who: Person): TogetherView | undefined => {
  const now: BondView | undefined = view(who);
  return now?.stage === "together" ? now : undefined;
};

const isWhole = (who: Person): boolean => {
  const now = together(who);
  return now?.connection.state === "online" && now.connection.waiting === 0;
};

const demandWhole = async (world: World): Promise<void> => {
  const { ada, ben } = world.people;
  for (const who of [ada, ben]) {
    const now = together(who);
    demand(isWhole(who), `${who.name} did not become whole: ${JSON.stringify(now?.connection)}`);
    demand(now?.words?.join() === together(ada)?.words?.join(), "the six words differ");
  }
  const [adas, bens] = await Promise.all([allKept(ada), allKept(ben)]);
  const lineOf = (kept: readonly Kept[], me: Person): string[] =>
    kept.map((one) => `${one.seq} ${one.id} ${(one.from === "me") === (me === ada) ? "ada" : "ben"} ${one.kind} ${JSON.stringify(one.body)}`);
  const [a, b] = [lineOf(adas, ada), lineOf(bens, ben)];
  const first = a.findIndex((line, i) => line !== b[i]);
  demand(a.length === b.length && first < 0, `ada and ben keep different things: ${a.length} and ${b.length}; first ${a[first]} against ${b[first]}`);
  demand(new Set(adas.map((one) => one.id)).size === adas.length, "something is kept twice");
  for (const said of world.said) {
    const found = adas.filter((one) => one.id === said.id && one.kind === "thought");
    demand(found.length === 1, `what ${said.by} was told is safe (${said.id}) is there ${found.length} times`);
    demand((found[0]?.body as { text?: string } | undefined)?.text === said.text, `${said.id} says something else`);
  }
  for (const who of [ada, ben]) {
    const told = who.happened.filter((one) => one.kind === "thought").map((one) => one["id"]);
    demand(new Set(told).size === told.length, `${who.name} was told of a thought twice`);
  }
};

const allKept = async (who: Person): Promise<readonly Kept[]> => {
  const all: Kept[] = [];
  for (let before: number | undefined; ;) {
    const page = (await who.bond?.kept({ limit: 500, ...(before === undefined ? {} : { before }) })) ?? [];
    if (page.length === 0) return all.reverse();
    all.push(...page);
    before = page.at(-1)?.seq;
  }
};
