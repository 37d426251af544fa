/** Connections to a relay over WebSocket: whole binary messages, no compression, a bound on what is taken in. */
import { WebSocket } from "ws";
import type { Transport } from "../../ports/transport.ts";
import { frameCap } from "../../protocol/sizes.ts";

const handshakeWithin = 10_000;
const drainWithin = 1000;

export interface WebSocketTransport extends Transport {
  /** Resolves when all that was sent on closed connections is out, or after a moment. */
  drained(): Promise<void>;
}

export const createTransport = (): WebSocketTransport => {
  const open = new Set<WebSocket>();

  const connect: Transport["connect"] = (origin, handlers) => {
    let socket: WebSocket;
    try {
      const address = new URL("/line", origin);
      address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
      socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: frameCap, handshakeTimeout: handshakeWithin, followRedirects: false });
    } catch {
      // An address that nothing can be reached at is a connection that never opened.
      queueMicrotask(handlers.closed);
      return { send: () => undefined, close: () => undefined };
    }
    socket.binaryType = "nodebuffer";
    open.add(socket);
    socket.on("open", () => handlers.opened());
    socket.on("message", (data, isBinary) => {
      // Text is nothing that a relay says; an empty message is no frame, and the engine says so.
      const bytes = isBinary ? (data as Buffer) : Buffer.alloc(0);
      handlers.message(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
    // `close` follows every error; why it closed proves nothing.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      open.delete(socket);
      handlers.closed();
    });
    return {
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(message);
      },
      close: () => socket.close(),
    };
  };

  const drained = async (): Promise<void> => {
    const closed = [...open].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    let tooLong: NodeJS.Timeout | undefined;
    await Promise.race([Promise.all(closed), new Promise<void>((resolve) => (tooLong = setTimeout(resolve, drainWithin)))]);
    clearTimeout(tooLong);
    for (const socket of open) socket.terminate();
  };

  return { connect, drained };
};
