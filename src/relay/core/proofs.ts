/** Signatures of whoever is at the other end of a socket. Checking one is the dearest thing a stranger can ask for. */
import type { FrameOf } from "../../protocol/frames.ts";
import type { Label } from "../../protocol/keys.ts";
import type { Closing, Connection } from "./connection.ts";
import type { Limits } from "./limits.ts";
import type { RelayCrypto } from "./outcome.ts";

export interface Proofs {
  /** What every signature on this socket covers (WIRE4). */
  challengeOf(connection: Connection): Pick<FrameOf<"challenge">, "nonce" | "relay">;
  proves(connection: Connection, key: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean;
  /** It proved nothing: ten times, and its socket is closed. */
  stranger(connection: Connection): void;
}

export const createProofs = (crypto: RelayCrypto, limits: Limits, closing: (connection: Connection, why: Closing) => void): Proofs => {
  const stranger = (connection: Connection): void => {
    if (++connection.strangers >= limits.strangers) closing(connection, "malformed");
  };
  return {
    challengeOf: (connection) => ({ nonce: connection.nonce, relay: crypto.relayKey }),
    proves(connection, key, label, message, signature) {
      if (crypto.verify(key, label, message, signature)) return true;
      stranger(connection);
      return false;
    },
    stranger,
  };
};
