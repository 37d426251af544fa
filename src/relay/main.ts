/**
 * The relay's composition root: reads what it was told, builds log, core, sockets and pages, and starts them.
 * `startRelay` is for programs (tests, `npm run dev`); `runRelay` is the command.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, statfsSync, statSync } from "node:fs";
import { createServer as createPlain, type Server } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo } from "node:net";
import { uptime } from "node:os";
import { getRequestListener } from "@hono/node-server";
import { pino, type Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import type { CreatePolicy } from "./core/decide-door.ts";
import type { RelayReport, VigilHealth } from "./core/firing.ts";
import type { Limits } from "./core/limits.ts";
import type { Log } from "./core/log-port.ts";
import { createRelayCore } from "./core/relay-core.ts";
import { openDataFolder, readToken } from "./data-folder.ts";
import { defaultPort, isLoopback, parseRelayFlags, relayUsage, type RelayFlags } from "./flags.ts";
import { createHttp, type Health, type HttpOptions } from "./http.ts";
import type { SqliteOptions } from "./log/sqlite.ts";
import { createMetrics } from "./metrics.ts";
import { createNodeCrypto } from "./node-crypto.ts";
import { StartFault } from "./start-fault.ts";
import { createSockets } from "./ws.ts";

export interface RelayOptions extends Partial<Omit<RelayFlags, "json" | "data">> {
  readonly data: string;
  /** Only programs can move the clock; the command has no way to. */
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  /** Lets a test root show the page in frames of its own origin. */
  readonly frameAncestors?: "'none'" | "'self'";
  readonly logger?: Logger;
  readonly routes?: HttpOptions["routes"];
  /** Tests only. */
  readonly sqlite?: SqliteOptions;
}

export interface RunningRelay {
  /** `http://127.0.0.1:8377`, by the address it listens on. */
  readonly url: string;
  readonly port: number;
  /** Every address worth printing. */
  readonly urls: readonly string[];
  /** Where the token for new lines is, when one is asked for. */
  readonly tokenPath: string | undefined;
  /** Looks at the time now, and resolves once what was due is done. For test roots: their time passes faster than it looks. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Rejects with a `StartFault` whose message says what to do. */
export const startRelay = async (options: RelayOptions): Promise<RunningRelay> => {
  const host = options.host ?? "127.0.0.1";
  const lines = options.lines ?? (isLoopback(host) ? "open" : "token");
  const logger = options.logger ?? pino({ level: "silent" });
  if (options.web !== undefined) checkWeb(options.web);
  const server = makeServer(options.tls);
  const clock = options.clock ?? systemClock;
  const free = createFree(options.data, clock);
  const opened = openDataFolder(options.data, { plenty: () => free() >= plentyFree, ...options.sqlite });
  const { seed } = opened;
  const log = tellingOf(opened.log, (takes) =>
    takes ? logger.info("the disk takes writes again") : logger.error("the disk takes no writes: nothing is accepted, and nothing fires"),
  );
  try {
    const token = lines === "token" ? readToken(options.data, options.tokenFile) : undefined;
    const policy: CreatePolicy = token ? { kind: "token", hash: sha256(token.token) } : { kind: lines === "closed" ? "closed" : "open" };
    const metrics = createMetrics(() => sockets.core.stats);
    const scarce = createScarce(free, (is) => (is ? logger.warn(scarceWords) : logger.info("the disk has room again")));
    const sockets = createSockets({
      server,
      clock,
      path: "/line",
      origins: { tls: options.tls !== undefined, allow: options.allowOrigins ?? [] },
      makeCore: (outlet) =>
        createRelayCore({
          log,
          clock,
          crypto: createNodeCrypto(seed),
          random: randomBytes,
          outlet,
          policy,
          ...(options.limits ? { limits: options.limits } : {}),
          scarce,
          report: (report) => logger[report.kind === "slept" ? "info" : "warn"](said(report), reportWords[report.kind]),
        }),
      measured: metrics.committed,
      defect: (error) => logger.error({ defect: error instanceof Error ? error.stack : String(error) }, "a message could not be handled"),
    });
    const app = createHttp({
      web: options.web,
      frameAncestors: options.frameAncestors ?? "'none'",
      health: createHealth(log, clock, scarce, () => sockets.core.vigils()),
      keep: (secret) => new Promise((resolve) => sockets.run((core) => core.keep(secret, resolve))),
      metrics: metrics.render,
      routes: options.routes,
    });
    const listener = getRequestListener(app.fetch);
    server.on("request", (request, response) => void listener(request, response));
    const port = await listen(server, options.port ?? defaultPort, host);
    sockets.start();
    const scheme = options.tls ? "https" : "http";
    const named = host.includes(":") ? `[${host}]` : host;
    const urls = isLoopback(host)
      ? [`${scheme}://localhost:${port}`, `${scheme}://${host === "localhost" ? "127.0.0.1" : named}:${port}`]
      : [`${scheme}://${named}:${port}`];
    logger.info({ port, lines }, "listening");
    return {
      url: urls.at(-1) ?? "",
      port,
      urls,
      tokenPath: token?.path,
      look: () => sockets.look(),
      async stop() {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        await sockets.stop(2000);
        server.closeAllConnections();
        await closed;
        log.close();
        logger.info("stopped");
      },
    };
  } catch (error) {
    log.close();
    throw error;
  }
};

/** The command. Resolves with its exit code once it was stopped, or at once when it cannot start. */
export const runRelay = async (argv: readonly string[]): Promise<number> => {
  const flags = parseRelayFlags(argv);
  if (!flags.ok) {
    process.stderr.write(`${flags.error}. Usage: ${relayUsage}\n`);
    return 2;
  }
  const { json, ...options } = flags.value;
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
  try {
    const stopped = new Promise<void>((resolve) => {
      process.once("SIGTERM", () => resolve());
      process.once("SIGINT", () => resolve());
    });
    const relay = await startRelay({ ...options, logger });
    if (json) process.stdout.write(`${JSON.stringify({ listening: relay.url })}\n`);
    else
      process.stdout.write(
        `Beside is listening:\n${relay.urls.map((url) => `  ${url}\n`).join("")}${relay.tokenPath === undefined ? "" : `New lines need the token in ${relay.tokenPath}\n`}`,
      );
    await stopped;
    await relay.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
};

/** Tells when writing begins to fail, and when it works again. */
const tellingOf = (log: Log, tell: (takes: boolean) => void): Log => {
  let takes = true;
  return {
    ...log,
    write(batch) {
      const written = log.write(batch);
      if (written.ok !== takes) tell((takes = written.ok));
      return written;
    },
  };
};

/** A probe writes to the disk, and anyone may ask: one answer serves for a few seconds. */
const createHealth = (log: Log, clock: Clock, scarce: () => boolean, vigils: () => VigilHealth): (() => Health) => {
  let probed = { ok: true, at: Number.NEGATIVE_INFINITY };
  return () => {
    const at = clock.monotonic();
    if (at - probed.at >= 5000) probed = { ok: log.probe().ok, at };
    const [isScarce, watch] = [scarce(), vigils()];
    return { ok: probed.ok && !isScarce && watch.ok, disk: probed.ok, scarce: isScarce, vigils: watch };
  };
};

/** Below this, only what must go on is written; above that, the database may take more room to be faster. In bytes. */
const leastFree = 64 * 1024 * 1024;
const plentyFree = 1024 * 1024 * 1024;

const scarceWords = "the disk is nearly full: nothing that can wait is taken any more; promises that are guarded go on";

/** Tells when it changes. */
const createScarce = (free: () => number, tell: (is: boolean) => void): (() => boolean) => {
  let was = false;
  return () => {
    const is = free() < leastFree;
    if (is !== was) tell(is);
    return (was = is);
  };
};

/** Asked of the system once a second. */
const createFree = (folder: string, clock: Clock): (() => number) => {
  let looked = { free: 0, at: Number.NEGATIVE_INFINITY };
  return () => {
    const at = clock.monotonic();
    if (at - looked.at >= 1000) looked = { free: freeIn(folder), at };
    return looked.free;
  };
};

/** Bytes. Where the system does not tell, the next write will. */
const freeIn = (folder: string): number => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

const reportWords: Record<RelayReport["kind"], string> = {
  set: "the machine's clock was set: vigils go on by their own count until the relay is started anew",
  slept: "the machine slept",
  gap: "the relay was not there: vigils that are due wait two minutes for devices that know more",
  "set-aside": "a vigil could not be fired and was set aside: it is tried again when the relay starts",
};

/** Numbers, and our own mistake where it was one. */
const said = (report: RelayReport): object =>
  report.kind === "set-aside" ? { defect: report.why instanceof Error ? report.why.stack : String(report.why) } : report;

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), awake: () => uptime() * 1000 };

const sha256 = (text: string): Uint8Array => new Uint8Array(createHash("sha256").update(text, "utf8").digest());

const checkWeb = (web: string): void => {
  if (!statSync(web, { throwIfNoEntry: false })?.isDirectory()) throw new StartFault(`There is no built web app in ${web}: build it, or check --web.`);
};

const makeServer = (tls: RelayFlags["tls"]): Server => {
  if (!tls) return createPlain();
  try {
    return createTls({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });
  } catch (error) {
    throw new StartFault(`The TLS certificate or key cannot be used (${error instanceof Error ? error.message : "unknown"}): check --tls-cert and --tls-key.`);
  }
};

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = "code" in error ? error.code : undefined;
      if (code === "EADDRINUSE") reject(new StartFault(`Port ${port} is taken: stop what listens there, or choose another with --port (0 for any free one).`));
      else if (code === "EACCES") reject(new StartFault(`Port ${port} may not be used by this user: choose one above 1023 with --port.`));
      else reject(new StartFault(`Cannot listen on ${host} (${String(code)}): check --host.`));
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve((server.address() as AddressInfo).port);
    });
  });

if (import.meta.main) process.exitCode = await runRelay(process.argv.slice(2));
