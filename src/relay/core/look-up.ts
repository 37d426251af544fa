/** What a device is told that is not in its line's state: read from the log once nothing of the line waits any more (LOG1). */
import { err, ok, type Result } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import type { FrameOf, RelayFrame } from "../../protocol/frames.ts";
import { storedFrame } from "./decide-blob.ts";
import { membersOf } from "./decide-open.ts";
import type { Limits } from "./limits.ts";
import type { Log, Unavailable } from "./log-port.ts";
import type { Receipts } from "./receipts.ts";
import { blobIdOf } from "./shelf.ts";
import { idBytes, type OpenLine, type Side } from "./state.ts";

export type LookUp =
  | { readonly kind: "packages" }
  | { readonly kind: "archive" }
  | { readonly kind: "check" }
  | { readonly kind: "ask"; readonly id: Uint8Array };

/** Who asks: a device, or with -1 whoever proved the words of the side. */
export interface Asker {
  readonly side: Side;
  readonly device: number;
}

/** The answer, in as many frames as it takes. */
export const lookUp = (
  log: Log,
  receipts: Receipts,
  state: OpenLine,
  asker: Asker,
  what: LookUp,
  limits: Limits,
): Result<readonly RelayFrame[], Unavailable> => {
  switch (what.kind) {
    case "packages": {
      const packages = log.packages(state.line);
      if (!packages.ok) return packages;
      // Who takes a side back asks for those it goes on with: all devices of its own side go.
      const others = state.members.filter(({ index, side, revoked }) => !revoked && index !== asker.device && (asker.device >= 0 || side !== asker.side));
      const items = others.flatMap(({ index }) => {
        const body = packages.value.get(index);
        return body ? [{ device: index, body }] : [];
      });
      return ok([{ type: "packagesOf", generation: state.generation, epoch: state.epoch, items }]);
    }
    case "archive": {
      const archive = log.archive(state.line, asker.side);
      return archive.ok ? ok([{ type: "archived", note: archive.value.note, ids: archive.value.ids.map(idBytes) }]) : archive;
    }
    case "check": {
      const items = receipts.all(state);
      if (!items.ok) return items;
      const answer: RelayFrame = { type: "receipts", items: [...items.value] };
      // Whoever takes a side back begins after what the log holds: what vigils left there is told now, or never.
      const left = asker.device < 0 ? firedIn(log, state, limits) : ok([]);
      return left.ok ? ok([...left.value, answer]) : left;
    }
    case "ask": {
      const blob = log.blob(state.line, blobIdOf(what.id));
      return blob.ok ? ok([storedFrame(what.id, blob.value?.side === asker.side ? blob.value : undefined)]) : blob;
    }
  }
};

const firedIn = (log: Log, { line }: OpenLine, { pageBytes }: Limits): Result<readonly RelayFrame[], Unavailable> => {
  const frames: RelayFrame[] = [];
  for (let after = 0; ;) {
    const page = log.fired(line, after, pageBytes);
    if (!page.ok) return page;
    const last = page.value.at(-1);
    if (!last) return ok(frames);
    frames.push({ type: "entries", items: page.value.map(({ seq, at, device, n, epoch, kind, body }) => ({ seq, at, device, n, epoch, kind, body })) });
    after = last.seq;
  }
};

export const makeRecovered = (log: Log, state: OpenLine, side: Side, now: Millis): Result<FrameOf<"recovered">, Unavailable> => {
  const archive = log.archive(state.line, side);
  if (!archive.ok) return err("unavailable");
  return ok({
    type: "recovered",
    line: idBytes(state.line),
    side,
    generation: state.generation,
    epoch: state.epoch,
    seq: state.seq,
    head: state.head,
    members: membersOf(state),
    note: archive.value.note,
    ids: archive.value.ids.map(idBytes),
    now,
  });
};
