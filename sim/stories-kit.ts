/** What the stories share: a pair on a calm network, a third person, an ear on the wire, and a relay that lies. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat } from "../src/base/bytes.ts";
import { invariant } from "../src/base/exhaustive.ts";
import type { Millis, Sealed } from "../src/base/brand.ts";
import { createHome } from "../src/line/create-home.ts";
import { decodeEntry, encodeEntry, type Entry } from "../src/line/entry.ts";
import type { Bond, Home, Kept } from "../src/line/home.ts";
import type { ActResult } from "../src/line/state.ts";
import type { Act, BondView, OtherState, TogetherView } from "../src/line/view.ts";
import type { Random } from "../src/ports/random.ts";
import type { Sealers } from "../src/ports/sealer.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type DeviceFrame, type RelayFrame } from "../src/protocol/frames.ts";
import { derive, publicKey, sha256, sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import type { Limits } from "../src/relay/core/limits.ts";
import { aadOf } from "../src/line/next.ts";
import { decodeDurable } from "../src/line/durable.ts";
import type { Durable } from "../src/line/state.ts";
import { createFakeSealers, epochSecret, forge } from "../src/testing/fake-sealer.ts";
import { createMemoryStore, type MemoryStore } from "../src/testing/memory-store.ts";
import { createWorld, pairUp, settle, until, view, type Person, type World } from "./world.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const origin = "http://relay.test";

export interface Story {
  readonly world: World;
  readonly ada: Person;
  readonly ben: Person;
}

/** A world with true clocks; nobody is in it yet. */
export const quietWorld = (seed = 1): Story => {
  const world = createWorld(seed);
  const { ada, ben } = world.people;
  ada.skew = 0;
  ben.skew = 0;
  return { world, ada, ben };
};

/** Ada and Ben, just paired and calm. */
export const paired = async (seed = 1, limits: Partial<Limits> = {}): Promise<Story> => {
  const story = quietWorld(seed);
  story.world.limits = { ...story.world.limits, ...limits };
  await pairUp(story.world);
  await settle(story.world, 3 * second);
  return story;
};

/** Ada and Ben, each on screen and giving presence, beside each other. */
export const beside = async (seed = 1, limits: Partial<Limits> = {}): Promise<Story> => {
  const story = await paired(seed, limits);
  const { world, ada, ben } = story;
  for (const who of [ada, ben]) {
    look(who, true);
    await act(world, who, { do: "boundary", intent: { sense: "presence", give: "full" } });
  }
  await until(world, () => (stateOf(ada).is === "beside" && stateOf(ben).is === "beside" ? true : undefined));
  return story;
};

export const look = (who: Person, on: boolean): void => {
  who.onScreen = on;
  who.bond?.onScreen(on);
};

/** The world goes on until a promise of someone in it is kept. */
export const happens = async <T>(world: World, promise: Promise<T>): Promise<T> => {
  let answer: { readonly value: T } | undefined;
  void promise.then((value) => (answer = { value }));
  return (await until(world, () => answer)).value;
};

export const bondOf = (who: Person): Bond => {
  invariant(who.bond, `${who.name} has a bond`);
  return who.bond;
};

export const homeOf = (who: Person): Home => {
  invariant(who.home, `${who.name} is there`);
  return who.home;
};

export const act = (world: World, who: Person, what: Act): Promise<ActResult> => happens(world, bondOf(who).act(what));

export const say = (
  world: World,
  who: Person,
  text: string,
  more: { readonly fades?: boolean; readonly feeling?: { readonly hue: number; readonly strength: number } } = {},
): Promise<ActResult> => act(world, who, { do: "thought", intent: { what: "say", text, ...more } });

export const together = (who: Person): TogetherView => {
  const now = view(who);
  invariant(now?.stage === "together", `${who.name} is together, not ${now?.stage}`);
  return now;
};

export const inviting = (who: Person): Extract<BondView, { stage: "inviting" }> => {
  const now = view(who);
  invariant(now?.stage === "inviting", `${who.name} is inviting, not ${now?.stage}`);
  return now;
};

export const stateOf = (who: Person): OtherState => together(who).other.state;

export const textsOf = (who: Person): readonly string[] => together(who).thoughts.map((one) => one.text);

/** Everything `who` keeps, oldest first. */
export const keptOf = async (who: Person): Promise<readonly Kept[]> => (await bondOf(who).kept({ limit: 1000 })).toReversed();

export const crash = async (world: World, who: Person): Promise<void> => {
  const { onScreen } = who;
  world.crashPerson(who);
  await settle(world, second);
  who.onScreen = onScreen;
};

/** The process dies and another begins on what the disk holds. */
export const restart = async (world: World, who: Person): Promise<void> => {
  await crash(world, who);
  await world.startPerson(who);
  await settle(world, 3 * second);
};

/** What the device's disk holds of the bond. */
export const diskOf = async (who: Person): Promise<Durable> => {
  const key = (name: string): string => `bond/${bondOf(who).id}/${name}`;
  const durable = decodeDurable((await who.disk.get(key("state"))) ?? new Uint8Array(), await who.disk.get(key("mls")));
  invariant(durable.ok, "the disk can be read");
  return durable.value;
};

/** Ada has made an invitation, and shows its link. */
export const invited = async (story: Story): Promise<string> => {
  const { world, ada } = story;
  world.startRelay();
  await world.startPerson(ada);
  const made = await happens(world, homeOf(ada).invite({ name: "Ada", relay: origin }));
  invariant(made.ok, "there is an invitation");
  world.adopt(ada, made.value);
  await until(world, () => (view(ada)?.stage === "inviting" ? true : undefined));
  return inviting(ada).link;
};

/** Someone who is neither of the two, with a device and a home of their own. */
export interface Stranger {
  readonly name: string;
  readonly home: Home;
  readonly disk: MemoryStore;
  bond: Bond | undefined;
}

export const stranger = async (world: World, name: string, sealers?: (honest: Sealers, random: Random) => Sealers): Promise<Stranger> => {
  const { schedule, chance, network } = world;
  const random: Random = (length) => chance.bytes(length);
  const honest = createFakeSealers({ now: () => schedule.now(), random });
  const disk = createMemoryStore();
  const begun = schedule.now();
  const home = await createHome(disk, {
    clock: { now: () => schedule.now(), monotonic: () => schedule.now() - begun },
    timer: { after: (delay, call) => schedule.after(delay, call) },
    random,
    transport: network.transport(name),
    sealers: sealers?.(honest, random) ?? honest,
    argon2id: async (password, salt) => sha256(new Uint8Array([...password, ...salt])),
  });
  invariant(home.ok, "an empty disk can be read");
  return { name, home: home.value, disk, bond: undefined };
};

/** Knocks, and has waited for what becomes of it at first. */
export const knockAs = async (world: World, who: Stranger, link: string): Promise<BondView> => {
  const joined = await happens(world, who.home.join({ name: who.name, link }));
  invariant(joined.ok, "the knock is made");
  who.bond = joined.value;
  await settle(world, second);
  return joined.value.view();
};

/** What someone lets in: everyone who is at the door is told what became of it. */
export const acceptAs = async (world: World, ada: Person, name: string): Promise<void> => {
  const knock = await until(world, () => inviting(ada).knocks.find((one) => one.name === name)?.id);
  await act(world, ada, { do: "accept", knock });
  await until(world, () => (view(ada)?.stage === "together" ? true : undefined));
  await settle(world, 2 * second);
};

export interface Ear {
  /** Every frame a device tried to send. */
  readonly left: { readonly device: string; readonly at: Millis; readonly frame: DeviceFrame }[];
  /** Every entry that was sealed. */
  readonly sealed: { readonly by: string; readonly at: Millis; readonly entry: Entry }[];
  clear(): void;
}

/** Listens, from now on, to all that is sealed and all that leaves. */
export const listen = (world: World): Ear => {
  const left: Ear["left"] = [];
  const sealed: Ear["sealed"] = [];
  world.network.onLeaving = (device, message) => {
    const decoded = decodeFrame(message);
    invariant(decoded.ok && !isRelayFrame(decoded.value), "devices send frames");
    left.push({ device, at: world.schedule.now(), frame: decoded.value });
  };
  world.onSealed = (who, event) => {
    const entry = decodeEntry(event.plain);
    invariant(entry, "devices seal entries");
    sealed.push({ by: who.name, at: world.schedule.now(), entry });
  };
  return {
    left,
    sealed,
    clear: () => {
      left.length = 0;
      sealed.length = 0;
    },
  };
};

/** What `who`'s live frames carried, hellos left out: read with the epoch's secret from the disk. */
export const liveOf = async (who: Person, ear: Ear): Promise<readonly { readonly at: Millis; readonly sense: Cbor; readonly body: Cbor }[]> => {
  const { mls, line, self } = await diskOf(who);
  invariant(mls, "there is a group");
  const exported = sha256(encodeCbor(["exported", epochSecret(mls), "beside live", line]));
  return ear.left.flatMap(({ device, at, frame }) => {
    if (device !== who.name || frame.type !== "live") return [];
    const [header, sealed] = [frame.body.subarray(0, 25), frame.body.subarray(25)];
    const key = derive(exported, concat(publicKey(self.device), header.subarray(1, 17)), "beside/live/1").expose();
    const plain = chacha20poly1305(key, concat(new Uint8Array(4), header.subarray(17)), header).decrypt(sealed);
    const message = decodeCbor(plain.slice(1, 1 + (plain[0] as number)));
    invariant(message.ok, "a live message decodes");
    const { is, sense, body } = message.value as { readonly is: string; readonly sense: Cbor; readonly body: Cbor };
    return is === "sense" ? [{ at, sense, body }] : [];
  });
};

/**
 * Lets someone change what the relay says to one device (by its index on the line), frame by frame. `undefined` says
 * nothing. Works for connections that open after this.
 */
export const lieTo = (world: World, device: number, lie: (frame: RelayFrame) => RelayFrame | undefined): void => {
  const { outlet } = world.network;
  const honest = outlet.send.bind(outlet);
  const lied = new Set<number>();
  outlet.send = (connection, message) => {
    const decoded = decodeFrame(message);
    invariant(decoded.ok && isRelayFrame(decoded.value), "the relay sends frames");
    const frame = decoded.value;
    if (frame.type === "opened" && frame.device === device) lied.add(connection);
    if (!lied.has(connection)) return honest(connection, message);
    const told = lie(frame);
    if (told) honest(connection, encodeFrame(told));
  };
};

/** A device's own keys in the hands of other code: says whatever it likes on the line, well sealed. */
export interface Hostile {
  /** Appends an entry with these plain bytes (an entry of any kind and body, by default at the place the log is). */
  say(kind: string, body: Cbor, over?: { readonly seq?: number; readonly head?: Uint8Array }): void;
  /** Appends any plain bytes, or a whole sealed body. */
  sayPlain(plain: Uint8Array): void;
  append(body: Sealed): void;
  /** Says it as if another device had: the group's secret is all it has. */
  sayAs(leaf: number, device: Uint8Array, kind: string, body: Cbor): void;
  /** Every body it appended, in order. */
  readonly said: readonly Sealed[];
}

/** `who`'s own engine has to be gone. */
export const hostileAs = async (world: World, who: Person, disk: Durable): Promise<Hostile> => {
  const { line, self, mls, seq, head, epoch } = disk;
  invariant(mls && !who.home, "the keys are there, and the engine is not");
  const device = publicKey(self.device);
  const said: Sealed[] = [];
  let n = 0;
  let generation = 100;
  let current = false;
  const connection = world.network.transport(who.name).connect(origin, {
    opened: () => undefined,
    closed: () => undefined,
    message: (message) => {
      const decoded = decodeFrame(message);
      if (!decoded.ok) return;
      const frame = decoded.value;
      if (frame.type === "challenge") {
        const open = { line, key: device, nonce: new Uint8Array(32), cursor: seq };
        connection.send(encodeFrame({ type: "open", ...open, signature: sign(self.device, "beside/open/1", openTranscript(frame, open)) }));
      }
      if (frame.type === "opened") n = frame.n;
      if (frame.type === "current") current = true;
    },
  });
  await until(world, () => (current ? true : undefined));
  const append = (body: Sealed): void => {
    said.push(body);
    connection.send(encodeFrame({ type: "append", n: ++n, epoch, body }));
  };
  const sayPlain = (plain: Uint8Array): void =>
    append(forge({ line, epoch, leaf: 1, generation: generation++, aad: aadOf(n + 1), plain }, epochSecret(mls), device));
  return {
    said,
    append,
    sayAs: (leaf, as, kind, body) =>
      append(forge({ line, epoch, leaf, generation: generation++, aad: aadOf(n + 1), plain: encodeEntry({ kind, body, seq, head }) }, epochSecret(mls), as)),
    sayPlain,
    say: (kind, body, over = {}) => sayPlain(encodeEntry({ kind, body, seq: over.seq ?? seq, head: over.head ?? head })),
  };
};

export const day = 24 * hour;

/** A device of `by`'s own person, let in from `by`'s screen. */
export const addDeviceOf = async (story: Story, by: Person, name: string): Promise<Person> => {
  const device = await letIn(story, by, name);
  await until(story.world, () => (view(device)?.stage === "together" ? true : undefined));
  await settle(story.world, 3 * second);
  return device;
};

/** The same, as far as to the yes of who is in. */
export const letIn = async (story: Story, by: Person, name: string): Promise<Person> => {
  const { world } = story;
  await act(world, by, { do: "add-device" });
  const link = await until(world, () => together(by).adding?.link ?? undefined);
  const device = world.newDevice(by.of, name);
  await world.startPerson(device);
  const arriving = await happens(world, homeOf(device).arrive({ link, device: name }));
  invariant(arriving.ok, "it asks to be let in");
  world.adopt(device, arriving.value);
  const asking = await until(world, () => together(by).adding?.asking[0]);
  await act(world, by, { do: "let-in", asking: asking.id });
  return device;
};

/** Writes the twelve words down and shows to have them. */
export const wordsOf = async (world: World, who: Person): Promise<readonly string[]> => {
  const home = homeOf(who);
  const words = home.showWords();
  invariant(words, "the words are there");
  const kept = await happens(world, home.keepWords(home.askWords().map((place) => words[place - 1] as string)));
  invariant(kept.ok, "the words are confirmed");
  return words;
};
