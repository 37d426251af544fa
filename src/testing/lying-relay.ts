/**
 * A relay that lies, for tests only: one key, one address, and more than one version of the log behind it. It is made of
 * honest relay cores, one for each version; what a person said in one version is said again in the other by a puppet,
 * whose signatures the liar itself accepts. So every lie is well formed, and only heads can give it away.
 *
 *   honest       one version; back to it from any other mode
 *   fork-order   from now on the inviter and the invited see a version each: both hear everything, in another order
 *   withhold     the same, but the first thing that the inviter says from now on is never shown to the invited
 *   wrong-head   one version; every ack states another head than the one that follows
 *   remember     keeps a copy of the log as it is now
 *   rewind       one version, and it is that copy
 *   mirror       tells each version what was said in the other since
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { toHex } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Clock } from "../ports/clock.ts";
import { decodeFrame, encodeFrame, type FrameOf } from "../protocol/frames.ts";
import type { ConnectionId, Outlet } from "../relay/core/connection.ts";
import type { Log, Write } from "../relay/core/log-port.ts";
import type { RelayCrypto } from "../relay/core/outcome.ts";
import { createRelayCore, type RelayCore } from "../relay/core/relay-core.ts";
import { lineIdOf } from "../relay/core/state.ts";
import { decodeLine, encodeLine } from "../relay/core/stored-line.ts";
import { createMemoryLog } from "../relay/log/memory.ts";

export const lies = ["honest", "fork-order", "withhold", "wrong-head", "remember", "rewind", "mirror"] as const;
export type Lie = (typeof lies)[number];

export interface Liar extends RelayCore {
  /** Devices connect anew where what they are shown is another version. */
  tell(lie: Lie): void;
  /** Entries that devices sent so far, each time they sent one. */
  heard(): number;
}

interface Said {
  readonly line: Uint8Array;
  readonly key: Uint8Array;
  readonly frame: FrameOf<"append">;
}

/** One story of what happened. */
interface Version {
  readonly log: Log;
  readonly journal: readonly (readonly Write[])[];
  core: RelayCore;
  /** What real devices said here and no other version knows. */
  said: Said[];
  /** By line and key: the connections that speak in the name of who is elsewhere. */
  readonly puppets: Map<string, ConnectionId>;
}

export const createLiar = (outlet: Outlet, clock: Clock, honest: RelayCrypto): Liar => {
  const nonces = new Map<ConnectionId, Uint8Array>();
  const places = new Map<ConnectionId, Version>();
  const speakers = new Map<ConnectionId, { readonly line: Uint8Array; readonly key: Uint8Array }>();
  const inviters = new Set<string>();
  let connecting: ConnectionId = 0;
  let muted = false;
  let puppeteering = false;
  let falseHeads = false;
  let withholding = false;
  let lastPuppet = 0;
  let heard = 0;

  const crypto: RelayCrypto = { ...honest, verify: (...args) => puppeteering || honest.verify(...args) };

  const lyingOutlet: Outlet = {
    send(id, message) {
      if (id < 0) {
        const frame = decodeFrame(message);
        invariant(frame.ok && frame.value.type !== "refused", "nobody sees through a puppet");
      } else if (!muted) outlet.send(id, falseHeads ? withFalseHead(message) : message);
    },
    close(id, why) {
      places.delete(id);
      if (id >= 0) outlet.close(id, why);
    },
    unsent: (id) => (id < 0 ? 0 : outlet.unsent(id)),
  };

  const makeCore = (log: Log): RelayCore =>
    createRelayCore({ log, clock, crypto, random: (length) => nonces.get(connecting)?.slice(0, length) ?? randomBytes(length), outlet: lyingOutlet });

  const makeVersion = (past: readonly (readonly Write[])[]): Version => {
    const inner = createMemoryLog(past);
    const journal = [...past];
    const log: Log = {
      ...inner,
      write(batch) {
        const written = inner.write(batch);
        if (written.ok) journal.push(batch);
        return written;
      },
    };
    return { log, journal, core: makeCore(log), said: [], puppets: new Map() };
  };

  const truth = makeVersion([]);
  let copy = truth;
  /** What each side is shown. */
  let shown: readonly [inviter: Version, invited: Version] = [truth, truth];
  const versions = (): ReadonlySet<Version> => new Set([truth, copy, ...shown]);

  const settle = (): void => {
    for (const { core } of versions()) while (core.pending()) core.commit();
  };

  const connect = (id: ConnectionId, version: Version): void => {
    connecting = id;
    version.core.connected(id);
    places.set(id, version);
  };

  const hangUp = (ids: readonly ConnectionId[]): void => {
    settle();
    for (const id of ids) {
      places.get(id)?.core.disconnected(id);
      lyingOutlet.close(id, "unavailable");
    }
  };

  const show = (inviter: Version, invited: Version): void => {
    hangUp([...places.keys()]);
    shown = [inviter, invited];
  };

  const repeat = (version: Version, { line, key, frame }: Said): void => {
    const name = `${toHex(line)} ${toHex(key)}`;
    let puppet = version.puppets.get(name);
    if (puppet === undefined) {
      puppet = --lastPuppet;
      version.puppets.set(name, puppet);
      connect(puppet, version);
      puppeteering = true;
      version.core.received(puppet, encodeFrame({ type: "open", line, key, nonce: new Uint8Array(32), cursor: 0xffff_ffff, signature: new Uint8Array(64) }));
      puppeteering = false;
    }
    version.core.received(puppet, encodeFrame(frame));
    settle();
  };

  /** As if it had been said, and had gone again: the next number is not missed. */
  const skip = (version: Version, { line, key, frame }: Said): void => {
    hangUp([...places].flatMap(([id, place]) => (place === version ? [id] : [])));
    version.puppets.clear();
    const id = lineIdOf(line);
    const loaded = version.log.load(id);
    const state = loaded.ok && loaded.value ? decodeLine(id, loaded.value) : undefined;
    invariant(state?.phase === "open", "what is withheld was said on a line");
    const members = state.members.map((member) => (member.key === toHex(key) ? { ...member, n: frame.n } : member));
    version.log.write([{ kind: "line", line: id, seq: state.seq, saved: encodeLine({ ...state, members }) }]);
    version.core = makeCore(version.log);
  };

  const mirror = (): void => {
    settle();
    const [inviter, invited] = shown;
    if (inviter === invited) return;
    const [hers, his] = [inviter.said.splice(0), invited.said.splice(0)];
    const withheld = withholding ? hers.shift() : undefined;
    if (withheld) {
      withholding = false;
      skip(invited, withheld);
    }
    for (const said of hers) repeat(invited, said);
    for (const said of his) repeat(inviter, said);
  };

  const tell = (lie: Lie): void => {
    settle();
    switch (lie) {
      case "honest":
      case "wrong-head":
        falseHeads = lie === "wrong-head";
        show(truth, truth);
        break;
      case "fork-order":
      case "withhold":
        withholding = lie === "withhold";
        truth.said = [];
        show(truth, makeVersion(truth.journal));
        break;
      case "remember":
        copy = makeVersion(truth.journal);
        break;
      case "rewind":
        show(copy, copy);
        break;
      case "mirror":
        mirror();
        break;
    }
  };

  /** Who proves a key is shown what is meant for that person. */
  const place = (id: ConnectionId, { line, key }: FrameOf<"open">): void => {
    speakers.set(id, { line, key });
    const meant = shown[inviters.has(toHex(key)) ? 0 : 1];
    const before = places.get(id);
    if (before === meant) return;
    before?.core.disconnected(id);
    muted = true;
    connect(id, meant);
    muted = false;
  };

  return {
    tell,
    heard: () => heard,
    connected(id) {
      nonces.set(id, randomBytes(32));
      connect(id, shown[0]);
    },
    received(id, message) {
      const decoded = decodeFrame(message);
      if (decoded.ok && decoded.value.type === "create") inviters.add(toHex(decoded.value.key));
      if (decoded.ok && decoded.value.type === "open") place(id, decoded.value);
      const [version, speaker] = [places.get(id), speakers.get(id)];
      if (decoded.ok && decoded.value.type === "append" && version && speaker) {
        heard++;
        // A copy: what came is a view of the socket's buffer.
        version.said.push({ ...speaker, frame: { ...decoded.value, body: decoded.value.body.slice() as typeof decoded.value.body } });
      }
      version?.core.received(id, message);
    },
    disconnected(id) {
      places.get(id)?.core.disconnected(id);
      places.delete(id);
      nonces.delete(id);
      speakers.delete(id);
    },
    drained: (id) => places.get(id)?.core.drained(id),
    pending: () => [...versions()].some(({ core }) => core.pending()),
    commit: () => versions().forEach(({ core }) => core.commit()),
    tick: () => versions().forEach(({ core }) => core.tick()),
    get stats() {
      return truth.core.stats;
    },
  };
};

const withFalseHead = (message: Uint8Array): Uint8Array => {
  const decoded = decodeFrame(message);
  if (!decoded.ok || decoded.value.type !== "acked") return message;
  return encodeFrame({ ...decoded.value, head: decoded.value.head.map((byte) => byte ^ 0xff) });
};

/** What the process says of itself, one JSON line each: where it listens, then one answer to every line it is told. */
export type Answer = { readonly listening: string } | { readonly did: Lie; readonly heard: number };

/** A process of its own (lying-relay-main.ts), told what to do on its standard input. */
export const spawnLyingRelay = async (web?: string) => {
  const main = fileURLToPath(new URL("./lying-relay-main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, ...(web === undefined ? [] : [web])], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise<never>((_, reject) => child.once("exit", (code) => reject(new Error(`the lying relay ended with ${code}`))));
  gone.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value } = await Promise.race([lines.next(), gone]);
    return JSON.parse(String(value)) as Answer;
  };
  const first = await next();
  invariant("listening" in first, "the relay says first where it is");
  return {
    url: first.listening,
    port: Number(new URL(first.listening).port),
    /** Done when it resolves, with the number of entries that devices sent until then. */
    tell: async (lie: Lie): Promise<number> => {
      child.stdin.write(`${lie}\n`);
      const answer = await next();
      invariant("did" in answer && answer.did === lie, "one answer to each line");
      return answer.heard;
    },
    stop: async (): Promise<void> => {
      child.kill("SIGKILL");
      await gone.catch(() => undefined);
    },
  };
};
