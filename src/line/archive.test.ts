import { publicKey } from "../protocol/keys.ts";
import { describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { err, ok } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { createFakeSealers } from "../testing/fake-sealer.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { decodeManifest, decodeSegment, encodeManifest, encodeSegment, idOfRow, manifestOf, perSegment, type Manifest, type Row } from "./archive.ts";
import { joinPieces, openPiece } from "./blob.ts";
import type { BlobLane } from "./blob-lane.ts";
import { bytes, context, laptop, now, state } from "./bond.testing.ts";
import { keptKey } from "./entry.ts";
import { fetchArchive, keepArchive, type ArchiveJob, type JobBox } from "./jobs.ts";
import { applyEntry } from "./senses.ts";
import type { Own, State } from "./state.ts";
import { step } from "./step.ts";

let drawn = 0;
/** Never the same twice, and always alike. */
const random = (length: number): Uint8Array => {
  drawn++;
  return Uint8Array.from({ length }, (_, i) => (drawn >> (8 * (i % 3))) % 256);
};
const sealers = createFakeSealers({ now: () => context.wall, random });
const progress = (): void => undefined;
const line = state().line;
const boxOf = async (device: Uint8Array, fill: number): Promise<JobBox & { readonly key: Uint8Array }> => {
  const seed = new Secret(bytes(32, fill));
  const secret = new Secret(bytes(32, fill + 100));
  // A note is believed of a device of mine: here both sign with keys of their own making.
  const mine = [101, 102].map((one) => publicKey(new Secret(bytes(32, one))));
  return { device, seed, secret, mine, key: await sealers.boxKey(seed) };
};
const [phoneBox, laptopBox] = await Promise.all([boxOf(state().selfKey, 1), boxOf(laptop.device, 2)]);
const devices = [
  { key: phoneBox.device, box: phoneBox.key, name: "phone" },
  { key: laptopBox.device, box: laptopBox.key, name: "laptop" },
];
const ownOf = (gen = 1, fill = 60): Own => ({
  key: new Secret(bytes(32, fill)),
  gen,
  devices,
  archive: { manifest: null, seq: 0, segments: [], at: null, gen },
});

const row = (seq: number, id = `0-${seq}`): Row => [
  keptKey(seq),
  encodeCbor({ id, seq, from: "me", kind: "thought", at: seq, body: { text: `thing ${seq}`, at: seq } }),
];
const rowsTo = (last: number, first = 1): readonly Row[] => Array.from({ length: last - first + 1 }, (_, i) => row(first + i));
const manifestAt = (seq: number): Omit<Manifest, "segments"> => {
  const manifest = manifestOf(state({ seq, own: ownOf() }));
  if (!manifest) throw new Error("they are together");
  return { ...manifest, devices };
};

/** What a side keeps at the relay: real sealed pieces, opened with the real keys. */
const createShelf = () => {
  const blobs = new Map<string, readonly Uint8Array[]>();
  let kept: { note: Uint8Array; ids: readonly Uint8Array[] } = { note: new Uint8Array(), ids: [] };
  let puts = 0;
  const lane: BlobLane = {
    put: async (id, _key, { total, piece }) => {
      puts++;
      blobs.set(
        toHex(id),
        Array.from({ length: total }, (_, i) => piece(i)),
      );
      return ok(undefined);
    },
    get: async (id, key) => {
      const pieces = blobs.get(toHex(id));
      if (!pieces) return err("gone");
      const whole = joinPieces(pieces.map((piece, i) => openPiece(key, id, i, pieces.length, piece)).filter((piece) => piece !== undefined));
      return whole ? ok(whole) : err("damaged");
    },
    archive: async () => ok(kept),
    keep: async (note, ids) => {
      for (const id of kept.ids.filter((id) => !ids.some((one) => toHex(one) === toHex(id)))) blobs.delete(toHex(id));
      kept = { note, ids };
      return ok(undefined);
    },
    drop: async () => ok(undefined),
    hear: () => false,
    up: progress,
    down: progress,
    stop: progress,
  };
  return { lane, blobs, kept: () => kept, puts: () => puts };
};

const keep = async (shelf: ReturnType<typeof createShelf>, rows: readonly Row[], seq: number, own: Own, box: JobBox | null = phoneBox, differs = false) => {
  const job: ArchiveJob = { own, box, manifest: manifestAt(seq), differs };
  const done = await keepArchive(job, { lane: shelf.lane, random, progress, store: createMemoryStore(new Map(rows)), sealers });
  if (!done.ok) throw new Error(done.error);
  return { ...done.value, own: { ...own, ...done.value.own, archive: done.value.archive } };
};
const fetch = async (
  shelf: ReturnType<typeof createShelf>,
  own: Pick<Own, "key" | "gen">,
  { after = 0, box = phoneBox as JobBox | null, rows = [] as readonly Row[] } = {},
) => fetchArchive(own, { lane: shelf.lane, progress, store: createMemoryStore(new Map(rows)), sealers }, { after, line, box });

describe("The archive's bytes", () => {
  const manifest: Manifest = {
    ...manifestAt(10),
    segments: [{ id: bytes(16, 1), key: new Secret(bytes(32, 2)), first: 1, last: 9, count: 9 }],
  };
  const hidden = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, one: unknown) => (one instanceof Secret ? toHex(one.expose()) : one instanceof Uint8Array ? toHex(one) : one)));

  it("[ARCH1] a manifest comes out as it went in, secrets as secrets", () => {
    const read = decodeManifest(encodeManifest(manifest), line);
    expect(hidden(read)).toEqual(hidden(manifest));
    expect(read?.segments[0]?.key).toBeInstanceOf(Secret);
  });

  it("[ARCH1] a manifest of another line, of a newer Beside, cut short or changed is none, and never throws", () => {
    const encoded = encodeManifest(manifest);
    expect(decodeManifest(encoded, bytes(16, 99))).toBeUndefined();
    expect(decodeManifest(encodeCbor({ version: 2, line, segments: [] }), line)).toBeUndefined();
    for (let length = 0; length < encoded.length; length += 13) expect(decodeManifest(encoded.slice(0, length), line)).toBeUndefined();
    for (const other of [encodeCbor(null), encodeCbor([]), encodeCbor({ version: 1, line }), bytes(40, 255), encodeSegment(rowsTo(3))])
      expect(decodeManifest(other, line)).toBeUndefined();
  });

  it("[ARCH1] a segment comes out as it went in, and damaged bytes are none", () => {
    const rows = rowsTo(20);
    const encoded = encodeSegment(rows);
    expect(decodeSegment(encoded)).toEqual(rows);
    for (let length = 0; length < encoded.length; length += 7) expect(decodeSegment(encoded.slice(0, length))).toBeUndefined();
    for (const other of [[[0, bytes(1, 1)]], [[1.5, bytes(1, 1)]], [[1, "text"]], [[-3, bytes(1, 1)]], { a: 1 }, 7])
      expect(decodeSegment(encodeCbor(other as never))).toBeUndefined();
  });

  it("[ARCH1] what is no kept thing has no id", () => {
    expect([idOfRow(row(7)), idOfRow([keptKey(1), encodeCbor({})]), idOfRow([keptKey(1), encodeCbor(null)]), idOfRow([keptKey(1), bytes(3, 255)])]).toEqual([
      "0-7",
      "",
      "",
      "",
    ]);
  });
});

describe("An archive", () => {
  it("[ARCH1] holds everything that was kept, and a full segment stays as it is", async () => {
    const shelf = createShelf();
    const first = await keep(shelf, rowsTo(perSegment + 5), perSegment + 5, ownOf());
    expect(first.archive.segments.map(({ first: from, last, count }) => [from, last, count])).toEqual([
      [1, perSegment, perSegment],
      [perSegment + 1, perSegment + 5, 5],
    ]);
    const before = shelf.puts();
    const all = rowsTo(2 * perSegment + 1);
    const second = await keep(shelf, all, 2 * perSegment + 1, first.own);
    expect(second.archive.segments[0]?.id).toEqual(first.archive.segments[0]?.id);
    expect(shelf.puts() - before).toBe(3);
    expect(shelf.kept().ids.length).toBe(4);
    expect(shelf.blobs.size).toBe(4);
    const fetched = await fetch(shelf, second.own);
    expect(fetched.ok && fetched.value.rows).toEqual(all);
    const rest = await fetch(shelf, second.own, { after: perSegment + 9 });
    expect(rest.ok && rest.value.rows).toEqual(rowsTo(2 * perSegment + 1, perSegment + 10));
  });

  it("[ARCH1] nothing is kept of what came after the manifest's place", async () => {
    const shelf = createShelf();
    const { own } = await keep(shelf, rowsTo(9), 6, ownOf());
    const fetched = await fetch(shelf, own);
    expect(fetched.ok && fetched.value.rows).toEqual(rowsTo(6));
  });

  it("[ARCH1] a damaged one is refused whole", async () => {
    const shelf = createShelf();
    const { own, archive } = await keep(shelf, rowsTo(perSegment + 5), perSegment + 5, ownOf());
    const id = toHex(archive.segments[0]?.id ?? bytes(0, 0));
    const [first, ...rest] = shelf.blobs.get(id) as readonly [Uint8Array, ...Uint8Array[]];
    shelf.blobs.set(id, [first.with(500, (first[500] as number) ^ 1), ...rest]);
    expect(await fetch(shelf, own)).toMatchObject({ ok: false });
  });

  it("[ARCH2] whoever is in the note has the newer key from it, and who is not has nothing", async () => {
    const shelf = createShelf();
    await keep(shelf, rowsTo(5), 5, ownOf(7, 77));
    const older = ownOf(3, 60);
    const fetched = await fetch(shelf, older, { box: laptopBox });
    expect(fetched.ok && [fetched.value.own.gen, fetched.value.own.key.expose()]).toEqual([7, bytes(32, 77)]);
    const stranger = await boxOf(bytes(32, 90), 9);
    for (const box of [stranger, { ...stranger, device: laptop.device }, null])
      expect(await fetch(shelf, older, { box })).toEqual({ ok: false, error: "gone" });
  });

  it("[ARCH2] a key that is not above its own is not taken from it", async () => {
    const shelf = createShelf();
    await keep(shelf, rowsTo(5), 5, ownOf(7, 77));
    for (const gen of [7, 8]) expect(await fetch(shelf, ownOf(gen, 60), { box: laptopBox })).toEqual({ ok: false, error: "gone" });
    const kept = await keep(shelf, rowsTo(6), 6, ownOf(8, 78), laptopBox);
    expect([kept.own.gen, kept.archive.gen]).toEqual([8, 8]);
  });

  it("[ARCH3] one that reaches as far is left as it is, and taken over", async () => {
    const shelf = createShelf();
    const mine = await keep(shelf, rowsTo(8), 8, ownOf());
    const [note, puts] = [shelf.kept(), shelf.puts()];
    for (const seq of [5, 8]) {
      const other = await keep(shelf, rowsTo(seq), seq, ownOf(), laptopBox);
      expect(other.archive).toEqual(mine.archive);
      expect([shelf.kept(), shelf.puts()]).toEqual([note, puts]);
    }
  });

  it("[ARCH3] another device's is written over together with what only it had", async () => {
    const shelf = createShelf();
    await keep(shelf, rowsTo(6), 6, ownOf());
    const lacking = rowsTo(9).filter(([key]) => key !== keptKey(2) && key !== keptKey(5));
    const { rows, own } = await keep(shelf, lacking, 9, ownOf(), laptopBox);
    expect(rows).toEqual([row(2), row(5)]);
    const fetched = await fetch(shelf, own);
    expect(fetched.ok && fetched.value.rows).toEqual(rowsTo(9));
  });

  it("[ARCH3] of two that reach equally far, and one of them missed something, what either has is there and here", async () => {
    const lacking = rowsTo(9).filter(([key]) => key !== keptKey(2) && key !== keptKey(5));
    const shelf = createShelf();
    await keep(shelf, lacking, 9, ownOf());
    const whole = await keep(shelf, rowsTo(9), 9, ownOf(), laptopBox, true);
    expect(whole.rows).toEqual([]);
    const fetched = await fetch(shelf, whole.own);
    expect(fetched.ok && fetched.value.rows).toEqual(rowsTo(9));
    const puts = shelf.puts();
    const late = await keep(shelf, lacking, 9, ownOf(), phoneBox, true);
    expect([late.rows, late.archive, shelf.puts()]).toEqual([[row(2), row(5)], whole.archive, puts]);
    // What is ahead of it there, it has from the log.
    expect((await keep(shelf, [row(1)], 4, ownOf(), phoneBox, true)).rows).toEqual([row(2), row(3), row(4)]);
  });

  it("[ARCH3] [PROM3] what another device of mine alone had heard of a promise comes with the key, which no kept thing holds", async () => {
    const id = "ab".repeat(16);
    const made = { what: "made", id, words: "home by nine", by: now + 60_000, when: null, grace: 0, release: 0, note: true, farewell: null, at: now } as const;
    const heard = (body: Cbor, of: State): State => (applyEntry(of, { kind: "promise", body }, "other", "", "2-4", context) || [of])[0];
    const theirs = heard(made, heard({ what: "key", id, turn: 1, key: bytes(32, 5), at: now }, state()));
    const archive = { manifest: bytes(16, 3), seq: 9, segments: [], at: null, gen: 1 };
    const rows: readonly Row[] = [[keptKey(5), encodeCbor({ id: "2-4", seq: 5, from: "other", kind: "promise", at: now, body: made })]];
    const [after] = step(state({ own: ownOf() }), { is: "archived", archived: { archive, own: ownOf(), rows, promise: theirs.senses.promise } }, context);
    expect(after.senses.promise.list.map((one) => [one.id, one.key])).toEqual([[id, bytes(32, 5)]]);
  });

  it("[LOSE1] one whose writer had missed something fills no hole: what that one lacked is asked for still", () => {
    const own = ownOf();
    const behind = state({ own, missedFrom: 3, held: { after: 4, entries: [] }, seq: 12 });
    const after = (over: Partial<Manifest>): number | null => {
      const manifest: Manifest = { ...manifestAt(9), segments: [], ...over };
      const fetched = { id: bytes(16, 4), manifest, own, rows: [], later: [], twice: [], known: [] };
      return step(behind, { is: "fetched", fetched }, context)[0].missedFrom;
    };
    expect([after({}), after({ missedFrom: 5 }), after({ missedAsked: { after: 6, at: now - 1000 } }), after({ missedFrom: 2 })]).toEqual([9, 5, 6, 3]);
    expect(manifestOf(state({ own, missedFrom: 5 }))?.missedFrom).toBe(5);
  });

  it("[ARCH3] what both have, at different places, is there once", async () => {
    const shelf = createShelf();
    await keep(shelf, [row(1), row(4, "1-2")], 4, ownOf());
    const { rows, own } = await keep(shelf, [row(1), row(3, "1-2"), row(7)], 7, ownOf(), laptopBox);
    expect(rows).toEqual([]);
    const fetched = await fetch(shelf, own);
    expect(fetched.ok && fetched.value.rows.map(idOfRow)).toEqual(["0-1", "1-2", "0-7"]);
  });

  it("[ARCH3] one that came here is told apart from what this device kept later, and from what it has at another place", async () => {
    const shelf = createShelf();
    const { own } = await keep(shelf, [row(1), row(4, "1-2")], 4, ownOf());
    const fetched = await fetch(shelf, own, { rows: [row(1), row(3, "1-2"), row(9)] });
    expect(fetched.ok && [fetched.value.later, fetched.value.twice]).toEqual([[row(9)], [keptKey(3)]]);
  });
});
