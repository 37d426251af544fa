/** `npm start`: the web app, built if stale, and a relay that serves it. All flags go to `beside relay`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildWeb, root, webDir } from "./web.ts";

buildWeb();
const relay = spawn(process.execPath, [join(root, "src", "cli", "main.ts"), "relay", "--web", webDir, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => relay.kill(signal));
relay.on("exit", (code) => (process.exitCode = code ?? 1));
