/**
 * A person's home on one device: makes and loads bonds, and gives each its driver. Everything it keeps is in one Store:
 * `home` (the words' entropy and the list of bonds) and `bond/<line>/…` (see next.ts and records.ts).
 */
import { equalBytes, toHex } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import { unlessGone, type Store, type StoreFault } from "../ports/store.ts";
import { decodeKept, type Cbor } from "../protocol/cbor.ts";
import { certifiedDevice, certifyDevice, certifyEnd } from "../protocol/certificate.ts";
import { genesisHead } from "../protocol/chain.ts";
import { isOrigin, mailboxKeyOf, readDeviceLink, readInvitation } from "../protocol/invitation.ts";
import { publicKey, recoverySeedV1, sha256 } from "../protocol/keys.ts";
import { isSenseName } from "../senses/index.ts";
import { parseName } from "../senses/name/name.ts";
import { lifeOf } from "../senses/promise/life.ts";
import { idOfRow, kindOfRow, type Row } from "./archive.ts";
import { decodeDurable, encodeDurable, fresh } from "./durable.ts";
import { isTold } from "./ending.ts";
import { startDriver, type Driver, type Ports } from "./driver.ts";
import { keptKey, keptPrefix, placeOf, placeOfKey } from "./entry.ts";
import { decodeHome, encodeHome, newHome, sparesKept, takeKeys, withoutWords, type HomeRecord } from "./home-record.ts";
import type { Bond, Home, Kept, WordsState } from "./home.ts";
import { sealKnock } from "./knock.ts";
import { deleteMemory, memoryPlaces, readMemories, readMemory, writeMemory } from "./memory.ts";
import { isHeldBack } from "./next.ts";
import { recalledOf, whoRecalled, type Recalled } from "./recall.ts";
import { understand } from "./records.ts";
import { recentKept } from "./firings.ts";
import { initialSenses, isKept } from "./senses.ts";
import type { Durable, Self, Stage, State, WordsKeys } from "./state.ts";
import { lineNow } from "./time.ts";
import { bondKeys, readWords, wordsOf, type BondKeys } from "./twelve-words.ts";
import { noVigils } from "./vigils.ts";
import { viewOf, type Act } from "./view.ts";

export type HomeFault = "newer" | "damaged";

/** Loads what the store holds, or begins; every bond starts to connect at once. */
export const createHome = async (store: Store, ports: Ports): Promise<Result<Home, HomeFault>> => {
  const loaded = await loadHome(store, ports);
  if (!loaded.ok) return loaded;
  const { bonds } = loaded.value;
  let home = loaded.value.home;
  const memories = await readMemories(store);
  let asked: readonly number[] = [];
  const watchers = new Set<() => void>();
  /** Invitations that are over for their person; the relay is still to be told. */
  const takenBack = new Set([...bonds.values()].filter((bond) => bond.isTakenBack()).map(({ id }) => id));
  const changed = (): void => watchers.forEach((watcher) => watcher());
  /** `home` also names bonds whose first save is under way. */
  const keepHome = (): readonly [string, Uint8Array] => ["home", encodeHome(home)];

  /** Saves a new bond whole before it does anything, then lets it run. */
  const add = async (durable: Durable, sealer: Parameters<typeof startDriver>[1], rows: readonly Row[] = []): Promise<Result<Bond, StoreFault>> => {
    const id = toHex(durable.line);
    const state = stateOf(durable, ports);
    const scope = scoped(store, id);
    const { mls, ...rest } = durable;
    home = { ...home, bonds: [...home.bonds, id] };
    const kept = rows.map(([key, value]) => [scope.key(key), value] as const);
    const put = [keepHome(), [scope.key("state"), encodeDurable(rest)] as const, ...(mls ? [[scope.key("mls"), mls] as const] : []), ...kept];
    const saved = await store.write({ put });
    if (!saved.ok) {
      home = { ...home, bonds: home.bonds.filter((one) => one !== id) };
      return saved;
    }
    const bond = bondOf(id, startDriver(state, sealer, ports, scope.store), scope.store);
    bonds.set(id, bond);
    changed();
    return ok(bond);
  };

  const forget = async (id: string): Promise<void> => {
    const bond = bonds.get(id);
    const view = bond?.view();
    // What two people kept is theirs, after an end too; what is left after it was taken off this device is only for the relay.
    if (!bond || !view || view.stage === "together" || (view.stage === "ended" && !view.wiped) || bond.isMember()) return;
    if (view.stage === "inviting") await takeBack(bond);
    else await remove(bond);
  };

  /** Nobody who has the link may wait behind a door that never opens: the relay is told that the line is over, as soon as it can be. */
  const takeBack = async (bond: RunningBond): Promise<void> => {
    goOnceTold(bond);
    takenBack.add(bond.id);
    changed();
    const done = await bond.act({ do: "take-back" });
    // Somebody was let in, the moment before.
    if (!done.ok && takenBack.delete(bond.id)) changed();
  };

  /** What is kept goes first; the rest as soon as the relay was told. */
  const wipe = async (id: string): Promise<void> => {
    const bond = bonds.get(id);
    if (!bond || bond.view().stage !== "ended") return;
    // What cannot be deleted is not called gone.
    if (!(await dropKept(id))) return;
    await bond.act({ do: "wipe" });
    // What was being saved meanwhile.
    await dropKept(id);
    goOnceTold(bond);
  };

  const dropKept = async (id: string): Promise<boolean> => {
    const { key } = scoped(store, id);
    const rest = [key("state"), key("mls")];
    const names = await unlessGone(store.keys(key("")));
    return names !== undefined && (await store.write({ delete: names.filter((name) => !rest.includes(name)) })).ok;
  };

  const goOnceTold = (bond: RunningBond): void => {
    let going = false;
    const check = (): void => {
      if (going || !bond.isOver()) return;
      going = true;
      stop();
      void remove(bond);
    };
    const stop = bond.watch(check);
    check();
  };

  const remove = async (bond: RunningBond): Promise<void> => {
    bonds.delete(bond.id);
    takenBack.delete(bond.id);
    home = { ...home, bonds: home.bonds.filter((one) => one !== bond.id) };
    await bond.stop();
    const { key } = scoped(store, bond.id);
    await store.write({ put: [keepHome()], delete: (await unlessGone(store.keys(key("")))) ?? [] });
    changed();
  };

  /** A device of mine that was removed asks to be let in anew: what it kept stays where it is. */
  const leave = async (bond: RunningBond): Promise<void> => {
    bonds.delete(bond.id);
    home = { ...home, bonds: home.bonds.filter((one) => one !== bond.id) };
    await bond.stop();
    const { key } = scoped(store, bond.id);
    await store.write({ put: [keepHome()], delete: [key("state"), key("mls")] });
  };

  for (const bond of bonds.values()) {
    const view = bond.view();
    // A device that was switched off in the middle of a wipe.
    if (view.stage === "ended" && view.wiped) void dropKept(bond.id);
    goOnceTold(bond);
  }

  /** The words of this home matter once a bond was made with them: what came from another device has its words there. */
  const wordsState = (): WordsState =>
    home.words === "to-keep" && bonds.size > 0 && ![...bonds.values()].some((bond) => bond.hasPerson()) ? "elsewhere" : home.words;

  return ok({
    bonds: () => [...bonds.values()].filter(({ id }) => !takenBack.has(id)),
    watch: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    invite: async ({ name: typed, relay, token = "" }) => {
      const name = parseName(typed);
      if (name === undefined) return err("bad-name");
      if (!isOrigin(relay)) return err("bad-relay");
      const line = ports.random(16);
      const taken = takeKeys(home);
      if (!taken) return err("needs-words");
      const { keys } = taken;
      home = taken.home;
      const self = selfFor(line, name, keys.person, ports);
      const pins = { line, me: self.personKey, other: undefined };
      const { sealer, state: mls } = await ports.sealers.found({ certificate: self.certificate, deviceSeed: self.device }, pins);
      const stage: Stage = { at: "making", secret: new Secret(ports.random(16)), recovery: keys.verifier, token };
      const words = wordsFor(keys, true);
      return add(
        withoutPerson({ ...emptyDurable(line, self, stage), words, relay: { origin: relay, hash: new Uint8Array() }, mls, epoch: sealer.epoch() }, home),
        sealer,
      );
    },

    join: async ({ name: typed, link, relay }) => {
      const name = parseName(typed);
      if (name === undefined) return err("bad-name");
      const invitation = readInvitation(link);
      if (!invitation.ok) return invitation;
      const { line, secret, inviterHash, relayHash } = invitation.value;
      const known = bonds.get(toHex(line));
      const before = known?.view().stage;
      if (known && before === "knocking") return ok(known);
      if (before === "making" || before === "inviting") return err("own-invitation");
      if (known && before === "turned-away") await forget(known.id);
      else if (known) return err("used-here");
      const taken = takeKeys(home);
      if (!taken) return err("needs-words");
      const self = selfFor(line, name, taken.keys.person, ports);
      const me = self.personKey;
      if (equalBytes(sha256(me), inviterHash)) return err("own-invitation");
      home = taken.home;
      const { keyPackage, state: pending } = await ports.sealers.keyPackage(
        { certificate: self.certificate, deviceSeed: self.device },
        { line, me, other: undefined },
      );
      const body = sealKnock({ certificate: self.certificate, keyPackage, name }, mailboxKeyOf(invitation.value), line, ports.random);
      const stage: Stage = { at: "knocking", secret, inviterHash, pending, body, delivered: false, welcome: null };
      const words = wordsFor(taken.keys, false);
      const at = { origin: relay ?? invitation.value.relay, hash: relayHash };
      return add(withoutPerson({ ...emptyDurable(line, self, stage), words, relay: at }, home), null);
    },

    words: wordsState,
    // Not on a device that was shut out: whoever holds it may not be its owner.
    showWords: () => (home.entropy && wordsState() === "to-keep" && ![...bonds.values()].some((bond) => bond.isRevoked()) ? wordsOf(home.entropy) : undefined),
    askWords: () => (asked = threePlaces(ports)),
    keepWords: async (answers) => {
      const { entropy } = home;
      if (!entropy || asked.length === 0) return err("not-asked");
      const words = wordsOf(entropy);
      if (!asked.every((place, i) => words[place - 1] === answers[i]?.trim().toLowerCase())) return err("wrong");
      home = withoutWords(home, entropy);
      const saved = await store.write({ put: [keepHome()] });
      if (!saved.ok) {
        home = { ...home, words: "to-keep", entropy, spares: [] };
        return saved;
      }
      asked = [];
      for (const bond of bonds.values()) await bond.act({ do: "forget-person" });
      changed();
      return ok(undefined);
    },

    arrive: async ({ link, device, relay }) => {
      const deviceName = parseName(device);
      if (deviceName === undefined) return err("bad-name");
      const read = readDeviceLink(link);
      if (!read.ok) return read;
      const { line, secret, inviterHash: personHash, relayHash } = read.value;
      const known = bonds.get(toHex(line));
      // It is in the group already, and goes on by itself.
      if (known?.view().stage === "arriving" && known.isMember()) return ok(known);
      if (known?.isRevoked()) await leave(known);
      else if (known?.view().stage === "arriving" || known?.view().stage === "turned-away") await forget(known.id);
      else if (known) return err("used-here");
      const stage: Stage = { at: "arriving", secret, personHash, body: none, other: undefined, pending: null, delivered: false, welcome: null };
      const self: Self = { person: null, personKey: none, device: new Secret(ports.random(32)), certificate: none, end: none, name: "", deviceName };
      return add({ ...emptyDurable(line, self, stage), relay: { origin: relay ?? read.value.relay, hash: relayHash } }, null);
    },

    restore: async ({ words, relay, device, progress }) => {
      const entropy = readWords(words);
      if (!entropy) return err("not-words");
      const deviceName = parseName(device);
      if (deviceName === undefined) return err("bad-name");
      if (!isOrigin(relay)) return err("bad-relay");
      const back: Bond[] = [];
      // A device that was shut out, or never came to have anything, is no reason not to come back.
      const isHere = (line: Uint8Array): boolean => {
        const here = bonds.get(toHex(line));
        return here !== undefined && !here.isRevoked() && here.view().stage !== "arriving";
      };
      const wish = { entropy, relay, device: deviceName, progress: progress ?? (() => undefined), isHere };
      // Fetched when it is wanted: few first loads are a coming back, and the relay has to answer for that anyway.
      const restoring = await import("./restore.ts").catch(() => undefined);
      if (!restoring) return err("unreachable");
      const restored = await restoring.restoreBonds(wish, ports, async ({ durable, rows }) => {
        const here = bonds.get(toHex(durable.line));
        if (here) await leave(here);
        const sealer =
          durable.mls && (await ports.sealers.restore(durable.mls, { line: durable.line, me: durable.self.personKey, other: otherOf(durable.stage) }));
        const added = await add(durable, sealer?.ok ? sealer.value : null, rows);
        if (!added.ok) return added;
        back.push(added.value);
        return ok(undefined);
      });
      // Whose words they are this home is from now on. Past what the relay knows, and past what a lost device may have kept.
      if (back.length > 0 && home.bonds.length === back.length) {
        home = withoutWords({ ...home, next: (restored.ok ? restored.value : back.length) + 1 + sparesKept }, entropy);
        const saved = await store.write({ put: [keepHome()] });
        if (!saved.ok) return saved;
      }
      // What is back is back; whatever else there is can be asked for again.
      return back.length > 0 || restored.ok ? ok(back) : restored;
    },

    memories: () => [...memories.values()],
    importMemory: async (json) => {
      const written = await writeMemory(store, json, Math.round(ports.clock.now()), () => new Promise((done) => void ports.timer.after(0, done)));
      if (written.ok) memories.set(written.value.id, written.value);
      changed();
      return written;
    },
    remembered: (id, options) => readMemory(store, id, options),
    memoryPlaces: (id) => memoryPlaces(store, id),
    forgetMemory: async (id) => {
      const deleted = await deleteMemory(store, id);
      if (deleted.ok) memories.delete(id);
      changed();
    },

    forget,
    wipe,
    recall: async (id, earlier) => {
      const proof = bonds.get(earlier)?.asEarlier();
      const bond = bonds.get(id);
      if (!proof) return err("not-ended");
      const told = await bond?.act({ do: "recall", earlier: proof });
      return told?.ok ? ok(undefined) : err("not-together");
    },
    earlier: async (id) => {
      const recalled = bonds.get(id)?.recalled();
      if (!recalled) return [];
      return [...bonds.values()].flatMap((bond) => {
        const other = bond.endedWith();
        return other ? [{ bond: bond.id, ...whoRecalled(recalled, bond.id, other) }] : [];
      });
    },
    signKey: (id) => bonds.get(id)?.signKey(),

    stop: async () => {
      await Promise.all([...bonds.values()].map((bond) => bond.stop()));
    },
  });
};

interface RunningBond extends Bond {
  /** Ended and taken off this device, with nothing left to be told. */
  isOver(): boolean;
  /** In the group, whatever it still waits for. */
  isMember(): boolean;
  isRevoked(): boolean;
  /** Nobody ever came to it. */
  isTakenBack(): boolean;
  /** Of an ended bond: what proves to be of it, and who it was with. */
  asEarlier(): Extract<Act, { do: "recall" }>["earlier"] | undefined;
  endedWith(): Uint8Array | undefined;
  recalled(): Recalled;
  signKey(): Secret | undefined;
  /** The person key is here. */
  hasPerson(): boolean;
  stop(): Promise<void>;
}

const loadHome = async (store: Store, ports: Ports): Promise<Result<{ readonly home: HomeRecord; readonly bonds: Map<string, RunningBond> }, HomeFault>> => {
  const bonds = new Map<string, RunningBond>();
  const written = await store.get("home");
  if (!written) return ok({ home: newHome(new Secret(ports.random(16))), bonds });
  const home = decodeHome(written);
  if (!home.ok) return home;
  for (const [number, id] of home.value.bonds.entries()) {
    const scope = scoped(store, id);
    const written = await scope.store.get("state");
    const durable = written ? decodeDurable(written, await scope.store.get("mls")) : err("damaged" as const);
    if (!durable.ok) return durable;
    const before = withoutPerson(withWords(durable.value, home.value, number), home.value);
    const whole = await knowAnew(await knowKept(before, scope.store), scope.store, ports);
    const state = stateOf(whole, ports);
    const restored = whole.mls
      ? await ports.sealers.restore(whole.mls, { line: state.line, me: state.self.personKey, other: otherOf(state.stage) })
      : undefined;
    // A seal that cannot be taken up again is made anew; what the bond kept is there meanwhile.
    const sealer = restored?.ok ? restored.value : null;
    const stuck: Partial<State> =
      restored && !restored.ok && whole.stage.at === "together"
        ? {
            mending: whole.mending ?? { why: "cannot-follow", after: whole.seq },
            // What my others chose meanwhile is in the archive alone.
            held: whole.held ?? (whole.own ? { after: placeOf(whole, whole.seq), entries: [] } : null),
          }
        : {};
    bonds.set(id, bondOf(id, startDriver({ ...state, ...stuck }, sealer, ports, scope.store), scope.store));
  }
  return ok({ home: home.value, bonds });
};

const none = new Uint8Array();

const otherOf = (stage: Stage): Uint8Array | undefined => (stage.at === "together" ? stage.other : undefined);

const selfFor = (line: Uint8Array, name: string, person: Secret, ports: Ports): Self => {
  const device = new Secret(ports.random(32));
  const certificate = certifyDevice(line, person, publicKey(device));
  return { person, personKey: publicKey(person), device, certificate, end: certifyEnd(line, person), name, deviceName: "" };
};

const wordsFor = ({ verifier, boxSeed }: BondKeys, told: boolean): WordsKeys => ({ verifier, boxSeed, box: null, told, proof: null });

/** A bond of release 0.1 learns what the twelve words are for it; the key it told the relay then vouches for the new one. */
const withWords = (durable: Durable, { entropy }: HomeRecord, number: number): Durable => {
  if (durable.words || !durable.self.person || !entropy) return durable;
  return { ...durable, words: { ...wordsFor(bondKeys(entropy, number), false), proof: recoverySeedV1(entropy, durable.line) } };
};

/** Once only their owner has the words, no bond's person key is here any more. */
const withoutPerson = (durable: Durable, home: HomeRecord): Durable =>
  home.words === "kept" ? { ...durable, self: { ...durable.self, person: null } } : durable;

/** Release 0.1 kept no list of what it kept last, nor of kinds that it did not know: they are read off what it kept. */
const knowKept = async (durable: Durable, store: Store): Promise<Durable> => {
  if (durable.lastKept >= 0) return durable;
  const rows = await store.list("kept/");
  const kinds = new Set(rows.map(kindOfRow));
  const unknown = [...kinds].filter((kind) => !isSenseName(kind));
  return { ...durable, recent: rows.slice(-recentKept).map(idOfRow), unknown, lastKept: durable.seq };
};

/** After an upgrade, what an older version kept without knowing it is understood (DEV5): in order, as when it came. */
const knowAnew = async (durable: Durable, store: Store, ports: Ports): Promise<Durable> => {
  const known = durable.unknown.filter(isSenseName);
  if (known.length === 0) return durable;
  const rows = await store.list("kept/");
  const context = { wall: Math.round(ports.clock.now()), monotonic: Math.round(ports.clock.monotonic()), random: ports.random };
  let state = stateOf(durable, ports);
  for (const [, value] of rows) state = understand(state, value, context, known);
  const whole = { ...durable, senses: state.senses, unknown: durable.unknown.filter((kind) => !isSenseName(kind)) };
  // It kept all that it did not know. What is not for keeping goes, together with the word that it was understood.
  const gone = rows.filter((row) => known.some((kind) => kind === kindOfRow(row)) && !isKeptRow(row)).map(([name]) => name);
  if (gone.length > 0) await store.write({ put: [["state", encodeDurable(whole)]], delete: gone });
  return whole;
};

const isKeptRow = ([, value]: Row): boolean => {
  const decoded = decodeKept(value);
  const kept = decoded.ok ? (decoded.value as Cbor & Kept) : undefined;
  return kept !== undefined && isKept({ kind: kept.kind, body: kept.body });
};

const threePlaces = (ports: Ports): readonly number[] => {
  const places = new Set<number>();
  while (places.size < 3) for (const byte of ports.random(3)) if (byte < 252 && places.size < 3) places.add((byte % 12) + 1);
  return [...places].toSorted((a, b) => a - b);
};

const emptyDurable = (line: Uint8Array, self: Self, stage: Stage): Omit<Durable, "relay"> => ({
  line,
  self,
  stage,
  mls: null,
  epoch: 0,
  generation: 0,
  members: [],
  index: 0,
  seq: 0,
  head: genesisHead(line),
  heads: [],
  n: 1,
  outbox: [],
  ahead: null,
  senses: initialSenses,
  offset: 0,
  savedAt: 0,
  fault: null,
  refused: 0,
  gapAt: null,
  ...fresh,
});

const stateOf = (durable: Durable, ports: Ports): State => {
  const wall = Math.round(ports.clock.now());
  return {
    ...durable,
    link: { is: "down", since: wall + durable.offset, retryAt: 0, failures: 0 },
    trouble: durable.fault ? { is: durable.fault } : null,
    inbox: [],
    inboxSeq: durable.seq,
    inboxHead: durable.head,
    live: null,
    liveEpoch: -1,
    // Reckoning it is the first and slowest thing that curves are used for at a start; the certificate has it.
    selfKey: certifiedDevice(durable.self.certificate) ?? publicKey(durable.self.device),
    onScreen: false,
    unsaved: { put: [], drop: [], dirty: false, retryAt: 0 },
    answers: [],
    happened: [],
    adding: null,
    scan: null,
    job: null,
    jobAt: 0,
    asked: { package: false, verifier: false, packages: false, end: false },
    cues: {},
    vigils: noVigils,
    senseWake: {},
    anchor: { line: Math.max(wall + durable.offset, durable.savedAt), monotonic: Math.round(ports.clock.monotonic()) },
  };
};

const scoped = (store: Store, id: string) => {
  const key = (name: string): string => `bond/${id}/${name}`;
  const bare = (name: string): string => name.slice(key("").length);
  const scopedStore: Store = {
    get: (name) => store.get(key(name)),
    list: async (prefix, options = {}) => {
      const after = options.after === undefined ? {} : { after: key(options.after) };
      return (await store.list(key(prefix), { ...options, ...after })).map(([name, value]) => [bare(name), value] as const);
    },
    keys: async (prefix) => (await store.keys(key(prefix))).map(bare),
    write: (change) => store.write({ put: (change.put ?? []).map(([name, value]) => [key(name), value] as const), delete: (change.delete ?? []).map(key) }),
  };
  return { key, store: scopedStore };
};

const bondOf = (id: string, driver: Driver, store: Store): RunningBond => ({
  id,
  view: () => viewOf(driver.state(), driver.context()),
  isOver: () => {
    const { stage, trouble } = driver.state();
    if (stage.at !== "ended" || !stage.wiped) return false;
    // Of an invitation that nobody took a relay that has nothing of it, or is another one, needs to know nothing.
    return isTold(stage) || (stage.other.length === 0 && (stage.cannot !== undefined || trouble?.is === "wrong-relay"));
  },
  isMember: () => driver.state().stage.at === "together",
  isRevoked: () => {
    const { stage, trouble } = driver.state();
    return trouble?.is === "revoked" || (stage.at === "ended" && stage.cannot?.why === "removed");
  },
  isTakenBack: () => {
    const { stage } = driver.state();
    return stage.at === "ended" && stage.wiped && !stage.told && stage.other.length === 0;
  },
  asEarlier: () => {
    const { stage, line, self } = driver.state();
    return stage.at === "ended" && !stage.wiped && self.certificate.length > 0 ? { line, device: self.device, certificate: self.certificate } : undefined;
  },
  endedWith: () => {
    const { stage } = driver.state();
    return stage.at === "ended" && !stage.wiped && stage.other.length > 0 ? stage.other : undefined;
  },
  recalled: () => recalledOf(driver.state()),
  signKey: () => {
    const { senses, notes } = driver.state();
    const life = lifeOf(senses.promise, "me");
    const secret = life && notes[life.id]?.secret;
    return secret && new Secret(secret);
  },
  hasPerson: () => driver.state().self.person !== null,
  watch: driver.watch,
  listen: driver.listen,
  act: driver.act,
  onScreen: driver.onScreen,
  settled: (within) => settled(driver, within),
  history: () => Promise.resolve(driver.state().history),
  places: async () => (await store.keys(keptPrefix)).map(placeOfKey),
  kept: async ({ before, limit }) => {
    const rows = await store.list(keptPrefix, { reverse: true, limit, ...(before === undefined ? {} : { after: keptKey(before) }) });
    return rows.flatMap(([, value]) => {
      const decoded = decodeKept(value);
      return decoded.ok ? [decoded.value as Cbor & Kept] : [];
    });
  },
  stop: driver.stop,
});

/** A relay that had lost records may have them again: that is known once it was asked on this connection. */
const isLasting = (fault: State["fault"], link: State["link"]): boolean => {
  if (fault !== "rewound") return fault !== null;
  return link.is === "open" || (link.is === "down" && link.retryAt > 0);
};

/** Everything given, everything taken, nothing unsaved; or something only a person can settle. */
const settled = (driver: Driver, within: number): Promise<boolean> =>
  new Promise((resolve) => {
    const check = (): boolean | undefined => {
      const state = driver.state();
      const { stage, inbox, link, unsaved, fault, trouble, mending, held, owes, job } = state;
      const waits = state.outbox.length > 0 && !isHeldBack(state, lineNow(state, driver.context()));
      if (
        isLasting(fault, link) ||
        trouble?.is === "wrong-relay" ||
        trouble?.is === "revoked" ||
        trouble?.is === "unknown-here" ||
        trouble?.is === "version" ||
        trouble?.is === "closed-relay"
      )
        return false;
      if (stage.at === "turned-away") return unsaved.dirty ? undefined : true;
      if (stage.at === "ended") return unsaved.dirty ? undefined : isTold(stage) ? true : stage.cannot ? false : undefined;
      if (unsaved.dirty || inbox.length > 0 || waits || mending || held || owes.length > 0 || job) return undefined;
      if (stage.at === "knocking") return link.is === "challenged" && link.answered ? true : undefined;
      return link.is === "open" && link.current ? true : undefined;
    };
    const done = (result: boolean): void => {
      stop();
      cancel();
      resolve(result);
    };
    const stop = driver.watch(() => {
      const result = check();
      if (result !== undefined) done(result);
    });
    const cancel = driver.after(within, () => done(false));
    const already = check();
    if (already !== undefined) done(already);
  });
