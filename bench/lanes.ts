/** The relay's two lanes over 200 pairs of real connections. */
import { ackedN, countEntries, isAcked, isEntries, liveNumber } from "./incoming.ts";
import type { Pair } from "./device.ts";
import type { Lane } from "./flow.ts";
import { createAppends, createLives } from "./outgoing.ts";

/** The most that a pair has under way in any row. */
const slots = 16;

export const keptLane = (pairs: readonly Pair[]): Lane => {
  const rings = pairs.map(() => createAppends(slots));
  const writes = pairs.map(
    ({ author }) =>
      (bytes: Buffer): void =>
        author.socket.write(bytes),
  );
  let heard: Parameters<Lane["listen"]>[0] = { ack() {}, delivered() {} };
  for (const [index, { author, reader }] of pairs.entries()) {
    let n = 1;
    let seq = 1;
    author.listen((bytes, from) => {
      if (!isAcked(bytes, from)) return;
      if (ackedN(bytes, from) !== ++n) throw new Error(`an ack of ${ackedN(bytes, from)} instead of ${n}`);
      heard.ack(index, 1);
    });
    reader.listen((bytes, from, to) => {
      if (!isEntries(bytes, from)) return;
      const count = countEntries(bytes, from, to, seq);
      seq += count;
      heard.delivered(index, count, 0);
    });
  }
  return {
    pairs: pairs.length,
    acked: true,
    send: (pair, count) => rings[pair]?.next(count, writes[pair] as (bytes: Buffer) => void),
    listen: (listener) => (heard = listener),
  };
};

export const liveLane = (pairs: readonly Pair[]): Lane => {
  const rings = pairs.map(() => createLives(slots));
  const writes = pairs.map(
    ({ author }) =>
      (bytes: Buffer): void =>
        author.socket.write(bytes),
  );
  let heard: Parameters<Lane["listen"]>[0] = { ack() {}, delivered() {} };
  for (const [index, { author, reader }] of pairs.entries()) {
    let next = 0;
    author.listen(() => {});
    reader.listen((bytes, from) => {
      const number = liveNumber(bytes, from);
      if (number < 0) return;
      if (number !== next++) throw new Error(`live frame ${number} came instead of ${next - 1}`);
      heard.delivered(index, 1, number);
    });
  }
  return {
    pairs: pairs.length,
    acked: false,
    send: (pair, count) => rings[pair]?.next(count, writes[pair] as (bytes: Buffer) => void),
    listen: (listener) => (heard = listener),
  };
};
