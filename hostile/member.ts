/**
 * The other, with a modified client: a real member of the bond, let in by the real engine with the real seal, whose engine is
 * then put aside. What it holds from there on says whatever it likes: well sealed entries of any kind, body, time and place in the
 * log, bytes that nothing opens, live frames, and every frame of the protocol.
 */
import { WebSocket } from "ws";
import { asPlain, asSealed, type Plain, type Sealed } from "../src/base/brand.ts";
import { invariant } from "../src/base/exhaustive.ts";
import type { Result } from "../src/base/result.ts";
import { argon2id } from "../src/cli/adapters/argon2id.ts";
import { systemClock, systemTimer } from "../src/cli/adapters/clock.ts";
import { systemRandom } from "../src/cli/adapters/random.ts";
import { createTransport } from "../src/cli/adapters/transport.ts";
import { createHome } from "../src/line/create-home.ts";
import { decodeDurable } from "../src/line/durable.ts";
import { encodeEntry } from "../src/line/entry.ts";
import type { Bond } from "../src/line/home.ts";
import { hearLive, sayLive, speakLive, startLive, type LiveState } from "../src/line/live.ts";
import { aadOf } from "../src/line/next.ts";
import type { Durable } from "../src/line/state.ts";
import { createMlsSealers } from "../src/mls/sealers.ts";
import type { Sealer } from "../src/ports/sealer.ts";
import type { Cbor } from "../src/protocol/cbor.ts";
import { nextHead } from "../src/protocol/chain.ts";
import { decodeFrame, encodeFrame, frameTypes, type DeviceFrame, type Frame, type FrameOf } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import { createMemoryStore, type MemoryStore } from "../src/testing/memory-store.ts";

const within = 60_000;

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

const value = <T, E>(result: Result<T, E>): T => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

const bounded = async <T>(promise: Promise<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} took too long`)), within)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

export interface Knocking {
  /** Resolves once the honest side let it in and both engines said their first words. */
  let(): Promise<Member>;
}

/** Knocks with an invitation, by the real engine. */
export const knockWith = async (link: string, name: string): Promise<Knocking> => {
  const store = createMemoryStore();
  const sealers = createMlsSealers({ now: systemClock.now });
  const home = value(
    await createHome(store, { clock: systemClock, timer: systemTimer, random: systemRandom, transport: createTransport(), argon2id, sealers }),
  );
  const bond = value(await home.join({ name, link }));
  return {
    let: async () => {
      await bounded(
        new Promise<void>((resolve) => {
          const stop = bond.watch(() => look());
          const look = (): void => {
            const view = bond.view();
            if (view.stage !== "together" || view.other.name === "") return;
            stop();
            resolve();
          };
          look();
        }),
        "being let in",
      );
      invariant(await bond.settled(within), "the first words are said");
      await home.stop();
      return memberOf(store, bond);
    },
  };
};

const memberOf = async (store: MemoryStore, bond: Bond): Promise<Member> => {
  const key = (name: string): string => `bond/${bond.id}/${name}`;
  const durable = value(decodeDurable((await store.get(key("state"))) ?? new Uint8Array(), await store.get(key("mls"))));
  const { stage, line, self, mls } = durable;
  invariant(mls && stage.at === "together", "it is a member");
  const sealer = value(await createMlsSealers({ now: systemClock.now }).restore(mls, { line, me: self.personKey, other: stage.other }));
  const member = new Member(durable, sealer);
  await member.connect();
  return member;
};

export class Member {
  readonly durable: Durable;
  readonly key: Uint8Array;
  readonly #sealer: Sealer;
  readonly origin: string;
  #ws: WebSocket | undefined;
  #challenge: FrameOf<"challenge"> | undefined;
  #live: LiveState | undefined;
  /** Its own count, the place it knows in the log, and the head there. */
  n = 0;
  seq = 0;
  head: Uint8Array = new Uint8Array(32);
  /** The last ones it said, sealed, for saying them again. */
  readonly said: Sealed[] = [];
  acked = 0;
  ackedN = 0;
  /** Said and not yet taken, by count. */
  readonly #waiting = new Map<number, Sealed>();
  /** An append was refused: when it may come again, by the relay's clock. */
  #refusedAt = 0;
  readonly refused: Record<string, number> = {};
  ended = false;
  closed = false;
  #changed: (() => void)[] = [];
  #pongs = 0;

  constructor(durable: Durable, sealer: Sealer) {
    this.durable = durable;
    this.#sealer = sealer;
    this.key = publicKey(durable.self.device);
    this.origin = durable.relay.origin;
    this.seq = durable.seq;
    this.head = durable.head;
  }

  get challenge(): FrameOf<"challenge"> {
    invariant(this.#challenge, "the relay spoke first");
    return this.#challenge;
  }

  /** A new socket; `open`: as a device, on the line. */
  async connect(open = true): Promise<void> {
    this.#ws?.terminate();
    this.#challenge = undefined;
    this.#live = undefined;
    this.closed = false;
    const ws = new WebSocket(`${this.origin.replace(/^http/, "ws")}/line`);
    this.#ws = ws;
    ws.on("error", () => undefined);
    ws.on("close", () => {
      if (this.#ws !== ws) return;
      this.closed = true;
      this.#tell();
    });
    let current = false;
    ws.on("message", (data: Buffer) => {
      if (this.#ws !== ws) return;
      const decoded = decodeFrame(new Uint8Array(data));
      if (!decoded.ok) return;
      current ||= decoded.value.type === "current";
      this.#hear(decoded.value);
      this.#tell();
    });
    await this.until(() => this.#challenge !== undefined || this.closed, "a challenge");
    if (!open) return;
    const { line, self } = this.durable;
    const fields = { line, key: this.key, nonce: systemRandom(32), cursor: this.seq };
    this.send({ type: "open", ...fields, signature: sign(self.device, "beside/open/1", openTranscript(this.challenge, fields)) });
    await this.until(() => current || this.closed || this.ended, "opening");
    if (!current) return;
    const secret = await this.#sealer.exportSecret("beside live", line);
    const started = speakLive(startLive(secret, systemRandom(16), this.key), true, systemClock.now());
    this.#live = started.live;
    for (const body of started.frames) this.send({ type: "live", body });
  }

  #hear(frame: Frame): void {
    switch (frame.type) {
      case "challenge":
        this.#challenge = frame;
        return;
      case "opened":
        this.n = Math.max(this.n, frame.n);
        this.ackedN = frame.n;
        return;
      case "entries":
        for (const item of frame.items) {
          this.seq = item.seq;
          this.head = nextHead(this.head, item);
        }
        return;
      case "acked":
        // Asked again, told again: of a place that was passed.
        if (frame.n <= this.ackedN) return;
        this.acked++;
        this.ackedN = Math.max(this.ackedN, frame.n);
        this.#waiting.delete(frame.n);
        this.seq = frame.seq;
        this.head = frame.head;
        return;
      case "refused":
        this.refused[frame.code] = (this.refused[frame.code] ?? 0) + 1;
        if (frame.re === frameTypes.append) this.#refusedAt = Math.max(this.#refusedAt, frame.after, 1);
        return;
      case "pong":
        this.#pongs++;
        return;
      case "ended":
        this.ended = true;
        return;
      case "liveFrom": {
        const from = this.durable.members.find(({ index }) => index === frame.device)?.key;
        if (!this.#live || !from) return;
        const step = hearLive(this.#live, this.key, from, frame.body, systemClock.now());
        this.#live = step.live;
        for (const body of step.frames) this.send({ type: "live", body });
        return;
      }
      default:
        return;
    }
  }

  #tell(): void {
    for (const look of this.#changed) look();
  }

  until(isSo: () => boolean, what: string): Promise<void> {
    return bounded(
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo()) return;
          this.#changed = this.#changed.filter((one) => one !== look);
          resolve();
        };
        this.#changed.push(look);
        look();
      }),
      what,
    );
  }

  send(frame: DeviceFrame): void {
    this.raw(encodeFrame(frame));
  }
  raw(message: Uint8Array): void {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(message);
  }
  get unsent(): number {
    return this.#ws?.bufferedAmount ?? 0;
  }

  /** A sealed entry for the next count; whatever else is said first has to be sent first. */
  async sealed(kind: string, body: Cbor, over: { readonly seq?: number; readonly head?: Uint8Array; readonly n?: number } = {}): Promise<Sealed | undefined> {
    return this.sealPlain(encodeEntry({ kind, body, seq: over.seq ?? this.seq, head: over.head ?? this.head }), over.n ?? this.n + 1);
  }
  async sealPlain(plain: Plain, n = this.n + 1): Promise<Sealed | undefined> {
    const sealed = await this.#sealer.seal(plain, aadOf(n));
    return sealed.ok ? sealed.value.body : undefined;
  }

  append(body: Sealed): void {
    this.said.push(body);
    if (this.said.length > 64) this.said.shift();
    this.#waiting.set(++this.n, body);
    this.send({ type: "append", n: this.n, epoch: this.durable.epoch, body });
  }

  /** Seals and appends; over the largest body it is nothing. */
  async say(kind: string, body: Cbor, over: { readonly seq?: number; readonly head?: Uint8Array } = {}): Promise<void> {
    const sealed = await this.sealed(kind, body, over);
    if (sealed) this.append(sealed);
  }
  async sayPlain(plain: Uint8Array): Promise<void> {
    const sealed = await this.sealPlain(asPlain(plain));
    if (sealed) this.append(sealed);
  }

  /** A live message, well sealed; rubbish where nobody listens yet. */
  live(sense: string, body: Cbor): void {
    const step = this.#live && sayLive(this.#live, { sense, body }, systemClock.now());
    if (step) this.#live = step.live;
    const frames = step?.frames ?? [];
    for (const frame of frames.length > 0 ? frames : [asSealed(systemRandom(200))]) this.send({ type: "live", body: frame });
  }

  /** All that was said is in the log: what the relay had no room for is said again, when it has. */
  async settled(): Promise<void> {
    await this.quiet();
    while (this.#waiting.size > 0 && !this.closed) {
      const before = this.ackedN;
      this.#refusedAt = 0;
      for (const [n, body] of [...this.#waiting].slice(0, 32)) this.send({ type: "append", n, epoch: this.durable.epoch, body });
      await this.until(() => this.#waiting.size === 0 || this.#refusedAt > 0 || this.ackedN >= before + 32 || this.closed, "an answer");
      if (this.#refusedAt > 0) await pause(Math.max(50, Math.min(2000, this.#refusedAt - systemClock.now())));
    }
    await this.quiet();
  }

  /** Everything before this was answered. */
  async quiet(): Promise<void> {
    const before = this.#pongs;
    this.send({ type: "ping" });
    await this.until(() => this.#pongs > before || this.closed, "a pong");
  }

  /**
   * Offers so many a second for so long, whatever the relay says: what it refuses is offered again and again. How many it
   * offered, and how many the relay took.
   */
  async flood(
    perSecond: number,
    seconds: number,
    make: (i: number) => readonly [kind: string, body: Cbor],
  ): Promise<{ readonly offered: number; readonly taken: number }> {
    const { acked } = this;
    const from = systemClock.monotonic();
    let [offered, made, at] = [0, 0, this.ackedN];
    while (systemClock.monotonic() - from < seconds * 1000 && !this.closed) {
      const due = Math.floor(((systemClock.monotonic() - from) / 1000) * perSecond);
      for (; offered < due && this.unsent < 256 * 1024; offered++) {
        if (this.#refusedAt > 0) at = this.ackedN;
        this.#refusedAt = 0;
        at = Math.max(at, this.ackedN) + 1;
        const known = this.#waiting.get(at);
        if (known) this.send({ type: "append", n: at, epoch: this.durable.epoch, body: known });
        else await this.say(...make(made++));
      }
      await pause(5);
    }
    return { offered, taken: this.acked - acked };
  }

  close(): void {
    this.#ws?.terminate();
  }
}
