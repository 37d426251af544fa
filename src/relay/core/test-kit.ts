/** A relay core with a movable clock, a memory log, and devices that speak frames by hand. For tests only. */
import { concat, toHex, u32 } from "../../base/bytes.ts";
import { asSealed, type Sealed } from "../../base/brand.ts";
import { invariant } from "../../base/exhaustive.ts";
import { Secret } from "../../base/secret.ts";
import { certifyEnd } from "../../protocol/certificate.ts";
import { refoundNumber } from "../../protocol/chain.ts";
import {
  decodeFrame,
  encodeFrame,
  isRelayFrame,
  type ChangeFields,
  type DeviceFrame,
  type FrameOf,
  type RelayFrame,
  type RelayFrameName,
} from "../../protocol/frames.ts";
import { publicKey, sha256, sign } from "../../protocol/keys.ts";
import { createTranscript, knockTranscript, openTranscript, reclaimTranscript, recoverTranscript, verifierTranscript } from "../../protocol/transcripts.ts";
import { createMemoryLog, type MemoryLog } from "../log/memory.ts";
import type { Closing } from "./connection.ts";
import type { RelayReport } from "./firing.ts";
import type { CreatePolicy } from "./decide-door.ts";
import type { Limits } from "./limits.ts";
import { createNobleCrypto } from "./noble-crypto.ts";
import { createRelayCore, type RelayCore } from "./relay-core.ts";

export const seedOf = (name: string): Secret =>
  new Secret(
    sha256(
      concat(
        new Uint8Array([7]),
        Uint8Array.from(name, (letter) => letter.charCodeAt(0)),
      ),
    ),
  );
export const keyOf = (name: string): Uint8Array => publicKey(seedOf(name));
export const lineOf = (name: string): Uint8Array => sha256(keyOf(name)).subarray(0, 16);
export const body = (fill = 1, length = 256): Sealed => asSealed(new Uint8Array(length).fill(fill));
export const ticket = new Uint8Array(32).fill(9);
export const blobOf = (name: number): Uint8Array => new Uint8Array(16).fill(name);
export const capabilityOf = (name: number): Uint8Array => new Uint8Array(32).fill(name);

/** Of a line that is not the usual one, another: a verifier belongs to one line. */
const recoveryOf = (line: Uint8Array | undefined): Uint8Array => keyOf(line ? `recovery ${toHex(line)}` : "recovery");

export class Peer {
  readonly id: number;
  readonly #world: World;
  inbox: RelayFrame[] = [];
  closed: Closing | undefined;
  unsent = 0;
  /** The network takes nothing of what is sent to it. */
  stalled = false;
  /** The relay reads its socket. */
  read = true;

  constructor(world: World, id: number) {
    this.#world = world;
    this.id = id;
  }

  raw(bytes: Uint8Array): void {
    this.#world.core.received(this.id, bytes);
  }

  /** Without a commit: what waits, waits. */
  push(frame: DeviceFrame): void {
    this.raw(encodeFrame(frame));
  }

  /** With all commits that follow; the frames that came. */
  send(frame: DeviceFrame): readonly RelayFrame[] {
    this.take();
    this.push(frame);
    this.#world.settle();
    return this.take();
  }

  /** Everything that came since the last look. */
  take(): readonly RelayFrame[] {
    const frames = this.inbox;
    this.inbox = [];
    return frames;
  }

  /** The one frame of this type that came; a failing test when there is none or another. */
  one<Name extends RelayFrameName>(type: Name, frames: readonly RelayFrame[] = this.take()): FrameOf<Name> {
    const found = frames.filter((frame) => frame.type === type);
    invariant(
      found.length === 1,
      `expected one ${type}, got ${frames.map((frame) => (frame.type === "refused" ? `refused ${frame.code}` : frame.type)).join(", ")}`,
    );
    return found[0] as unknown as FrameOf<Name>;
  }

  get challenge(): { readonly nonce: Uint8Array; readonly relay: Uint8Array } {
    return { nonce: this.#world.nonces.get(this.id) ?? new Uint8Array(32), relay: this.#world.relayKey };
  }

  create(who: string, over: Partial<FrameOf<"create">> = {}): readonly RelayFrame[] {
    const frame = { line: lineOf("line"), key: keyOf(who), ticketHash: sha256(ticket), recovery: recoveryOf(over.line), token: "", ...over };
    return this.send({ type: "create", ...frame, signature: over.signature ?? sign(seedOf(who), "beside/create/1", createTranscript(this.challenge, frame)) });
  }

  openFrame(who: string, cursor = 0, over: Partial<FrameOf<"open">> = {}): FrameOf<"open"> {
    const frame = { line: lineOf("line"), key: keyOf(who), nonce: new Uint8Array(32).fill(3), cursor, ...over };
    return { type: "open", ...frame, signature: over.signature ?? sign(seedOf(who), "beside/open/1", openTranscript(this.challenge, frame)) };
  }

  open(who: string, cursor = 0, over: Partial<FrameOf<"open">> = {}): readonly RelayFrame[] {
    return this.send(this.openFrame(who, cursor, over));
  }

  knock(who: string, over: Partial<FrameOf<"knock">> = {}): readonly RelayFrame[] {
    const frame = { line: lineOf("line"), key: keyOf(who), ticket, body: new Uint8Array(8192).fill(5), ...over };
    return this.send({ type: "knock", ...frame, signature: over.signature ?? sign(seedOf(who), "beside/knock/1", knockTranscript(this.challenge, frame)) });
  }

  append(n: number, epoch: number, fill = n, length = 256): readonly RelayFrame[] {
    return this.send({ type: "append", n, epoch, body: body(fill, length) });
  }

  change(over: Partial<ChangeFields>): readonly RelayFrame[] {
    return this.send({ type: "change", ...changeOf(over) });
  }

  accept(knock: number, who: string, over: Partial<FrameOf<"accept">> = {}): readonly RelayFrame[] {
    return this.send({ type: "accept", ticket, knock, ...changeOf({ enrol: [keyOf(who)], welcome: body(8) }), ...over });
  }

  refound(over: Partial<FrameOf<"refound">> = {}): readonly RelayFrame[] {
    return this.send({ type: "refound", n: refoundNumber((over.generation ?? 0) + 1), generation: 0, epoch: 1, welcome: body(9), ...over });
  }

  /** `who`: whose seed the words gave. */
  recover(who = "recovery", signature?: Uint8Array): readonly RelayFrame[] {
    const key = keyOf(who);
    return this.send({ type: "recover", key, signature: signature ?? sign(seedOf(who), "beside/recover/1", recoverTranscript(this.challenge, { key })) });
  }

  reclaim(who: string, over: Partial<FrameOf<"reclaim">> = {}): readonly RelayFrame[] {
    const frame = { key: keyOf(who), generation: 0, epoch: 1, welcome: body(7), ...over };
    const transcript = reclaimTranscript(this.challenge, lineOf("line"), frame);
    return this.send({ type: "reclaim", ...frame, signature: over.signature ?? sign(seedOf(who), "beside/reclaim/1", transcript) });
  }

  /** `by`: whose seed the words gave that were there before. */
  verifier(who: string, by?: string): readonly RelayFrame[] {
    const transcript = verifierTranscript(this.challenge, lineOf("line"), keyOf(who));
    return this.send({ type: "verifier", key: keyOf(who), proof: by === undefined ? null : sign(seedOf(by), "beside/verifier/1", transcript) });
  }

  putFrame(name: number, index: number, total: number, over: Partial<FrameOf<"put">> = {}): FrameOf<"put"> {
    const piece = body(name + index, index === total - 1 ? 1024 : 65_536);
    return { type: "put", id: blobOf(name), check: sha256(capabilityOf(name)), total, index, body: piece, ...over };
  }

  put(name: number, index: number, total: number, over: Partial<FrameOf<"put">> = {}): readonly RelayFrame[] {
    return this.send(this.putFrame(name, index, total, over));
  }

  /** All pieces of it, each once the one before is stored. */
  store(name: number, total = 1): void {
    for (let index = 0; index < total; index++) this.one("stored", this.put(name, index, total));
  }

  get(name: number, index = 0, over: Partial<FrameOf<"get">> = {}): readonly RelayFrame[] {
    return this.send({ type: "get", id: blobOf(name), capability: capabilityOf(name), index, ...over });
  }

  keep(note: Uint8Array, ...names: readonly number[]): readonly RelayFrame[] {
    return this.send({ type: "keep", note, ids: names.map(blobOf) });
  }

  end(line = lineOf("line")): readonly RelayFrame[] {
    return this.send({ type: "end", certificate: certifyEnd(line, seedOf("person")) });
  }

  /** The network took everything, and what is sent from now on. */
  drain(): void {
    this.stalled = false;
    this.unsent = 0;
    this.#world.core.drained(this.id);
    this.#world.settle();
  }

  drop(): void {
    this.#world.core.disconnected(this.id);
    this.#world.settle();
  }
}

export const changeOf = (over: Partial<ChangeFields>): ChangeFields => ({
  n: 1,
  generation: 0,
  epoch: 0,
  commit: body(6),
  welcome: null,
  enrol: [],
  revoke: [],
  ...over,
});

export class World {
  now = 1_800_000_000_000;
  core: RelayCore;
  log: MemoryLog;
  readonly peers = new Map<number, Peer>();
  readonly nonces = new Map<number, Uint8Array>();
  readonly relayKey = keyOf("relay");
  /** By how much the wall's time is another than what went by, and what the machine slept. */
  skew = 0;
  slept = 0;
  readonly reports: RelayReport[] = [];
  /** The disk is nearly full. */
  scarce = false;
  /** Signatures that the relay checked. */
  checked = 0;
  readonly #limits: Partial<Limits>;
  readonly #policy: CreatePolicy;
  #next = 1;

  constructor(limits: Partial<Limits> = {}, policy: CreatePolicy = { kind: "open" }) {
    this.#limits = limits;
    this.#policy = policy;
    this.log = createMemoryLog();
    this.core = this.#start();
  }

  #start(): RelayCore {
    const noble = createNobleCrypto(seedOf("relay"));
    return createRelayCore({
      log: this.log,
      clock: { now: () => this.now + this.skew, monotonic: () => this.now, awake: () => this.now + this.slept },
      scarce: () => this.scarce,
      report: (report) => this.reports.push(report),
      crypto: {
        ...noble,
        verify: (...proof) => {
          this.checked++;
          return noble.verify(...proof);
        },
      },
      random: (length) => sha256(u32(this.#next++)).subarray(0, length),
      outlet: {
        send: (id, message) => {
          const frame = decodeFrame(message);
          invariant(frame.ok && isRelayFrame(frame.value), "the relay sends frames");
          if (frame.value.type === "challenge") this.nonces.set(id, frame.value.nonce);
          const peer = this.peers.get(id);
          peer?.inbox.push(frame.value);
          if (peer?.stalled) peer.unsent += message.length;
        },
        close: (id, why) => {
          const peer = this.peers.get(id);
          if (peer) peer.closed = why;
        },
        unsent: (id) => this.peers.get(id)?.unsent ?? 0,
        read: (id, on) => {
          const peer = this.peers.get(id);
          if (peer) peer.read = on;
        },
      },
      policy: this.#policy,
      limits: this.#limits,
    });
  }

  connect(): Peer {
    const peer = new Peer(this, this.#next++);
    this.peers.set(peer.id, peer);
    this.core.connected(peer.id);
    return peer;
  }

  settle(): void {
    for (let i = 0; this.core.pending(); i++) {
      invariant(i < 10_000, "the core comes to rest");
      this.core.commit();
    }
  }

  /** The machine stops: sockets are gone, and only what was durable is left. */
  crash(): void {
    this.log = this.log.crash();
    this.peers.clear();
    this.core = this.#start();
  }

  /** Time goes by, with a relay that is there all the while. */
  live(millis: number): void {
    for (let left = millis; left > 0; left -= 20_000) {
      this.now += Math.min(left, 20_000);
      this.core.scan();
      this.settle();
    }
  }

  /** Time goes by at once, and the relay notices. */
  pass(millis: number): void {
    this.now += millis;
    for (let i = 0; i < 20; i++) {
      this.core.tick();
      this.settle();
    }
  }

  opened(who: string, cursor = 0): Peer {
    const peer = this.connect();
    peer.one("opened", peer.open(who, cursor));
    return peer;
  }

  /** A line with ana (side 0, device 0) and ben (side 1, device 1), both open and level; epoch 1, seq 1, ana's n 1. */
  pair(): { readonly ana: Peer; readonly ben: Peer } {
    const door = this.connect();
    door.one("created", door.create("ana"));
    const ana = this.opened("ana");
    const knocker = this.connect();
    knocker.knock("ben");
    const { items } = ana.one("knocks");
    ana.one("acked", ana.accept(items[0]?.id ?? 0, "ben"));
    knocker.take();
    knocker.one("opened", knocker.open("ben"));
    return { ana, ben: knocker };
  }

  /** The same, and ana's second device, open and level; epoch 2, seq 2, ana's n 2. */
  three(): { readonly ana: Peer; readonly ana2: Peer; readonly ben: Peer } {
    const { ana, ben } = this.pair();
    ana.one("acked", ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) }));
    const ana2 = this.opened("ana2", 2);
    for (const peer of [ana, ana2, ben]) peer.take();
    return { ana, ana2, ben };
  }
}
