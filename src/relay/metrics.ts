/** What /metrics shows: sums and times. Nothing of a line, a key or an address. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RelayStats } from "./core/stats.ts";

export interface Metrics {
  committed(millis: number): void;
  render(): Promise<{ readonly type: string; readonly text: string }>;
}

const sums = {
  received: "frames received",
  accepted: "acts accepted",
  records: "records made durable",
  expired: "records that had their time",
  forwarded: "live frames handed on",
  refounds: "groups made anew",
  reclaims: "sides taken back with their words",
  fired: "rungs of vigils that fired",
  setAside: "vigils that could not be fired",
  malformed: "frames that were none",
  commits: "batches written",
  failedCommits: "batches that could not be written",
} as const satisfies Partial<Record<keyof RelayStats, string>>;

export const createMetrics = (stats: () => RelayStats): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "beside_relay_connections",
    help: "open sockets",
    registers,
    collect() {
      this.set(stats().connections);
    },
  });
  new Gauge({
    name: "beside_relay_blob_bytes",
    help: "bytes of blobs kept",
    registers,
    collect() {
      this.set(stats().blobBytes);
    },
  });
  new Gauge({
    name: "beside_relay_memory_bytes",
    help: "resident memory",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  for (const [name, help] of Object.entries(sums)) {
    const metric = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    new Counter({
      name: `beside_relay_${metric}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(stats()[name as keyof typeof sums]);
      },
    });
  }
  new Counter({
    name: "beside_relay_refused_total",
    help: "refusals by reason",
    labelNames: ["code"],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of Object.entries(stats().refused)) this.inc({ code }, count);
    },
  });
  const commits = new Histogram({
    name: "beside_relay_commit_seconds",
    help: "time of one commit with its deliveries",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1],
    registers,
  });
  return {
    committed: (millis) => commits.observe(millis / 1000),
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
};
