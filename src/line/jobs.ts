/**
 * Long pieces of work with blobs, beside the bond's queue: keeping the archive fresh, and fetching it. They read the
 * store and talk to the relay; what they bring comes back as one event, and only the queue writes.
 */
import { equalBytes } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import type { Sealers } from "../ports/sealer.ts";
import type { Store } from "../ports/store.ts";
import { decodeManifest, decodeSegment, encodeManifest, encodeSegment, idOfRow, manifestKey, perSegment, seqOf, type Manifest, type Row } from "./archive.ts";
import { sealBlob } from "./blob.ts";
import type { BlobFault, BlobLane } from "./blob-lane.ts";
import { decodeNote, decodeNoteKey, encodeNote, encodeNoteKey, noteInfo } from "./own.ts";
import { keptKey } from "./entry.ts";
import type { PromiseState } from "../senses/promise/promised.ts";
import type { Own, Segment } from "./state.ts";

export interface JobTools {
  readonly lane: BlobLane;
  readonly random: Random;
  readonly progress: (done: number, total: number) => void;
}

const segmentCap = 8 * 1024 * 1024;

/** This device's box, and the key by which others know it. */
export interface JobBox {
  readonly device: Uint8Array;
  readonly seed: Secret;
  /** What signs for this device, and who of mine may have written a note. */
  readonly secret: Secret;
  readonly mine: readonly Uint8Array[];
}

export interface ArchiveJob {
  readonly own: Own;
  readonly box: JobBox | null;
  readonly manifest: Omit<Manifest, "segments">;
  /** A device of mine took the line up again: of what both reach, one may keep what the other does not. */
  readonly differs: boolean;
}

export interface Archived {
  readonly archive: Own["archive"];
  /** A newer key than this device had, from its box in the note. */
  readonly own: Pick<Own, "key" | "gen">;
  /** What another device of mine had put there, and this one lacks. */
  readonly rows: readonly Row[];
  /** What that one knew of promises: keys are not among what is kept. */
  readonly promise: PromiseState | null;
}

/** Puts what is new into segments, writes the manifest anew, and has the relay keep them in place of the ones before. */
export const keepArchive = async (
  job: ArchiveJob,
  { lane, random, progress, store, sealers }: JobTools & { readonly store: Store; readonly sealers: Pick<Sealers, "sealBox" | "openBox"> },
): Promise<Result<Archived, BlobFault>> => {
  const { manifest } = job;
  const told = await lane.archive();
  if (!told.ok) return told;
  const [currentId] = told.value.ids;
  const own = { ...job.own, ...(await newerKey(job.own, told.value.note, manifest.line, job.box, sealers)) };
  const mine = currentId !== undefined && job.own.archive.manifest !== null && equalBytes(currentId, job.own.archive.manifest);
  const current = currentId && !mine ? await getManifest(lane, own, currentId, manifest.line) : undefined;
  const left = current && currentId && current.seq >= manifest.seq ? { manifest: currentId, seq: current.seq, segments: current.segments } : undefined;
  if (left && !job.differs) return ok({ archive: { ...left, at: null, gen: own.gen }, own, rows: [], promise: null });
  const segments = mine ? job.own.archive.segments : (current?.segments ?? []);
  // Another device of mine wrote it: what only it had by then is not to be lost.
  const theirs = current
    ? await getRows(
        lane,
        current.segments.filter((segment) => segment.count < perSegment),
        0,
        () => undefined,
      )
    : ok([]);
  if (!theirs.ok) return theirs;
  const whole = segments.filter((segment) => segment.count >= perSegment);
  const from = whole.at(-1)?.last ?? 0;
  // By id: something said again may stand at another place there than here.
  const here = current ? await store.list("kept/", { after: keptKey(from) }) : [];
  const known = new Set(here.map(idOfRow));
  const there = new Set(theirs.value.map(idOfRow));
  // What comes after this device's place it has from the log.
  const lacked = theirs.value.filter((row) => !known.has(idOfRow(row)) && (!left || seqOf(row) <= manifest.seq));
  const isWhole = !here.some((row) => seqOf(row) <= manifest.seq && !there.has(idOfRow(row)));
  // One that is ahead is left as it is in any case: this device is level with it soon.
  if (left && (isWhole || left.seq > manifest.seq))
    return ok({ archive: { ...left, at: null, gen: own.gen }, own, rows: lacked, promise: current?.senses.promise ?? null });
  const fresh: Segment[] = [];
  let total = 0;
  for (let after = from; ;) {
    const page = await store.list("kept/", { after: keptKey(after), limit: perSegment });
    const rows = [...page.filter((row) => seqOf(row) <= manifest.seq), ...lacked.filter((row) => seqOf(row) > after)]
      .toSorted((a, b) => seqOf(a) - seqOf(b))
      .slice(0, perSegment);
    rows.splice(fitting(rows));
    if (rows.length === 0) break;
    const segment: Segment = { id: random(16), key: new Secret(random(32)), first: seqOf(rows[0] as Row), last: seqOf(rows.at(-1) as Row), count: rows.length };
    const content = encodeSegment(rows);
    const before = total;
    const put = await lane.put(segment.id, segment.key, sealBlob(segment.key, segment.id, content), (done, of) =>
      progress(before + Math.round((content.length * done) / of), 0),
    );
    if (!put.ok) return put;
    total += content.length;
    fresh.push(segment);
    after = segment.last;
  }
  const id = random(16);
  const all = [...whole, ...fresh];
  const key = manifestKey(own);
  const put = await lane.put(id, key, sealBlob(key, id, encodeManifest({ ...manifest, segments: all })));
  if (!put.ok) return put;
  const note = await makeNote(manifest, own, job.box, sealers);
  const kept = await lane.keep(note, [id, ...all.map((segment) => segment.id)]);
  if (!kept.ok) return kept;
  return ok({
    archive: { manifest: id, seq: manifest.seq, segments: all, at: null, gen: own.gen },
    own,
    rows: lacked,
    promise: current?.senses.promise ?? null,
  });
};

/** How many of these one blob holds with room to spare: a newer Beside's things may be large. */
const fitting = (rows: readonly Row[]): number => {
  let bytes = 0;
  const over = rows.findIndex(([, value]) => (bytes += value.length + 16) > segmentCap);
  return over < 0 ? rows.length : Math.max(1, over);
};

/** The own key in boxes: for the twelve words, and for each device of mine, which may have been away when it changed. */
const makeNote = async (
  { line, words, devices }: Pick<Manifest, "line" | "words" | "devices">,
  own: Pick<Own, "key" | "gen">,
  writer: JobBox | null,
  sealers: Pick<Sealers, "sealBox">,
): Promise<Uint8Array> => {
  const content = encodeNoteKey(own.gen, own.key);
  const seal = async (to: Uint8Array): Promise<Uint8Array | null> => {
    const box = await sealers.sealBox(to, content, noteInfo);
    return box.ok ? box.value : null;
  };
  const boxes = [];
  for (const { key, box } of devices) {
    const sealed = await seal(box);
    if (sealed) boxes.push({ device: key, box: sealed });
  }
  return writer ? encodeNote({ words: words && (await seal(words.box)), devices: boxes }, line, writer.secret) : new Uint8Array();
};

/** The key that the archive is under, when it is newer than mine and the note has a box for this device. */
const newerKey = async (
  own: Pick<Own, "key" | "gen">,
  encoded: Uint8Array,
  line: Uint8Array,
  box: JobBox | null,
  sealers: Pick<Sealers, "openBox">,
): Promise<Pick<Own, "key" | "gen">> => {
  const note = decodeNote(encoded, line);
  const trusted = box !== null && note?.devices !== undefined && box.mine.some((key) => equalBytes(key, note.by));
  const mine = trusted ? note.devices.find(({ device }) => equalBytes(device, box.device)) : undefined;
  const opened = mine && box ? await sealers.openBox(box.seed, mine.box, noteInfo) : undefined;
  const found = opened?.ok ? decodeNoteKey(opened.value) : undefined;
  return found && found.gen > own.gen ? found : { key: own.key, gen: own.gen };
};

const getManifest = async (lane: BlobLane, own: Pick<Own, "key">, id: Uint8Array, line?: Uint8Array): Promise<Manifest | undefined> => {
  const got = await lane.get(id, manifestKey(own));
  return got.ok ? decodeManifest(got.value, line) : undefined;
};

export interface Fetched {
  readonly id: Uint8Array;
  readonly manifest: Manifest;
  readonly own: Pick<Own, "key" | "gen">;
  readonly rows: readonly Row[];
  /** What this device kept itself after the manifest's place. */
  readonly later: readonly Row[];
  /** Keys of what this device kept and the archive has too, at another place (it was said again). */
  readonly twice: readonly string[];
  /** The ids of all that this device kept itself since. */
  readonly known: readonly string[];
}

interface FetchTools extends Omit<JobTools, "random"> {
  readonly store?: Store;
  readonly sealers: Pick<Sealers, "openBox">;
}

interface FetchOptions {
  readonly after: number;
  readonly line: Uint8Array;
  readonly box: JobBox | null;
  readonly ids?: readonly Uint8Array[];
}

/** Another device of mine may put a newer archive in its place meanwhile, and the pieces of this one go: then it is that one. */
const tries = 4;

/** The archive of my side, whole from `after` on; `gone` when there is none, or none that a key of this device opens. */
export const fetchArchive = async (own: Pick<Own, "key" | "gen">, tools: FetchTools, options: FetchOptions): Promise<Result<Fetched, BlobFault>> => {
  for (let left = tries; ;) {
    const fetched = await fetchOnce(own, tools, options);
    if (fetched.ok || fetched.error !== "replaced") return fetched as Result<Fetched, BlobFault>;
    if (--left === 0 || options.ids) return err("gone");
  }
};

const fetchOnce = async (
  own: Pick<Own, "key" | "gen">,
  { lane, progress, ...tools }: FetchTools,
  options: FetchOptions,
): Promise<Result<Fetched, BlobFault | "replaced">> => {
  const told = options.ids ? ok({ ids: options.ids, note: new Uint8Array() }) : await lane.archive();
  if (!told.ok) return told;
  const [id] = told.value.ids;
  const key = await newerKey(own, told.value.note, options.line, options.box, tools.sealers);
  const manifest = id && (await getManifest(lane, key, id, options.line));
  if (!id || !manifest) return err(id ? "replaced" : "gone");
  const rows = await getRows(lane, manifest.segments, options.after, progress);
  if (!rows.ok) return rows.error === "gone" ? err("replaced") : rows;
  const all = (await tools.store?.list("kept/")) ?? [];
  const here = all.filter((row) => seqOf(row) > options.after);
  const before = new Set(all.filter((row) => seqOf(row) <= options.after).map(idOfRow));
  // What was said again stands at another place there: here it stays where it is, or, if it came since, moves there.
  const found = rows.value.map((row) => ({ row, id: idOfRow(row) })).filter((one) => !before.has(one.id));
  const fresh = found.map((one) => one.row);
  const places = here.length > 0 ? new Map(found.map((one) => [one.id, one.row[0]])) : new Map<string, string>();
  const isTwice = (row: Row): boolean => (places.get(idOfRow(row)) ?? row[0]) !== row[0];
  const later = here.filter((row) => seqOf(row) > manifest.seq && !isTwice(row));
  return ok({ id, manifest, own: key, rows: fresh, later, twice: here.filter(isTwice).map((row) => row[0]), known: here.map(idOfRow) });
};

const getRows = async (
  lane: BlobLane,
  segments: readonly Segment[],
  after: number,
  progress: (done: number, total: number) => void,
): Promise<Result<readonly Row[], BlobFault>> => {
  const wanted = segments.filter((segment) => segment.last > after);
  const total = wanted.reduce((sum, segment) => sum + segment.count, 0);
  const rows: Row[] = [];
  for (const segment of wanted) {
    const got = await lane.get(segment.id, segment.key, (done, of) => progress(rows.length + Math.round((segment.count * done) / of), total));
    if (!got.ok) return got;
    const decoded = decodeSegment(got.value);
    if (!decoded) return err("damaged");
    for (const row of decoded) if (seqOf(row) > after) rows.push(row);
  }
  return ok(rows);
};
