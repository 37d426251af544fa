/** From starting `beside relay` to its first answer over HTTP: a new data folder, then one that is there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fsyncIn } from "../machine.ts";
import { inFolder, type Row } from "../row.ts";
import { most } from "../table.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Milliseconds until it answers; it is ended then. */
const startOnce = async (data: string): Promise<number> => {
  const from = performance.now();
  const child = spawn(process.execPath, [main, "relay", "--json", "--port", "0", "--data", data], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  try {
    const line = await Promise.race([
      once(createInterface({ input: child.stdout }), "line").then(([first]) => String(first)),
      ended.then(() => {
        throw new Error("the relay did not start");
      }),
    ]);
    const { listening } = JSON.parse(line) as { listening: string };
    const answer = await fetch(`${listening}/healthz`);
    if (!answer.ok) throw new Error("the relay does not feel well");
    return performance.now() - from;
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
};

export const start: Row = {
  name: "start",
  run: ({ runs }) =>
    inFolder(async (folder) => {
      const [first, again]: [number[], number[]] = [[], []];
      for (let run = 0; run < runs; run++) {
        first.push(await startOnce(`${folder}/${run}`));
        again.push(await startOnce(`${folder}/${run}`));
      }
      const fsync = fsyncIn(folder);
      return [
        { name: "relay start, new data folder", unit: "ms", values: first, target: most(300), fsync },
        { name: "relay start, existing folder", unit: "ms", values: again, target: most(300), fsync },
      ];
    }),
};
