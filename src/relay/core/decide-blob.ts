/** Blobs: put in order, kept as an archive, dropped by capability (BLOB rules). Pure. */
import type { Millis } from "../../base/brand.ts";
import type { FrameOf } from "../../protocol/frames.ts";
import type { Limits } from "./limits.ts";
import { answer, done, refuse, written, type Outcome, type RelayCrypto } from "./outcome.ts";
import { blobIdOf, isWhole, pieceSize, type BlobMeta, type BlobUse } from "./shelf.ts";
import { flatHex, type MemberDevice, type OpenLine, type Side } from "./state.ts";

/** `used` counts for a first piece alone. */
export const decidePut = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"put">,
  before: BlobMeta | undefined,
  used: BlobUse,
  now: Millis,
  limits: Limits,
): Outcome => {
  const { index, total, body } = frame;
  if (index >= total || (index < total - 1 && body.length !== pieceSize)) return refuse("malformed");
  const id = blobIdOf(frame.id);
  const check = flatHex(frame.check);
  if (before && (before.check !== check || before.total !== total || before.side !== side)) return refuse("forbidden");
  if (index !== (before?.next ?? 0)) return answer(storedFrame(frame.id, before));
  if (!before) {
    const most = total === 1 ? body.length : total * pieceSize;
    if (used.blobs >= limits.blobs || used.room + most > limits.blobRoom) return refuse("full");
  }
  const next = index + 1;
  const ends = now + (next === total ? limits.blobLife : limits.blobPatience);
  const blob: BlobMeta = { id, side, check, total, next, size: (before?.size ?? 0) + body.length, ends };
  return {
    ...written(state, storedFrame(frame.id, blob), [{ kind: "piece", line: state.line, blob, body }]),
    blobs: [{ was: before, is: blob }],
  };
};

/** Done also when there is nothing: who has no capability learns nothing, and who has it may ask twice. */
export const decideDrop = (state: OpenLine, { side }: MemberDevice, frame: FrameOf<"drop">, blob: BlobMeta | undefined, crypto: RelayCrypto): Outcome => {
  if (!blob || blob.check !== flatHex(crypto.sha256(frame.capability)) || !mayDrop(blob, side)) return answer(done("drop"));
  return { ...written(state, done("drop"), [{ kind: "unblob", line: state.line, id: blob.id }]), blobs: [{ was: blob, is: undefined }] };
};

/** The other person, who was given the capability, takes what was sent; never what its owner keeps. */
const mayDrop = (blob: BlobMeta, side: Side): boolean => blob.side === side || blob.ends !== null;

/** `named`: what there is under each id, once each. `kept`: the archive before. */
export const decideKeep = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"keep">,
  named: readonly (BlobMeta | undefined)[],
  kept: readonly BlobMeta[],
): Outcome => {
  const blobs = named.filter((blob) => blob?.side === side && isWhole(blob)) as readonly BlobMeta[];
  if (blobs.length < named.length) return refuse("unknown");
  const ids = blobs.map(({ id }) => id);
  const left = new Set(ids);
  return {
    ...written(state, done("keep"), [{ kind: "archive", line: state.line, side, note: frame.note, ids }]),
    blobs: [
      ...blobs.map((blob) => ({ was: blob, is: { ...blob, ends: null } })),
      ...kept.filter(({ id }) => !left.has(id)).map((blob) => ({ was: blob, is: undefined })),
    ],
  };
};

export const storedFrame = (id: Uint8Array, blob: BlobMeta | undefined) => ({ type: "stored" as const, id, next: blob?.next ?? 0, total: blob?.total ?? 0 });
