/** `npm run verify`: everything of `npm test` that needs neither browsers nor processes. */
import { finish, runStatic, runTests } from "./checks.ts";

const tally = { passed: 0, failed: 0 };
runStatic(tally);
runTests(tally, ["unit"]);
finish(tally);
