import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { nextHead, refoundNumber, type LogRecord } from "../protocol/chain.ts";
import { bens, bytes, context, head, laptop, now, state } from "./bond.testing.ts";
import { beginMending, beginScan, mendingWork, refounded, rejoined, scanned, scanRecords } from "./resync.ts";
import type { Mending, OpenLink, State } from "./state.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const open = (generation: number, members: State["members"] = []): OpenLink => ({
  is: "open",
  since: now,
  failures: 0,
  current: true,
  challenge: { type: "challenge", nonce: bytes(32, 1), relay: bytes(32, 2), now },
  told: { n: 3, generation, epoch: 9, members },
  goal: { seq: 14, head: bytes(32, 3) },
  sentN: 0,
  cursorSent: 0,
  pingDueAt: now,
  pingAt: null,
  holdUntil: 0,
});
/** Ada's phone, generation 3, looking at a log that begins after place 10. */
const mending = (why: Mending, generation = 3): State => ({ ...beginMending(state(), why, context)[0], link: open(generation) });
const record = (seq: number, over: Partial<LogRecord> = {}): LogRecord => ({
  seq,
  at: now,
  device: 2,
  n: seq,
  epoch: 5,
  kind: "entry",
  body: asSealed(bytes(256, seq)),
  ...over,
});
const records = [
  record(11, { device: 0, n: 3, body: asSealed(bytes(256, 33)) }),
  record(12, { kind: "refound", n: refoundNumber(4), body: asSealed(bytes(256, 77)) }),
  record(13),
];
const looked = (before: State, done = true): State => {
  const after = scanRecords(before, beginScan(10, head), records);
  if (!after || !after.scan) throw new Error("they follow from each other");
  return done ? scanned(after, after.scan, before.link.is === "open" ? before.link.told.generation : 0) : after;
};
const lastResort = { keyPackage: bytes(1, 1), pending: bytes(1, 2), told: true, madeAt: 0 };

describe("A line taken up again", () => {
  it("[RESYNC1] the log is looked at from its beginning, and nothing of it is taken", () => {
    const before = mending("cannot-follow", 4);
    const { scan, ...after } = looked(before);
    const { scan: _, ...same } = before;
    expect(after).toEqual(same);
    expect(scan).toMatchObject({ seq: 13, done: true, lastRefound: { seq: 12 }, mine: [{ n: 3, body: bytes(256, 33) }] });
    expect(scan?.head).toEqual(records.reduce(nextHead, head));
  });

  it("[RESYNC1] records that do not follow from each other are not looked at", () => {
    const before = mending("gap");
    for (const wrong of [[record(12)], [record(11), record(11)], [record(11), record(13)]]) expect(scanRecords(before, beginScan(10, head), wrong)).toBe(false);
  });

  it("[RESYNC1] it joins the group that was made anew since, and makes no other", () => {
    const before = { ...mending("cannot-follow", 4), lastResort };
    expect(mendingWork(looked(before, false))).toBeUndefined();
    expect(mendingWork(looked(before))).toMatchObject({ do: "rejoin", by: { pending: lastResort.pending, welcome: bytes(256, 77) } });
  });

  it.each([
    ["none was made since", mending("cannot-follow", 3), true],
    ["its memory is behind what it said", mending("set-back", 4), true],
    ["it left no package to be let in with", mending("gap", 4), false],
  ] as const)("[RESYNC1] it makes the group anew itself where %s, once it has the others' packages", (_why, before, has) => {
    const after = looked({ ...before, lastResort: has ? lastResort : null });
    expect(mendingWork(after)).toBeUndefined();
    const told = { ...after, scan: after.scan && { ...after.scan, packages: [bytes(1, 5)] } };
    expect(mendingWork(told)).toMatchObject({ do: "refound", packages: [bytes(1, 5)] });
  });

  it("[RESYNC1] [REF2] what it made has the number of the generation that it begins, and waits before all else", () => {
    const after = looked(mending("cannot-follow", 3));
    const made = { welcome: asSealed(bytes(256, 88)), mls: bytes(1, 9) };
    const waiting = refounded({ ...after, scan: after.scan && { ...after.scan, packages: [] } }, { is: "refounded", made }, now);
    expect(waiting.outbox.map(({ n, content }) => [n, content.is])).toEqual([
      [refoundNumber(4), "refound"],
      [3, "entry"],
    ]);
    expect(mendingWork(waiting)).toBeUndefined();
  });

  it("[RESYNC1] an older copy that comes back twice within the hour is a twin, and goes no further", () => {
    const first = beginMending(state(), "set-back", context)[0];
    expect(first).toMatchObject({ fault: null, mending: { why: "set-back", after: 10 } });
    const [second] = beginMending(first, "set-back", { ...context, wall: now + 59 * 60_000 });
    expect([second.fault, second.trouble]).toEqual(["twin", { is: "twin" }]);
  });

  it("[REF2] what will not be said any more leaves no hole behind something that waits: only the first count may skip", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("thought", "stopped"), { maxLength: 6 }), fc.nat(3), (kinds, told) => {
        const outbox = kinds.map((kind, i) => ({ n: 4 + i, content: { is: "entry" as const, said: { kind, body: { i } } }, sealed: null }));
        const link = open(4);
        const before: State = {
          ...looked(mending("taken-up", 4)),
          outbox,
          n: 4 + outbox.length,
          link: { ...link, told: { ...link.told, n: told } },
        };
        const item = { ...record(12, { kind: "refound", n: refoundNumber(4) }), head: bytes(32, 60) };
        const proved = [laptop, bens];
        const [after] = rejoined(before, item, bytes(1, 3), proved, context);
        const thoughts = after.outbox.flatMap(({ content }) => (content.is === "entry" && content.said.kind === "thought" ? [content.said.body] : []));
        expect(thoughts).toEqual(kinds.flatMap((kind, i) => (kind === "thought" ? [{ i }] : [])));
        const [first] = after.outbox;
        if (first) expect(after.outbox.map(({ n }) => n)).toEqual(Array.from({ length: after.n - first.n }, (_, i) => first.n + i));
      }),
    );
  });
});
