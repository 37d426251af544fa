/** Receipts as they are now: what the log has of a vigil, signed at the moment at which somebody is told. */
import { ok, type Result } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import { rungsHash, writeReceipt } from "../../protocol/receipt.ts";
import type { Limits } from "./limits.ts";
import type { Log, Unavailable } from "./log-port.ts";
import type { RelayCrypto } from "./outcome.ts";
import { idBytes, type OpenLine } from "./state.ts";
import { isArmed, nextDue, type Vigil, type VigilId } from "./vigil.ts";

export interface Receipts {
  of(state: OpenLine, vigil: Vigil): Uint8Array;
  find(state: OpenLine, id: VigilId): Result<Uint8Array | undefined, Unavailable>;
  /** All that wait, and those that were settled last. */
  all(state: OpenLine): Result<readonly Uint8Array[], Unavailable>;
}

interface Parts {
  readonly log: Log;
  readonly crypto: RelayCrypto;
  readonly limits: Limits;
  readonly time: { readonly now: () => Millis; readonly canary: () => Millis };
}

export const createReceipts = ({ log, crypto, limits, time }: Parts): Receipts => {
  const of: Receipts["of"] = (state, vigil) =>
    writeReceipt(
      {
        line: idBytes(state.line),
        vigil: idBytes(vigil.id),
        side: vigil.side,
        turn: vigil.turn,
        due: vigil.due,
        state: vigil.aside && isArmed(vigil) ? "aside" : vigil.state,
        rungs: vigil.rungs.length,
        fired: vigil.fired,
        next: nextDue(vigil) ?? 0,
        moved: vigil.moved,
        hash: isArmed(vigil) ? rungsHash(vigil.rungs, crypto.sha256) : new Uint8Array(32),
        now: time.now(),
        canary: time.canary(),
        incarnation: state.incarnation,
      },
      crypto.sign,
    );
  return {
    of,
    find(state, id) {
      const vigil = log.vigil(state.line, id);
      return vigil.ok ? ok(vigil.value && of(state, vigil.value)) : vigil;
    },
    all(state) {
      const vigils = log.vigils(state.line, limits.receipts);
      return vigils.ok ? ok(vigils.value.map((vigil) => of(state, vigil))) : vigils;
    },
  };
};
