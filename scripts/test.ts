/** `npm test`: what CI runs. Installs the system's Chromium when it is missing and that is possible here. */
import { spawnSync } from "node:child_process";
import { finish, runStatic, runTests } from "./checks.ts";
import { buildWeb } from "./web.ts";

const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

if (!has("chromium")) {
  const line = "apt-get update && apt-get install -y chromium";
  if (process.getuid?.() !== 0 || !has("apt-get") || spawnSync("sh", ["-c", line], { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) {
    process.stderr.write(`The browser tests need Chromium. As root, run:\n  ${line}\n`);
    process.exit(2);
  }
}

const tally = { passed: 0, failed: 0 };
buildWeb();
buildWeb("dev");
runStatic(tally);
runTests(tally, ["unit"]);
runTests(tally, ["process"]);
runTests(tally, ["browser"]);
finish(tally);
