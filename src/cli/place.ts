/** Where this device keeps Beside: one folder, its database, and the socket of whoever runs there. */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { err, ok, type Result } from "../base/result.ts";

export interface Place {
  readonly folder: string;
  readonly database: string;
  readonly socket: string;
}

/** The shortest limit of the systems we run on (macOS), with its closing zero. */
const longestSocketPath = 103;

/** Makes the folder when it is not there. The error is the system's code. */
export const openPlace = (besideHome: string | undefined): Result<Place, { readonly folder: string; readonly code: string }> => {
  const folder = resolve(besideHome || join(homedir(), ".beside"));
  try {
    // A folder that was there keeps its own mode: what is in it is readable by its owner alone anyway.
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
    const real = realpathSync(folder);
    return ok({ folder, database: join(real, "beside.sqlite"), socket: socketPath(real) });
  } catch (error) {
    if (error instanceof Error && "code" in error) return err({ folder, code: String(error.code) });
    throw error;
  }
};

const socketPath = (folder: string): string => {
  const inside = join(folder, "watch.sock");
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\beside-${hash}`;
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  const me = process.getuid?.() ?? 0;
  const outside = join(tmpdir(), `beside-${me}`);
  mkdirSync(outside, { recursive: true, mode: 0o700 });
  // Everybody can write in the temporary folder: this one must be ours alone.
  const { uid, mode } = lstatSync(outside);
  if (uid !== me || (mode & 0o077) !== 0) throw Object.assign(new Error("not a folder of our own"), { code: "EPERM" });
  return join(outside, `${hash}.sock`);
};
