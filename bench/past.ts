/**
 * Two people with a long past, made as it would have come to be but in a hurry: they pair by the real engine with the
 * real seal; then Ben's thoughts are sealed one by one by his own seal, sent by the bench's bare client, and received by
 * Ada's engine, which opens, applies and keeps each, and makes the archive. What is left: a relay's data folder and
 * Ada's BESIDE_HOME, to be copied for each run, and the twelve words.
 */
import { createPrivateKey } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { u32 } from "../src/base/bytes.ts";
import type { Result } from "../src/base/result.ts";
import type { Secret } from "../src/base/secret.ts";
import { argon2id } from "../src/cli/adapters/argon2id.ts";
import { systemClock, systemTimer } from "../src/cli/adapters/clock.ts";
import { systemRandom } from "../src/cli/adapters/random.ts";
import { openSqliteStore } from "../src/cli/adapters/sqlite-store.ts";
import { createTransport } from "../src/cli/adapters/transport.ts";
import { createHome } from "../src/line/create-home.ts";
import type { Ports } from "../src/line/driver.ts";
import { saidADay } from "../src/line/damping.ts";
import { decodeDurable } from "../src/line/durable.ts";
import { encodeEntry } from "../src/line/entry.ts";
import type { Bond, Home } from "../src/line/home.ts";
import type { BondView, TogetherView } from "../src/line/view.ts";
import { createMlsSealers } from "../src/mls/sealers.ts";
import type { Store } from "../src/ports/store.ts";
import { createMemoryStore } from "../src/testing/memory-store.ts";
import { Device } from "./device.ts";
import { startRelay, unpaced, type Relay, type RelaySettings } from "./relay.ts";

export interface Past {
  readonly port: number;
  readonly bond: string;
  readonly words: readonly string[];
  /** Ada's BESIDE_HOME, with nobody in it. */
  readonly home: string;
  /** The relay's data folder, with nobody in it. */
  readonly relay: string;
  /** How long making it took, in seconds. */
  readonly seconds: number;
}

/** A person's engine in this process, with the real ports. */
export const openHome = async (store: Store): Promise<Home> => {
  const ports: Ports = {
    clock: systemClock,
    timer: systemTimer,
    random: systemRandom,
    transport: createTransport(),
    argon2id,
    sealers: createMlsSealers({ now: systemClock.now }),
  };
  return value(await createHome(store, ports));
};

export const openStore = (home: string) => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return value(openSqliteStore(join(home, "beside.sqlite")));
};

const value = <T, E>(result: Result<T, E>): T => {
  if (!result.ok) throw new Error(`the bench was refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

/** The first view of which this is true. */
const viewLike = <View extends BondView>(bond: Bond, isLike: (view: BondView) => view is View, within = 120_000): Promise<View> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      stop();
      reject(new Error(`a bond stayed ${JSON.stringify(bond.view()).slice(0, 2000)}`));
    }, within);
    const look = (): void => {
      const view = bond.view();
      if (!isLike(view)) return;
      clearTimeout(late);
      stop();
      resolve(view);
    };
    const stop = bond.watch(look);
    look();
  });

const isTogether = (view: BondView): view is TogetherView => view.stage === "together";
type Inviting = Extract<BondView, { stage: "inviting" }>;
const isInviting = (view: BondView): view is Inviting => view.stage === "inviting";
const isKnockedAt = (view: BondView): view is Inviting => isInviting(view) && view.knocks.length > 0;
const isBackedUp = (view: BondView): view is TogetherView => isTogether(view) && view.words !== null && view.transfer === null && !view.backup.behind;

/** Short thoughts, no two alike, and one that is searched for. */
const texts = ["the kettle is on", "home by seven", "did you see the moon", "your scarf is here", "thinking of the lake", "good night", "soup is warm"];
export const rareText = "the heron on the far bank";
const textOf = (index: number): string => (index === 17 ? rareText : `${texts[index % texts.length]} ${index}`);

const minute = 60_000;
/** Beyond its share of a day what one person says is set aside (BOUND3), so a long past takes some days. */
const perDay = saidADay.things;
/** Unacknowledged at a time. */
const under = 64;

export const makePast = async (folder: string, entries: number): Promise<Past> => {
  const from = performance.now();
  const [data, home] = [join(folder, "relay"), join(folder, "ada")];
  const relay = await startRelay({ data, limits: unpaced, daysAgo: Math.ceil(entries / perDay) });
  const origin = `http://127.0.0.1:${relay.port}`;
  const [adaStore, benStore] = [openStore(home), createMemoryStore()];
  const [ada, ben] = await Promise.all([openHome(adaStore), openHome(benStore)]);
  const bond = value(await ada.invite({ name: "Ada", relay: origin }));
  const { link } = await viewLike(bond, isInviting);
  const bens = value(await ben.join({ name: "Ben", link }));
  const { knocks } = await viewLike(bond, isKnockedAt);
  await bond.act({ do: "accept", knock: knocks[0]?.id ?? 0 });
  await Promise.all([viewLike(bond, isTogether), viewLike(bens, isTogether)]);
  for (const one of [bond, bens, bond]) if (!(await one.settled(30_000))) throw new Error("the two are not together");
  await ben.stop();

  // As on a screen: the archive follows at leisure, not after every batch.
  bond.onScreen(true);
  const device = await say(relay, benStore, bond.id, entries);
  while (seqOf(await bond.kept({ limit: 1 })) < device.seq) await new Promise((resolve) => setTimeout(resolve, 20));
  await bond.settled(30_000);
  await ada.stop();
  // Who is not looked at does not wait.
  const again = await openHome(adaStore);
  const words = again.showWords();
  const [back] = again.bonds();
  if (!words || !back) throw new Error("no twelve words");
  await viewLike(back, isBackedUp);
  await back.settled(30_000);
  await again.stop();
  adaStore.close();
  device.close();
  // The relay lets go of what all have, some hundred records a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await relay.stop();
  return { port: relay.port, bond: bond.id, words, home, relay: data, seconds: (performance.now() - from) / 1000 };
};

const seqOf = (kept: readonly { readonly seq: number }[]): number => kept[0]?.seq ?? 0;

/** DER before the 32 bytes of an Ed25519 seed (RFC 8410). */
const seedPrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const privateKeyOf = (seed: Secret) => createPrivateKey({ key: Buffer.concat([seedPrefix, seed.expose()]), format: "der", type: "pkcs8" });

/** Ben's thoughts, over some two years, in the order of his own count. */
const say = async ({ port, nextDay }: Relay, store: Store, bond: string, entries: number): Promise<{ readonly seq: number; close(): void }> => {
  const written = await store.get(`bond/${bond}/state`);
  const durable = written ? value(decodeDurable(written, await store.get(`bond/${bond}/mls`))) : undefined;
  if (!durable?.mls || durable.stage.at !== "together" || durable.outbox.length > 0) throw new Error("Ben is not together with anyone");
  const { line, self, seq, head, stage } = durable;
  const pins = { line, me: self.personKey, other: stage.other };
  const sealer = value(await createMlsSealers({ now: Date.now }).restore(durable.mls, pins));
  const key = durable.members.find(({ index }) => index === durable.index)?.key;
  if (!key) throw new Error("Ben has no device");
  const device = await Device.connect(port, { line, key, privateKey: privateKeyOf(self.device) });
  const opened = await device.open(seq);
  const now = Date.now();
  // He says what he knows of the log, as his engine would: that is how Ada's knows how much he has.
  let known = { seq, head };
  let waiting = 0;
  const acked = async (): Promise<void> => {
    known = await device.next("acked");
    waiting--;
  };
  for (let index = 0; index < entries; index++) {
    if (index % perDay === 0) {
      while (waiting > 0) await acked();
      await nextDay();
    }
    const n = opened.n + 1 + index;
    const body = { text: textOf(index), at: now - (entries - index) * 50 * minute };
    const sealed = value(await sealer.seal(encodeEntry({ kind: "thought", body, seq: known.seq, head: known.head }), u32(n)));
    device.send({ type: "append", n, epoch: durable.epoch, body: sealed.body });
    if (++waiting >= under) await acked();
  }
  while (waiting > 0) await acked();
  device.send({ type: "cursor", seq: known.seq });
  return { seq: known.seq, close: () => device.socket.destroy() };
};

/** A relay as it was left, from a copy, at the same address. */
export const relayOf = (past: Past, folder: string, more: Pick<RelaySettings, "web" | "limits"> = {}): Promise<Relay> => {
  cpSync(past.relay, folder, { recursive: true });
  return startRelay({ ...more, data: folder, port: past.port });
};

/** Ada's home as it was left, from a copy. */
export const homeOf = (past: Past, folder: string): string => {
  cpSync(past.home, folder, { recursive: true });
  return folder;
};
