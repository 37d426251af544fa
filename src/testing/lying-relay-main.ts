/** The lying relay as a process: `lying-relay-main.ts [FOLDER OF THE WEB APP]`, and one lie a line on standard input. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { getRequestListener } from "@hono/node-server";
import { Secret } from "../base/secret.ts";
import { createHttp } from "../relay/http.ts";
import { createNodeCrypto } from "../relay/node-crypto.ts";
import { createSockets } from "../relay/ws.ts";
import { createLiar, lies, type Answer, type Liar } from "./lying-relay.ts";
import { createMovableClock } from "./movable-clock.ts";

const answer = (said: Answer): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

const { clock } = createMovableClock();
const crypto = createNodeCrypto(new Secret(randomBytes(32)));
const server = createServer();
let liar: Liar | undefined;
const sockets = createSockets({
  server,
  path: "/line",
  origins: { tls: false, allow: [] },
  clock,
  makeCore: (outlet) => (liar = createLiar(outlet, clock, crypto)),
  measured: () => undefined,
  defect: (error) => {
    throw error;
  },
});
const app = createHttp({
  web: process.argv[2],
  frameAncestors: "'none'",
  health: () => ({ ok: true }),
  keep: async () => "unknown",
  metrics: async () => ({ type: "text/plain", text: "" }),
});
const listener = getRequestListener(app.fetch);
server.on("request", (request, response) => void listener(request, response));
server.listen(0, "127.0.0.1", () => {
  sockets.start();
  answer({ listening: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const lie = lies.find((known) => known === line);
    if (!liar || !lie) throw new Error(`no such lie: ${line}`);
    liar.tell(lie);
    answer({ did: lie, heard: liar.heard() });
  })
  // Whoever told it what to do has gone.
  .on("close", () => process.exit());
