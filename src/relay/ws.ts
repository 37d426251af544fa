/**
 * Sockets for the core: upgrades, messages in, messages out, one commit per turn of the event loop.
 *
 * - One frame is one binary message of at most `frameCap`; longer ones are refused by ws before they are assembled.
 * - No compression: bodies are ciphertext.
 * - No timer and no closure per socket: ten thousand of them say nothing for hours.
 * - A message that waits for the network counts with what it costs in memory: short ones cost far more than they hold.
 * - While a commit sends, sockets are corked: all frames of a turn leave in one system call.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { frameCap } from "../protocol/sizes.ts";
import type { Closing, ConnectionId, Outlet } from "./core/connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { RelayCore } from "./core/relay-core.ts";
import { mayConnect, type OriginRule } from "./origins.ts";

export interface SocketsOptions {
  readonly server: Server;
  readonly path: string;
  readonly origins: OriginRule;
  readonly clock: Clock;
  /** The core that speaks through this outlet. */
  readonly makeCore: (outlet: Outlet) => RelayCore;
  /** Takes the time of each commit, in milliseconds. */
  readonly measured: (millis: number) => void;
  /** A defect of ours, found while one message was handled: that socket is closed, the others go on. */
  readonly defect: (error: unknown) => void;
}

export interface Sockets {
  readonly core: RelayCore;
  /** Does something with the core outside of any socket, and has it committed. */
  run(what: (core: RelayCore) => void): void;
  /** What is due by now fires; resolves once that is committed. */
  look(): Promise<void>;
  /** From now on time passes: silent sockets are closed, what is old goes. */
  start(): void;
  /** Commits what waits, says goodbye (1001), and returns when all are gone or after `patience` milliseconds. */
  stop(patience: number): Promise<void>;
}

/** 1009 and 1001 are RFC 6455's; the others are ours. Devices look at none of them. */
const closeCodes: Record<Closing, number> = {
  malformed: 1008,
  oversized: 1009,
  silent: 4000,
  replaced: 4001,
  revoked: 4002,
  ended: 4003,
  unavailable: 1013,
  behind: 4004,
};

interface Line {
  readonly id: ConnectionId;
  readonly socket: Duplex;
  readonly ws: WebSocket;
  /** Messages sent while others waited for the network, and not taken yet. */
  queued: number;
  /** Made when the first message has to wait; most lines never need it. */
  taken: ((error?: Error | null) => void) | undefined;
}

/** How late a vigil is at most when nothing else is to be done, in milliseconds. */
const scanEvery = 200;

/** Of a message that waits: its buffers, views and places in queues. */
const queuedCost = 512;

/** Where a socket finds its line: a property costs a tenth of an entry in a WeakMap. */
const lineOf = Symbol("line");
interface Carrier {
  [lineOf]?: Line;
}

export const createSockets = ({ server, path, origins, clock, makeCore, measured, defect }: SocketsOptions): Sockets => {
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: frameCap, clientTracking: false });
  const lines = new Map<ConnectionId, Line>();
  let next = 1;
  let corked: Set<Duplex> | undefined;
  let scheduled = false;
  let stopping = false;

  const core = makeCore({
    send(id, message) {
      const line = lines.get(id);
      if (!line || line.ws.readyState !== WebSocket.OPEN) return;
      if (corked && !corked.has(line.socket)) {
        corked.add(line.socket);
        line.socket.cork();
      }
      // Nothing waits: this one leaves at once or, if not, all later ones wait behind it and are counted.
      if (line.socket.writableLength === 0) return line.ws.send(message);
      line.queued++;
      line.ws.send(
        message,
        (line.taken ??= (error) => {
          if (--line.queued === 0 && !error) guarded(line, () => core.drained(line.id));
        }),
      );
    },
    close(id, why) {
      const line = lines.get(id);
      if (!line) return;
      lines.delete(id);
      goodbye(line.ws, closeCodes[why], why);
    },
    unsent(id) {
      const line = lines.get(id);
      if (!line) return 0;
      return line.socket.writableLength + line.queued * queuedCost;
    },
    read(id, on) {
      const line = lines.get(id);
      if (on) line?.ws.resume();
      else line?.ws.pause();
    },
  });

  const turn = (): void => {
    scheduled = false;
    const before = clock.monotonic();
    corked = new Set();
    core.commit();
    for (const socket of corked) socket.uncork();
    corked = undefined;
    measured(clock.monotonic() - before);
    schedule();
  };

  const schedule = (): void => {
    if (scheduled || !core.pending()) return;
    scheduled = true;
    setImmediate(turn);
  };

  const guarded = (line: Line, what: () => void): void => {
    try {
      what();
    } catch (error) {
      defect(error);
      lines.delete(line.id);
      line.ws.terminate();
      core.disconnected(line.id);
    }
    schedule();
  };

  function onMessage(this: WebSocket & Carrier, data: RawData, isBinary: boolean): void {
    const line = this[lineOf];
    // A text message is none of ours, whatever is in it.
    if (line) guarded(line, () => core.received(line.id, isBinary ? (data as Buffer) : new Uint8Array()));
  }

  function onClose(this: WebSocket & Carrier): void {
    const line = this[lineOf];
    if (!line) return;
    lines.delete(line.id);
    core.disconnected(line.id);
    schedule();
  }

  function onDrain(this: Duplex & Carrier): void {
    const line = this[lineOf];
    if (line) guarded(line, () => core.drained(line.id));
  }

  /** ws closes the socket itself, with 1009 for a message that is too long. */
  const onError = (): void => {};

  const accept = (ws: WebSocket & Carrier, socket: Duplex & Carrier): void => {
    const line: Line = { id: next++, socket, ws, queued: 0, taken: undefined };
    lines.set(line.id, line);
    ws[lineOf] = line;
    socket[lineOf] = line;
    ws.on("message", onMessage);
    ws.on("close", onClose);
    ws.on("error", onError);
    socket.on("drain", onDrain);
    guarded(line, () => core.connected(line.id));
  };

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", onError);
    if (stopping) return refuse(socket, "503 Service Unavailable");
    if (URL.parse(request.url ?? "", "http://relay")?.pathname !== path) return refuse(socket, "404 Not Found");
    if (!mayConnect(request.headers.origin, request.headers.host, origins)) return refuse(socket, "403 Forbidden");
    wss.handleUpgrade(request, socket, head, (ws) => accept(ws, socket));
  });

  let ticking: NodeJS.Timeout | undefined;
  let scanning: NodeJS.Timeout | undefined;

  const run = (what: (of: RelayCore) => void): void => {
    what(core);
    schedule();
  };

  return {
    core,
    run,
    async look() {
      run((of) => of.scan());
      while (scheduled) await new Promise((resolve) => setImmediate(resolve));
    },
    start() {
      // At once: the time is written down before anything is accepted, and an outage is known before anybody asks.
      run((of) => of.scan());
      ticking = setInterval(() => run((of) => of.tick()), 1000);
      scanning = setInterval(() => run((of) => of.scan()), scanEvery);
    },
    async stop(patience) {
      stopping = true;
      clearInterval(ticking);
      clearInterval(scanning);
      core.stopFiring();
      while (core.pending()) core.commit();
      const open = [...lines.values()];
      const gone = open.map(({ ws }) => new Promise<void>((resolve) => ws.once("close", () => resolve())));
      for (const { ws } of open) goodbye(ws, 1001, "going away");
      const late = setTimeout(() => open.forEach(({ ws }) => ws.terminate()), patience);
      await Promise.all(gone);
      clearTimeout(late);
      while (core.pending()) core.commit();
    },
  };
};

/** Reads on for the other's goodbye; nothing else that comes is looked at any more. */
const goodbye = (ws: WebSocket, code: number, why: string): void => {
  ws.close(code, why);
  if (ws.isPaused) ws.resume();
};

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
