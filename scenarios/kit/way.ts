/**
 * The network between a terminal and the relay: it can go, come back, remember what passed, and slip in what the terminal
 * never said. A person who means harm has exactly this: their own devices' session, and every byte of it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { bounded, isLike } from "./like.ts";
import { read, type Frame } from "./wire.ts";

export interface Way {
  /** A relay's address, for the one who comes this way. */
  readonly url: string;
  cut(): void;
  mend(): void;
  /** All that went to the relay, and all that came from it, as frames and as bytes. */
  readonly sent: readonly Passed[];
  readonly came: readonly Passed[];
  /** Into the newest session, as if the terminal had said it. */
  slipIn(message: Uint8Array): void;
  /** What comes from the relay from now on that is like this. */
  next(wanted: unknown): Promise<Frame>;
  close(): Promise<void>;
}

export interface Passed {
  readonly frame: Frame;
  readonly bytes: Uint8Array;
}

export const openWay = async (relay: string): Promise<Way> => {
  let isCut = false;
  let newest: WebSocket | undefined;
  const sent: Passed[] = [];
  const came: Passed[] = [];
  const pairs = new Set<readonly [WebSocket, WebSocket]>();
  const looking = new Set<(frame: Frame) => void>();
  const note = (to: Passed[], bytes: Buffer): void => {
    const frame = read(bytes);
    if (!frame) return;
    to.push({ frame, bytes: new Uint8Array(bytes) });
    if (to === came) for (const look of looking) look(frame);
  };

  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (near) => {
      const far = new WebSocket(`${relay.replace("http", "ws")}/line`, { perMessageDeflate: false });
      const pair = [near, far] as const;
      pairs.add(pair);
      newest = far;
      const early: Buffer[] = [];
      near.on("message", (data: Buffer) => {
        note(sent, data);
        if (far.readyState === WebSocket.OPEN) far.send(data);
        else early.push(data);
      });
      far.on("open", () => early.forEach((data) => far.send(data)));
      far.on("message", (data: Buffer) => {
        note(came, data);
        near.send(data);
      });
      for (const [one, other] of [pair, [far, near]] as const) {
        one.on("error", () => undefined);
        one.on("close", () => {
          pairs.delete(pair);
          other.terminate();
        });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cutAll = (): void => pairs.forEach((pair) => pair.forEach((socket) => socket.terminate()));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      cutAll();
    },
    mend: () => (isCut = false),
    sent,
    came,
    slipIn: (message) => newest?.send(message),
    next: (wanted) =>
      bounded(
        new Promise((resolve) => {
          const look = (frame: Frame): void => {
            if (!isLike(frame.slice(0, (wanted as unknown[]).length), wanted)) return;
            looking.delete(look);
            resolve(frame);
          };
          looking.add(look);
        }),
        () => `nothing like ${JSON.stringify(wanted)} came over the network`,
      ),
    close: () => {
      cutAll();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
