/** The world's time: things happen in order of their moment, and in order of their planning within one. */
export interface Schedule {
  readonly now: () => number;
  /** Runs `call` after `delay` milliseconds of the world's time; the returned function takes it back. */
  after(delay: number, call: () => void): () => void;
  /** Goes to the next thing that is planned, and does it. False when nothing is, or not before `until`. */
  advance(until: number): boolean;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

export const createSchedule = (start: number): Schedule => {
  let time = start;
  let order = 0;
  const heap: Planned[] = [];
  const cancelled = new Set<number>();
  const before = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  const add = (planned: Planned): void => {
    let i = heap.push(planned) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(planned, heap[parent] as Planned)) break;
      heap[i] = heap[parent] as Planned;
      i = parent;
    }
    heap[i] = planned;
  };

  const take = (): Planned => {
    const first = heap[0] as Planned;
    const last = heap.pop() as Planned;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Planned, heap[child] as Planned)) child++;
      if (!before(heap[child] as Planned, last)) break;
      heap[i] = heap[child] as Planned;
      i = child;
    }
    heap[i] = last;
    return first;
  };

  return {
    now: () => time,
    after: (delay, call) => {
      const mine = order++;
      add({ at: time + Math.max(0, delay), order: mine, call });
      return () => cancelled.add(mine);
    },
    advance: (until) => {
      for (;;) {
        const first = heap[0];
        if (!first || first.at > until) {
          time = Math.max(time, until === Infinity ? time : until);
          return false;
        }
        take();
        if (cancelled.delete(first.order)) continue;
        time = first.at;
        first.call();
        return true;
      }
    },
  };
};
