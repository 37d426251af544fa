import { expect, test, vi } from "vitest";
import { asPlain, asSealed } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DeviceIdentity, Pins, Sealer, Sealers } from "../../ports/sealer.ts";
import { Secret } from "../../base/secret.ts";
import { createMlsSealers } from "../../mls/sealers.ts";
import { sealerContract } from "../../testing/sealer-contract.ts";
import { serveSealers } from "./serve-sealers.ts";
import type { Ready, Reply, Request } from "./sealer-wire.ts";
import { createWorkerCaller, type WorkerEnd } from "./worker-caller.ts";
import { createWorkerSealers } from "./worker-sealers.ts";
import { machineTimer } from "./clock.ts";

/** A worker in this thread: everything that crosses is cloned as the browser does it. */
const workerOf = (
  create: (clock: Clock) => Sealers,
  load: () => Promise<unknown> = async () => {},
): { readonly spawn: () => WorkerEnd; readonly ended: () => number } => {
  let ended = 0;
  const spawn = (): WorkerEnd => {
    let ask: (request: Request) => void = () => {};
    let answer: (reply: Reply | Ready) => void = () => {};
    let dead = false;
    serveSealers(
      { post: (reply) => void (dead || answer(structuredClone(reply))), listen: (listener) => (ask = listener) },
      create,
      async (password) => password,
      load,
    );
    return {
      post: (request) => ask(structuredClone(request)),
      listen: ({ ready, reply, broken }) => (answer = (said) => ("ready" in said ? (said.ready ? ready() : broken()) : reply(said))),
      terminate: () => {
        dead = true;
        ended++;
      },
    };
  };
  return { spawn, ended: () => ended };
};

sealerContract("a sealer over MLS in a worker", ({ now }) => {
  const worker = workerOf((clock) => createMlsSealers({ now: clock.now }));
  return createWorkerSealers(createWorkerCaller(worker.spawn, machineTimer, now));
});

/** A sealer whose state is a count, and that never comes back from what says "poison". */
const slowSealers = (): Sealers => {
  const sealer = (count: number): Sealer => ({
    epoch: () => count,
    members: () => [],
    seal: async () => ({ ok: true, value: { body: asSealed(new Uint8Array([count])), state: new Uint8Array([++count]) } }),
    async receive(items) {
      for (const { body } of items) {
        if (body[0] === 66) await new Promise(() => {});
        count++;
      }
      return { results: items.map(({ body }) => ({ kind: "malformed" as const, reason: `seen ${body[0]}` })), state: new Uint8Array([count]) };
    },
    async change({ add }) {
      if (add.length > 0) await new Promise(() => {});
      return { ok: true, value: { commit: asSealed(new Uint8Array([count])), welcome: null, state: new Uint8Array([++count]) } };
    },
    exportSecret: async () => new Secret(new Uint8Array([count])),
  });
  return {
    found: async () => ({ sealer: sealer(0), state: new Uint8Array([0]) }),
    keyPackage: async () => ({ keyPackage: new Uint8Array(), state: new Uint8Array() }),
    inspect: () => new Promise(() => {}),
    refound: () => new Promise(() => {}),
    boxKey: async () => new Uint8Array([7]),
    sealBox: () => new Promise(() => {}),
    openBox: () => new Promise(() => {}),
    join: () => new Promise(() => {}),
    restore: async (state) => ({ ok: true, value: sealer(state[0] ?? 0) }),
  };
};

const identity: DeviceIdentity = { certificate: new Uint8Array(1), deviceSeed: new Secret(new Uint8Array(32)) };
const pins: Pins = { line: new Uint8Array(16), me: new Uint8Array(32), other: undefined };
const item = (first: number) => ({ kind: "entry" as const, body: asSealed(new Uint8Array([first])), aad: new Uint8Array() });

test("bytes that take for ever are malformed; the worker is ended and the sealer goes on from its last state", async () => {
  vi.useFakeTimers();
  try {
    const worker = workerOf(slowSealers);
    const sealers = createWorkerSealers(createWorkerCaller(worker.spawn, machineTimer, () => 0));
    const { sealer } = await sealers.found(identity, pins);
    await sealer.seal(asPlain(new Uint8Array(1)), new Uint8Array());
    await sealer.receive([item(1)]);
    expect(sealer.epoch()).toBe(2);

    const received = sealer.receive([item(1), item(66), item(3)]);
    // Another bond's call waits its turn and is not harmed.
    const beside = sealers.found(identity, pins);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await received).results).toEqual([
      { kind: "malformed", reason: "seen 1" },
      { kind: "malformed", reason: "took too long" },
      { kind: "malformed", reason: "seen 3" },
    ]);
    expect(worker.ended()).toBe(3);
    expect((await received).state).toEqual(new Uint8Array([4]));
    expect((await beside).sealer.epoch()).toBe(0);

    const sealed = await sealer.seal(asPlain(new Uint8Array(1)), new Uint8Array());
    expect(sealed.ok && sealed.value.body).toEqual(new Uint8Array([4]));
  } finally {
    vi.useRealTimers();
  }
});

test("a worker whose code comes late, or at the third try, is waited for: what it was asked is not taken for bytes that take for ever", async () => {
  vi.useFakeTimers();
  try {
    let tries = 0;
    const load = async (): Promise<void> => {
      if (++tries < 3) throw new Error("not fetched");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };
    const worker = workerOf(slowSealers, load);
    const sealers = createWorkerSealers(createWorkerCaller(worker.spawn, machineTimer, () => 0));
    const restored = sealers.restore(new Uint8Array([4]), pins);
    await vi.advanceTimersByTimeAsync(120_000);
    const sealer = await restored;
    expect(sealer.ok && (await sealer.value.receive([item(5)])).results).toEqual([{ kind: "malformed", reason: "seen 5" }]);
    expect([tries, worker.ended()]).toEqual([3, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test("a change that waits is not lost with its worker", async () => {
  vi.useFakeTimers();
  try {
    const worker = workerOf(slowSealers);
    const { sealer } = await createWorkerSealers(createWorkerCaller(worker.spawn, machineTimer, () => 0)).found(identity, pins);
    await sealer.change({ add: [], remove: [new Uint8Array(32)] });
    const received = sealer.receive([item(66)]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await received).state).toEqual(new Uint8Array([1]));
    const sealed = await sealer.seal(asPlain(new Uint8Array(1)), new Uint8Array());
    expect(sealed.ok && sealed.value.body).toEqual(new Uint8Array([1]));
    expect(worker.ended()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test("what depends on bytes from outside answers malformed when time is up", async () => {
  vi.useFakeTimers();
  try {
    const sealers = createWorkerSealers(createWorkerCaller(workerOf(slowSealers).spawn, machineTimer, () => 0));
    const { sealer } = await sealers.found(identity, pins);
    const inspected = sealers.inspect(new Uint8Array(1), pins.line);
    const joined = sealers.join(new Uint8Array(1), asSealed(new Uint8Array(1)), { ...pins, other: new Uint8Array(32) });
    const changed = sealer.change({ add: [new Uint8Array(1)], remove: [] });
    const refounded = sealers.refound(identity, pins, [new Uint8Array(1)]);
    const sealed = sealers.sealBox(new Uint8Array(1), new Uint8Array(1), "a test");
    const opened = sealers.openBox(new Secret(new Uint8Array(32)), new Uint8Array(1), "a test");
    await vi.advanceTimersByTimeAsync(60_000);
    for (const result of [await inspected, await joined, await changed, await refounded, await sealed, await opened])
      expect(result).toEqual({ ok: false, error: { reason: "took too long" } });
    expect(await sealers.boxKey(new Secret(new Uint8Array(32)))).toEqual(new Uint8Array([7]));
    expect((await sealer.exportSecret("label", new Uint8Array())).expose()).toEqual(new Uint8Array([0]));
  } finally {
    vi.useRealTimers();
  }
});

test("a defect in the worker is thrown here, in words, without secrets", async () => {
  const broken: Sealers = { ...slowSealers(), keyPackage: () => Promise.reject(new Error("a defect")) };
  const sealers = createWorkerSealers(createWorkerCaller(workerOf(() => broken).spawn, machineTimer, () => 0));
  await expect(sealers.keyPackage(identity, pins)).rejects.toThrow("a defect");
});
