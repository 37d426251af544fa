/**
 * Load over many pairs, the same whatever carries it. A lane sends, and reports what came of it.
 *
 * - `closedLoop`: each pair has `window` under way; the next leaves when one is through. Through means delivered to the
 *   other, and, on a kept lane, acknowledged to its author as well.
 * - `paced`: so many a second over all pairs, whatever comes back. Times count from when a message was due, so that a
 *   stall is not forgotten.
 */

export interface Lane {
  readonly pairs: number;
  /** True when an author hears of each message that it is kept. */
  readonly acked: boolean;
  send(pair: number, count: number): void;
  listen(heard: { readonly ack: (pair: number, count: number) => void; readonly delivered: (pair: number, count: number, index: number) => void }): void;
}

export const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** Runs `warm` milliseconds unmeasured, then `measured`; messages per second. */
export const closedLoop = async (
  lane: Lane,
  window: number,
  warm: number,
  measured: number,
  marks: { begin?: () => void; end?: () => void } = {},
): Promise<number> => {
  const sent = new Int32Array(lane.pairs);
  const acked = new Int32Array(lane.pairs);
  const delivered = new Int32Array(lane.pairs);
  let through = 0;
  let open = true;
  const goOn = (pair: number, before: number): void => {
    const done = lane.acked ? Math.min(acked[pair] as number, delivered[pair] as number) : (delivered[pair] as number);
    if (done === before) return;
    through += done - before;
    const more = window - ((sent[pair] as number) - done);
    if (!open || more <= 0) return;
    sent[pair] = (sent[pair] as number) + more;
    lane.send(pair, more);
  };
  lane.listen({
    ack(pair, count) {
      const before = Math.min(acked[pair] as number, delivered[pair] as number);
      acked[pair] = (acked[pair] as number) + count;
      goOn(pair, before);
    },
    delivered(pair, count) {
      const before = lane.acked ? Math.min(acked[pair] as number, delivered[pair] as number) : (delivered[pair] as number);
      delivered[pair] = (delivered[pair] as number) + count;
      goOn(pair, before);
    },
  });
  for (let pair = 0; pair < lane.pairs; pair++) {
    sent[pair] = window;
    lane.send(pair, window);
  }
  await pause(warm);
  const before = through;
  const from = performance.now();
  marks.begin?.();
  await pause(measured);
  marks.end?.();
  const rate = ((through - before) * 1000) / (performance.now() - from);
  open = false;
  await drained(() => sent.reduce((sum, one) => sum + one, 0) - through);
  return rate;
};

/** `count` from each pair, eight under way at a time; resolves when all are through. */
export const sendEach = async (lane: Lane, count: number): Promise<void> => {
  const sent = new Int32Array(lane.pairs);
  const acked = new Int32Array(lane.pairs);
  const delivered = new Int32Array(lane.pairs);
  let through = 0;
  const goOn = (pair: number): void => {
    const done = Math.min(acked[pair] as number, delivered[pair] as number);
    if (done === count) through++;
    const more = Math.min(done + 8, count) - (sent[pair] as number);
    if (more <= 0) return;
    sent[pair] = (sent[pair] as number) + more;
    lane.send(pair, more);
  };
  lane.listen({
    ack(pair, more) {
      acked[pair] = (acked[pair] as number) + more;
      goOn(pair);
    },
    delivered(pair, more) {
      delivered[pair] = (delivered[pair] as number) + more;
      goOn(pair);
    },
  });
  for (let pair = 0; pair < lane.pairs; pair++) goOn(pair);
  await drained(() => lane.pairs - through);
};

const drained = async (left: () => number): Promise<void> => {
  let before = Infinity;
  for (let waited = 0; left() > 0; waited += 20) {
    if (left() < before) waited = 0;
    before = left();
    if (waited > 10_000) throw new Error(`${before} messages never came`);
    await pause(20);
  }
};

/** `perSecond` in all, for `millis`; the time of each from due to delivered, in milliseconds. The first quarter is not counted. */
export const paced = async (lane: Lane, perSecond: number, millis: number): Promise<readonly number[]> => {
  const total = Math.round((perSecond * millis) / 1000);
  const gap = 1000 / perSecond;
  const taken: number[] = [];
  const due: number[][] = Array.from({ length: lane.pairs }, () => []);
  let came = 0;
  let sent = 0;
  lane.listen({
    ack() {},
    delivered(pair, count) {
      const now = performance.now();
      for (let i = 0; i < count; i++) {
        const at = due[pair]?.shift();
        if (at === undefined) throw new Error("a message came that was not sent");
        if (++came > total / 4) taken.push(now - at);
      }
    },
  });
  await new Promise<void>((resolve) => {
    const from = performance.now();
    // Round and round without sleeping: a timer is late by more than what is measured. The other core does the work.
    const turn = (): void => {
      const now = performance.now();
      for (let at = from + sent * gap; at <= now && sent < total; at = from + sent * gap) {
        const pair = sent % lane.pairs;
        due[pair]?.push(at);
        lane.send(pair, 1);
        sent++;
      }
      if (sent < total) setImmediate(turn);
      else resolve();
    };
    turn();
  });
  await drained(() => total - came);
  return taken;
};
