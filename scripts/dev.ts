/**
 * `npm run dev`: a whole world on one page: a relay, and both people side by side, paired for real, with a clock that can
 * be moved. A test root: what it adds (the clock, the frames) exists nowhere in what is shipped.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startRelay } from "../src/relay/main.ts";
import { createMovableClock } from "../src/testing/movable-clock.ts";
import { buildWeb, devDir, root } from "./web.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "8377" }, data: { type: "string", default: join(root, "data", "dev") } } });

buildWeb("dev");
const { clock, move } = createMovableClock();
const relay = await startRelay({
  port: Number(values.port),
  data: values.data,
  web: devDir,
  clock,
  frameAncestors: "'self'",
  routes: (app) => {
    app.post("/dev/clock", async (context) => {
      const { offset } = await context.req.json<{ offset: unknown }>();
      if (typeof offset !== "number" || !Number.isSafeInteger(offset)) return context.text("offset wants whole milliseconds\n", 400);
      move(offset);
      return context.body(null, 204);
    });
  },
});
process.stdout.write(`Both people, side by side: ${relay.url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void relay.stop().then(() => process.exit(0)));
