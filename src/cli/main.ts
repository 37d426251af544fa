/**
 * The command `beside`. Node keeps what it compiled beside the packages, which makes every run after the first several
 * times faster to begin; where it cannot write there, it does without.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/beside", import.meta.url)));
// A relay needs nothing of the device's half, and starts twice as fast without it.
if (process.argv[2] === "relay") process.exitCode = await (await import("../relay/main.ts")).runRelay(process.argv.slice(3));
else await import("./root.ts");
