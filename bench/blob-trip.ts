/** One blob there and back, over the lane that the engine uses: the same work in Node and in a page. */
import { Secret } from "../src/base/secret.ts";
import { sealBlob } from "../src/line/blob.ts";
import { createBlobLane, type BlobLane } from "../src/line/blob-lane.ts";
import type { Random } from "../src/ports/random.ts";
import type { Timer } from "../src/ports/timer.ts";
import type { Transport } from "../src/ports/transport.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type DeviceFrame, type FrameOf } from "../src/protocol/frames.ts";
import { publicKey, sha256, sign } from "../src/protocol/keys.ts";
import { createTranscript, openTranscript } from "../src/protocol/transcripts.ts";

export interface TripPorts {
  readonly transport: Transport;
  readonly timer: Timer;
  readonly random: Random;
}

/** Milliseconds. */
export interface Trip {
  readonly put: number;
  readonly get: number;
}

/** A line with one device, level with its log. */
const openLine = (origin: string, { transport, timer, random }: TripPorts): Promise<{ readonly lane: BlobLane; close(): void }> =>
  new Promise((resolve, reject) => {
    const seed = new Secret(random(32));
    const [line, key] = [random(16), publicKey(seed)];
    let challenge: FrameOf<"challenge"> | undefined;
    const send = (frame: DeviceFrame): void => connection.send(encodeFrame(frame));
    const lane = createBlobLane(send, (delay, call) => void timer.after(delay, call));
    const connection = transport.connect(origin, {
      opened: () => undefined,
      closed: () => {
        lane.down();
        reject(new Error("the connection was lost"));
      },
      message: (message) => {
        const decoded = decodeFrame(message);
        if (!decoded.ok || !isRelayFrame(decoded.value)) return connection.close();
        const frame = decoded.value;
        if (frame.type === "challenge") {
          challenge = frame;
          const fields = { line, key, ticketHash: sha256(random(32)), recovery: key, token: "" };
          send({ type: "create", ...fields, signature: sign(seed, "beside/create/1", createTranscript(frame, fields)) });
        } else if (frame.type === "created" && challenge) {
          const fields = { line, key, nonce: random(32), cursor: 0 };
          send({ type: "open", ...fields, signature: sign(seed, "beside/open/1", openTranscript(challenge, fields)) });
        } else if (frame.type === "current") {
          lane.up();
          resolve({ lane, close: () => connection.close() });
        } else if (!lane.hear(frame) && frame.type === "refused") reject(new Error(`refused: ${frame.code}`));
      },
    });
  });

/** Each its own blob on one line; dropped before the next. `began` is called once the line is open. */
export const blobTrips = async (origin: string, size: number, times: number, ports: TripPorts, began: () => void = () => {}): Promise<readonly Trip[]> => {
  const { lane, close } = await openLine(origin, ports);
  const content = new Uint8Array(size).fill(7);
  await new Promise<void>((resolve) => ports.timer.after(100, resolve));
  began();
  const trips: Trip[] = [];
  for (let run = 0; run < times; run++) {
    const [id, key] = [ports.random(16), new Secret(ports.random(32))];
    const from = performance.now();
    const put = await lane.put(id, key, sealBlob(key, id, content));
    const between = performance.now();
    const got = await lane.get(id, key);
    const to = performance.now();
    if (!put.ok || !got.ok || got.value.length !== size || got.value[size - 1] !== 7) throw new Error("the blob did not come back");
    trips.push({ put: between - from, get: to - between });
    await lane.drop(id, key);
  }
  close();
  return trips;
};
