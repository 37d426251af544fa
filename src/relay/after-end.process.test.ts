/** A real relay process, after one of the two ended the line: what the other's modified client can still do on real sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certifyEnd } from "../protocol/certificate.ts";
import { encodeFrame, type DeviceFrameName, type Frame, type FrameOf } from "../protocol/frames.ts";
import { sign } from "../protocol/keys.ts";
import { recoverTranscript } from "../protocol/transcripts.ts";
import { everyFrame } from "../testing/every-frame.ts";
import { keyOf, lineOf, seedOf } from "./core/test-kit.ts";
import { Device, pairUp, startProcess, stopAll, ticketOf, type RelayProcess } from "./process-test-kit.ts";

let folder = "";
let relay: RelayProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beside-end-"));
  relay = await startProcess(join(folder, "data"));
});
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const none = { nonce: new Uint8Array(32), relay: new Uint8Array(32) };
const framesFor = (line: string, challenge: Pick<FrameOf<"challenge">, "nonce" | "relay"> = none) =>
  everyFrame(challenge, { line: lineOf(line), ticket: ticketOf(line), who: `${line} ben`, words: `${line} words` });
const every = Object.keys(framesFor("any")) as DeviceFrameName[];
const named = (frame: Frame): string => (frame.type === "refused" ? frame.code : frame.type);

/** What a socket is told from now on, until it closes or answers a ping: all that was asked before is answered by then. */
const heardUntilQuiet = async (device: Device, ask: () => void): Promise<readonly string[]> => {
  const heard: string[] = [];
  const quiet = new Promise<void>((resolve) => {
    device.listener = (frame) => {
      heard.push(named(frame));
      if (frame.type === "pong") resolve();
      return true;
    };
  });
  ask();
  await Promise.race([quiet, device.closed]);
  return heard;
};

/** A line that ana ended, with ben's words and his sockets: in a session, and after he proved the words. */
const ended = async (line: string) => {
  const { ana, ben } = await pairUp(relay.url, line);
  ben.send({ type: "verifier", key: keyOf(`${line} words`), proof: null });
  await ben.next("done");
  const restoring = new Device(relay.url, line, `${line} ben`);
  const challenge = await restoring.challenge();
  const key = keyOf(`${line} words`);
  restoring.send({ type: "recover", key, signature: sign(seedOf(`${line} words`), "beside/recover/1", recoverTranscript(challenge, { key })) });
  await restoring.next("recovered");
  const challenges = [await ben.challenge(), challenge] as const;
  const told = Promise.all([ben.next("ended"), restoring.next("ended")]);
  ana.send({ type: "end", certificate: certifyEnd(lineOf(line), seedOf(`${line} person`)) });
  await ana.next("ended");
  await told;
  return { ben, restoring, challenges };
};

const told: Partial<Record<DeviceFrameName, string>> = { open: "ended", recover: "ended", create: "taken", knock: "unknown", ping: "pong" };

describe("A real relay after the end", () => {
  it("[END1] no frame of the other's does or learns anything on the sockets that were open at the moment of the end", async () => {
    const { ben, restoring, challenges } = await ended("open");
    for (const [at, device] of [ben, restoring].entries()) {
      const frames = framesFor("open", challenges[at]);
      // The relay closed it; what is still written to it is not looked at.
      const heard = await heardUntilQuiet(device, () => {
        for (const name of every) if (device.ws.readyState === device.ws.OPEN) device.send(frames[name]);
      });
      expect(heard).toEqual([]);
    }
    expect(await (await fetch(`${relay.url}/healthz`)).text()).toMatch(/ok/);
  });

  it.each(every)("[END1] `%s` of the other's on a new socket does nothing, and learns that it ended at the most", async (name) => {
    const line = `new ${name}`;
    await ended(line);
    const device = new Device(relay.url, line, `${line} ben`);
    const frame = framesFor(line, await device.challenge())[name];
    const heard = await heardUntilQuiet(device, () => {
      device.ws.send(encodeFrame(frame));
      device.send({ type: "ping" });
    });
    expect(heard.filter((one) => one !== "pong")).toEqual(name === "ping" ? [] : [told[name] ?? "forbidden"]);
    device.ws.terminate();
    // Whatever it was, the line is as it was: ended.
    const again = new Device(relay.url, line, `${line} ben`);
    again.send(await again.openFrame());
    expect(named(await again.next("ended", "opened", "refused"))).toBe("ended");
    again.ws.terminate();
  });
});
