/** What a device is told that is not in its line's state: read from the log once nothing of the line waits any more (LOG1). */
import { err, ok, type Result } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import type { FrameOf, RelayFrame } from "../../protocol/frames.ts";
import { storedFrame } from "./decide-blob.ts";
import { membersOf } from "./decide-open.ts";
import type { Log, Unavailable } from "./log-port.ts";
import { blobIdOf } from "./shelf.ts";
import { idBytes, type OpenLine, type Side } from "./state.ts";

export type LookUp = { readonly kind: "packages" } | { readonly kind: "archive" } | { readonly kind: "ask"; readonly id: Uint8Array };

/** Who asks: a device, or with -1 whoever proved the words of the side. */
export interface Asker {
  readonly side: Side;
  readonly device: number;
}

export const lookUp = (log: Log, state: OpenLine, asker: Asker, what: LookUp): Result<RelayFrame, Unavailable> => {
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
      return ok({ type: "packagesOf", generation: state.generation, epoch: state.epoch, items });
    }
    case "archive": {
      const archive = log.archive(state.line, asker.side);
      return archive.ok ? ok({ type: "archived", note: archive.value.note, ids: archive.value.ids.map(idBytes) }) : archive;
    }
    case "ask": {
      const blob = log.blob(state.line, blobIdOf(what.id));
      return blob.ok ? ok(storedFrame(what.id, blob.value?.side === asker.side ? blob.value : undefined)) : blob;
    }
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
