/**
 * A person's home on one device: makes and loads bonds, and gives each its driver. Everything it keeps is in one Store:
 * `home` (the words' entropy and the list of bonds) and `bond/<line>/…` (see next.ts and records.ts).
 */
import * as v from "valibot";
import { equalBytes, toHex } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { Store, StoreFault } from "../ports/store.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import { genesisHead } from "../protocol/chain.ts";
import { isOrigin, mailboxKeyOf, readInvitation } from "../protocol/invitation.ts";
import { personSeed, publicKey, recoverySeed, sha256 } from "../protocol/keys.ts";
import { parseName } from "../senses/name/name.ts";
import { decodeDurable, encodeDurable } from "./durable.ts";
import { startDriver, type Driver, type Ports } from "./driver.ts";
import type { Bond, Home, Kept } from "./home.ts";
import { sealKnock } from "./knock.ts";
import { keptKey } from "./records.ts";
import { initialSenses } from "./senses.ts";
import type { Durable, Self, Stage, State } from "./state.ts";
import { viewOf } from "./view.ts";

export type HomeFault = "newer" | "damaged";

/** Loads what the store holds, or begins; every bond starts to connect at once. */
export const createHome = async (store: Store, ports: Ports): Promise<Result<Home, HomeFault>> => {
  const loaded = await loadHome(store, ports);
  if (!loaded.ok) return loaded;
  const { entropy } = loaded.value;
  const bonds = loaded.value.bonds;
  const watchers = new Set<() => void>();
  const changed = (): void => watchers.forEach((watcher) => watcher());
  /** In the order they were made; also those whose first save is under way. */
  const ids = new Set(bonds.keys());

  const keepHome = (ids: readonly string[]): readonly [string, Uint8Array] => ["home", encodeCbor({ version: 1, entropy: entropy.expose(), bonds: ids })];

  /** Saves a new bond whole before it does anything, then lets it run. */
  const add = async (durable: Durable, sealer: Parameters<typeof startDriver>[1]): Promise<Result<Bond, StoreFault>> => {
    const id = toHex(durable.line);
    const state = stateOf(durable, ports);
    const scope = scoped(store, id);
    const { mls, ...rest } = durable;
    ids.add(id);
    const put = [keepHome([...ids]), [scope.key("state"), encodeDurable(rest)] as const, ...(mls ? [[scope.key("mls"), mls] as const] : [])];
    const saved = await store.write({ put });
    if (!saved.ok) {
      ids.delete(id);
      return saved;
    }
    const bond = bondOf(id, startDriver(state, sealer, ports, scope.store), scope.store);
    bonds.set(id, bond);
    changed();
    return ok(bond);
  };

  const forget = async (id: string): Promise<void> => {
    const bond = bonds.get(id);
    const stage = bond?.view().stage;
    // What two people kept is theirs, after an end too.
    if (!bond || stage === "together" || stage === "ended") return;
    bonds.delete(id);
    ids.delete(id);
    await bond.stop();
    const { key } = scoped(store, id);
    const kept = await store.list(key(""));
    await store.write({ put: [keepHome([...ids])], delete: kept.map(([name]) => name) });
    changed();
  };

  return ok({
    bonds: () => [...bonds.values()],
    watch: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    invite: async ({ name: typed, relay, token = "" }) => {
      const name = parseName(typed);
      if (name === undefined) return err("bad-name");
      if (!isOrigin(relay)) return err("bad-relay");
      const line = ports.random(16);
      const self = selfFor(line, name, entropy, ports);
      const pins = { line, me: publicKey(self.person), other: undefined };
      const { sealer, state: mls } = await ports.sealers.found({ certificate: self.certificate, deviceSeed: self.device }, pins);
      const stage: Stage = { at: "making", secret: new Secret(ports.random(16)), recovery: publicKey(recoverySeed(entropy, line)), token };
      return add({ ...emptyDurable(line, self, stage), relay: { origin: relay, hash: new Uint8Array() }, mls, epoch: sealer.epoch() }, sealer);
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
      const self = selfFor(line, name, entropy, ports);
      const me = publicKey(self.person);
      if (equalBytes(sha256(me), inviterHash)) return err("own-invitation");
      const { keyPackage, state: pending } = await ports.sealers.keyPackage(
        { certificate: self.certificate, deviceSeed: self.device },
        { line, me, other: undefined },
      );
      const body = sealKnock({ certificate: self.certificate, keyPackage, name }, mailboxKeyOf(invitation.value), line, ports.random);
      const stage: Stage = { at: "knocking", secret, inviterHash, pending, body, delivered: false, welcome: null };
      return add({ ...emptyDurable(line, self, stage), relay: { origin: relay ?? invitation.value.relay, hash: relayHash } }, null);
    },

    forget,

    stop: async () => {
      await Promise.all([...bonds.values()].map((bond) => bond.stop()));
    },
  });
};

interface RunningBond extends Bond {
  stop(): Promise<void>;
}

const homeSchema = v.object({ version: v.number(), entropy: v.instance(Uint8Array), bonds: v.array(v.string()) });

const loadHome = async (store: Store, ports: Ports): Promise<Result<{ readonly entropy: Secret; readonly bonds: Map<string, RunningBond> }, HomeFault>> => {
  const bonds = new Map<string, RunningBond>();
  const written = await store.get("home");
  if (!written) return ok({ entropy: new Secret(ports.random(16)), bonds });
  const decoded = decodeCbor(written);
  const parsed = decoded.ok ? v.safeParse(homeSchema, decoded.value) : undefined;
  if (!parsed?.success) return err("damaged");
  if (parsed.output.version > 1) return err("newer");
  for (const id of parsed.output.bonds) {
    const scope = scoped(store, id);
    const written = await scope.store.get("state");
    const durable = written ? decodeDurable(written, await scope.store.get("mls")) : err("damaged" as const);
    if (!durable.ok) return durable;
    const state = stateOf(durable.value, ports);
    const restored = durable.value.mls
      ? await ports.sealers.restore(durable.value.mls, {
          line: state.line,
          me: publicKey(state.self.person),
          other: state.stage.at === "together" ? state.stage.other : undefined,
        })
      : undefined;
    // A seal that cannot be taken up again stops this line, not the others, and what it kept stays readable.
    const sealer = restored?.ok ? restored.value : null;
    const stuck: Partial<State> = restored && !restored.ok ? { fault: "cannot-follow", trouble: { is: "cannot-follow" } } : {};
    bonds.set(id, bondOf(id, startDriver({ ...state, ...stuck }, sealer, ports, scope.store), scope.store));
  }
  return ok({ entropy: new Secret(parsed.output.entropy), bonds });
};

const selfFor = (line: Uint8Array, name: string, entropy: Secret, ports: Ports): Self => {
  const person = personSeed(entropy, line);
  const device = new Secret(ports.random(32));
  return { person, device, certificate: certifyDevice(line, person, publicKey(device)), name };
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
    selfKey: publicKey(durable.self.device),
    onScreen: false,
    unsaved: { put: [], dirty: false, retryAt: 0 },
    answers: [],
    happened: [],
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
    write: (change) => store.write({ put: (change.put ?? []).map(([name, value]) => [key(name), value] as const), delete: (change.delete ?? []).map(key) }),
  };
  return { key, store: scopedStore };
};

const bondOf = (id: string, driver: Driver, store: Store): RunningBond => ({
  id,
  view: () => viewOf(driver.state(), driver.context()),
  watch: driver.watch,
  listen: driver.listen,
  act: driver.act,
  onScreen: driver.onScreen,
  settled: (within) => settled(driver, within),
  kept: async ({ before, limit }) => {
    const rows = await store.list("kept/", { reverse: true, limit, ...(before === undefined ? {} : { after: keptKey(before) }) });
    return rows.flatMap(([, value]) => {
      const decoded = decodeCbor(value);
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
      const { stage, outbox, inbox, link, unsaved, fault, trouble } = driver.state();
      if (
        isLasting(fault, link) ||
        trouble?.is === "wrong-relay" ||
        trouble?.is === "revoked" ||
        trouble?.is === "unknown-here" ||
        trouble?.is === "version" ||
        trouble?.is === "closed-relay"
      )
        return false;
      if (stage.at === "turned-away" || stage.at === "ended") return unsaved.dirty ? undefined : true;
      if (unsaved.dirty || inbox.length > 0 || outbox.length > 0) return undefined;
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
