/**
 * A device that speaks frames by hand, with real keys and signatures. Nothing is sealed: bodies are random bytes, which to
 * the relay look the same. It takes frames apart by the protocol's table until it is open; then a row gives it a quick listener.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { asSealed, type Sealed } from "../src/base/brand.ts";
import { decodeFrame, encodeFrame, type Frame, type FrameName, type FrameOf } from "../src/protocol/frames.ts";
import { sha256, signedBytes, type Label } from "../src/protocol/keys.ts";
import { knockSize } from "../src/protocol/sizes.ts";
import { createTranscript, knockTranscript, openTranscript } from "../src/protocol/transcripts.ts";
import { framed, openWebSocket, type OnMessage, type RawSocket } from "./websocket.ts";

/** What a device keeps between two connections. */
export interface Identity {
  readonly line: Uint8Array;
  readonly key: Uint8Array;
  readonly privateKey: KeyObject;
}

export const newIdentity = (line: Uint8Array): Identity => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const raw = privateKey.export({ format: "jwk" }).x ?? "";
  return { line, key: new Uint8Array(Buffer.from(raw, "base64url")), privateKey };
};

export const randomBody = (size = 256): Sealed => asSealed(new Uint8Array(randomBytes(size)));
export const newLine = (): Uint8Array => new Uint8Array(randomBytes(16));

export class Device {
  readonly identity: Identity;
  socket!: RawSocket;
  #challenge!: FrameOf<"challenge">;
  #frames: Frame[] = [];
  #wake: () => void = () => {};
  #gone: string | undefined;

  private constructor(identity: Identity) {
    this.identity = identity;
  }

  /** Connected, and challenged. */
  static async connect(port: number, identity: Identity): Promise<Device> {
    const device = new Device(identity);
    device.socket = await openWebSocket(port, "/line", (bytes, from, to) => {
      // A copy: the bytes belong to the next read.
      const frame = decodeFrame(new Uint8Array(bytes.subarray(from, to)));
      if (!frame.ok) throw new Error("the relay sent no frame");
      device.#frames.push(frame.value);
      device.#wake();
    });
    device.socket.onClose = (why) => {
      device.#gone = why;
      device.#wake();
    };
    device.#challenge = await device.next("challenge");
    return device;
  }

  /** From now on messages go here, undecoded. */
  listen(listener: OnMessage): void {
    this.socket.listener = listener;
    this.socket.onClose = (why) => {
      throw new Error(`a connection of the bench was lost: ${why}`);
    };
  }

  /** The next frame of this type; others before it are passed over. */
  async next<Name extends FrameName>(type: Name): Promise<FrameOf<Name>> {
    for (;;) {
      for (let frame = this.#frames.shift(); frame; frame = this.#frames.shift()) {
        if (frame.type === type) return frame as unknown as FrameOf<Name>;
        if (frame.type === "refused") throw new Error(`refused: ${frame.code}`);
      }
      if (this.#gone !== undefined) throw new Error(`the connection was lost: ${this.#gone}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(frame: Frame): void {
    this.socket.write(framed(encodeFrame(frame)));
  }

  #sign(label: Label, transcript: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, signedBytes(label, transcript), this.identity.privateKey));
  }

  async create(ticket: Uint8Array): Promise<void> {
    const { line, key } = this.identity;
    const fields = { line, key, ticketHash: sha256(ticket), recovery: key, token: "" };
    this.send({ type: "create", ...fields, signature: this.#sign("beside/create/1", createTranscript(this.#challenge, fields)) });
    await this.next("created");
  }

  /** Sends `open`, and waits for nothing. */
  ask(cursor: number): void {
    const { line, key } = this.identity;
    const fields = { line, key, nonce: new Uint8Array(randomBytes(32)), cursor };
    this.send({ type: "open", ...fields, signature: this.#sign("beside/open/1", openTranscript(this.#challenge, fields)) });
  }

  /** Open, and level with the log. */
  async open(cursor = 0): Promise<FrameOf<"opened">> {
    this.ask(cursor);
    const opened = await this.next("opened");
    await this.next("current");
    return opened;
  }

  async knock(ticket: Uint8Array): Promise<void> {
    const { line, key } = this.identity;
    const fields = { line, key, ticket, body: new Uint8Array(knockSize) };
    this.send({ type: "knock", ...fields, signature: this.#sign("beside/knock/1", knockTranscript(this.#challenge, fields)) });
    await this.next("knocked");
  }

  async accept(ticket: Uint8Array, other: Uint8Array): Promise<void> {
    const { items } = await this.next("knocks");
    const knock = items[0]?.id ?? 0;
    this.send({
      type: "accept",
      ticket,
      knock,
      n: 1,
      generation: 0,
      epoch: 0,
      commit: randomBody(1024),
      welcome: randomBody(4096),
      enrol: [other],
      revoke: [],
    });
    await this.next("acked");
  }
}

export interface Pair {
  readonly author: Device;
  readonly reader: Device;
}

/** Two open devices on a new line. The author's n, the line's seq and its epoch are 1: the change that let the reader in. */
const makePair = async (port: number): Promise<Pair> => {
  const line = newLine();
  const ticket = new Uint8Array(randomBytes(32));
  const [author, reader] = await Promise.all([Device.connect(port, newIdentity(line)), Device.connect(port, newIdentity(line))]);
  await author.create(ticket);
  await author.open();
  await reader.knock(ticket);
  await author.accept(ticket, reader.identity.key);
  await reader.open(1);
  return { author, reader };
};

/** Some at a time: what is set up is not what is measured. */
export const makePairs = async (port: number, count: number): Promise<readonly Pair[]> => {
  const pairs: Pair[] = [];
  while (pairs.length < count) pairs.push(...(await Promise.all(Array.from({ length: Math.min(50, count - pairs.length) }, () => makePair(port)))));
  return pairs;
};

export const closePairs = (pairs: readonly Pair[]): void => {
  for (const { author, reader } of pairs) {
    author.socket.destroy();
    reader.socket.destroy();
  }
};
