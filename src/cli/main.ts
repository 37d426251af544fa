/**
 * The command `beside`. Node keeps what it compiled beside the packages, which makes every run after the first several
 * times faster to begin; where it cannot write there, it does without.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/beside", import.meta.url)));
await import("./root.ts");
