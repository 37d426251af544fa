/** `npm test`: what CI runs. Installs what it needs of the system, Chromium and libfaketime, when that is missing and possible here. */
import { spawnSync } from "node:child_process";
import { finish, newTally, runStatic, runTests } from "./checks.ts";
import { buildWeb } from "./web.ts";

const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
/** It is a library, not a command: it sets the wall clock of a process (src/relay/moved-wall.testing.ts). */
const hasFaketime = (): boolean => spawnSync("sh", ["-c", "ls /usr/lib/*/faketime/libfaketime.so.1"]).status === 0;

const missing = [...(has("chromium") ? [] : ["chromium"]), ...(hasFaketime() ? [] : ["libfaketime"])];
if (missing.length > 0) {
  const line = `apt-get update && apt-get install -y ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !has("apt-get") || spawnSync("sh", ["-c", line], { stdio: ["ignore", "ignore", "inherit"] }).status !== 0) {
    process.stderr.write(`The tests need ${missing.join(" and ")}. As root, run:\n  ${line}\n`);
    process.exit(2);
  }
}

const tally = newTally();
buildWeb();
buildWeb("dev");
runStatic(tally);
runTests(tally, ["unit"]);
runTests(tally, ["process"]);
runTests(tally, ["browser"]);
finish(tally);
