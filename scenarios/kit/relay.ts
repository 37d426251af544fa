/** The relay of a scenario: a real process on loopback that also serves the built web app, and can be killed. */
import { webDir } from "../../scripts/web.ts";
import type { Clock } from "./clock.ts";
import { startProcess, type Running } from "./processes.ts";

export interface Relay {
  readonly url: string;
  readonly port: number;
  /** `kill -9`, and gone when it resolves. */
  kill(): Promise<void>;
  /** The same data and port again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** One of its own sums, as it shows them to its keeper. */
  sum(name: "records" | "malformed" | "forwarded"): Promise<number>;
}

export const startRelay = async (data: string, clock: Clock): Promise<Relay> => {
  let running: Running;
  const run = async (port: number): Promise<string> => {
    running = startProcess("relay", ["--port", String(port), "--data", data, "--web", webDir], { BESIDE_TEST_CLOCK: clock.address });
    return String((await running.line({ listening: /^http/ }))["listening"]);
  };
  const url = await run(0);
  const port = Number(new URL(url).port);
  return {
    url,
    port,
    kill: async () => void (await running.end("SIGKILL")),
    restart: async () => void (await run(port)),
    stop: async () => void (await running.end("SIGTERM")),
    sum: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^beside_relay_${name}_total (\\d+)`, "m").exec(text)?.[1]);
    },
  };
};
