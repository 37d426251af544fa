/** A real relay process, and a device that speaks to it by hand. For process tests only. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { asSealed } from "../base/brand.ts";
import { decodeFrame, encodeFrame, type Frame, type FrameName, type FrameOf } from "../protocol/frames.ts";
import { sha256, sign } from "../protocol/keys.ts";
import { createTranscript, knockTranscript, openTranscript } from "../protocol/transcripts.ts";
import { body, changeOf, keyOf, lineOf, seedOf } from "./core/test-kit.ts";

const main = join(import.meta.dirname, "main.ts");

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<RelayProcess>();

export class RelayProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly listening: Promise<string>;
  url = "";

  /** `limit` is the largest file the process may write, in KiB. */
  constructor(flags: readonly string[], limit?: number) {
    const command =
      limit === undefined ? [process.execPath, main, ...flags] : ["sh", "-c", `ulimit -f ${limit * 2}; exec "$0" "$@"`, process.execPath, main, ...flags];
    this.child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    running.add(this);
    let stdout = "";
    let stderr = "";
    this.child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    this.child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    this.ended = once(this.child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }));
    const lines = createInterface({ input: this.child.stdout ?? process.stdin });
    this.listening = new Promise((resolve, reject) => {
      lines.once("line", (line) => {
        if (flags.includes("--json")) resolve((JSON.parse(line) as { listening: string }).listening);
      });
      void this.ended.then(({ stderr: said }) => reject(new Error(`the relay did not start: ${said}`)));
    });
    this.listening.catch(() => undefined);
  }

  kill(signal: "SIGKILL" | "SIGTERM"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Started, and listening. */
export const startProcess = async (data: string, flags: readonly string[] = [], limit?: number): Promise<RelayProcess> => {
  const relay = new RelayProcess(["--port", "0", "--json", "--data", data, ...flags], limit);
  relay.url = await relay.listening;
  return relay;
};

/** Ends every relay that a test left. */
export const stopAll = async (): Promise<void> => {
  for (const relay of running) await relay.kill("SIGKILL");
  running.clear();
};

export class Device {
  readonly ws: WebSocket;
  readonly closed: Promise<{ readonly code: number }>;
  readonly #line: string;
  readonly #who: string;
  #challenge: FrameOf<"challenge"> | undefined;
  #frames: Frame[] = [];
  #wanted: { readonly types: readonly FrameName[]; readonly resolve: (frame: Frame) => void }[] = [];
  #gone: ((error: Error) => void)[] = [];
  /** Sees every frame first; one it answers `true` to is not queued. */
  listener: ((frame: Frame) => boolean) | undefined;

  constructor(url: string, line: string, who: string, origin?: string) {
    this.#line = line;
    this.#who = who;
    this.ws = new WebSocket(`${url.replace("http", "ws")}/line`, origin === undefined ? {} : { origin });
    this.ws.on("error", () => undefined);
    this.closed = once(this.ws, "close").then(([code]) => {
      for (const reject of this.#gone) reject(new Error(`the socket closed (${String(code)})`));
      return { code };
    });
    this.ws.on("message", (data: Buffer) => {
      const decoded = decodeFrame(new Uint8Array(data));
      if (!decoded.ok) throw new Error("the relay sent no frame");
      if (this.listener?.(decoded.value)) return;
      const at = this.#wanted.findIndex(({ types }) => types.includes(decoded.value.type));
      if (at >= 0) this.#wanted.splice(at, 1)[0]?.resolve(decoded.value);
      else this.#frames.push(decoded.value);
    });
  }

  /** The next frame of one of these types, now or later; rejects when the socket closes before. */
  next<Name extends FrameName>(...types: readonly Name[]): Promise<{ [One in Name]: FrameOf<One> }[Name]> {
    const at = this.#frames.findIndex((frame) => (types as readonly FrameName[]).includes(frame.type));
    if (at >= 0) return Promise.resolve(this.#frames.splice(at, 1)[0] as unknown as { [One in Name]: FrameOf<One> }[Name]);
    return new Promise((resolve, reject) => {
      this.#gone.push(reject);
      this.#wanted.push({ types, resolve: resolve as unknown as (frame: Frame) => void });
    });
  }

  send(frame: Frame): void {
    this.ws.send(encodeFrame(frame));
  }

  async challenge(): Promise<FrameOf<"challenge">> {
    return (this.#challenge ??= await this.next("challenge"));
  }

  async create(): Promise<void> {
    const challenge = await this.challenge();
    const frame = {
      line: lineOf(this.#line),
      key: keyOf(this.#who),
      ticketHash: sha256(ticketOf(this.#line)),
      recovery: keyOf(`${this.#line} recovery`),
      token: "",
    };
    this.send({ type: "create", ...frame, signature: sign(seedOf(this.#who), "beside/create/1", createTranscript(challenge, frame)) });
    await this.next("created");
  }

  async openFrame(cursor = 0): Promise<FrameOf<"open">> {
    const challenge = await this.challenge();
    const frame = { line: lineOf(this.#line), key: keyOf(this.#who), nonce: new Uint8Array(32).fill(1), cursor };
    return { type: "open", ...frame, signature: sign(seedOf(this.#who), "beside/open/1", openTranscript(challenge, frame)) };
  }

  async open(cursor = 0): Promise<FrameOf<"opened">> {
    this.send(await this.openFrame(cursor));
    return this.next("opened");
  }

  async knock(): Promise<void> {
    const challenge = await this.challenge();
    const frame = { line: lineOf(this.#line), key: keyOf(this.#who), ticket: ticketOf(this.#line), body: new Uint8Array(8192) };
    this.send({ type: "knock", ...frame, signature: sign(seedOf(this.#who), "beside/knock/1", knockTranscript(challenge, frame)) });
    await this.next("knocked");
  }
}

const ticketOf = (line: string): Uint8Array => sha256(lineOf(line));

/** A line with two open devices; n of the first is 1, epoch and seq are 1. */
export const pairUp = async (url: string, line: string): Promise<{ readonly ana: Device; readonly ben: Device }> => {
  const ana = new Device(url, line, `${line} ana`);
  await ana.create();
  await ana.open();
  const ben = new Device(url, line, `${line} ben`);
  await ben.knock();
  const { items } = await ana.next("knocks");
  ana.send({ type: "accept", ticket: ticketOf(line), knock: items[0]?.id ?? 0, ...changeOf({ enrol: [keyOf(`${line} ben`)], welcome: body(2) }) });
  await ana.next("acked");
  await ben.open();
  await ben.next("current");
  return { ana, ben };
};

export const entry = (n: number, length = 256): FrameOf<"append"> => ({ type: "append", n, epoch: 1, body: asSealed(new Uint8Array(length).fill(n % 251)) });
