/**
 * A wall clock that a test sets under a real process while it runs, by libfaketime: the monotonic clock and the system's uptime
 * go on as they are. The shipped relay has no way to be told the time.
 */
import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface MovedWall {
  readonly environment: Readonly<Record<string, string>>;
  /** From now on its wall clock is off by so many seconds. */
  set(seconds: number): void;
}

/** `folder` takes the file that the library reads the offset from, each time that somebody asks for the time. */
export const makeMovedWall = (folder: string): MovedWall => {
  const library = readdirSync("/usr/lib", { withFileTypes: true })
    .map(({ name }) => join("/usr/lib", name, "faketime", "libfaketime.so.1"))
    .find((path) => existsSync(path));
  if (library === undefined) throw new Error("This test sets a clock with libfaketime. As root, run:\n  apt-get update && apt-get install -y libfaketime");
  const file = join(folder, "wall");
  const set = (seconds: number): void => {
    // Never half a file: it is read at any moment.
    writeFileSync(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return { environment: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" }, set };
};
