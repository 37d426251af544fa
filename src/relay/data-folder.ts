/** The data folder: log, the relay's signing key, and the token for new lines. All are readable by their owner alone. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
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
    return { log: opened.value, seed: readOrMakeSeed(join(folder, "relay.key"), opened.value) };
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
const readOrMakeSeed = (path: string, log: SqliteLog): Secret => {
  const text = readOrMake(path, () => toHex(randomBytes(32)));
  const lines = text === "" ? log.lines(0, 1) : undefined;
  if (lines?.ok && lines.value.length === 0)
    throw new StartFault(`The relay's key file ${path} is empty, and there are no lines yet: delete that file and start again. A new key is made.`);
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

/** Made under another name and renamed once it is on the disk: whenever the process ends, the file is whole or not there. */
const readOrMake = (path: string, make: () => string): string => {
  // A link that leads nowhere is there as well, and is not replaced.
  if (lstatSync(path, { throwIfNoEntry: false })) return readFileSync(path, "utf8").trim();
  const temporary = `${path}.new`;
  // Left by a start that was cut short. Only whoever has the log locked comes here.
  rmSync(temporary, { force: true });
  const text = make();
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
  return text;
};

/** So that the new name is there after a power failure. Windows cannot open a folder, and keeps names in its journal. */
const syncFolder = (folder: string): void => {
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const notWritable = (folder: string, error: unknown): StartFault =>
  new StartFault(`The data folder ${folder} cannot be written (${codeOf(error)}): check its path and permissions, or give another with --data.`);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "unknown");
