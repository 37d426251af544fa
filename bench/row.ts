/** What a row is, and what it is given. Each row runs in a process of its own, so that none warms up or clutters another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./table.ts";

export interface RowOptions {
  readonly runs: number;
  readonly quick: boolean;
  /** Where profiles of the relay go. */
  readonly profile?: string | undefined;
}

export interface Row {
  readonly name: string;
  /** Takes whatever core is free: browsers are many processes. */
  readonly unpinned?: boolean;
  /** How long it may take, in milliseconds, where that is more than any other needs. */
  readonly limit?: number;
  run(options: RowOptions): Promise<readonly Figure[]>;
}

/** A folder of this row, removed when the work is done or fails. */
export const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "beside-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
};

/** Processor time per message in microseconds, from seconds used in a time with so many messages. */
export const each = (seconds: number, messages: number): string => `${((seconds * 1e6) / messages).toFixed(1)} µs`;
