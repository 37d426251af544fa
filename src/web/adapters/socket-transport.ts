/** The Transport port over a WebSocket to `/line` below the relay's origin. It carries; reconnecting is the engine's. */
import type { Connection, Transport } from "../../ports/transport.ts";

export const socketTransport: Transport = {
  connect(origin, handlers): Connection {
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      handlers.closed();
    };
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${origin.replace(/^http/, "ws")}/line`);
    } catch {
      // An address the browser will not speak to at all is a connection that never opened.
      queueMicrotask(end);
      return { send: () => {}, close: end };
    }
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (!over) handlers.opened();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!over && data instanceof ArrayBuffer) handlers.message(new Uint8Array(data));
    };
    socket.onclose = end;
    return {
      send(message) {
        if (!over && socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(message));
      },
      close() {
        socket.close();
        end();
      },
    };
  },
};
