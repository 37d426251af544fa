/**
 * Vigils for the bench. A million that wait are written straight into the relay's database, by the same Log that the relay
 * uses: what is measured is not how they came. They are moved to another time while no relay runs: `moved` is what an
 * outage would have made later, so that what fires is as late as it says.
 */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { genesisHead } from "../src/protocol/chain.ts";
import { encodeFrame, frameTypes, type FrameOf } from "../src/protocol/frames.ts";
import { readFiring } from "../src/protocol/receipt.ts";
import type { Write } from "../src/relay/core/log-port.ts";
import { keyTextOf, lineIdOf, never, noOffers, type MemberDevice, type OpenLine } from "../src/relay/core/state.ts";
import { encodeLine } from "../src/relay/core/stored-line.ts";
import { vigilIdFor } from "../src/protocol/vigil-id.ts";
import { vigilIdOf, type Vigil } from "../src/relay/core/vigil.ts";
import { openSqliteLog } from "../src/relay/log/sqlite.ts";
import { newLine, randomBody } from "./device.ts";
import { framed } from "./websocket.ts";

/** Ten windows or promises of a line: a fortnight of signs of life, less the days that went. */
const perLine = 10;
/** Long ago: every vigil of the bench is due at `moved` after it. */
const first = 1_000_000;
const minute = 60_000;

const sizes = { late: 256, envelope: 1024 } as const;
const late = randomBody(sizes.late);
const envelope = randomBody(sizes.envelope);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const rungs: Vigil["rungs"] = [
  { kind: "late", due: first, hash: sha256(late), size: sizes.late },
  { kind: "envelope", due: first + 365 * 24 * 60 * minute, hash: sha256(envelope), size: sizes.envelope },
];

const newState = (): OpenLine => {
  const id = newLine();
  const device = (index: 0 | 1): MemberDevice => ({
    index,
    side: index,
    key: keyTextOf(new Uint8Array(randomBytes(32))),
    revoked: false,
    begin: index,
    cursor: 0,
    n: 0,
    welcome: false,
    toldLatecomer: 0,
    enrolledAt: 0,
    skips: false,
  });
  const head = genesisHead(id);
  return {
    phase: "open",
    line: lineIdOf(id),
    generation: 0,
    epoch: 1,
    seq: 0,
    head,
    baseSeq: 0,
    baseHead: head,
    members: [device(0), device(1)],
    used: [0, 0],
    ticketHash: "00".repeat(32),
    ticketExpires: 0,
    ticketUsed: true,
    knocks: [],
    nextKnock: 1,
    latecomer: 0,
    verifiers: [undefined, undefined],
    offers: noOffers,
    refounds: never,
    reclaims: never,
    incarnation: 0,
  };
};

const sideOf = (i: number): 0 | 1 => (i % 2 === 0 ? 0 : 1);

const armed = (state: OpenLine, i: number, due: number): Write => {
  const is: Vigil = {
    id: vigilIdOf(vigilIdFor(sideOf(i), randomBytes(16))),
    side: sideOf(i),
    turn: 1,
    due: first,
    opens: null,
    keeper: null,
    state: "armed",
    aside: false,
    rungs,
    fired: 0,
    moved: due - first,
    asked: "00".repeat(32),
    refreshed: 0,
    changed: first,
    ends: null,
  };
  const bodies = [late, envelope].map((body, rung) => ({ rung, body }));
  return { kind: "vigil", line: state.line, was: undefined, is, bodies };
};

const databaseIn = (folder: string): string => join(folder, "relay.sqlite");

/** `count` that wait, all due at `due`, ten a line. A relay has made the folder, and does not run. */
export const fillVigils = (folder: string, count: number, due: number): void => {
  const log = openSqliteLog(databaseIn(folder));
  if (!log.ok) throw new Error(`the bench's log: ${log.error.kind}`);
  for (let made = 0; made < count;) {
    const batch: Write[] = [];
    for (; batch.length < 4000 && made < count; made += perLine) {
      const state = newState();
      batch.push({ kind: "line", line: state.line, seq: 0, saved: encodeLine(state) });
      for (let i = 0; i < Math.min(perLine, count - made); i++) batch.push(armed(state, i, due));
    }
    if (!log.value.write(batch).ok) throw new Error("the bench's disk is full");
  }
  log.value.close();
};

/** The first `count` of those filled in that still wait for their first rung become due at `from`, spread evenly over so many milliseconds. */
export const moveVigils = (folder: string, count: number, from: number, over: number): void => {
  const db = new DatabaseSync(databaseIn(folder));
  db.exec(`UPDATE vigils SET moved = ${from - first} + (id * 7919) % ${over}, next = ${from} + (id * 7919) % ${over}
    WHERE id IN (SELECT id FROM vigils WHERE line != 0 AND moved != 0 AND fired = 0 AND next IS NOT NULL ORDER BY id LIMIT ${count})`);
  db.close();
};

/** Microseconds that one look at what is due takes when nothing is. */
export const emptyScan = (folder: string, times: number): number => {
  const log = openSqliteLog(databaseIn(folder));
  if (!log.ok) throw new Error(`the bench's log: ${log.error.kind}`);
  for (let i = 0; i < 50; i++) log.value.due(first, 64);
  const from = performance.now();
  for (let i = 0; i < times; i++) {
    const due = log.value.due(first, 64);
    if (!due.ok || due.value.length > 0) throw new Error("something is due");
  }
  const each = ((performance.now() - from) * 1000) / times;
  log.value.close();
  return each;
};

/** What the relay says it fired so far. */
export const firedSoFar = async (port: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^beside_relay_fired_total (\d+)$/m.exec(text)?.[1]);
};

/** One more act on a vigil of this pair, as it goes over the wire, and what its answer names. */
export interface Acts {
  arm(due: number): Buffer;
  renew(index: number, due: number, next: number): Buffer;
}

const turnOf = (due: number): Pick<FrameOf<"arm">, "opens" | "keeper" | "rungs"> => ({
  opens: null,
  keeper: null,
  rungs: [
    { kind: "late", due, body: late },
    { kind: "envelope", due: due + 60 * minute, body: envelope },
  ],
});

export const createActs = (): Acts => {
  const turns: number[] = [];
  const vigilOf = (index: number): Uint8Array =>
    new Uint8Array(Buffer.concat([Buffer.from([index >> 16, (index >> 8) & 255, index & 255]), Buffer.alloc(13, 7)]));
  return {
    arm(due) {
      const index = turns.push(1) - 1;
      return framed(encodeFrame({ type: "arm", ask: index, vigil: vigilOf(index), due, ...turnOf(due) }));
    },
    renew(index, due, next) {
      const turn = turns[index] ?? 1;
      turns[index] = turn + 1;
      return framed(encodeFrame({ type: "renew", ask: index, vigil: vigilOf(index), turn, due, next, ...turnOf(next) }));
    },
  };
};

/** An answer that it was done; anything else but what is told to all fails the row. */
export const isDone = (bytes: Buffer, from: number): boolean => {
  const type = bytes[from + 3];
  if (type === frameTypes.receipts || type === frameTypes.entries || type === frameTypes.pong) return false;
  if (type !== frameTypes.receipt) throw new Error(`an answer of type ${type} to an act`);
  return true;
};

/** Of an `entries` frame: how late each rung in it came, by this machine's clock. */
export const latenesses = (items: FrameOf<"entries">["items"], line: Uint8Array, now: number): readonly number[] =>
  items.flatMap(({ kind, body }) => {
    // Its signature was made by the relay that is measured: it is not checked again.
    const firing = kind === "fired" ? readFiring(new Uint8Array(32), line, body, () => true) : undefined;
    return firing ? [now - firing.due - firing.moved] : [];
  });
