import { describe, expect, it } from "vitest";
import { nextHead, type LogRecord } from "../../protocol/chain.ts";
import type { FrameOf, RelayFrame } from "../../protocol/frames.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const recordsOf = (frames: readonly RelayFrame[]): readonly LogRecord[] => frames.flatMap((frame) => (frame.type === "entries" ? [...frame.items] : []));
const push = (peer: Peer, n: number, epoch = 1): void => peer.push({ type: "append", n, epoch, body: body(n) });
const month = 30 * 86_400_000;

describe("Log", () => {
  it("[LOG1] nothing is acknowledged or shown before it is durable", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    push(ana, 2);
    expect([...ana.take(), ...ben.take()]).toEqual([]);
    world.core.commit();
    expect(names(ana.take())).toEqual(["acked"]);
    expect(names(ben.take())).toEqual(["entries"]);
  });

  it("[LOG1] the ack says place, time and head, and the head follows from what the others see", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    const before = world.connect();
    const { head } = before.one("opened", before.open("ben", 1));
    expect(ben.closed).toBe("replaced");
    const ack = ana.one("acked", ana.append(2, 1));
    const [record] = recordsOf(before.take());
    expect(record).toMatchObject({ seq: 2, at: world.now, device: 0, n: 2, epoch: 1, kind: "entry", body: body(2) });
    expect(ack).toEqual({ type: "acked", n: 2, seq: 2, at: world.now, head: nextHead(head, record as LogRecord) });
  });

  it("[LOG1] when the disk refuses, each sender gets unavailable, nothing is half done, and the relay goes on", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    world.log.fault("full");
    push(ana, 2);
    push(ana, 3);
    push(ben, 1);
    world.settle();
    const refusals = (frames: readonly RelayFrame[]): unknown[] => frames.map((frame) => frame.type === "refused" && [frame.re, frame.n, frame.code]);
    expect(refusals(ana.take())).toEqual([
      [3, 2, "unavailable"],
      [3, 3, "unavailable"],
    ]);
    expect(refusals(ben.take())).toEqual([[3, 1, "unavailable"]]);
    world.log.fault("none");
    expect(names(ana.append(3, 1))).toEqual(["gap"]);
    expect(ana.one("acked", ana.append(2, 1)).seq).toBe(2);
    expect(recordsOf(ben.take()).map(({ seq }) => seq)).toEqual([2]);
  });

  it("[LOG1] a change, an open that hangs on it, and an end are undone with a failed write", () => {
    const world = new World();
    const { ana } = world.pair();
    world.log.fault("full");
    ana.push({ type: "change", n: 2, generation: 0, epoch: 1, commit: body(1), welcome: body(2), enrol: [keyOf("ana2")], revoke: [] });
    const early = world.connect();
    early.take();
    early.push(early.openFrame("ana2"));
    world.settle();
    expect(names(early.take())).toEqual(["unavailable"]);
    expect(names(ana.end())).toEqual(["unavailable"]);
    world.log.fault("none");
    expect(names(early.open("ana2"))).toEqual(["unknown"]);
    expect(names(ana.append(2, 1))).toEqual(["acked"]);
  });

  it("[LOG1] a log that cannot even be read closes the line's sockets and harms no other line", () => {
    const world = new World();
    const { ana } = world.pair();
    push(ana, 2);
    world.log.fault("broken");
    world.settle();
    expect(ana.closed).toBe("unavailable");
    expect(names(world.connect().open("ana"))).toEqual(["unavailable"]);
    world.log.fault("none");
    world.opened("ana", 1);
  });

  it("[LOG2] a repeated n gets the same ack again, whatever else is in it", () => {
    const world = new World();
    const { ana } = world.pair();
    const first = ana.one("acked", ana.append(2, 1));
    ana.append(3, 1);
    world.now += 1000;
    expect(ana.append(2, 1)).toEqual([first]);
    expect(ana.append(2, 77, 99, 4096)).toEqual([first]);
    expect(ana.change({ n: 2, epoch: 50 })).toEqual([first]);
    expect(ana.one("acked", ana.append(4, 1)).seq).toBe(4);
  });

  it("[LOG2] repeats within one batch, after a reconnect and after a restart get the same ack", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    push(ana, 2);
    push(ana, 2);
    world.settle();
    const [one, two, ...more] = ana.take();
    expect(two).toEqual(one);
    expect(more).toEqual([]);
    const again = world.opened("ana", 2);
    expect(again.append(2, 1)).toEqual([one]);
    world.crash();
    expect(world.opened("ana", 2).append(2, 1)).toEqual([one]);
  });

  it("[LOG2] a repeat of what is still to come in the log is answered in its place, not ahead of it", () => {
    const world = new World({ pageBytes: 256 });
    const { ana, ben } = world.pair();
    for (let n = 1; n <= 3; n++) ben.append(n, 1);
    ana.append(2, 1);
    ana.drop();
    const back = world.connect();
    back.push(back.openFrame("ana", 1));
    back.push({ type: "append", n: 2, epoch: 1, body: body(2) });
    world.settle();
    const shown = back
      .take()
      .map((frame) => (frame.type === "entries" ? frame.items.map(({ seq }) => seq).join() : frame.type === "acked" ? `ack ${frame.seq}` : frame.type));
    expect(shown.slice(2)).toEqual(["2", "3", "4", "5", "ack 5", "current"]);
  });

  it("[LOG2] a number that skips is refused gap", () => {
    const world = new World();
    const { ana } = world.pair();
    expect(names(ana.append(3, 1))).toEqual(["gap"]);
    expect(names(ana.change({ n: 9, epoch: 1 }))).toEqual(["gap"]);
    expect(names(ana.append(2, 1))).toEqual(["acked"]);
  });

  it("[LOG3] another epoch or generation is stale and uses up nothing", () => {
    const world = new World();
    const { ana } = world.pair();
    expect(names(ana.append(2, 0))).toEqual(["stale"]);
    expect(names(ana.append(2, 2))).toEqual(["stale"]);
    expect(names(ana.change({ n: 2, epoch: 0 }))).toEqual(["stale"]);
    expect(names(ana.change({ n: 2, epoch: 1, generation: 1 }))).toEqual(["stale"]);
    expect(ana.one("acked", ana.append(2, 1)).seq).toBe(2);
  });

  it("[LOG4] the others get each record once, in order, across batches; the author gets acks in place", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    push(ana, 2);
    push(ben, 1);
    push(ana, 3);
    world.settle();
    push(ben, 2);
    world.settle();
    const shown = (frames: readonly RelayFrame[]): unknown[] =>
      frames.map((frame) => (frame.type === "entries" ? frame.items.map(({ seq }) => seq) : frame.type === "acked" ? `ack ${frame.seq}` : frame.type));
    expect(shown(ana.take())).toEqual(["ack 2", [3], "ack 4", [5]]);
    expect(shown(ben.take())).toEqual([[2], "ack 3", [4], "ack 5"]);
  });

  it("[LOG4] large records are spread over frames of about a page", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.take();
    for (let n = 2; n <= 6; n++) ana.push({ type: "append", n, epoch: 1, body: body(n, 65_536) });
    world.settle();
    expect(ben.take().map((frame) => frame.type === "entries" && frame.items.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it("[LOG5] of two changes at the same epoch one wins and the other is stale", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    ana.push({ type: "change", n: 2, generation: 0, epoch: 1, commit: body(1), welcome: body(2), enrol: [keyOf("ana2")], revoke: [] });
    ben.push({ type: "change", n: 1, generation: 0, epoch: 1, commit: body(3), welcome: body(4), enrol: [keyOf("ben2")], revoke: [] });
    world.settle();
    expect(names(ana.take())).toEqual(["acked"]);
    expect(names(ben.take())).toEqual(["entries", "stale"]);
    const late = world.connect();
    expect(late.one("opened", late.open("ana2")).epoch).toBe(2);
    expect(names(world.connect().open("ben2"))).toEqual(["unknown"]);
  });

  it("[LOG5] a change is in the log as a change of the epoch it leaves", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.take();
    ana.change({ n: 2, epoch: 1, commit: body(7, 1024) });
    expect(recordsOf(ben.take())).toEqual([{ seq: 2, at: world.now, device: 0, n: 2, epoch: 1, kind: "change", body: body(7, 1024) }]);
  });

  it("[LOG6] a side revokes only its own other devices, and enrols four at most at a time", () => {
    const world = new World();
    const { ana } = world.pair();
    expect(names(ana.change({ n: 2, epoch: 1, revoke: [1] }))).toEqual(["forbidden"]);
    expect(names(ana.change({ n: 2, epoch: 1, revoke: [0] }))).toEqual(["forbidden"]);
    expect(names(ana.change({ n: 2, epoch: 1, revoke: [9] }))).toEqual(["forbidden"]);
    const four = ["a", "b", "c", "d"].map(keyOf);
    expect(names(ana.change({ n: 2, epoch: 1, enrol: four, welcome: body(1) }))).toEqual(["forbidden"]);
    expect(names(ana.change({ n: 2, epoch: 1, enrol: four.slice(1), welcome: body(1) }))).toEqual(["acked"]);
    expect(names(ana.change({ n: 3, epoch: 2, enrol: four.slice(0, 1), revoke: [2], welcome: body(1) }))).toEqual(["acked"]);
    expect(names(ana.change({ n: 4, epoch: 3, revoke: [2] }))).toEqual(["forbidden"]);
  });

  it("[LOG6] a key is enrolled on a line once, for ever", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    for (const enrol of [[keyOf("ana")], [keyOf("ben")], [keyOf("x"), keyOf("x")]])
      expect(names(ana.change({ n: 2, epoch: 1, enrol, welcome: body(1) }))).toEqual(["forbidden"]);
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("x")], welcome: body(1) });
    ana.change({ n: 3, epoch: 2, revoke: [2] });
    expect(names(ana.change({ n: 4, epoch: 3, enrol: [keyOf("x")], welcome: body(1) }))).toEqual(["forbidden"]);
    expect(names(ben.change({ n: 1, epoch: 3, enrol: [keyOf("x")], welcome: body(1) }))).toContain("forbidden");
  });

  it("[LOG6] a revoked device's socket ends at once, and what it still says counts for nothing", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(1) });
    const second = world.opened("ana2", 2);
    second.take();
    ana.push({ type: "change", n: 3, generation: 0, epoch: 2, commit: body(1), welcome: null, enrol: [], revoke: [2] });
    push(second, 1, 3);
    world.settle();
    expect(second.closed).toBe("revoked");
    expect(names(second.take())).toContain("revoked");
    second.append(1, 3);
    expect(recordsOf(ben.take()).map(({ device }) => device)).not.toContain(2);
  });

  it("[LOG7] what every unrevoked device has passed is deleted, and the base is kept", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    for (let n = 2; n <= 8; n++) ana.append(n, 1);
    ana.send({ type: "cursor", seq: 8 });
    world.pass(1000);
    // Ben's own log begins after the change that let him in: only that one is passed by both.
    expect(world.core.stats.expired).toBe(1);
    ben.send({ type: "cursor", seq: 5 });
    world.pass(1000);
    expect(world.core.stats.expired).toBe(5);
    world.crash();
    const back = world.connect();
    const opened = back.open("ben", 0);
    expect(back.one("opened", opened)).toMatchObject({ baseSeq: 5, seq: 8 });
    expect(recordsOf(opened).map(({ seq }) => seq)).toEqual([6, 7, 8]);
  });

  it("[LOG7] a cursor is believed only as far as the device was sent", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    for (let n = 2; n <= 8; n++) ana.append(n, 1);
    ana.send({ type: "cursor", seq: 4_000_000 });
    ben.send({ type: "cursor", seq: 4_000_000 });
    ana.append(9, 1);
    world.pass(1000);
    expect(world.core.stats.expired).toBe(8);
  });

  it("[LOG7] a cursor above what the device was sent deletes nothing that it still lacks", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.unsent = 300_000;
    for (let n = 2; n <= 9; n++) ana.append(n, 1);
    ana.send({ type: "cursor", seq: 9 });
    ben.send({ type: "cursor", seq: 9 });
    world.pass(1000);
    ben.take();
    ben.unsent = 0;
    world.core.drained(ben.id);
    world.settle();
    expect(recordsOf(ben.take()).map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("[LOG7] a revoked device holds nothing back", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("lost phone")], welcome: body(1) });
    ana.change({ n: 3, epoch: 2, revoke: [2] });
    ana.append(4, 3);
    for (const peer of [ana, ben]) peer.send({ type: "cursor", seq: 4 });
    world.pass(1000);
    expect(world.core.stats.expired).toBe(4);
  });

  it("[LOG7] what is older than 30 days is deleted, also for those who were away; their acks are not forgotten", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    const first = ana.one("acked", ana.append(2, 1));
    ana.drop();
    ben.drop();
    world.now += month - 1000;
    const late = world.opened("ben", 2);
    late.append(1, 1);
    late.drop();
    world.pass(2000);
    expect(world.core.stats.expired).toBe(2);
    const back = world.connect();
    expect(back.one("opened", back.open("ana", 1))).toMatchObject({ baseSeq: 2, seq: 3 });
    expect(back.append(2, 1)).toEqual([first]);
  });

  it("[LOG7] a long log goes in bounded steps", () => {
    const world = new World({ sweepRecords: 10 });
    const { ana, ben } = world.pair();
    for (let n = 2; n <= 100; n++) ana.append(n, 1);
    ana.send({ type: "cursor", seq: 100 });
    ben.send({ type: "cursor", seq: 100 });
    world.core.tick();
    world.settle();
    expect(world.core.stats.expired).toBe(10);
    world.pass(1000);
    expect(world.core.stats.expired).toBe(100);
  });

  it("[LOG8] a full side is refused, the other is not, and changes and the end still have room", () => {
    const world = new World({ room: 1024 });
    const { ana, ben } = world.pair();
    for (let n = 2; n <= 4; n++) ana.append(n, 1);
    expect(names(ana.append(5, 1))).toEqual(["full"]);
    expect(names(ben.append(1, 1))).toContain("acked");
    expect(names(ana.change({ n: 5, epoch: 1 }))).toEqual(["acked"]);
    expect(names(ana.end())).toEqual(["ended"]);
  });

  it("[LOG8] room comes back with what is deleted, and is counted the same after a restart", () => {
    const world = new World({ room: 1024 });
    const { ana } = world.pair();
    for (let n = 2; n <= 4; n++) ana.append(n, 1);
    world.crash();
    const back = world.opened("ana", 4);
    const other = world.opened("ben", 4);
    expect(names(back.append(5, 1))).toEqual(["full"]);
    back.send({ type: "cursor", seq: 4 });
    other.send({ type: "cursor", seq: 4 });
    world.pass(1000);
    expect(names(back.append(5, 1))).toEqual(["acked"]);
  });

  it("[LOG9] a body of another size is malformed", () => {
    const world = new World();
    const { ana } = world.pair();
    for (const length of [0, 255, 257, 1025, 65_537]) expect(names(ana.append(2, 1, 1, length))).toEqual(["malformed"]);
  });

  it("[LOG10] a line is loaded with no more to count than a tail, in however many sessions it came", () => {
    const world = new World({ tail: 7 });
    for (const peer of Object.values(world.pair())) peer.drop();
    for (let n = 2; n < 40;) {
      const ana = world.opened("ana", 1);
      for (let i = 0; i < 3; i++) push(ana, n++);
      world.settle();
      ana.drop();
      const loaded = world.log.load(lineIdOf(lineOf("line")));
      expect(loaded.ok && loaded.value?.tail.length).toBeLessThan(7);
    }
  });

  it("[LOG10] after a crash between any two steps everything acknowledged is there once, with the same heads", () => {
    const world = new World({ tail: 7 });
    world.pair();
    const acks = new Map<number, FrameOf<"acked">>();
    let n = 1;
    for (let round = 0; round < 12; round++) {
      const ana = world.opened("ana", 1);
      n = Math.max(1, ...[...acks.values()].map((ack) => ack.n));
      for (let i = 1; i <= 5; i++) {
        push(ana, n + i);
        // Some rounds die with decisions that were never written.
        if (i < 1 + (round % 6)) world.settle();
      }
      for (const frame of ana.take()) if (frame.type === "acked") acks.set(frame.seq, frame);
      world.crash();
    }
    const witness = world.connect();
    const frames = witness.open("ben", 1);
    const opened = witness.one("opened", frames);
    const records = recordsOf(frames);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 2));
    expect(new Set(records.map((record) => record.n)).size).toBe(records.length);
    let head = opened.baseHead;
    for (const record of records) {
      head = nextHead(head, record);
      const ack = acks.get(record.seq);
      if (ack) expect([ack.n, ack.at, ack.head]).toEqual([record.n, record.at, head]);
      acks.delete(record.seq);
    }
    expect(acks.size).toBe(0);
    expect(opened.head).toEqual(head);
  });
});
