/**
 * The load client's WebSocket: RFC 6455 over a bare `net` socket, as little as the bench needs. `ws` on this side takes more
 * of the core than the relay does on the other, and would be what is measured.
 *
 * - All sockets read into one buffer: a message must be used up, or copied, before the callback returns.
 * - Masks are real (never zero, which a receiver may skip), and applied once per buffer, not once per send.
 * - Text, fragments and compression do not occur: the relay sends whole binary messages.
 */
import { connect, type Socket } from "node:net";

const shared = Buffer.allocUnsafe(256 * 1024);

/** Sees one message: the bytes from `from` up to `to`. */
export type OnMessage = (bytes: Buffer, from: number, to: number) => void;

export interface RawSocket {
  /** As `framed` made it; several frames may lie one after the other. */
  write(frames: Buffer): void;
  listener: OnMessage;
  /** Called once when the other end is gone; the bench closes sockets itself only by `destroy`. */
  onClose: (why: string) => void;
  destroy(): void;
}

/** Reads into the shared buffer, and keeps what is not yet whole. `take` returns how far it got. */
export const openRaw = (
  port: number,
  take: (bytes: Buffer, from: number, to: number) => number,
  onClose: (why: string) => void,
  onConnect: () => void,
): Socket => {
  let rest: Buffer | undefined;
  const socket = connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer: shared,
      callback(length) {
        let bytes = shared;
        let to = length;
        if (rest) {
          bytes = Buffer.concat([rest, shared.subarray(0, length)]);
          to = bytes.length;
          rest = undefined;
        }
        const done = take(bytes, 0, to);
        if (done < to) rest = Buffer.from(bytes.subarray(done, to));
        return true;
      },
    },
  });
  socket.on("connect", onConnect);
  socket.on("error", (error) => onClose(error.message));
  socket.on("close", () => onClose("closed"));
  return socket;
};

export const openWebSocket = (port: number, path: string, listener: OnMessage): Promise<RawSocket> =>
  new Promise((resolve, reject) => {
    let upgraded = false;
    const raw: RawSocket = {
      write: (frames) => void socket.write(frames),
      listener,
      onClose: (why) => reject(new Error(`no WebSocket: ${why}`)),
      destroy() {
        raw.onClose = () => {};
        // A reset, not a farewell: thousands of closed sockets would hold their ports for a minute.
        socket.resetAndDestroy();
      },
    };
    const take = (bytes: Buffer, from: number, to: number): number => {
      let at = from;
      if (!upgraded) {
        const end = bytes.subarray(from, to).indexOf("\r\n\r\n");
        if (end < 0) return from;
        if (
          !bytes
            .subarray(from, from + end)
            .toString("latin1")
            .startsWith("HTTP/1.1 101")
        ) {
          reject(new Error("the upgrade was refused"));
          return to;
        }
        upgraded = true;
        at = from + end + 4;
        raw.onClose = () => {};
        resolve(raw);
      }
      return messages(raw, bytes, at, to);
    };
    const socket = openRaw(
      port,
      take,
      (why) => raw.onClose(why),
      () =>
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
        ),
    );
  });

const messages = (raw: RawSocket, bytes: Buffer, from: number, to: number): number => {
  let at = from;
  while (to - at >= 2) {
    const first = bytes[at] as number;
    let length = bytes[at + 1] as number;
    let start = at + 2;
    if (length === 126) {
      if (to - at < 4) break;
      length = bytes.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (to - at < 10) break;
      length = Number(bytes.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    if (start + length > to) break;
    if (first === 0x82) raw.listener(bytes, start, start + length);
    else if ((first & 0x0f) === 8) raw.onClose(`the relay closed it: ${bytes.subarray(start + 2, start + length).toString()}`);
    at = start + length;
  }
  return at;
};

/** Any four bytes but zeros. */
export const mask = Buffer.from([0x5a, 0xc3, 0x99, 0x17]);

/** Bytes before the payload of a masked frame of 126 to 65535 bytes. */
export const headerSize = 8;

/** One masked binary frame. Only for payloads of up to 65535 bytes. */
export const framed = (payload: Uint8Array): Buffer => {
  const short = payload.length < 126;
  const head = short ? 6 : headerSize;
  const out = Buffer.allocUnsafe(head + payload.length);
  out[0] = 0x82;
  if (short) out[1] = 0x80 | payload.length;
  else {
    out[1] = 0x80 | 126;
    out.writeUInt16BE(payload.length, 2);
  }
  mask.copy(out, head - 4);
  for (let i = 0; i < payload.length; i++) out[head + i] = (payload[i] as number) ^ (mask[i & 3] as number);
  return out;
};
