/** Connections to a relay over WebSocket: whole binary messages, no compression, a bound on what is taken in. */
import { WebSocket } from "ws";
import type { Transport } from "../../ports/transport.ts";
import { frameCap } from "../../protocol/sizes.ts";

const handshakeWithin = 10_000;

export const webSocketTransport: Transport = {
  connect(origin, handlers) {
    const address = new URL("/line", origin);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: frameCap, handshakeTimeout: handshakeWithin, followRedirects: false });
    socket.binaryType = "nodebuffer";
    socket.on("open", () => handlers.opened());
    socket.on("message", (data, isBinary) => {
      // Text is nothing that a relay says; an empty message is no frame, and the engine says so.
      const bytes = isBinary ? (data as Buffer) : Buffer.alloc(0);
      handlers.message(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
    // `close` follows every error; why it closed proves nothing.
    socket.on("error", () => undefined);
    socket.on("close", () => handlers.closed());
    return {
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(message);
      },
      close: () => socket.close(),
    };
  },
};
