/** A socket of a modified client at the world's real relay core, without a network between: what it sends is there at once. */
import { invariant } from "../src/base/exhaustive.ts";
import type { Durable } from "../src/line/state.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type FrameOf, type RelayFrame } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import type { World } from "../sim/world.ts";

export interface Sockets {
  /** A socket that only has its challenge. */
  fresh(): Socket;
  /** One that opened the line as this device. */
  opened(disk: Durable): Socket;
}

export interface Socket {
  readonly challenge: FrameOf<"challenge">;
  /** What the relay answered to all of it, in order. */
  readonly heard: RelayFrame[];
  /** The last own count that the relay has, when it opened the line. */
  n(): number;
  closed(): boolean;
  send(message: Uint8Array): void;
  /** The device hangs up. */
  drop(): void;
}

/** Ids that the world's own network never gives. */
const firstId = 1_000_000;

export const createSockets = (world: World): Sockets => {
  const { outlet } = world.network;
  const sockets = new Map<number, { readonly heard: RelayFrame[]; closed: boolean }>();
  let next = firstId;
  const [send, close] = [outlet.send.bind(outlet), outlet.close.bind(outlet)];
  outlet.send = (id, message) => {
    const socket = sockets.get(id);
    if (!socket) return send(id, message);
    const decoded = decodeFrame(message);
    invariant(decoded.ok && isRelayFrame(decoded.value), "the real relay sends frames");
    socket.heard.push(decoded.value);
  };
  outlet.close = (id, why) => {
    const socket = sockets.get(id);
    if (socket) socket.closed = true;
    else close(id, why);
  };

  const relay = () => {
    invariant(world.network.relay, "the relay runs");
    return world.network.relay;
  };
  const commit = (): void => {
    for (let i = 0; relay().pending(); i++) {
      invariant(i < 1000, "the relay comes to rest");
      relay().commit();
    }
  };

  const fresh = (): Socket => {
    const id = next++;
    const state = { heard: [] as RelayFrame[], closed: false };
    sockets.set(id, state);
    relay().connected(id);
    const challenge = state.heard[0];
    invariant(challenge?.type === "challenge", "the relay begins with a challenge");
    // A count that was asked for again is acknowledged again: the highest is the last.
    const n = (): number => Math.max(0, ...state.heard.map((frame) => (frame.type === "opened" || frame.type === "acked" ? frame.n : 0)));
    return {
      challenge,
      heard: state.heard,
      n,
      closed: () => state.closed,
      send: (message) => {
        relay().received(id, message);
        commit();
      },
      drop: () => {
        if (!state.closed) relay().disconnected(id);
        commit();
        sockets.delete(id);
      },
    };
  };

  return {
    fresh,
    opened: (disk) => {
      const socket = fresh();
      const open = { line: disk.line, key: publicKey(disk.self.device), nonce: new Uint8Array(32), cursor: 0 };
      socket.send(encodeFrame({ type: "open", ...open, signature: sign(disk.self.device, "beside/open/1", openTranscript(socket.challenge, open)) }));
      invariant(
        socket.heard.some(({ type }) => type === "current"),
        "the line is open",
      );
      return socket;
    },
  };
};
