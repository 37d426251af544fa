/**
 * What must not change: everything that Ada's device shows, keeps and knows of the bond, and how much of it there is.
 */
import { expect } from "vitest";
import { toHex } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import type { Kept } from "../src/line/home.ts";
import type { Durable } from "../src/line/state.ts";
import type { TogetherView } from "../src/line/view.ts";
import { bondOf, diskOf, together } from "../sim/stories-kit.ts";
import type { Person, World } from "../sim/world.ts";

export interface Whole {
  /** Field by field, but for times that pass by themselves. */
  readonly view: Omit<TogetherView, "now" | "connection" | "backup"> & { readonly trouble: TogetherView["connection"]["trouble"]; readonly waiting: number };
  readonly kept: readonly Kept[];
  /** Of the durable state, what nobody else may move. */
  readonly durable: string;
  readonly refused: number;
  readonly seq: number;
  /** In bytes. */
  readonly mlsSize: number;
  readonly storeSize: number;
  readonly storeKeys: number;
  readonly happened: number;
}

export const wholeOf = async (ada: Person): Promise<Whole> => {
  // The archive follows in its own time.
  const { now: _, connection, backup: __, ...view } = together(ada);
  const disk = await diskOf(ada);
  const rows = await ada.disk.list("");
  return {
    view: { ...view, trouble: connection.trouble, waiting: connection.waiting },
    kept: (await bondOf(ada).kept({ limit: 100_000 })).toReversed(),
    durable: protectedOf(disk),
    refused: disk.refused,
    seq: disk.seq,
    mlsSize: disk.mls?.length ?? 0,
    storeSize: rows.reduce((size, [key, value]) => size + key.length + value.length, 0),
    storeKeys: rows.length,
    happened: ada.happened.length,
  };
};

/** Who is who, what is given and known, and what waits: all that nobody else may move. Secrets as they are, in hexadecimal. */
const protectedOf = ({ line, relay, self, stage, members, index, epoch, generation, outbox, senses }: Durable): string =>
  JSON.stringify({ line, relay, self, stage, members, index, epoch, generation, outbox, senses }, (_key, value: unknown) =>
    value instanceof Secret ? toHex(value.expose()) : value instanceof Uint8Array ? toHex(value) : value,
  );

/** A head of each record is kept for a while, and counters may take a byte more. */
const growthPerRecord = 32;
const growth = 256;

/** `records` of hostile origin later, nothing of Ada's is different. */
export const expectUnchanged = (
  before: Whole,
  after: Whole,
  records: number,
  changes: { readonly trouble?: TogetherView["connection"]["trouble"] } = {},
): void => {
  expect(after.view).toEqual({ ...before.view, ...changes });
  expect(after.kept).toEqual(before.kept);
  expect(after.durable).toBe(before.durable);
  expect(after.happened).toBe(before.happened);
  expectNoGrowth(before, after, records);
};

export const expectNoGrowth = (before: Whole, after: Whole, records: number, keptRows = 0): void => {
  expect(after.storeKeys - before.storeKeys).toBeLessThanOrEqual(keptRows);
  expect(Math.abs(after.mlsSize - before.mlsSize)).toBeLessThanOrEqual(growth);
  if (keptRows === 0) expect(after.storeSize - before.storeSize).toBeLessThanOrEqual(growth + growthPerRecord * records);
};

/** What the relay keeps of the line, as it would find it after a restart; cursors of open devices are not in it yet. */
export const logOf = (world: World, who: Person): string => {
  const line = bondOf(who).id as never;
  const loaded = world.log.load(line);
  const records = world.log.readMeta(line, 0, 10_000);
  if (!loaded.ok || !records.ok) throw new Error("the log can be read");
  return JSON.stringify(records.value.map(({ seq, n, device, size, head }) => [seq, n, device, size, toHex(head)]));
};
