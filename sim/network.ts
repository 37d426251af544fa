/**
 * Connections as WebSockets really are: messages of one connection arrive in order or not at all. What fails: they are
 * slow, they die with what was under way, one end learns of it long before the other, nobody gets through for a while,
 * a device takes nothing for a while, and an old connection's last messages arrive after a new one was made. Now and then
 * something on the way does what TLS rules out: a message comes twice, or after the one that was sent later.
 */
import type { ConnectionHandlers, Transport } from "../src/ports/transport.ts";
import type { ConnectionId, Outlet } from "../src/relay/core/connection.ts";
import type { RelayCore } from "../src/relay/core/relay-core.ts";
import type { Chance } from "./chance.ts";
import type { Schedule } from "./schedule.ts";

export interface Network {
  /** The way from one device to the relay. */
  transport(device: string): Transport;
  readonly outlet: Outlet;
  relay: RelayCore | null;
  /** The device cannot reach the relay, and its connections say nothing any more. */
  cut(device: string): void;
  mend(device: string): void;
  /** Its connections die; what was under way is lost. */
  drop(device: string): void;
  dropAll(): void;
  /** What the relay holds for a device's process that is gone. */
  abandon(device: string): void;
  /** The device takes nothing that the relay sends; what it does not take waits at the relay. */
  choke(device: string): void;
  release(device: string): void;
  /** Slower and less steady, from 0 (calm) to 1. */
  storm: number;
  /** How often a message comes twice, or late. */
  mischief: number;
  /** Sees every message as it leaves a device. */
  onLeaving: (device: string, message: Uint8Array) => void;
  readonly counts: { messages: number; drops: number; cuts: number; lost: number; doubled: number; swapped: number; choked: number };
}

interface Wire {
  readonly id: ConnectionId;
  readonly device: string;
  readonly handlers: ConnectionHandlers;
  /** When the last message of each way arrives: the next does not overtake it. */
  up: number;
  down: number;
  deviceEnd: boolean;
  relayEnd: boolean;
  /** While choked: what waits to be taken. */
  waiting: Uint8Array[] | null;
}

export const createNetwork = (schedule: Schedule, chance: Chance, afterRelay: () => void): Network => {
  const wires = new Map<ConnectionId, Wire>();
  const unreachable = new Set<string>();
  let lastId = 0;
  const choked = new Set<string>();
  const counts = { messages: 0, drops: 0, cuts: 0, lost: 0, doubled: 0, swapped: 0, choked: 0 };

  /** When each copy of a message arrives: once and in order, but for mischief. */
  const arrivals = (last: number): { readonly times: readonly number[]; readonly last: number } => {
    const at = Math.max(last, schedule.now() + latency());
    if (at === Infinity || !chance.hit(network.mischief)) return { times: [at], last: at };
    if (chance.hit(0.5)) {
      counts.doubled++;
      return { times: [at, at + chance.whole(0, 5)], last: at };
    }
    counts.swapped++;
    return { times: [at + chance.whole(1, 50)], last };
  };

  const latency = (): number => chance.whole(1, 20) + (chance.hit(network.storm) ? chance.whole(0, 3000) : 0);

  const closeDevice = (wire: Wire): void => {
    if (!wire.deviceEnd) return;
    wire.deviceEnd = false;
    if (!wire.relayEnd) wires.delete(wire.id);
    wire.handlers.closed();
  };
  const closeRelay = (wire: Wire): void => {
    if (!wire.relayEnd) return;
    wire.relayEnd = false;
    if (!wire.deviceEnd) wires.delete(wire.id);
    network.relay?.disconnected(wire.id);
    afterRelay();
  };

  /** Both ends learn of it, each in its own time; what is under way is lost. */
  const kill = (wire: Wire): void => {
    counts.drops++;
    wire.up = Infinity;
    wire.down = Infinity;
    schedule.after(chance.whole(0, 200), () => closeDevice(wire));
    schedule.after(chance.whole(0, network.storm > 0.5 ? 60_000 : 2000), () => closeRelay(wire));
  };

  /** What was handed over before the end arrives before it, also when the process is gone. */
  const endAfterSent = (wire: Wire): void => {
    const at = Math.max(wire.up, schedule.now() + latency());
    schedule.after(at === Infinity ? latency() : at - schedule.now(), () => closeRelay(wire));
  };

  const deliver = (wire: Wire, message: Uint8Array): void => {
    const { times, last } = arrivals(wire.down);
    if (last === Infinity) return;
    wire.down = last;
    for (const at of times)
      schedule.after(at - schedule.now(), () => {
        if (wire.down === Infinity || unreachable.has(wire.device) || !wire.deviceEnd) counts.lost++;
        else wire.handlers.message(message);
      });
  };

  const network: Network = {
    relay: null,
    storm: 0,
    mischief: 0,
    onLeaving: () => undefined,
    counts,
    transport: (device) => ({
      connect: (_origin, handlers) => {
        const wire: Wire = { id: ++lastId, device, handlers, up: 0, down: 0, deviceEnd: true, relayEnd: false, waiting: choked.has(device) ? [] : null };
        wires.set(wire.id, wire);
        schedule.after(latency(), () => {
          if (!wire.deviceEnd) return;
          if (unreachable.has(device) || !network.relay) {
            if (!unreachable.has(device) || chance.hit(0.5)) closeDevice(wire);
            return;
          }
          wire.relayEnd = true;
          handlers.opened();
          network.relay.connected(wire.id);
          afterRelay();
        });
        return {
          send: (message) => {
            counts.messages++;
            const copy = message.slice();
            network.onLeaving(device, copy);
            const { times, last } = arrivals(wire.up);
            if (!wire.deviceEnd || last === Infinity) return;
            wire.up = last;
            for (const at of times)
              schedule.after(at - schedule.now(), () => {
                if (wire.up === Infinity || unreachable.has(device) || !wire.relayEnd || !network.relay) {
                  counts.lost++;
                  return;
                }
                network.relay.received(wire.id, copy);
                afterRelay();
              });
          },
          close: () => {
            wire.deviceEnd = false;
            if (wire.relayEnd) endAfterSent(wire);
            else wires.delete(wire.id);
          },
        };
      },
    }),
    outlet: {
      send: (id, message) => {
        const wire = wires.get(id);
        if (!wire) return;
        counts.messages++;
        const copy = message.slice();
        if (wire.waiting) wire.waiting.push(copy);
        else deliver(wire, copy);
      },
      close: (id) => {
        const wire = wires.get(id);
        if (!wire) return;
        wire.relayEnd = false;
        const at = Math.max(wire.down, schedule.now() + latency());
        schedule.after(at === Infinity ? latency() : at - schedule.now(), () => closeDevice(wire));
      },
      unsent: (id) => (wires.get(id)?.waiting ?? []).reduce((sum, message) => sum + message.length, 0),
    },
    cut: (device) => {
      counts.cuts++;
      unreachable.add(device);
      // Whatever was under way is lost for good, so the connections cannot go on in order afterwards.
      for (const wire of wires.values()) if (wire.device === device) [wire.up, wire.down] = [Infinity, Infinity];
    },
    choke: (device) => {
      counts.choked++;
      choked.add(device);
      for (const wire of wires.values()) if (wire.device === device) wire.waiting ??= [];
    },
    release: (device) => {
      choked.delete(device);
      for (const wire of wires.values()) {
        if (wire.device !== device || !wire.waiting) continue;
        const { waiting } = wire;
        wire.waiting = null;
        for (const message of waiting) deliver(wire, message);
        if (wire.relayEnd) network.relay?.drained(wire.id);
      }
      afterRelay();
    },
    mend: (device) => unreachable.delete(device),
    drop: (device) => {
      for (const wire of wires.values()) if (wire.device === device) kill(wire);
    },
    dropAll: () => {
      for (const wire of wires.values()) {
        wire.relayEnd = false;
        kill(wire);
      }
    },
    abandon: (device) => {
      for (const wire of wires.values()) {
        if (wire.device !== device) continue;
        wire.deviceEnd = false;
        endAfterSent(wire);
      }
    },
  };
  return network;
};
