import { describe, expect, it } from "vitest";
import { asPlain, asSealed } from "../base/brand.ts";
import type { Member, Received } from "../ports/sealer.ts";
import { decodeCbor, type Cbor } from "../protocol/cbor.ts";
import { bens, bytes, context, head, laptop, now, state } from "./bond.testing.ts";
import { encodeEntry } from "./entry.ts";
import { applyRecords, needsSeal } from "./records.ts";
import { initialSenses } from "./senses.ts";
import type { LogItem, State } from "./state.ts";

const record = (by: number, over: Partial<LogItem> = {}): LogItem => ({
  seq: 11,
  device: by,
  n: 1,
  at: now,
  epoch: 3,
  kind: "entry",
  body: asSealed(bytes(256, 1)),
  head: bytes(32, 51),
  ...over,
});
const proved = (from: Member, body: Cbor, { kind = "thought", seq = 10, at = head } = {}): Received => ({
  kind: "entry",
  from,
  plain: encodeEntry({ kind, body, seq, head: at }),
});
const apply = (before: State, item: LogItem, ...results: readonly Received[]): State => applyRecords({ ...before, inbox: [item] }, [item], results, context)[0];
const texts = (after: State): string[] => after.senses.thought.recent.map((one) => `${one.from}: ${one.text}`);
const kept = (after: State): unknown[] => after.unsaved.put.map(([, value]) => decodeCbor(value)).map((one) => (one.ok ? one.value : undefined));
const hello = { text: "hello", at: now };

describe("Records of the log", () => {
  it("[BOUND2] an entry is its author's, as the seal proves it", () => {
    expect(texts(apply(state(), record(2), proved(bens, hello)))).toEqual(["other: hello"]);
    expect(texts(apply(state(), record(1), proved(laptop, hello)))).toEqual(["me: hello"]);
  });

  it.each([
    ["his own other device", 3],
    ["my other device", 1],
    ["nobody on the line", 9],
  ])("[BOUND2] Ben's entry that the relay stamps with the index of %s is refused, and the line stops and says so", (_whose, index) => {
    const after = apply(state(), record(index), proved(bens, hello));
    expect([texts(after), kept(after), after.refused, after.fault, after.seq]).toEqual([[], [], 1, "forked", 11]);
  });

  it("[BOUND2] a relay that calls Ben's device mine does not make his words mine", () => {
    const members = state().members.map((member) => ({ ...member, mine: true }));
    const after = apply(state({ members }), record(2), proved(bens, hello));
    expect(texts(after)).toEqual(["other: hello"]);
    expect(kept(after)).toMatchObject([{ from: "other", body: hello }]);
    const grants = apply(state({ members }), record(2), proved(bens, { sense: "presence", give: "full", until: null, at: now }, { kind: "boundary" })).senses
      .boundary;
    expect(grants.me).toEqual({});
  });

  it("[BOUND2] words under this device's own index that it never said are not taken for its own: the line is taken up anew", () => {
    const after = apply(state(), record(0, { n: 3, body: asSealed(bytes(256, 34)) }));
    expect([texts(after), kept(after), after.mending, after.seq]).toEqual([[], [], { why: "set-back", after: 10 }, 10]);
    expect(apply(state({ outbox: [] }), record(0, { n: 4 })).mending?.why).toBe("set-back");
    // Under a count that is behind it, the relay shows again what it had before.
    expect(apply(state({ outbox: [] }), record(0, { n: 3 })).fault).toBe("forked");
  });

  it("[VIG4] what a vigil left is the relay's: the seal is not asked, one that is nothing is refused, nobody is blamed, and the log goes on after it", () => {
    const left = record(254, { n: 11, kind: "fired", body: asSealed(bytes(471, 7)) });
    const next = record(2, { seq: 12, n: 1 });
    expect([needsSeal(state(), left), needsSeal(state(), next)]).toEqual([false, true]);
    const [after] = applyRecords({ ...state(), inbox: [left, next] }, [left, next], [proved(bens, hello)], context);
    expect([after.seq, after.refused, after.fault, after.mending, after.counts[254]]).toEqual([12, 1, null, null, undefined]);
    expect(texts(after)).toEqual(["other: hello"]);
  });

  it("[CHAIN1] my own record counts when its bytes are the ones I sent", () => {
    const after = apply(state(), record(0, { n: 3, body: asSealed(bytes(256, 33)) }));
    expect([texts(after), after.outbox, after.fault]).toEqual([["me: mine"], [], null]);
  });

  it("[CHAIN2] another head at the same place means two histories: it says so, and keeps what it had", () => {
    const before = apply(state(), record(2), proved(bens, hello));
    for (const [seq, at] of [
      [10, bytes(32, 99)],
      [9, head],
    ] as const) {
      const after = apply(before, record(2, { seq: 12, n: 2 }), proved(bens, { text: "but", at: now }, { seq, at }));
      expect([after.fault, after.trouble]).toEqual(["forked", { is: "forked" }]);
      expect(texts(after)).toContain("other: hello");
    }
  });

  it("[CHAIN2] a device's count that does not rise is told, and what came with it is not taken", () => {
    const before = apply(state(), record(2), proved(bens, hello));
    const after = apply(before, record(2, { seq: 12 }), proved(bens, { text: "but", at: now }));
    expect([after.fault, texts(after)]).toEqual(["forked", ["other: hello"]]);
  });

  it("[CHAIN2] the same head, or one too old to compare, says nothing against the relay", () => {
    for (const [seq, at] of [
      [10, head],
      [9, bytes(32, 49)],
      [3, bytes(32, 1)],
    ] as const)
      expect(apply(state(), record(2), proved(bens, hello, { seq, at })).fault).toBeNull();
  });

  it("[CHAIN2] nobody has applied what comes after their own entry", () => {
    expect(apply(state(), record(2), proved(bens, hello, { seq: 11 })).fault).toBe("forked");
  });

  it.each([
    ["bytes that are no entry", { kind: "entry", from: bens, plain: asPlain(bytes(40, 255)) }],
    ["a body of another shape", proved(bens, { text: 5 })],
    ["a kind that is never kept", proved(bens, { hold: true }, { kind: "touch" })],
    ["what the seal does not open", { kind: "malformed", reason: "other epoch" }],
  ] as readonly (readonly [string, Received])[])("[BOUND3] %s is refused and counted, and changes nothing else", (_what, result) => {
    const after = apply(state(), record(2), result);
    expect([after.refused, after.fault, after.seq, kept(after), after.senses]).toEqual([1, null, 11, [], initialSenses]);
  });

  it.each<readonly [Cbor, number | null]>([
    [{ at: now - 5 }, now - 5],
    [{ at: Number.MAX_SAFE_INTEGER }, now],
    [{ at: -1 }, null],
    [{ at: "soon" }, null],
    [{}, null],
    ["text", null],
    [null, null],
    [[1, 2], null],
  ])("[DEV5] an entry of an unknown kind is kept as it came (%j), and its time is a time or none", (body, at) => {
    const after = apply(state(), record(2), proved(bens, body, { kind: "sight" }));
    expect(kept(after)).toEqual([{ id: "2-1", seq: 11, from: "other", kind: "sight", at, body }]);
    expect([after.refused, after.fault]).toEqual([0, null]);
  });

  it("[CHAIN1] the place, the head and what was kept move together", () => {
    const items = [record(2), record(2, { seq: 12, n: 2, head: bytes(32, 52) })];
    const [after] = applyRecords({ ...state(), inbox: items }, items, [proved(bens, hello), proved(bens, hello)], context);
    expect([after.seq, after.head, after.inbox.length, after.unsaved.dirty]).toEqual([12, bytes(32, 52), 0, true]);
    expect(after.unsaved.put.map(([key]) => key)).toEqual(["kept/0000000011", "kept/0000000012"]);
    expect(after.heads.at(-1)).toEqual([12, bytes(16, 52)]);
  });

  it("[BOUND3] a relay's key in the first entry that is not the one I know stops the line", () => {
    const bond = (relay: Cbor) => apply(state(), record(2), proved(bens, { relay }, { kind: "bond" }));
    expect(bond(bytes(32, 8)).fault).toBeNull();
    for (const other of [bytes(32, 1), null, "x"]) expect(bond(other).trouble).toEqual({ is: "wrong-relay" });
    expect(apply(state(), record(2), proved(bens, null, { kind: "bond" })).trouble).toEqual({ is: "wrong-relay" });
  });

  it("[BOUND3] said later, it is refused: nobody stops the other's line with it", () => {
    const after = apply(state(), record(2, { n: 3 }), proved(bens, { relay: bytes(32, 1) }, { kind: "bond" }));
    expect([after.refused, after.fault, after.trouble]).toEqual([1, null, null]);
  });
});
