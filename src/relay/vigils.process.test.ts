/** Vigils of a real relay process that is killed again and again (VIG rules): nothing acknowledged is lost, nothing fires early, all fires once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { concat, toBase64url, toHex, u32 } from "../base/bytes.ts";
import { nextHead, type LogRecord } from "../protocol/chain.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { sha256 } from "../protocol/keys.ts";
import { readFiring, readReceipt, type Firing, type Receipt } from "../protocol/receipt.ts";
import { vigilIdFor } from "../protocol/vigil-id.ts";
import { lineOf } from "./core/test-kit.ts";
import { Device, entry, pairUp, startProcess, stopAll, wallNow } from "./process-test-kit.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-vigils-"))));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Rungs = FrameOf<"arm">["rungs"];

/** Every body says which turn and rung it is of. */
const bodyOf = (vigil: Uint8Array, turn: number, rung: number) => asSealed(concat(vigil, u32(turn), u32(rung), new Uint8Array(232)));
const rungsOf = (vigil: Uint8Array, turn: number, due: number): Rungs => [
  { kind: "late", due, body: bodyOf(vigil, turn, 0) },
  { kind: "envelope", due: due + 700, body: bodyOf(vigil, turn, 1) },
];

/** What a device of the owner asked for, and what it was told. */
interface Promised {
  readonly vigil: Uint8Array;
  readonly line: string;
  /** The last receipt that came; none: not told yet. */
  told: Receipt | undefined;
  /** Dues by turn, of all that was ever asked for. */
  readonly dues: Map<number, number>;
  readonly meant: "fire" | "lift" | "renew";
}

const readOf = async (device: Device, line: string, bytes: Uint8Array): Promise<Receipt> => {
  const read = readReceipt((await device.challenge()).relay, lineOf(line), bytes);
  if (!read) throw new Error("a receipt of this relay and line");
  return read;
};

/** Arms what it has not been told of, lifts and renews some, until the socket is gone; each answer gives way to the next act. */
const work = async (url: string, line: string, all: Promised[], answered: (by: number) => void): Promise<void> => {
  const device = new Device(url, line, `${line} ana`);
  const gone = device.closed;
  await device.open(0xffff_ffff);
  const { relay } = await device.challenge();
  const asked = new Map<number, Promised>();
  let next = 0;
  const ask = (): void => {
    const one = all[next % all.length] as Promised;
    const number = next++;
    const { vigil, told } = one;
    if (!told) {
      const due = one.dues.get(1) ?? wallNow() + 1500 + (number % 17) * 100;
      one.dues.set(1, due);
      device.send({ type: "arm", ask: number, vigil, due, opens: null, keeper: null, rungs: rungsOf(vigil, 1, due) });
    } else if (one.meant === "renew" && told.turn < 4) {
      const due = one.dues.get(told.turn + 1) ?? wallNow() + 1500;
      one.dues.set(told.turn + 1, due);
      const { turn } = told;
      device.send({ type: "renew", ask: number, vigil, turn, due: told.due, next: due, opens: null, keeper: null, rungs: rungsOf(vigil, turn + 1, due) });
    } else if (one.meant === "lift" && told.state === "armed") {
      device.send({ type: "lift", ask: number, vigil, turn: told.turn, due: told.due });
    } else return device.send({ type: "ping" });
    asked.set(number, one);
  };
  device.listener = (frame) => {
    if (frame.type === "receipt") {
      const one = asked.get(frame.ask) as Promised;
      const receipt = readReceipt(relay, lineOf(line), frame.receipt);
      if (!receipt || toHex(receipt.vigil) !== toHex(one.vigil)) throw new Error("a receipt of what was asked for");
      // What it said once stays so: turns only rise, and nothing settled waits again.
      if (one.told) expect(receipt.turn).toBeGreaterThanOrEqual(one.told.turn);
      if (one.told?.turn === receipt.turn) expect(receipt.fired).toBeGreaterThanOrEqual(one.told.fired);
      if (one.told?.state === "lifted") expect(receipt.state).toBe("lifted");
      one.told = receipt;
      answered(1);
      ask();
      return true;
    }
    if (frame.type === "refused") {
      // Too late: it was meant before the relay was killed, and its time went by meanwhile.
      expect(frame.code).toBe("expired");
      const one = asked.get(frame.n) as Promised;
      one.dues.delete(one.told ? one.told.turn + 1 : 1);
      ask();
      return true;
    }
    if (frame.type !== "pong") return false;
    // So that time goes by: there is more to fire than to ask for.
    answered(0.02);
    ask();
    return true;
  };
  for (let i = 0; i < 4; i++) ask();
  await gone;
};

/** Everything of a line from its beginning, its chain followed; resolves once so many records have come. */
const readAll = async (url: string, line: string): Promise<readonly LogRecord[]> => {
  const device = new Device(url, line, `${line} ana`);
  const records: LogRecord[] = [];
  device.listener = (frame) => {
    if (frame.type !== "entries") return false;
    records.push(...frame.items);
    return true;
  };
  const opened = await device.open();
  await device.next("current");
  let head = opened.baseHead;
  for (const record of records) head = nextHead(head, record);
  expect(head).toEqual(opened.head);
  device.ws.close();
  return records;
};

describe("vigils of a relay that dies", () => {
  it("[VIG4] kill -9 while they are armed, renewed, lifted and fire, eight times: nothing acknowledged is lost, nothing is early, all fires once", async () => {
    const data = join(folder, "killed");
    const first = await startProcess(data);
    const lines = ["one", "two", "three"];
    for (const line of lines) await pairUp(first.url, line);
    await first.kill("SIGKILL");
    const all: Promised[] = lines.flatMap((line, l) =>
      Array.from({ length: 40 }, (_, i) => ({
        vigil: vigilIdFor(0, sha256(new Uint8Array([l, i])).slice(0, 16)),
        line,
        told: undefined,
        dues: new Map<number, number>(),
        meant: (["fire", "lift", "renew", "fire"] as const)[i % 4] ?? "fire",
      })),
    );
    for (let round = 0; round < 8; round++) {
      const relay = await startProcess(data);
      let count = 0;
      const enough = 40 + round * 18;
      await Promise.all([
        ...lines.map((line) =>
          work(
            relay.url,
            line,
            all.filter((one) => one.line === line),
            (by) => (count += by) >= enough && relay.child.kill("SIGKILL"),
          ),
        ),
        relay.ended.then(({ signal }) => expect(signal).toBe("SIGKILL")),
      ]);
    }

    const last = await startProcess(data);
    for (const line of lines) {
      const ben = new Device(last.url, line, `${line} ben`);
      const { relay } = await ben.challenge();
      const latest = new Map<string, Receipt>();
      // Asked again with each thing that fires, until nothing waits any more.
      const settled = (): boolean => latest.size > 0 && [...latest.values()].every(({ state }) => state !== "armed");
      await ben.open(0xffff_ffff);
      for (ben.send({ type: "check" }); ;) {
        const frame = await ben.next("receipts", "entries");
        if (frame.type === "receipts") for (const item of frame.items) latest.set(toHex((await readOf(ben, line, item)).vigil), await readOf(ben, line, item));
        else ben.send({ type: "check" });
        if (settled()) break;
      }
      ben.ws.close();

      const records = await readAll(last.url, line);
      const fired = records.flatMap(({ kind, body }) => (kind === "fired" ? [readFiring(relay, lineOf(line), body) as Firing] : []));
      expect(fired.length).toBeGreaterThan(20);
      for (const one of all.filter((of) => of.line === line)) {
        const at = latest.get(toHex(one.vigil));
        if (!one.told) continue;
        // What was acknowledged is there, and at least as far.
        expect(at?.turn).toBeGreaterThanOrEqual(one.told.turn);
        if (one.told.state === "lifted") expect(at).toMatchObject({ state: "lifted", turn: one.told.turn, fired: one.told.fired });
        const mine = fired.filter(({ vigil }) => toHex(vigil) === toHex(one.vigil));
        for (let turn = 1; turn <= (at?.turn ?? 0); turn++) {
          const rungs = mine.filter((left) => left.turn === turn);
          expect(rungs.map(({ rung }) => rung)).toEqual(Array.from({ length: rungs.length }, (_, i) => i));
          if (turn === at?.turn) expect(rungs.length).toBe(at.fired);
          for (const { rung, due, now, body, down } of rungs) {
            expect(due).toBe((one.dues.get(turn) ?? 0) + rung * 700);
            expect(now).toBeGreaterThanOrEqual(due);
            expect(body).toEqual(bodyOf(one.vigil, turn, rung));
            expect(down).toBeUndefined();
          }
        }
        if (at?.state === "fired") expect(at.fired).toBe(2);
        if (one.meant === "fire") expect(at?.state).toBe("fired");
      }
    }
  });

  it("[VIG5] comes to a device that is open soon after its due, and not before, by the clock of this machine too", async () => {
    const relay = await startProcess(join(folder, "steady"));
    const { ana, ben } = await pairUp(relay.url, "line");
    const dues = Array.from({ length: 20 }, (_, i) => wallNow() + 400 + i * 37);
    for (const [i, due] of dues.entries()) {
      const vigil = new Uint8Array(16).fill(i);
      ana.send({ type: "arm", ask: i, vigil, due, opens: null, keeper: null, rungs: [{ kind: "envelope", due, body: bodyOf(vigil, 1, 0) }] });
    }
    for (const _ of dues) expect((await ana.next("receipt")).done).toBe(true);
    let came = 0;
    while (came < dues.length) {
      for (const { kind, body } of (await ben.next("entries")).items) {
        if (kind !== "fired") continue;
        const firing = readFiring((await ben.challenge()).relay, lineOf("line"), body);
        const late = wallNow() - (firing?.due ?? 0);
        expect(late).toBeGreaterThanOrEqual(0);
        // A second, on a machine that has time for it.
        expect(late).toBeLessThan(5000);
        came++;
      }
    }
    ana.send(entry(2));
    await ana.next("acked");
  });
});

describe("a button in the house", () => {
  it("[VIG7] keeps a window over plain http with its secret alone, and what it was answered is there after kill -9", async () => {
    const data = join(folder, "button");
    const relay = await startProcess(data);
    const { ana, ben } = await pairUp(relay.url, "line");
    const secret = new Uint8Array(32).fill(7);
    const press = async (url: string, by: Uint8Array = secret) => {
      const response = await fetch(`${url}/vigils/renew`, { method: "POST", headers: { Authorization: `Bearer ${toBase64url(by)}` } });
      return [response.status, ((await response.json()) as { answer: string }).answer];
    };
    expect(await press(relay.url)).toEqual([404, "unknown"]);
    const vigil = new Uint8Array(16).fill(1);
    const now = wallNow();
    const window = { opens: now - 1000, due: now + 3_600_000, keeper: sha256(secret) };
    ana.send({ type: "arm", ask: 1, vigil, ...window, rungs: rungsOf(vigil, 1, window.due) });
    await ana.next("receipt");
    await ben.next("receipts");
    expect(await press(relay.url, sha256(secret))).toEqual([404, "unknown"]);
    expect(await press(relay.url)).toEqual([200, "kept"]);
    const [told] = (await ben.next("receipts")).items;
    expect(await readOf(ben, "line", told ?? new Uint8Array())).toMatchObject({ vigil, state: "kept", fired: 0 });
    const health = (await (await fetch(`${relay.url}/healthz`)).json()) as { ok: boolean; vigils: { aside: number; settling: boolean } };
    expect(health).toMatchObject({ ok: true, disk: true, vigils: { ok: true, aside: 0, settling: false, clockOff: 0 } });
    await relay.kill("SIGKILL");

    const again = await startProcess(data);
    expect(await press(again.url)).toEqual([200, "kept"]);
    const back = new Device(again.url, "line", "line ben");
    await back.open(0xffff_ffff);
    back.send({ type: "check" });
    const [is] = (await back.next("receipts")).items;
    expect(await readOf(back, "line", is ?? new Uint8Array())).toMatchObject({ vigil, state: "kept" });
  });
});
