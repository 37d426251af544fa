/**
 * mosquitto beside the relay, where it is installed, and the little MQTT 3.1.1 that a load needs: connect, subscribe,
 * publish, acknowledge. QoS 1 over sessions that last, with persistence on, is its nearest to the kept lane (it acknowledges
 * before anything is on disk); QoS 0 is its live lane.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { randomBody } from "./device.ts";
import { pause, type Lane } from "./flow.ts";
import { measuredCore, processorTimeOf, settleOn } from "./machine.ts";
import { createRing } from "./outgoing.ts";
import { openRaw } from "./websocket.ts";

/** Debian puts it where only root looks. */
const command = ["mosquitto", "/usr/sbin/mosquitto"].find((name) => spawnSync(name, ["-h"], { stdio: "ignore" }).error === undefined);

export interface Mosquitto {
  readonly port: number;
  processorTime(): number;
  stop(): Promise<void>;
}

/** `undefined` where it is not installed. */
export const startMosquitto = async (folder: string): Promise<Mosquitto | undefined> => {
  if (command === undefined) return undefined;
  const port = await freePort();
  const config = join(folder, "mosquitto.conf");
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence true",
    `persistence_location ${folder}/`,
    "log_dest none",
    "set_tcp_nodelay true",
    "max_inflight_messages 0",
    "max_queued_messages 0",
  ];
  writeFileSync(config, `${[...lines, ...(process.getuid?.() === 0 ? ["user root"] : [])].join("\n")}\n`);
  const child = spawn(command, ["-c", config], { stdio: "ignore" });
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  settleOn(measuredCore, child.pid);
  await accepting(port, child);
  const pid = child.pid as number;
  return {
    port,
    processorTime: () => processorTimeOf(pid),
    async stop() {
      process.off("exit", onExit);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const accepting = async (port: number, child: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = openRaw(
        port,
        (_bytes, _from, to) => to,
        () => resolve(false),
        () => {
          resolve(true);
          socket.destroy();
        },
      );
    });
    if (there) return;
    await pause(50);
  }
  throw new Error("mosquitto does not start");
};

const types = { connack: 2, publish: 3, puback: 4, suback: 9 } as const;

const packet = (first: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Buffer.concat([Uint8Array.from([first, ...length]), body]);
};

const text = (value: string): Buffer => Buffer.concat([Uint8Array.from([0, value.length]), Buffer.from(value, "latin1")]);
const u16 = (value: number): Uint8Array => Uint8Array.from([value >> 8, value & 255]);

interface Link {
  write(bytes: Buffer): void;
  /** Packet type, and where what follows its length begins and ends. */
  listener: (type: number, bytes: Buffer, from: number, to: number) => void;
  destroy(): void;
}

/** Connected with a session that lasts; every packet goes to `listener`. `afterRead`: everything of one read was seen. */
const openLink = async (port: number, id: string, afterRead: () => void = () => {}): Promise<Link> => {
  let closing = false;
  const link: Link = {
    write: (bytes) => void socket.write(bytes),
    listener: () => {},
    destroy() {
      closing = true;
      socket.resetAndDestroy();
    },
  };
  const take = (bytes: Buffer, from: number, to: number): number => {
    let at = from;
    for (;;) {
      let length = 0;
      let start = at + 1;
      let more = true;
      for (let shift = 0; more && start < to; shift += 7) {
        const byte = bytes[start++] as number;
        length |= (byte & 127) << shift;
        more = byte > 127;
      }
      if (more || start + length > to) break;
      link.listener((bytes[at] as number) >> 4, bytes, start, start + length);
      at = start + length;
    }
    afterRead();
    return at;
  };
  const lost = (why: string): void => {
    if (!closing) throw new Error(`mosquitto: ${why}`);
  };
  const connected = new Promise<void>((resolve) => (link.listener = (type) => type === types.connack && resolve()));
  const socket = openRaw(port, take, lost, () => link.write(packet(0x10, text("MQTT"), Uint8Array.from([4, 0, 0, 120]), text(id))));
  await connected;
  return link;
};

export interface MqttLane extends Lane {
  close(): void;
}

/** Each pair has a topic; one publishes `size` bytes, the other subscribes. */
export const mqttLane = async (port: number, pairs: number, qos: 0 | 1, size: number): Promise<MqttLane> => {
  let heard: Parameters<Lane["listen"]>[0] = { ack() {}, delivered() {} };
  const links: Link[] = [];
  const senders: ((count: number) => void)[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const topic = text(`p/${pair}`);
    // Acknowledgements of one read leave in one write, as they do from any client worth its name.
    let acks: number[] = [];
    const reader = await openLink(port, `r${qos}-${pair}`, () => {
      if (acks.length === 0) return;
      reader.write(Buffer.from(acks));
      acks = [];
    });
    const subscribed = new Promise<void>((resolve) => (reader.listener = (type) => type === types.suback && resolve()));
    reader.write(packet(0x82, u16(1), topic, Uint8Array.from([qos])));
    await subscribed;
    reader.listener = (type, bytes, from) => {
      if (type !== types.publish) return;
      if (qos === 1) acks.push(0x40, 2, bytes[from + topic.length] as number, bytes[from + topic.length + 1] as number);
      heard.delivered(pair, 1, 0);
    };
    const author = await openLink(port, `a${qos}-${pair}`);
    author.listener = (type) => {
      if (type === types.puback) heard.ack(pair, 1);
    };
    const id = qos === 1 ? [u16(0)] : [];
    const one = (): Buffer => packet(qos === 1 ? 0x32 : 0x30, topic, ...id, randomBody(size));
    const idAt = one().length - size - 2;
    const ring = createRing(one, 16, 1, (all, at, index) => {
      if (qos === 1) all.writeUInt16BE((index % 65_535) + 1, at + idAt);
    });
    senders.push((count) => ring.next(count, author.write));
    links.push(author, reader);
  }
  return {
    pairs,
    acked: qos === 1,
    send: (pair, count) => senders[pair]?.(count),
    listen: (listener) => (heard = listener),
    close() {
      for (const link of links) link.destroy();
    },
  };
};
