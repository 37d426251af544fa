/**
 * Vigils with a million that wait: what they cost the relay while nothing is due, arming and renewing, and firing: a
 * hundred thousand in one second beside appends, a thousand a second, and a million that are overdue.
 */
import { decodeFrame } from "../../src/protocol/frames.ts";
import { closePairs, makePairs, type Pair } from "../device.ts";
import { paced, pause } from "../flow.ts";
import { isEntries } from "../incoming.ts";
import { keptLane } from "../lanes.ts";
import { fsyncIn } from "../machine.ts";
import { startRelay, type Relay } from "../relay.ts";
import { each, inFolder, type Row } from "../row.ts";
import { least, median, most, percentile, type Figure, type Target } from "../table.ts";
import { createActs, emptyScan, fillVigils, firedSoFar, isDone, latenesses, moveVigils, type Acts } from "../vigils.ts";

const pairs = 200;
const day = 24 * 3_600_000;
/** More of one pair than a person has: what is measured is the relay, not how many make a million. */
const limits = { vigils: 1_000_000, vigilsKnown: 10_000_000, vigilRoom: 1 << 30, room: 1 << 30, settle: 0 };

/** What was asked is asked of a million: of fewer it says nothing. */
const asked = (quick: boolean, target: Target): Pick<Figure, "target"> => (quick ? {} : { target });

const named = (count: number): string => count.toLocaleString("en");

const untilAccepting = async (data: string): Promise<{ readonly relay: Relay; readonly millis: number }> => {
  const from = performance.now();
  const relay = await startRelay({ data, limits });
  if (!(await fetch(`http://127.0.0.1:${relay.port}/healthz`)).ok) throw new Error("the relay does not feel well");
  return { relay, millis: performance.now() - from };
};

/** Who only listens is not heard of otherwise, and is taken for gone. */
const staying = async <T>(all: readonly Pair[], what: () => Promise<T>): Promise<T> => {
  const pings = setInterval(() => all.forEach(({ author, reader }) => [author, reader].forEach((device) => device.send({ type: "ping" }))), 20_000);
  return what().finally(() => clearInterval(pings));
};

/** Acts of all pairs, so many under way each, for so long; done a second. */
const closedActs = async (all: readonly Pair[], window: number, millis: number, next: (pair: number) => Buffer): Promise<number> => {
  let [through, under] = [0, 0];
  let open = true;
  for (const [pair, { author, reader }] of all.entries()) {
    reader.listen(() => {});
    author.listen((bytes, from) => {
      if (!isDone(bytes, from)) return;
      through++;
      under--;
      if (!open) return;
      under++;
      author.socket.write(next(pair));
    });
  }
  for (const [pair, { author }] of all.entries())
    for (let i = 0; i < window; i++) {
      under++;
      author.socket.write(next(pair));
    }
  await pause(millis / 4);
  const [before, from] = [through, performance.now()];
  await pause(millis);
  const rate = ((through - before) * 1000) / (performance.now() - from);
  open = false;
  while (under > 0) await pause(10);
  return rate;
};

/** Seconds from when the first is due until the relay has fired so many since it was started. */
const untilFired = async (relay: Relay, due: number, count: number): Promise<number> => {
  for (;;) {
    if ((await firedSoFar(relay.port)) >= count) return (Date.now() - due) / 1000;
    await pause(250);
  }
};

const waiting = async (data: string, million: number, runs: number, quick: boolean): Promise<readonly Figure[]> => {
  const resident: number[] = [];
  const restart: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { relay, millis } = await untilAccepting(data);
    restart.push(millis);
    await pause(quick ? 500 : 3000);
    resident.push(relay.resident() / 2 ** 20);
    await relay.stop();
  }
  const scans = Array.from({ length: runs }, () => emptyScan(data, quick ? 200 : 2000));
  return [
    {
      name: `relay memory, ${named(million)} vigils wait`,
      unit: "MB",
      values: resident,
      ...asked(quick, most(600)),
      note: "all of the process, with the database's cache",
    },
    { name: `restart to accepting, ${named(million)} wait`, unit: "ms", values: restart, ...asked(quick, most(2000)), fsync: fsyncIn(data, 60) },
    { name: `a look that finds nothing, ${named(million)} wait`, unit: "µs", values: scans, ...asked(quick, most(100)), note: "five times a second" },
  ];
};

const arming = async (data: string, million: number, runs: number, quick: boolean): Promise<readonly Figure[]> => {
  const { relay } = await untilAccepting(data);
  const all = await makePairs(relay.port, pairs);
  const acts: readonly Acts[] = all.map(() => createActs());
  const due = Date.now() + 30 * day;
  const figures: Figure[] = [];
  const armed = all.map(() => 0);
  for (const window of [1, 8]) {
    const rates: number[] = [];
    const from = relay.processorTime();
    let done = 0;
    for (let run = 0; run < runs; run++) {
      const millis = quick ? 800 : 1500;
      const rate = await closedActs(all, window, millis, (pair) => {
        armed[pair] = (armed[pair] ?? 0) + 1;
        done++;
        return (acts[pair] as Acts).arm(due);
      });
      rates.push(rate);
    }
    const note = `relay ${each(relay.processorTime() - from, done)} of its core each`;
    figures.push({
      name: `arm, ${window} outstanding, ${named(million)} wait`,
      unit: "/s",
      values: rates,
      ...asked(quick, least(5000)),
      fsync: fsyncIn(data, 60),
      note,
    });
  }
  const rates: number[] = [];
  const dues = armed.map((count) => Array.from({ length: count }, () => due));
  const at = all.map(() => 0);
  const from = relay.processorTime();
  let done = 0;
  for (let run = 0; run < runs; run++) {
    rates.push(
      await closedActs(all, 1, quick ? 800 : 1500, (pair) => {
        const mine = dues[pair] as number[];
        // Round and round, one after the other: each is answered before it is renewed again.
        const index = (at[pair] as number) % mine.length;
        at[pair] = (at[pair] as number) + 1;
        const before = mine[index] as number;
        mine[index] = before + day / 24;
        done++;
        return (acts[pair] as Acts).renew(index, before, before + day / 24);
      }),
    );
  }
  const note = `relay ${each(relay.processorTime() - from, done)} of its core each`;
  figures.push({
    name: `renew, 1 outstanding, ${named(million)} wait`,
    unit: "/s",
    values: rates,
    ...asked(quick, least(5000)),
    fsync: fsyncIn(data, 60),
    note,
  });
  closePairs(all);
  await relay.stop();
  return figures;
};

const atOnce = async (data: string, count: number, quick: boolean): Promise<readonly Figure[]> => {
  const due = Date.now() + (quick ? 15_000 : 40_000);
  moveVigils(data, count, due, 1000);
  const { relay } = await untilAccepting(data);
  const all = await makePairs(relay.port, pairs);
  if (Date.now() > due - 2000) throw new Error("making the pairs took longer than the time that was left");
  while (Date.now() < due - 1000) await pause(20);
  const used = relay.processorTime();
  const fired = staying(all, () => untilFired(relay, due, count));
  const taken: number[] = [];
  let over = false;
  const appends = (async () => {
    const lane = keptLane(all);
    while (!over) taken.push(...(await paced(lane, 1000, 2000)));
  })();
  const seconds = await fired;
  over = true;
  await appends;
  const cost = relay.processorTime() - used;
  closePairs(all);
  await relay.stop();
  const name = `${named(count)} due in one second`;
  return [
    {
      name: `${name}, until the last`,
      unit: "s",
      values: [seconds],
      ...asked(quick, most(12)),
      fsync: fsyncIn(data, 60),
      note: `relay ${each(cost, count)} of its core a rung, appends counted in`,
    },
    {
      name: `${name}, 1,000 appends/s meanwhile, p99`,
      unit: "ms",
      values: [percentile(taken, 0.99)],
      ...asked(quick, most(250)),
      note: `p50 ${percentile(taken, 0.5).toFixed(1)} ms`,
    },
  ];
};

const steady = async (data: string, runs: number, quick: boolean): Promise<readonly Figure[]> => {
  const { relay } = await untilAccepting(data);
  const all = await makePairs(relay.port, pairs);
  const acts = all.map(() => createActs());
  const seconds = quick ? 4 : 20;
  const ninetyNine: number[] = [];
  const half: number[] = [];
  const longest: number[] = [];
  const once = async (): Promise<void> => {
    const late: number[] = [];
    let under = 0;
    for (const { author, reader } of all) {
      author.listen((bytes, from) => void (isDone(bytes, from) && under--));
      reader.listen((bytes, from, to) => {
        if (!isEntries(bytes, from)) return;
        const now = performance.timeOrigin + performance.now();
        const frame = decodeFrame(new Uint8Array(bytes.subarray(from, to)));
        if (frame.ok && frame.value.type === "entries") late.push(...latenesses(frame.value.items, reader.identity.line, now));
      });
    }
    const count = seconds * 1000;
    const begin = Date.now() + (quick ? 8000 : 15_000);
    for (let i = 0; i < count; i++) {
      const pair = i % all.length;
      under++;
      (all[pair] as Pair).author.socket.write((acts[pair] as Acts).arm(begin + i));
      if (i % 2000 === 0) while (under > 1000) await pause(5);
    }
    while (under > 0) await pause(5);
    if (Date.now() > begin) throw new Error("arming took longer than the time that was left");
    while (late.length < count) await pause(50);
    const counted = late.slice(count / 10);
    if (counted.some((millis) => millis < -1)) throw new Error("a rung came before it was due");
    ninetyNine.push(percentile(counted, 0.99));
    half.push(percentile(counted, 0.5));
    longest.push(percentile(counted, 1));
  };
  await staying(all, async () => {
    for (let run = 0; run < runs; run++) await once();
  });
  closePairs(all);
  await relay.stop();
  return [
    {
      name: "1,000 due a second, lateness p99",
      unit: "ms",
      values: ninetyNine,
      ...asked(quick, most(1000)),
      fsync: fsyncIn(data, 60),
      note: `p50 ${median(half).toFixed(0)} ms; the relay looks five times a second`,
    },
    { name: "1,000 due a second, longest", unit: "ms", values: longest, ...asked(quick, most(3000)) },
  ];
};

const overdue = async (data: string, million: number, quick: boolean): Promise<readonly Figure[]> => {
  moveVigils(data, million, Date.now() - 60_000, 30_000);
  const { relay } = await untilAccepting(data);
  const from = Date.now();
  const used = relay.processorTime();
  const seconds = await untilFired(relay, from, million);
  const cost = relay.processorTime() - used;
  const resident = relay.resident() / 2 ** 20;
  await relay.stop();
  const note = `${named(Math.round(million / seconds))}/s, relay ${each(cost, million)} of its core a rung, ${resident.toFixed(0)} MB at the end`;
  return [{ name: `${named(million)} overdue, until the last`, unit: "s", values: [seconds], ...asked(quick, most(180)), fsync: fsyncIn(data, 60), note }];
};

export const vigils: Row = {
  name: "vigils",
  limit: 2_400_000,
  run: ({ runs, quick }) =>
    inFolder(async (data) => {
      const million = quick ? 20_000 : 1_000_000;
      const burst = quick ? 2000 : 100_000;
      const rounds = quick ? 1 : Math.min(runs, 3);
      await (await startRelay({ data, limits })).stop();
      fillVigils(data, million, Date.now() + 60 * day);
      const figures = [
        ...(await waiting(data, million, rounds, quick)),
        ...(await arming(data, million, rounds, quick)),
        ...(await steady(data, rounds, quick)),
      ];
      figures.push(...(await atOnce(data, burst, quick)));
      // As many again as fired.
      fillVigils(data, burst, Date.now() + 60 * day);
      figures.push(...(await overdue(data, million, quick)));
      return figures;
    }),
};
