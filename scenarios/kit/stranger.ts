/** Someone who speaks to the relay by hand: a socket, frames, and no good intentions. */
import { WebSocket } from "ws";
import { bounded } from "./like.ts";
import { bytesOf, frame, read, type Frame } from "./wire.ts";

export interface Stranger {
  readonly challenge: { readonly nonce: Uint8Array; readonly relay: Uint8Array };
  send(message: Uint8Array | string): void;
  /** The next answer of this type, already there or to come. */
  answer(type: number): Promise<Frame>;
  /** The relay closes it: the code. */
  readonly closed: Promise<number>;
  leave(): void;
}

export const comeAsStranger = async (relay: string): Promise<Stranger> => {
  const socket = new WebSocket(`${relay.replace("http", "ws")}/line`, { perMessageDeflate: false });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    const message = read(data);
    if (message) frames.push(message);
    [...waiting].forEach((look) => look());
  });
  const answer = (type: number): Promise<Frame> =>
    bounded(
      new Promise((resolve) => {
        const look = (): void => {
          const at = frames.findIndex((one) => one[0] === type);
          if (at < 0) return;
          waiting.delete(look);
          resolve(frames.splice(at, 1)[0] as Frame);
        };
        waiting.add(look);
        look();
      }),
      () => `the relay gave no answer of type ${type}, but ${frames.map(String).join("; ")}`,
    );
  const [, nonce, relayKey] = await answer(frame.challenge);
  return {
    challenge: { nonce: bytesOf(nonce), relay: bytesOf(relayKey) },
    send: (message) => socket.send(message),
    answer,
    closed: bounded(closed, () => "the relay let the socket stand"),
    leave: () => socket.terminate(),
  };
};
