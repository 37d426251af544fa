/** `npm run verify`: everything of `npm test` that needs neither browsers nor processes. */
import { finish, newTally, runStatic, runTests } from "./checks.ts";

const tally = newTally();
runStatic(tally);
runTests(tally, ["unit"]);
finish(tally);
