/** Vigils of a relay whose machine fails it: a disk that fills, a process that stands still, a wall clock that is set (VIG rules). */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../cli/testing/cli-kit.ts";
import { sha256 } from "../protocol/keys.ts";
import { rungsHash, type Receipt } from "../protocol/receipt.ts";
import type { Limits } from "./core/limits.ts";
import { body, changeOf, keyOf } from "./core/test-kit.ts";
import { Device, entry, pairUp, startProcess, stopAll, wallNow } from "./process-test-kit.ts";
import { makeMovedWall, type MovedWall } from "./moved-wall.testing.ts";
import { makeSmallDisk, type SmallDisk } from "./small-disk.testing.ts";
import { act, armOf, check, createEars, done, liftOf, press, renewOf, vigilOf } from "./vigil-kit.testing.ts";

const mebi = 1024 * 1024;
const hour = 3_600_000;
/** By how much the relay's count and this process's clock may differ. */
const slack = 25;

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-machine-"))));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Health {
  readonly ok: boolean;
  readonly disk: boolean;
  readonly scarce: boolean;
  readonly vigils: { readonly ok: boolean; readonly canary: number | null; readonly settling: boolean; readonly clockOff: number };
}
const healthOf = async (url: string): Promise<Health & { readonly status: number }> => {
  const response = await fetch(`${url}/healthz`);
  return { ...((await response.json()) as Health), status: response.status };
};

const statesOf = (all: ReadonlyMap<number, Receipt>): readonly string[] => [...all].map(([name, { state }]) => `${name} ${state}`).toSorted();

/** A time of this machine: who was stopped says nothing that could be waited for. */
const until = (at: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, at - wallNow()));

describe("a disk that fills", () => {
  let disk: SmallDisk;
  let data = "";
  beforeAll(async () => {
    const at = join(folder, "disk");
    mkdirSync(at);
    data = join(at, "data");
    disk = await makeSmallDisk(at, 80);
  });
  afterAll(() => disk.close());

  it("[VIG13] takes nothing that can wait and says so; what is guarded goes on, and with no room at all nothing is lost or fires twice", async () => {
    const secret = new Uint8Array(32).fill(9);
    const relay = await startProcess(data, [], { by: disk.by });
    const { ana } = await pairUp(relay.url, "line");
    // Once more: the first opening after a welcome tidies up, which is a write.
    const ben = new Device(relay.url, "line", "line ben");
    const ears = await createEars(ben, "line");
    await ben.open(1);
    const later = wallNow() + hour;
    const soon = wallNow() + 6000;
    await done(ana, "line", armOf(1, soon));
    const renewed = await done(ana, "line", armOf(2, later));
    const lifted = await done(ana, "line", armOf(3, later));
    const other = await done(ana, "line", armOf(4, later));
    await done(ana, "line", armOf(5, later, { opens: wallNow() - 1000, keeper: sha256(secret) }));

    // Less than 64 MiB are left.
    disk.fillUntil(60 * mebi);
    const health = await eventually(
      () => healthOf(relay.url),
      ({ scarce }) => scarce,
    );
    expect(health).toMatchObject({ status: 503, ok: false, disk: true, vigils: { ok: true } });
    ana.send(entry(2));
    expect(await ana.next("acked", "refused")).toMatchObject({ type: "refused", n: 2, code: "unavailable" });
    expect(await act(ana, "line", armOf(6, later))).toBe("unavailable");
    const stranger = new Device(relay.url, "another", "another ana");
    stranger.create().catch(() => undefined);
    expect(await stranger.next("refused")).toMatchObject({ code: "unavailable" });
    // What is guarded goes on, and so do changes.
    const { vigil, turn, due } = other;
    const refresh = { type: "refresh", ask: 0, vigil, turn, due, rung: 0, body: body(44) } as const;
    await done(ana, "line", refresh);
    const night = await done(ana, "line", renewOf(renewed, wallNow() + 2 * hour));
    expect(await done(ana, "line", liftOf(lifted))).toMatchObject({ state: "lifted" });
    expect(await press(relay.url, secret)).toBe(200);
    ana.send({ type: "change", ...changeOf({ n: 2, epoch: 1, enrol: [keyOf("line laptop")], welcome: body(4) }) });
    await ana.next("acked");
    await ears.until(1);
    expect(ears.heard).toMatchObject([{ vigil: vigilOf(1), due: soon }]);

    // Nothing is left.
    const dusk = await done(ana, "line", renewOf(night, wallNow() + 2500));
    disk.fillUntil(0);
    expect(await act(ana, "line", liftOf(other))).toBe("unavailable");
    expect(await act(ana, "line", renewOf(other, later))).toBe("unavailable");
    await eventually(
      () => healthOf(relay.url),
      ({ disk: is, vigils }) => !is && wallNow() > dusk.due + 1000 && vigils.canary !== null,
    );
    expect(statesOf(await check(ana, "line", 5))).toEqual(["1 fired", "2 armed", "3 lifted", "4 armed", "5 kept"]);
    expect(ears.names()).toEqual([1]);
    const { stderr } = await relay.kill("SIGKILL");
    for (const said of ["the disk is nearly full", "the disk takes no writes"]) expect(stderr.split(said).length).toBe(2);

    // It starts there too, and waits.
    const cramped = await startProcess(data, [], { by: disk.by });
    expect((await healthOf(cramped.url)).status).toBe(503);
    const waiting = new Device(cramped.url, "line", "line ben");
    ears.listen(waiting);
    await waiting.open(ears.seq());
    await waiting.next("current");
    disk.fillUntil(70 * mebi);
    await ears.until(2);
    expect(ears.heard[1]).toMatchObject({ vigil: vigilOf(2), turn: 3, due: dusk.due });
    const owner = new Device(cramped.url, "line", "line ana");
    await owner.open(0xffff_ffff);
    const all = await check(owner, "line", 5);
    expect(statesOf(all)).toEqual(["1 fired", "2 fired", "3 lifted", "4 armed", "5 kept"]);
    expect([1, 2, 3, 4, 5].map((name) => all.get(name)?.turn)).toEqual([1, 3, 1, 1, 1]);
    expect(all.get(4)?.hash).toEqual(rungsHash([{ kind: "envelope", due: later, hash: sha256(body(44)) }]));
    await eventually(
      () => healthOf(cramped.url),
      ({ ok }) => ok,
    );
    owner.send({ ...entry(3), epoch: 2 });
    expect((await owner.next("acked", "refused")).type).toBe("acked");
    expect(ears.names()).toEqual([1, 2]);
  });
});

describe("a process that stands still", () => {
  /** What counts as an outage is a second here, so that a test need not stand still for a minute. */
  const limits = { gap: 1000, settle: 1000, canaryEvery: 300 } satisfies Partial<Limits>;

  it.each([
    ["before anything is due", 400],
    ["while it fires", 0],
  ])("[VIG6] stopped %s, longer than to a deadline: nothing is said before it has settled, and each is decided once", async (_, before) => {
    const relay = await startProcess(join(folder, `still ${before}`), [], { root: "test", limits });
    const { ana, ben } = await pairUp(relay.url, "line");
    const ears = await createEars(ben, "line");
    const due = wallNow() + 5000;
    // Some before, some after: where it is stopped while it fires, some have fired.
    const receipts: Receipt[] = [];
    for (let i = 0; i < 20; i++) receipts.push(await done(ana, "line", armOf(i + 1, due + (i - 10) * 20)));
    await done(ana, "line", armOf(50, due + 300, { opens: wallNow() - 100 }));
    await until(due - before);
    relay.child.kill("SIGSTOP");
    const stopped = wallNow();
    await until(stopped + before + 1500);
    const goesOn = wallNow();
    relay.child.kill("SIGCONT");

    // What their owner's device says now is in time: of these none fires.
    const waiting = receipts.filter(({ vigil }) => !ears.names().includes(vigil[0] ?? 0));
    const lifted: number[] = [];
    for (const one of waiting.slice(-5)) lifted.push((await done(ana, "line", liftOf(one))).vigil[0] ?? 0);
    await ears.until(21 - 5);
    const states = [...(await check(ana, "line", 21)).values()].map(({ state }) => state);
    expect([states.filter((is) => is === "lifted").length, states.filter((is) => is === "fired").length]).toEqual([5, 16]);
    expect(new Set(ears.names()).size).toBe(ears.names().length);
    for (const name of lifted) expect(ears.names()).not.toContain(name);
    for (const { vigil, down, now, due: of, moved, arrived } of ears.heard) {
      expect(now).toBeGreaterThanOrEqual(of + moved);
      // Fired before, if it was stopped with some of it still to be sent.
      if (now <= stopped + slack) continue;
      expect(Math.min(now, arrived)).toBeGreaterThanOrEqual(goesOn + limits.settle - slack);
      expect(down?.from).toBeLessThanOrEqual(stopped);
      expect(down?.until).toBeGreaterThanOrEqual(goesOn - slack);
      // The window gets back what the outage took of it, the promises do not (LIFE2).
      expect(moved > 1000).toBe(vigil[0] === 50);
    }
  });
});

describe("a wall clock that is set", () => {
  const day = 86_400;
  let wall: MovedWall;
  beforeAll(() => void (wall = makeMovedWall(folder)));

  const isOff = (url: string, seconds: number) =>
    eventually(
      () => healthOf(url),
      ({ vigils }) => Math.abs(vigils.clockOff - seconds * 1000) < 2000,
    );

  it("[VIG5] a day forth and a day back, under a relay that runs: no vigil is early or late by it, and receipts quote what went by", async () => {
    const relay = await startProcess(join(folder, "set"), [], { environment: wall.environment });
    const { ana, ben } = await pairUp(relay.url, "line");
    const ears = await createEars(ben, "line");
    const from = wallNow();
    const dues = [from + 2500, from + 5000, from + 2 * hour];
    const receipts = [];
    for (const [i, due] of dues.entries()) receipts.push(await done(ana, "line", armOf(i + 1, due)));
    wall.set(day);
    expect(await isOff(relay.url, day)).toMatchObject({ ok: true, vigils: { settling: false } });
    await ears.until(1);
    wall.set(-day);
    expect(await isOff(relay.url, -day)).toMatchObject({ ok: true, vigils: { settling: false } });
    await ears.until(2);
    for (const [i, { due, now, arrived, down }] of ears.heard.entries()) {
      expect([due, down]).toEqual([dues[i], undefined]);
      expect(Math.min(now, arrived)).toBeGreaterThanOrEqual(due);
      expect(Math.max(now, arrived)).toBeLessThan(due + 30_000);
    }
    const all = await check(ana, "line", 3);
    expect([1, 2, 3].map((name) => all.get(name)?.state)).toEqual(["fired", "fired", "armed"]);
    for (const { now } of all.values()) expect(Math.abs(now - wallNow())).toBeLessThan(2000);
    const [, , last] = receipts as [Receipt, Receipt, Receipt];
    expect(await done(ana, "line", renewOf(last, wallNow() + 3 * hour))).toMatchObject({ turn: 2 });
  });

  it("[VIG5] killed right after its start, a relay has written down the time, and says so when it is set back", async () => {
    const data = join(folder, "killed at once");
    wall.set(0);
    const first = await startProcess(data, [], { environment: wall.environment });
    expect((await fetch(`${first.url}/healthz`)).ok).toBe(true);
    await first.kill("SIGKILL");
    wall.set(-3600);
    const behind = await startProcess(data, [], { environment: wall.environment });
    await fetch(`${behind.url}/healthz`);
    expect((await behind.kill("SIGKILL")).stderr).toContain("the machine's clock was set");
  });

  it("[VIG5] [VIG6] set back while the relay is away it brings no time back; set forth, what is overdue by it waits until devices were heard", async () => {
    const data = join(folder, "away");
    wall.set(0);
    const first = await startProcess(data, [], { environment: wall.environment });
    const { ana } = await pairUp(first.url, "line");
    const from = wallNow();
    const soon = await done(ana, "line", armOf(1, from + 4000));
    await done(ana, "line", armOf(2, from + hour));
    await done(ana, "line", armOf(3, from + hour));
    await first.kill("SIGKILL");

    wall.set(-3600);
    const behind = await startProcess(data, [], { environment: wall.environment });
    const ben = new Device(behind.url, "line", "line ben");
    const ears = await createEars(ben, "line");
    await ben.open(1);
    // No later than when the relay was killed, by what it wrote down; an hour earlier, it would be late by an hour.
    for (const { now } of (await check(ben, "line", 3)).values()) expect(now).toBeGreaterThan(from - 5000);
    await ears.until(1);
    const [fired] = ears.heard;
    expect(fired).toMatchObject({ due: soon.due, down: undefined });
    expect(fired?.now).toBeGreaterThanOrEqual(soon.due);
    expect(fired?.arrived).toBeGreaterThanOrEqual(soon.due);
    expect((await behind.kill("SIGKILL")).stderr).toContain("the machine's clock was set");

    wall.set(7200);
    const limits = { settle: 2000 } satisfies Partial<Limits>;
    const ahead = await startProcess(data, [], { root: "test", limits, environment: wall.environment });
    const back = new Device(ahead.url, "line", "line ben");
    ears.listen(back);
    await back.open(ears.seq());
    const owner = new Device(ahead.url, "line", "line ana");
    await owner.open(0xffff_ffff);
    const all = await check(owner, "line", 3);
    expect([2, 3].map((name) => all.get(name)?.state)).toEqual(["armed", "armed"]);
    expect(await done(owner, "line", liftOf(all.get(2) as Receipt))).toMatchObject({ state: "lifted", fired: 0 });
    const began = wallNow();
    await ears.until(2);
    expect(ears.names()).toEqual([1, 3]);
    expect(ears.heard[1]?.arrived).toBeGreaterThanOrEqual(began + 500);
    expect((ears.heard[1]?.down?.until ?? 0) - from).toBeGreaterThan(1.9 * hour);
  });
});
