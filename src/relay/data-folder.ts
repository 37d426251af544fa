/** The data folder: log, the relay's signing key, and the token for new lines. All are readable by their owner alone. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fromHex, toBase64url, toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { openSqliteLog, type SqliteLog, type SqliteOptions } from "./log/sqlite.ts";
import { StartFault } from "./start-fault.ts";

export const openDataFolder = (folder: string, options: SqliteOptions = {}): { readonly log: SqliteLog; readonly seed: Secret } => {
  try {
    makeFolder(resolve(folder));
    // SQLite gives its other files the mode of this one.
    closeSync(openSync(join(folder, "relay.sqlite"), "a", 0o600));
  } catch (error) {
    throw notWritable(folder, error);
  }
  const opened = openSqliteLog(join(folder, "relay.sqlite"), options);
  if (!opened.ok) {
    switch (opened.error.kind) {
      case "in-use":
        throw new StartFault(`Another relay already uses the data folder ${folder}: stop it, or give this one another folder with --data.`);
      case "newer":
        throw new StartFault(
          `The data folder ${folder} was written by a newer Beside (its format ${opened.error.version}): update Beside, or give another folder with --data.`,
        );
      case "unusable":
        throw new StartFault(
          `The data folder ${folder} cannot be used (${opened.error.why}): check that it is writable and not full, or give another with --data.`,
        );
    }
  }
  try {
    return { log: opened.value, seed: readOrMakeSeed(join(folder, "relay.key")) };
  } catch (error) {
    opened.value.close();
    throw error instanceof StartFault ? error : notWritable(folder, error);
  }
};

/** Not `mkdir` with `recursive`: below /proc Node 26 never comes back from it. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
};

/** The pinned key of this relay. It is never made again: devices would not know the relay any more. */
const readOrMakeSeed = (path: string): Secret => {
  const text = readOrMake(path, () => toHex(randomBytes(32)));
  const seed = fromHex(text);
  if (seed?.length !== 32) throw new StartFault(`The relay's key file ${path} is damaged: restore it from a backup. A new key would be a new relay.`);
  return new Secret(seed);
};

/** The token for new lines: from the given file, else from the data folder, where it is made when missing. */
export const readToken = (folder: string, file: string | undefined): { readonly token: string; readonly path: string } => {
  const path = file ?? join(folder, "token");
  try {
    const token = file === undefined ? readOrMake(path, () => toBase64url(randomBytes(18))) : readFileSync(path, "utf8").trim();
    if (token.length > 0 && Buffer.byteLength(token) <= 128) return { token, path };
  } catch (error) {
    throw new StartFault(`The token file ${path} cannot be read (${codeOf(error)}): check --token-file.`);
  }
  throw new StartFault(`The token file ${path} must hold one line of 1 to 128 bytes.`);
};

const readOrMake = (path: string, make: () => string): string => {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return readFileSync(path, "utf8").trim();
    throw error;
  }
  const text = make();
  try {
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return text;
};

const notWritable = (folder: string, error: unknown): StartFault =>
  new StartFault(`The data folder ${folder} cannot be written (${codeOf(error)}): check its path and permissions, or give another with --data.`);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "unknown");
