/**
 * A disk of its own that can really be full, for a relay process: a file system in memory, seen by what is started `by` it alone.
 * It goes with the process that holds it, however a test ends. As root, or where users may have namespaces of their own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface SmallDisk {
  /** The command that goes there: what it starts has the disk at the folder that it was made for. */
  readonly by: readonly string[];
  free(): number;
  /** Something else takes room until so many bytes are left; it was there before, and grows or shrinks. */
  fillUntil(left: number): void;
  close(): Promise<void>;
}

const mebi = 1024 * 1024;

/** `folder` is empty. */
export const makeSmallDisk = async (folder: string, mebibytes: number): Promise<SmallDisk> => {
  const own = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const mount = `mount -t tmpfs -o size=${mebibytes}m beside "$0" && echo mounted && exec cat`;
  const holder = spawn("unshare", [...own, "--mount", "sh", "-c", mount, folder], { stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  holder.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(holder, "close");
  const said = await Promise.race([once(holder.stdout, "data").then(() => "mounted"), ended.then(() => "ended")]);
  if (said === "ended") throw new Error(`No small disk for this test: ${stderr}(as root, or with user namespaces)`);
  const seen = join(`/proc/${holder.pid}/root`, folder);
  const filler = join(seen, "filler");
  const free = (): number => {
    const { bavail, bsize } = statfsSync(seen);
    return bavail * bsize;
  };
  return {
    by: ["nsenter", "--target", String(holder.pid), ...(own.length > 0 ? ["--user", "--preserve-credentials"] : []), "--mount", "--"],
    free,
    fillUntil(left) {
      rmSync(filler, { force: true });
      for (let more = free() - left; more > 0; more -= mebi) writeFileSync(filler, Buffer.alloc(Math.min(more, mebi)), { flag: "a" });
    },
    async close() {
      holder.stdin.end();
      await ended;
    },
  };
};
