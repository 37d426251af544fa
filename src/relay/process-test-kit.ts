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
import type { Limits } from "./core/limits.ts";
import { body, changeOf, keyOf, lineOf, seedOf } from "./core/test-kit.ts";

/** `beside relay` as people start it; the same from its own root; the root for tests, whose limits can be others. */
const roots = {
  beside: [join(import.meta.dirname, "../cli/main.ts"), "relay"],
  shipped: [join(import.meta.dirname, "main.ts")],
  test: [join(import.meta.dirname, "test-main.ts")],
} as const;
/** Where the shipped command keeps what it compiled, too: a run after the first begins several times faster. */
const compiled = join(import.meta.dirname, "../../node_modules/.cache/beside");

export interface RelayStart {
  readonly root?: keyof typeof roots;
  /** A command that the process is started by, such as one that goes to another disk first. */
  readonly by?: readonly string[];
  /** With the root `test` alone. */
  readonly limits?: Partial<Limits>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

// oxlint-disable-next-line no-restricted-properties -- the relay process has the machine's time, and so has who asks it to do something at one
export const wallNow = (): number => Date.now();

const running = new Set<RelayProcess>();

export class RelayProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly listening: Promise<string>;
  url = "";

  constructor(flags: readonly string[], { root = "shipped", by = [], limits, environment }: RelayStart = {}) {
    const command = [...by, process.execPath, ...roots[root], ...flags];
    this.child = spawn(command[0] ?? "", command.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...(limits ? { BESIDE_TEST_LIMITS: JSON.stringify(limits) } : {}), ...environment },
    });
    running.add(this);
    let stdout = "";
    let stderr = "";
    this.child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    this.child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    this.ended = once(this.child, "close").then(([code, signal]) => {
      running.delete(this);
      return { code, signal, stdout, stderr };
    });
    const lines = createInterface({ input: this.child.stdout ?? process.stdin });
    this.listening = new Promise((resolve, reject) => {
      lines.once("line", (line) => {
        if (flags.includes("--json")) resolve((JSON.parse(line) as { listening: string }).listening);
      });
      void this.ended.then(({ stderr: said }) => reject(new Error(`the relay did not start: ${said}`)));
    });
    this.listening.catch(() => undefined);
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** No file that the process writes grows above so many KiB. */
export const withFilesBelow = (kib: number): readonly string[] => ["sh", "-c", `ulimit -f ${kib * 2}; exec "$0" "$@"`];

/** Started, and listening. */
export const startProcess = async (data: string, flags: readonly string[] = [], start?: RelayStart): Promise<RelayProcess> => {
  const relay = new RelayProcess(["--port", "0", "--json", "--data", data, ...flags], start);
  relay.url = await relay.listening;
  return relay;
};

/** For a process that ends by itself, or by its own mistake: no relay outlives it. */
export const killAll = (): void => {
  for (const { child } of running) child.kill("SIGKILL");
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
    // Not `once`: it rejects where the relay was killed with something on the way.
    this.closed = new Promise((resolve) => {
      this.ws.once("close", (code) => {
        for (const reject of this.#gone) reject(new Error(`the socket closed (${code})`));
        resolve({ code });
      });
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

export const ticketOf = (line: string): Uint8Array => sha256(lineOf(line));

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
