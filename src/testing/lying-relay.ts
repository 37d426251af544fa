/**
 * A relay that lies, for tests only: one key, one address, and more than one version of the log behind it. It is made of
 * honest relay cores, one for each version; what a person said in one version is said again in the other by a puppet,
 * whose signatures the liar itself accepts. So every lie is well formed, and only heads, and what was signed over this
 * connection, can give it away.
 *
 *   honest           one version, and it is told as it is; back to it from any other mode
 *
 * Two versions, one for the inviter's side and one for the invited's. Each hears of the other's words with `mirror`:
 *   fork-order       both hear everything, in another order. Never mirrored, each is left alone with the own words
 *   withhold         and the first thing that the inviter's side says from now on is never shown to the invited
 *   withhold-device  and what the newest device of the inviter's side says is never shown to the invited
 *   reorder          and the first two things of one device of the inviter's come to the invited in the other order
 *   replay           and what the inviter's side says first comes to the invited a second time
 *   mirror           tells each version what was said in the other since
 *
 * One version, and something wrong on the way from it:
 *   wrong-head       every ack states another head than the one that follows
 *   no-acks          nobody hears that anything was kept
 *   old-opened       who opens the line gets the answer to an earlier `open`
 *   old-frames       who is level with the log gets once more all that earlier connections had of it
 *   all-on-line      no device was ever removed: in `opened`, and among the packages for a group made anew
 *   clock-back       it is three hours earlier, to the invited's side alone
 *   clock-on         it is three days later, to the invited's side alone
 *
 * One version, and it is another one:
 *   echo             the log as it is, and behind it once more the last thing that the inviter's side said
 *   remember         keeps a copy of the log as it is now
 *   rewind           that copy is the log; the one before is gone with `settle-rewound`, and is back with `honest`
 *   settle-rewound   from now on `honest` is that copy
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { toHex } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Clock } from "../ports/clock.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type FrameOf, type RelayFrame } from "../protocol/frames.ts";
import type { Random } from "../ports/random.ts";
import { openedTranscript } from "../protocol/transcripts.ts";
import type { ConnectionId, Outlet } from "../relay/core/connection.ts";
import type { Log, Write } from "../relay/core/log-port.ts";
import type { RelayCrypto } from "../relay/core/outcome.ts";
import { createRelayCore, type RelayCore } from "../relay/core/relay-core.ts";
import { lineIdOf, type KeptRecord, type LineId, type OpenLine, type Side } from "../relay/core/state.ts";
import { decodeLine, encodeLine } from "../relay/core/stored-line.ts";
import { createMemoryLog } from "../relay/log/memory.ts";

const forks = ["fork-order", "withhold", "withhold-device", "reorder", "replay"] as const;
const onTheWay = ["wrong-head", "no-acks", "old-opened", "old-frames", "all-on-line", "clock-back", "clock-on"] as const;
const logs = ["echo", "remember", "rewind", "settle-rewound"] as const;
export const lies = ["honest", ...forks, "mirror", ...onTheWay, ...logs] as const;
export type Lie = (typeof lies)[number];
type Fork = (typeof forks)[number];
type OnTheWay = (typeof onTheWay)[number];

const hour = 60 * 60_000;

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

export const createLiar = (outlet: Outlet, clock: Clock, honest: RelayCrypto, random: Random = (length) => randomBytes(length)): Liar => {
  const nonces = new Map<ConnectionId, Uint8Array>();
  const places = new Map<ConnectionId, Version>();
  const speakers = new Map<ConnectionId, FrameOf<"open">>();
  /** By key: what was said to a device of the log, and the key packages that it left. */
  const toldOf = new Map<string, RelayFrame[]>();
  const packages = new Map<string, Uint8Array>();
  let connecting: ConnectionId = 0;
  let muted = false;
  let puppeteering = false;
  let way: OnTheWay | undefined;
  let fork: Fork = "fork-order";
  let lastPuppet = 0;
  let heard = 0;

  const crypto: RelayCrypto = { ...honest, verify: (...args) => puppeteering || honest.verify(...args) };

  const lyingOutlet: Outlet = {
    send(id, message) {
      const decoded = decodeFrame(message);
      invariant(decoded.ok && isRelayFrame(decoded.value), "the relay sends frames");
      if (id < 0) invariant(decoded.value.type !== "refused", "nobody sees through a puppet");
      else if (!muted) for (const frame of tellLie(id, decoded.value)) outlet.send(id, frame === decoded.value ? message : encodeFrame(frame));
    },
    close(id, why) {
      places.delete(id);
      if (id >= 0) outlet.close(id, why);
    },
    unsent: (id) => (id < 0 ? 0 : outlet.unsent(id)),
  };

  /** What is said to a device instead of this. */
  const tellLie = (id: ConnectionId, frame: RelayFrame): readonly RelayFrame[] => {
    const speaker = speakers.get(id);
    if (!speaker) return [frame];
    const name = toHex(speaker.key);
    const before = toldOf.get(name) ?? [];
    const told = liedAbout(id, speaker, frame, before);
    if (["opened", "entries", "acked", "current"].includes(frame.type)) toldOf.set(name, [...before, copyOf(frame)]);
    return told;
  };

  const liedAbout = (id: ConnectionId, speaker: FrameOf<"open">, frame: RelayFrame, before: readonly RelayFrame[]): readonly RelayFrame[] => {
    switch (way) {
      case undefined:
        return [frame];
      case "wrong-head":
        return frame.type === "acked" ? [{ ...frame, head: frame.head.map((byte) => byte ^ 0xff) }] : [frame];
      case "no-acks":
        return frame.type === "acked" ? [] : [frame];
      case "old-opened":
        return frame.type === "opened" ? [before.find(({ type }) => type === "opened") ?? frame] : [frame];
      case "old-frames":
        return frame.type === "current" ? [frame, ...before.filter(({ type }) => type !== "opened")] : [frame];
      case "all-on-line":
        if (frame.type === "opened") return [signed(id, speaker, { ...frame, members: frame.members.map((member) => ({ ...member, revoked: false })) })];
        return frame.type === "packagesOf" ? [{ ...frame, items: everyPackage(speaker, frame.items) }] : [frame];
      case "clock-back":
      case "clock-on": {
        if ((frame.type !== "opened" && frame.type !== "pong") || sideOf(speaker) === 0) return [frame];
        const later = { ...frame, now: frame.now + (way === "clock-back" ? -3 * hour : 72 * hour) };
        return [later.type === "opened" ? signed(id, speaker, later) : later];
      }
    }
  };

  const signed = (id: ConnectionId, open: FrameOf<"open">, opened: FrameOf<"opened">): FrameOf<"opened"> => {
    const challenge = { nonce: nonces.get(id) ?? new Uint8Array(32), relay: crypto.relayKey };
    return { ...opened, signature: crypto.sign("beside/opened/1", openedTranscript(challenge, open, opened)) };
  };

  const everyPackage = ({ line, key }: FrameOf<"open">, items: FrameOf<"packagesOf">["items"]): FrameOf<"packagesOf">["items"] => {
    const gone = (stateOf(truth, lineIdOf(line))?.members ?? []).filter((member) => member.revoked && member.key !== toHex(key));
    return [...items, ...gone.flatMap((member) => (packages.has(member.key) ? [{ device: member.index, body: packages.get(member.key) as Uint8Array }] : []))];
  };

  const makeCore = (log: Log): RelayCore =>
    createRelayCore({ log, clock, crypto, random: (length) => nonces.get(connecting)?.slice(0, length) ?? random(length), outlet: lyingOutlet });

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

  let truth = makeVersion([]);
  let copy = truth;
  /** What each side is shown. */
  let shown: readonly [inviter: Version, invited: Version] = [truth, truth];
  const versions = (): ReadonlySet<Version> => new Set([truth, copy, ...shown]);

  const stateOf = ({ log }: Version, id: LineId): OpenLine | undefined => {
    const loaded = log.load(id);
    const state = loaded.ok && loaded.value ? decodeLine(id, loaded.value) : undefined;
    return state?.phase === "open" ? state : undefined;
  };

  const sideOf = ({ line, key }: Pick<Said, "line" | "key">): Side =>
    stateOf(truth, lineIdOf(line))?.members.find((member) => member.key === toHex(key))?.side ?? 1;

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

  /** Behind what a version has: these entries under the counts they say, and then everything as if it had come in order. */
  const forge = (
    version: Version,
    line: Uint8Array,
    records: readonly Pick<KeptRecord, "device" | "n" | "epoch" | "body">[],
    counts: readonly Said[],
  ): void => {
    hangUp([...places].flatMap(([id, place]) => (place === version ? [id] : [])));
    version.puppets.clear();
    const id = lineIdOf(line);
    for (const entry of records) {
      const before = stateOf(version, id);
      invariant(before, "what is forged is of a line");
      const record = { ...entry, kind: "entry" as const, seq: before.seq + 1, at: clock.now() };
      version.log.write([{ kind: "record", line: id, record: { ...record, head: crypto.nextHead(before.head, record) } }]);
    }
    const state = stateOf(version, id);
    invariant(state, "what is forged is of a line");
    const countOf = (key: string, n: number): number => Math.max(n, ...counts.flatMap((said) => (toHex(said.key) === key ? [said.frame.n] : [])));
    const members = state.members.map((member) => ({ ...member, n: countOf(member.key, member.n) }));
    version.log.write([{ kind: "line", line: id, seq: state.seq, saved: encodeLine({ ...state, members }) }]);
    version.core = makeCore(version.log);
  };

  /** As if it had been said, and had gone again: the next number is not missed. */
  const skip = (version: Version, said: Said): void => forge(version, said.line, [], [said]);

  const recordOf = (version: Version, { line, key, frame }: Said): Pick<KeptRecord, "device" | "n" | "epoch" | "body"> => {
    const device = stateOf(version, lineIdOf(line))?.members.find((member) => member.key === toHex(key))?.index;
    invariant(device !== undefined, "a device of the line said it");
    return { device, n: frame.n, epoch: frame.epoch, body: frame.body };
  };

  /** The inviter's side's words, as the invited's side is to see them. */
  const showHers = (invited: Version, hers: readonly Said[]): void => {
    const [first, second, ...rest] = hers;
    if (!first) return;
    const manner = fork === "reorder" && !second ? "fork-order" : fork;
    // A lie of a moment: from then on only order differs.
    if (manner === fork && manner !== "withhold-device") fork = "fork-order";
    switch (manner) {
      case "fork-order":
        for (const said of hers) repeat(invited, said);
        return;
      case "withhold":
        skip(invited, first);
        for (const said of hers.slice(1)) repeat(invited, said);
        return;
      case "withhold-device": {
        const newest = stateOf(truth, lineIdOf(first.line))?.members.findLast((member) => member.side === 0)?.key;
        for (const said of hers) if (toHex(said.key) === newest) skip(invited, said);
        for (const said of hers) if (toHex(said.key) !== newest) repeat(invited, said);
        return;
      }
      case "reorder":
        invariant(second && toHex(first.key) === toHex(second.key), "two of one device");
        forge(invited, first.line, [recordOf(invited, second), recordOf(invited, first)], [first, second]);
        for (const said of rest) repeat(invited, said);
        return;
      case "replay":
        for (const said of hers) repeat(invited, said);
        forge(invited, first.line, [recordOf(invited, first)], hers);
        return;
    }
  };

  const mirror = (): void => {
    settle();
    const [inviter, invited] = shown;
    if (inviter === invited) return;
    const [hers, his] = [distinct(inviter.said.splice(0)), distinct(invited.said.splice(0))];
    showHers(invited, hers);
    for (const said of his) repeat(inviter, said);
  };

  /** Once more what the inviter's side said last. */
  const echo = (): void => {
    const said = truth.said.findLast((one) => sideOf(one) === 0);
    invariant(said, "there is something to say again");
    forge(truth, said.line, [recordOf(truth, said)], truth.said);
  };

  const tell = (lie: Lie): void => {
    settle();
    switch (lie) {
      case "honest":
        way = undefined;
        show(truth, truth);
        break;
      case "wrong-head":
      case "no-acks":
      case "old-opened":
      case "old-frames":
      case "all-on-line":
      case "clock-back":
      case "clock-on":
        way = lie;
        show(...shown);
        break;
      case "fork-order":
      case "withhold":
      case "withhold-device":
      case "reorder":
      case "replay":
        fork = lie;
        truth.said = [];
        show(truth, makeVersion(truth.journal));
        break;
      case "remember":
        copy = makeVersion(truth.journal);
        break;
      case "rewind":
        show(copy, copy);
        break;
      case "settle-rewound":
        truth = copy;
        break;
      case "echo":
        echo();
        break;
      case "mirror":
        mirror();
        break;
    }
  };

  /** Who proves a key is shown what is meant for that person. */
  const place = (id: ConnectionId, open: FrameOf<"open">): void => {
    speakers.set(id, { ...open, line: open.line.slice(), key: open.key.slice(), nonce: open.nonce.slice() });
    const meant = shown[sideOf(open)];
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
      nonces.set(id, random(32));
      connect(id, shown[0]);
    },
    received(id, message) {
      const decoded = decodeFrame(message);
      if (decoded.ok && decoded.value.type === "open") place(id, decoded.value);
      const [version, speaker] = [places.get(id), speakers.get(id)];
      if (decoded.ok && decoded.value.type === "package" && speaker) packages.set(toHex(speaker.key), decoded.value.body.slice());
      if (decoded.ok && decoded.value.type === "append" && version && speaker) {
        heard++;
        // A copy: what came is a view of the socket's buffer.
        const frame = { ...decoded.value, body: decoded.value.body.slice() as typeof decoded.value.body };
        version.said.push({ line: speaker.line, key: speaker.key, frame });
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
    scan: () => versions().forEach(({ core }) => core.scan()),
    keep: (secret, answer) => truth.core.keep(secret, answer),
    stopFiring: () => versions().forEach(({ core }) => core.stopFiring()),
    vigils: () => truth.core.vigils(),
    get stats() {
      return truth.core.stats;
    },
  };
};

/** What was decoded is a view of bytes that are used again. */
const copyOf = (frame: RelayFrame): RelayFrame => {
  const decoded = decodeFrame(encodeFrame(frame));
  invariant(decoded.ok && isRelayFrame(decoded.value), "a frame is one again");
  return decoded.value;
};

/** Said more than once, because the connection was lost before it was confirmed: one thing. */
const distinct = (said: readonly Said[]): readonly Said[] => {
  const seen = new Set<string>();
  return said.filter(({ key, frame }) => {
    const name = `${toHex(key)} ${frame.n}`;
    return !seen.has(name) && seen.add(name);
  });
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
