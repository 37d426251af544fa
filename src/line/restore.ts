/**
 * Everything lost (LOSE1): the twelve words and the relay's address bring a bond back. The words prove themselves to the
 * relay; the archive's key waits in a box that only they open; the group is made anew with a new device of mine and the
 * other's, and in the same step at the relay every earlier device of mine is shut out.
 */
import { equalBytes } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import { sideOfFired } from "../protocol/chain.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type DeviceFrame, type FrameOf, type RelayFrame } from "../protocol/frames.ts";
import { personSeed, personSeedV1, publicKey, recoveryBoxSeed, recoverySeed, sha256, sign } from "../protocol/keys.ts";
import { reclaimTranscript, recoverTranscript } from "../protocol/transcripts.ts";
import type { Manifest, Row } from "./archive.ts";
import { createBlobLane, type BlobLane } from "./blob-lane.ts";
import type { Ports } from "./driver.ts";
import { fresh } from "./durable.ts";
import type { Progress, RestoreFault } from "./home.ts";
import { placeOf } from "./entry.ts";
import { bothWait, waitingOf, type Waiting } from "./firings.ts";
import { fetchArchive, type Fetched } from "./jobs.ts";
import { decodeNote, decodeNoteKey, noteInfo } from "./own.ts";
import { missedSince } from "./resync.ts";
import { initialSenses } from "./senses.ts";
import { asRemoved } from "./devices.ts";
import type { DeviceMember, Durable } from "./state.ts";

export interface Restored {
  readonly number: number;
  readonly durable: Durable;
  readonly rows: readonly Row[];
}

interface Wish {
  readonly entropy: Secret;
  readonly relay: string;
  readonly device: string;
  readonly progress: (progress: Progress) => void;
  /** A bond that is on this device already is not taken from itself. */
  readonly isHere: (line: Uint8Array) => boolean;
}

/** Bonds that came to nothing leave numbers that the relay does not know. */
const unknownInARow = 16;
const within = 20_000;

/** The highest number that the relay knew. One bond after the other, by number; `take` saves each before the next is asked for. */
export const restoreBonds = async (
  wish: Wish,
  ports: Ports,
  take: (restored: Restored) => Promise<Result<void, RestoreFault>>,
): Promise<Result<number, RestoreFault>> => {
  let found = 0;
  let fault: RestoreFault | undefined;
  let moved = 0;
  let known = -1;
  for (let number = 0, unknown = 0; unknown < unknownInARow;) {
    wish.progress({ what: "finding", done: number, total: 0 });
    const line = await dial(ports, wish.relay);
    if (!line) return err("unreachable");
    const restored = await restoreOne(line, number, wish, ports);
    line.close();
    if (restored.ok) {
      const taken = await take(restored.value);
      if (!taken.ok) return taken;
      found++;
    } else if (restored.error === "unreachable") return err("unreachable");
    else if (restored.error === "moved") {
      if (++moved > 10) return err("unreachable");
      continue;
    } else if (restored.error !== "nothing-found" && restored.error !== "empty") fault = restored.error;
    unknown = !restored.ok && restored.error === "nothing-found" ? unknown + 1 : 0;
    if (unknown === 0) known = number;
    number++;
  }
  if (found > 0) return ok(known);
  return err(fault ?? "nothing-found");
};

const restoreOne = async (line: Dialed, number: number, wish: Wish, ports: Ports): Promise<Result<Restored, RestoreFault | "moved" | "empty">> => {
  const { challenge } = line;
  const seed = recoverySeed(wish.entropy, number);
  const key = publicKey(seed);
  const recovered = await line.ask({ type: "recover", key, signature: sign(seed, "beside/recover/1", recoverTranscript(challenge, { key })) }, "recovered");
  if (!recovered.ok) return recovered.error === "unknown" ? err("nothing-found") : recovered.error === "ended" ? err("empty") : err("unreachable");
  const known = recovered.value;
  if (wish.isHere(known.line)) return err("used-here");
  // A bond that never came to be, or that never had the time to keep anything.
  if (known.ids.length === 0) return err("empty");

  const box = decodeNote(known.note, known.line)?.words;
  const opened = box && (await ports.sealers.openBox(recoveryBoxSeed(wish.entropy, number), box, noteInfo));
  const note = opened?.ok ? decodeNoteKey(opened.value) : undefined;
  if (!note) return err("damaged");
  const progress = (done: number, total: number): void => wish.progress({ what: "fetching", done, total });
  const fetched = await fetchArchive(note, { lane: line.lane, progress, sealers: ports.sealers }, { after: 0, line: known.line, box: null, ids: known.ids });
  if (!fetched.ok) return err(fetched.error === "stopped" ? "unreachable" : "damaged");
  // Whose relay it is the archive knows: an address that leads elsewhere gets no further.
  if (!equalBytes(sha256(challenge.relay), fetched.value.manifest.relayHash)) return err("damaged");
  const person = personOf(wish.entropy, number, fetched.value);
  return person ? reclaim(line, known, fetched.value, { person, gen: note.gen, number }, wish, ports) : err("damaged");
};

/** Bonds made by release 0.1 have a person key of another making. */
const personOf = (entropy: Secret, number: number, { manifest }: Fetched): Secret | undefined =>
  [personSeed(entropy, number), personSeedV1(entropy, manifest.line)].find((seed) => equalBytes(publicKey(seed), manifest.personKey));

/** The side is taken back, unless the line moved on meanwhile. */
const reclaim = async (
  line: Dialed,
  known: FrameOf<"recovered">,
  { id, manifest, rows }: Fetched,
  keys: { readonly person: Secret; readonly gen: number; readonly number: number },
  wish: Wish,
  ports: Ports,
): Promise<Result<Restored, RestoreFault | "moved" | "empty">> => {
  wish.progress({ what: "keeping", done: 0, total: 0 });
  const device = new Secret(ports.random(32));
  const key = publicKey(device);
  const certificate = certifyDevice(manifest.line, keys.person, key);
  const pins = { line: manifest.line, me: manifest.personKey, other: manifest.other };
  const packages = await line.ask({ type: "packages" }, "packagesOf");
  if (!packages.ok) return err("unreachable");
  const { generation, epoch, items } = packages.value;
  // The line moved on since it was recovered, and who is on it may have: asked anew, on a connection of its own.
  if (generation !== known.generation || epoch !== known.epoch) return err("moved");
  // Of the other's devices alone, whatever the relay hands out: mine are all shut out.
  const bodies = [];
  for (const { body } of items) {
    const owner = await ports.sealers.inspect(body, manifest.line);
    if (owner.ok && equalBytes(owner.value.person, manifest.other)) bodies.push(body);
  }
  const fired = await firedBefore(line, manifest, known);
  if (!fired) return err("unreachable");
  const made = await ports.sealers.refound({ certificate, deviceSeed: device }, pins, bodies);
  if (!made.ok) return err("other-first");
  const fields = { key, generation, epoch, welcome: made.value.welcome };
  const signature = sign(device, "beside/reclaim/1", reclaimTranscript(line.challenge, manifest.line, fields));
  const acked = await line.ask({ type: "reclaim", ...fields, signature }, "acked");
  if (!acked.ok) {
    return err(acked.error === "stale" ? "moved" : acked.error === "busy" ? "busy" : "unreachable");
  }
  const { seq, at, head } = acked.value;
  const boxSeed = new Secret(ports.random(32));
  const box = { seed: boxSeed, key: await ports.sealers.boxKey(boxSeed) };
  const index = known.members.length;
  const members = known.members.map((member): DeviceMember => {
    const mine = member.side === known.side;
    const { since = null, newUntil = null } = manifest.members.find((one) => equalBytes(one.key, member.key)) ?? {};
    const is: DeviceMember = { index: member.index, key: member.key, mine, revoked: false, since, newUntil };
    return member.revoked || mine ? asRemoved(is, at) : is;
  });
  const durable: Durable = {
    ...fresh,
    line: manifest.line,
    relay: { origin: wish.relay, hash: manifest.relayHash },
    self: { person: null, personKey: manifest.personKey, device, certificate, end: manifest.end, name: manifest.name, deviceName: wish.device },
    stage: { at: "together", other: manifest.other, since: manifest.since, words: null, compared: manifest.compared, latecomerAt: null },
    mls: made.value.state,
    epoch: epoch + 1,
    generation: generation + 1,
    members: [...members, { index, key, mine: true, revoked: false, since: at, newUntil: null }],
    index,
    seq,
    head,
    heads: [[seq, head]],
    n: 2,
    firings: bothWait(manifest.firings, fired),
    outbox: [],
    ahead: null,
    senses: { ...initialSenses, ...manifest.senses },
    offset: 0,
    savedAt: 0,
    fault: null,
    refused: 0,
    gapAt: null,
    words: manifest.words && { ...manifest.words, boxSeed: null, told: true, proof: null },
    box,
    // A key that the lost device does not know; the archive follows under it.
    own: {
      key: new Secret(ports.random(32)),
      gen: seq,
      devices: [{ key, box: box.key, name: wish.device }],
      archive: { manifest: id, seq: manifest.seq, segments: manifest.segments, at: null, gen: keys.gen },
    },
    common: manifest.common,
    recent: manifest.recent,
    unknown: manifest.unknown,
    // A relay that lost records since the archive was made: what is kept goes on above it.
    shift: Math.max(manifest.shift, manifest.seq - seq),
    lastKept: seq + Math.max(manifest.shift, manifest.seq - seq),
    missedFrom: Math.min(
      manifest.seq - manifest.shift,
      seq > manifest.seq ? manifest.seq : manifest.common,
      missedSince({ ...manifest, mending: null }, known.now) ?? Infinity,
    ),
    skips: true,
    sayAgain: manifest.common + 1,
    notices: [{ is: "restored", who: "me", at, name: wish.device }],
    settings: manifest.settings,
    recalled: manifest.recalled,
    notes: manifest.notes,
    history: [...manifest.history, { is: "device", at, what: "restored", who: "me", name: wish.device, device: null }],
  };
  return ok({ number: keys.number, durable, rows });
};

/** What vigils left after the archive was made: this device's log begins behind it. `undefined` when there is no answer. */
const firedBefore = async (
  line: Dialed,
  manifest: Manifest,
  { now, side }: Pick<FrameOf<"recovered">, "now" | "side">,
): Promise<readonly Waiting[] | undefined> => {
  const fired: Waiting[] = [];
  const told = await line.ask({ type: "check" }, "receipts", ({ items }) => {
    for (const { seq, kind, body, device } of items)
      if (kind === "fired" && placeOf(manifest, seq) > manifest.seq)
        fired.push(...waitingOf(line.challenge.relay, manifest.line, body, sideOfFired(device) === side ? "me" : "other", placeOf(manifest, seq), now));
  });
  // A relay of an earlier release knows no vigils.
  return told.ok || told.error === "malformed" || told.error === "forbidden" ? fired : undefined;
};

interface Dialed {
  readonly challenge: FrameOf<"challenge">;
  readonly lane: BlobLane;
  /** The answer of that type, or why not: the relay's code, or `lost`. `before`: what comes of the log ahead of it. */
  ask<Type extends RelayFrame["type"]>(frame: DeviceFrame, type: Type, before?: (entries: FrameOf<"entries">) => void): Promise<Result<FrameOf<Type>, string>>;
  close(): void;
}

/** A connection of its own, for questions that are answered one after the other. */
const dial = (ports: Ports, origin: string): Promise<Dialed | undefined> =>
  new Promise((resolve) => {
    let waiting: ((frame: RelayFrame | undefined) => void) | undefined;
    let open = true;
    const cancel = (call: () => void): (() => void) => ports.timer.after(within, call);
    const end = (): void => {
      open = false;
      lane.stop();
      waiting?.(undefined);
      resolve(undefined);
    };
    const connection = ports.transport.connect(origin, {
      opened: () => undefined,
      closed: end,
      message: (message) => {
        const decoded = decodeFrame(message);
        if (!decoded.ok || !isRelayFrame(decoded.value)) return connection.close();
        const frame = decoded.value;
        if (frame.type === "challenge") return resolve(dialed(frame));
        if (!lane.hear(frame)) waiting?.(frame);
      },
    });
    const send = (frame: DeviceFrame): void => connection.send(encodeFrame(frame));
    const lane = createBlobLane(send, (delay, call) => void ports.timer.after(delay, call));
    lane.up();
    const stop = cancel(() => {
      if (open) connection.close();
      end();
    });
    const dialed = (challenge: FrameOf<"challenge">): Dialed => {
      stop();
      return {
        challenge,
        lane,
        ask: <Type extends RelayFrame["type"]>(frame: DeviceFrame, type: Type, before?: (entries: FrameOf<"entries">) => void) =>
          new Promise<Result<FrameOf<Type>, string>>((answer) => {
            const done = (heard: RelayFrame | undefined): void => {
              if (before && heard?.type === "entries") return before(heard);
              late();
              waiting = undefined;
              if (heard?.type === type) answer(ok(heard as unknown as FrameOf<Type>));
              else answer(err(heard?.type === "refused" ? heard.code : heard?.type === "ended" ? "ended" : "lost"));
            };
            const late = ports.timer.after(within, () => done(undefined));
            if (!open) return done(undefined);
            waiting = done;
            send(frame);
          }),
        close: () => {
          open = false;
          lane.stop();
          connection.close();
        },
      };
    };
  });
