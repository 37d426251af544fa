/** What devices do with vigils, and what fires (VIG rules), through the whole core. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../base/bytes.ts";
import { err } from "../../base/result.ts";
import { certifyEnd } from "../../protocol/certificate.ts";
import { firedBy } from "../../protocol/chain.ts";
import { frameTypes, type FrameOf, type RelayFrame } from "../../protocol/frames.ts";
import { sha256 } from "../../protocol/keys.ts";
import { decodeCbor, type Cbor } from "../../protocol/cbor.ts";
import { readFiring, readReceipt, rungsHash, type Firing, type Receipt } from "../../protocol/receipt.ts";
import type { Limits } from "./limits.ts";
import { lineIdOf } from "./state.ts";
import { body, keyOf, lineOf, seedOf, World, type Peer } from "./test-kit.ts";
import { vigilIdFor } from "../../protocol/vigil-id.ts";
import { vigilIdOf } from "./vigil.ts";
import type { KeepAnswer } from "./vigils.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const line = lineOf("line");
const vigilOf = (name: number): Uint8Array => new Uint8Array(16).fill(name);
const bensOf = (name: number): Uint8Array => vigilIdFor(1, vigilOf(name));
const secret = new Uint8Array(32).fill(42);

type Rungs = FrameOf<"arm">["rungs"];
/** late after 15 minutes, the envelope after an hour. */
const usual = (due: number, fill = 1): Rungs => [
  { kind: "late", due: due + 15 * minute, body: body(fill) },
  { kind: "envelope", due: due + hour, body: body(fill + 1, 1024) },
];

const armOf = (world: World, over: Partial<FrameOf<"arm">> = {}): FrameOf<"arm"> => {
  const due = over.due ?? world.now + hour;
  return { type: "arm", ask: 1, vigil: vigilOf(1), due, opens: null, keeper: null, rungs: usual(due), ...over };
};
const windowOf = (world: World, over: Partial<FrameOf<"arm">> = {}): FrameOf<"arm"> =>
  armOf(world, { opens: world.now + 10 * minute, keeper: sha256(secret), ...over });

const answerOf = (
  world: World,
  peer: Peer,
  frames: readonly RelayFrame[],
): { readonly re: number; readonly ask: number; readonly done: boolean; readonly is: Receipt } => {
  const { re, ask, done, receipt } = peer.one("receipt", frames);
  const is = readReceipt(world.relayKey, line, receipt);
  if (!is) throw new Error("a receipt of this relay and line");
  return { re, ask, done, is };
};
const act = (world: World, peer: Peer, frame: FrameOf<"arm"> | FrameOf<"renew"> | FrameOf<"refresh"> | FrameOf<"lift"> | FrameOf<"show">) =>
  answerOf(world, peer, peer.send(frame));
const lift = (is: Pick<Receipt, "vigil" | "turn" | "due">, ask = 9): FrameOf<"lift"> => ({ type: "lift", ask, vigil: is.vigil, turn: is.turn, due: is.due });
const renew = (is: Pick<Receipt, "vigil" | "turn" | "due">, next: number, fill = 5): FrameOf<"renew"> => ({
  type: "renew",
  ask: 7,
  vigil: is.vigil,
  turn: is.turn,
  due: is.due,
  next,
  opens: null,
  keeper: null,
  rungs: usual(next, fill),
});
const check = (world: World, peer: Peer): readonly Receipt[] =>
  peer.one("receipts", peer.send({ type: "check" })).items.map((item) => {
    const is = readReceipt(world.relayKey, line, item);
    if (!is) throw new Error("a receipt of this relay and line");
    return is;
  });
const refusalOf = (peer: Peer, frames: readonly RelayFrame[]) => {
  const { re, n, code, after } = peer.one("refused", frames);
  return { re, n, code, after };
};
/** What came to a device that is open, of vigils that fired. */
const firedIn = (world: World, frames: readonly RelayFrame[]): readonly (Firing & { readonly seq: number; readonly device: number })[] =>
  frames.flatMap((frame) =>
    frame.type === "entries"
      ? frame.items.flatMap(({ kind, seq, device, body: left }) => {
          const firing = kind === "fired" ? readFiring(world.relayKey, line, left) : undefined;
          return firing ? [{ ...firing, seq, device }] : [];
        })
      : [],
  );
/** A device that comes back, with what it was told of vigils that fired. */
const comesBack = (world: World, who: string, cursor = 0) => {
  const peer = world.connect();
  return { peer, fired: firedIn(world, peer.open(who, cursor)) };
};
const keep = (world: World, by: Uint8Array = secret): KeepAnswer | undefined => {
  let said: KeepAnswer | undefined;
  world.core.keep(by, (answer) => (said = answer));
  world.settle();
  return said;
};
/** The relay's first look at the time, and its canary. */
const paired = (limits: Partial<Limits> = {}) => {
  const world = new World(limits);
  const pair = world.pair();
  world.live(second);
  for (const peer of [pair.ana, pair.ben]) peer.take();
  return { world, ...pair };
};

describe("arming", () => {
  it("[VIG1] is answered with a signed receipt once it is durable, and told to the other open devices", () => {
    const { world, ana, ben } = paired();
    const frame = armOf(world);
    ana.push(frame);
    expect(ana.take()).toEqual([]);
    world.settle();
    const { re, ask, done, is } = answerOf(world, ana, ana.take());
    expect([re, ask, done]).toEqual([frameTypes.arm, 1, true]);
    expect(is).toEqual({
      line,
      vigil: vigilOf(1),
      side: 0,
      turn: 1,
      due: frame.due,
      state: "armed",
      rungs: 2,
      fired: 0,
      next: frame.due + 15 * minute,
      moved: 0,
      hash: rungsHash(frame.rungs.map(({ kind, due, body: sealed }) => ({ kind, due, hash: sha256(sealed) }))),
      now: world.now,
      canary: world.now,
      incarnation: 0,
    });
    const told = ben.one("receipts").items;
    expect(readReceipt(world.relayKey, line, told[0] ?? new Uint8Array())).toEqual(is);
    expect(check(world, ben)).toEqual([is]);
  });

  it("[VIG1] when the disk takes nothing it is unavailable, and there is no vigil", () => {
    const { world, ana } = paired();
    world.log.fault("full");
    expect(refusalOf(ana, ana.send(armOf(world, { ask: 77 })))).toEqual({ re: frameTypes.arm, n: 77, code: "unavailable", after: 0 });
    world.log.fault("none");
    expect(check(world, ana)).toEqual([]);
    expect(act(world, ana, armOf(world)).done).toBe(true);
  });

  it("[VIG1] only devices of its own side renew, refresh and lift a vigil; to the other side it is unknown", () => {
    const { world, ana, ben } = paired();
    const { is } = act(world, ana, armOf(world));
    const refresh: FrameOf<"refresh"> = { type: "refresh", ask: 3, vigil: is.vigil, turn: 1, due: is.due, rung: 1, body: body(9) };
    for (const frame of [lift(is), renew(is, is.due + hour), refresh]) expect(refusalOf(ben, ben.send(frame)).code).toBe("unknown");
    expect(check(world, ana)).toEqual([is]);
  });

  it("[VIG1] [BOUND3] an id is of one side: the other arms nothing under it, before its owner does or after", () => {
    const { world, ana, ben } = paired();
    expect(refusalOf(ben, ben.send(armOf(world))).code).toBe("malformed");
    const { is } = act(world, ana, armOf(world));
    expect(refusalOf(ben, ben.send(armOf(world))).code).toBe("malformed");
    expect(refusalOf(ana, ana.send(armOf(world, { vigil: bensOf(2) }))).code).toBe("malformed");
    expect(act(world, ben, armOf(world, { vigil: bensOf(1) })).is).toMatchObject({ side: 1, state: "armed" });
    expect(check(world, ana)).toContainEqual(is);
  });

  it("[VIG2] rungs stand in the order of their kinds and dues: reminders until the due, all else from it on, the farewell after the envelope", () => {
    const { world, ana } = paired();
    const due = world.now + hour;
    const rung = (kind: Rungs[number]["kind"], at: number): Rungs[number] => ({ kind, due: due + at, body: body(1) });
    const good: Rungs[] = [
      [rung("remind", -5), rung("remind", -5), rung("remind", 0), rung("late", 0), rung("envelope", 0), rung("farewell", 1)],
      [rung("farewell", 0)],
      [rung("remind", -9)],
    ];
    for (const [i, rungs] of good.entries()) expect(act(world, ana, armOf(world, { vigil: vigilOf(10 + i), due, rungs })).done).toBe(true);
    const bad: Rungs[] = [
      [rung("remind", 1)],
      [rung("late", -1)],
      [rung("envelope", 5), rung("late", 5)],
      [rung("late", 5), rung("envelope", 4)],
      [rung("late", 1), rung("late", 2)],
      [rung("envelope", 1), rung("envelope", 2)],
      [rung("envelope", 3), rung("farewell", 3)],
    ];
    for (const rungs of bad) expect(refusalOf(ana, ana.send(armOf(world, { due, rungs }))).code).toBe("malformed");
    for (const over of [{ keeper: sha256(secret) }, { opens: due }, { opens: due + 1, keeper: sha256(secret) }])
      expect(refusalOf(ana, ana.send(armOf(world, { due, ...over }))).code).toBe("malformed");
  });

  it("[VIG2] what has no rung ahead is expired, a due that is past with its rungs ahead is not, and one more than 400 days ahead is forbidden", () => {
    const { world, ana } = paired();
    const late = (due: number, first: number): Partial<FrameOf<"arm">> => ({ due, rungs: [{ kind: "late", due: first, body: body(1) }] });
    for (const first of [world.now, world.now - minute]) {
      const refused = ana.send(armOf(world, late(world.now - hour, first)));
      expect(refusalOf(ana, refused).code).toBe("expired");
    }
    expect(act(world, ana, armOf(world, { vigil: vigilOf(2), ...late(world.now - hour, world.now + minute) })).done).toBe(true);
    expect(refusalOf(ana, ana.send(armOf(world, { due: world.now + 400 * day }))).code).toBe("forbidden");
    expect(act(world, ana, armOf(world, { due: world.now + 399 * day })).done).toBe(true);
  });

  it("[VIG2] a side has 64 that wait; what the other side has does not count", () => {
    const { world, ana, ben } = paired();
    for (let i = 1; i <= 64; i++) expect(act(world, ana, armOf(world, { vigil: vigilOf(i) })).done).toBe(true);
    expect(refusalOf(ana, ana.send(armOf(world, { vigil: vigilOf(65) }))).code).toBe("full");
    expect(act(world, ben, armOf(world, { vigil: bensOf(65) })).done).toBe(true);
    const { is } = act(world, ana, renew({ vigil: vigilOf(3), turn: 1, due: world.now + hour }, world.now + day));
    act(world, ana, lift(is));
    expect(act(world, ana, armOf(world, { vigil: vigilOf(66) })).done).toBe(true);
  });

  it("[VIG13] bodies of a side's rungs have room of their own, which is left when they do not wait any more", () => {
    const { world, ana, ben } = paired({ vigilRoom: 4000 });
    const { is } = act(world, ana, armOf(world));
    act(world, ana, armOf(world, { vigil: vigilOf(2) }));
    act(world, ana, armOf(world, { vigil: vigilOf(3) }));
    expect(refusalOf(ana, ana.send(armOf(world, { vigil: vigilOf(4) }))).code).toBe("full");
    expect(act(world, ben, armOf(world, { vigil: bensOf(4) })).done).toBe(true);
    // A turn for a turn is no more than there was.
    const next = act(world, ana, renew(is, is.due + hour)).is;
    act(world, ana, lift(next));
    expect(act(world, ana, armOf(world, { vigil: vigilOf(5) })).done).toBe(true);
  });

  it("[VIG13] what fired leaves its room at once to who stayed in its session", () => {
    const { world, ana } = paired({ vigilRoom: 4000, canaryEvery: day });
    for (const id of [1, 2, 3]) act(world, ana, armOf(world, { vigil: vigilOf(id) }));
    expect(refusalOf(ana, ana.send(armOf(world, { vigil: vigilOf(4) }))).code).toBe("full");
    world.live(3 * hour);
    expect(act(world, ana, armOf(world, { vigil: vigilOf(4) })).done).toBe(true);
  });

  it("[VIG13] what was forgotten leaves its place to who stayed in its session", () => {
    const { world, ana } = paired({ vigilsKnown: 2, vigilMemory: hour });
    for (const id of [1, 2]) act(world, ana, lift(act(world, ana, armOf(world, { vigil: vigilOf(id) })).is));
    expect(refusalOf(ana, ana.send(armOf(world, { vigil: vigilOf(3) }))).code).toBe("full");
    world.live(6 * hour);
    expect(act(world, ana, armOf(world, { vigil: vigilOf(3) })).done).toBe(true);
  });

  it("[VIG13] renewing, refreshing, lifting, revoking and ending work on a full line, and so does what fires", () => {
    const { world, ana, ben } = paired({ room: 2048, reservedRoom: 16_384, vigilRoom: 8192, probation: 0 });
    const { is } = act(world, ana, armOf(world));
    act(world, ana, armOf(world, { vigil: vigilOf(2) }));
    ana.one("acked", ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) }));
    let n = 3;
    while (ana.append(n, 2).every(({ type }) => type === "acked")) n++;
    expect(refusalOf(ana, ana.append(n, 2)).code).toBe("full");
    act(world, ana, renew({ vigil: vigilOf(2), turn: 1, due: is.due }, is.due + day));
    act(world, ana, { type: "refresh", ask: 1, vigil: is.vigil, turn: 1, due: is.due, rung: 1, body: body(8, 1024) });
    world.live(2 * hour);
    expect(firedIn(world, ben.take()).map(({ rung }) => rung)).toEqual([0, 1]);
    expect(act(world, ana, lift({ vigil: vigilOf(2), turn: 2, due: is.due + day })).done).toBe(true);
    ana.one("acked", ana.change({ n, epoch: 2, revoke: [2] }));
    ana.one("ended", ana.send({ type: "end", certificate: certifyEnd(line, seedOf("ana person")) }));
  });
});

describe("a nearly full disk", () => {
  it("[VIG13] takes nothing that can wait, and what must go on: renewing, refreshing, lifting, keeping, changes, the end", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, windowOf(world));
    const other = act(world, ana, armOf(world, { vigil: vigilOf(2) })).is;
    act(world, ana, windowOf(world, { vigil: vigilOf(3) }));
    world.live(20 * minute);
    ana.take();
    world.scarce = true;
    expect(refusalOf(ana, ana.append(2, 1))).toEqual({ re: frameTypes.append, n: 2, code: "unavailable", after: 0 });
    expect(refusalOf(ana, ana.send(armOf(world, { ask: 8, vigil: vigilOf(4) })))).toEqual({ re: frameTypes.arm, n: 8, code: "unavailable", after: 0 });
    const stranger = world.connect();
    expect(refusalOf(stranger, stranger.create("other", { line: lineOf("other") })).code).toBe("unavailable");
    expect(act(world, ana, renew(is, world.now + hour)).done).toBe(true);
    expect(act(world, ana, { type: "refresh", ask: 1, vigil: other.vigil, turn: 1, due: other.due, rung: 1, body: body(8) }).done).toBe(true);
    expect(act(world, ana, lift(other)).done).toBe(true);
    expect(keep(world)).toBe("kept");
    ana.one("acked", ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) }));
    ana.one("ended", ana.send({ type: "end", certificate: certifyEnd(line, seedOf("ana person")) }));
  });
});

describe("compare-and-set", () => {
  it("[VIG3] what names another turn or due changes nothing, and is told how it is", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, armOf(world));
    for (const wrong of [
      { ...is, turn: 2 },
      { ...is, due: is.due + 1 },
    ]) {
      const refresh: FrameOf<"refresh"> = { type: "refresh", ask: 3, vigil: is.vigil, turn: wrong.turn, due: wrong.due, rung: 1, body: body(9) };
      for (const frame of [lift(wrong), renew(wrong, is.due + hour), refresh]) expect(act(world, ana, frame)).toMatchObject({ done: false, is });
    }
    expect(check(world, ana)).toEqual([is]);
  });

  it("[VIG3] of two renewals of one turn the first is done, the other is told its turn and due", () => {
    const world = new World();
    const { ana, ana2 } = world.three();
    ana.one("done", ana.send({ type: "vouch", device: 2 }));
    world.live(second);
    const { is } = act(world, ana, armOf(world));
    for (const peer of [ana, ana2]) peer.take();
    ana.push(renew(is, is.due + hour, 20));
    ana2.push(renew(is, is.due + 2 * hour, 30));
    world.settle();
    const [first, other] = [ana, ana2].map((peer) => answerOf(world, peer, peer.take()));
    expect(first).toMatchObject({ done: true, is: { turn: 2, due: is.due + hour } });
    expect(other).toMatchObject({ done: false, is: { turn: 2, due: is.due + hour } });
  });

  it("[VIG3] one that fired whole is armed anew for its next turn; what was settled is not, and an arm that comes late is of a due that is past", () => {
    const { world, ana, ben } = paired();
    const first = armOf(world, { rungs: [{ kind: "late", due: world.now + hour, body: body(1) }] });
    act(world, ana, first);
    world.live(2 * hour);
    expect(act(world, ana, first)).toMatchObject({ done: true, is: { turn: 1, state: "fired" } });
    const again = armOf(world, { ask: 3, due: world.now + hour });
    expect(act(world, ana, again)).toMatchObject({ ask: 3, done: true, is: { turn: 2, due: again.due, state: "armed", fired: 0, rungs: 2 } });
    expect(act(world, ana, again)).toMatchObject({ done: true, is: { turn: 2 } });
    expect(act(world, ana, first)).toMatchObject({ done: false, is: { turn: 2, state: "armed" } });
    ben.take();
    world.live(3 * hour);
    expect(firedIn(world, ben.take()).map(({ turn, kind }) => [turn, kind])).toEqual([
      [2, "late"],
      [2, "envelope"],
    ]);
    expect(refusalOf(ana, ana.send(first)).code).toBe("expired");
    const third = act(world, ana, armOf(world, { ask: 4, due: world.now + hour })).is;
    expect(act(world, ana, lift(third))).toMatchObject({ done: true, is: { turn: 3, state: "lifted" } });
    expect(act(world, ana, armOf(world, { ask: 5, due: world.now + 2 * hour }))).toMatchObject({ done: false, is: { turn: 3, state: "lifted" } });
  });

  it("[VIG3] the same act again is done again, also after a crash and after what happened since", () => {
    const { world, ana } = paired();
    const arm = armOf(world);
    const { is } = act(world, ana, arm);
    expect(act(world, ana, arm)).toMatchObject({ done: true, is });
    const renewal = renew(is, is.due + hour);
    act(world, ana, renewal);
    world.crash();
    const again = world.opened("ana");
    world.live(second);
    const second2 = act(world, again, renewal);
    expect(second2).toMatchObject({ done: true, is: { turn: 2, due: is.due + hour, state: "armed" } });
    expect(act(world, again, arm)).toMatchObject({ done: false, is: { turn: 2 } });
    const refresh: FrameOf<"refresh"> = { type: "refresh", ask: 3, vigil: is.vigil, turn: 2, due: is.due + hour, rung: 1, body: body(9) };
    const fresh = act(world, again, refresh);
    expect(fresh.is.hash).not.toEqual(second2.is.hash);
    expect(act(world, again, refresh)).toMatchObject({ done: true, is: { hash: fresh.is.hash } });
    expect(act(world, again, renewal)).toMatchObject({ done: true, is: { hash: fresh.is.hash } });
    const gone = lift(fresh.is);
    expect(act(world, again, gone)).toMatchObject({ done: true, is: { state: "lifted", next: 0 } });
    expect(act(world, again, gone)).toMatchObject({ done: true, is: { state: "lifted" } });
    expect(act(world, again, renew(fresh.is, fresh.is.due + day))).toMatchObject({ done: false, is: { state: "lifted" } });
    expect(refusalOf(again, again.send(lift({ ...is, vigil: vigilOf(9) }))).code).toBe("unknown");
  });

  it("[PROM4] kept in the last moment is not released: what comes first, of lifting and firing, is what both sides are told", () => {
    const { world, ana, ben } = paired();
    const { is } = act(world, ana, armOf(world));
    world.live(hour + 15 * minute - second);
    ben.take();
    world.now += 900;
    // The rung is due in the same turn in which the lift comes, and the lift is there first.
    world.now += 200;
    ana.push(lift(is));
    world.core.scan();
    world.settle();
    expect(answerOf(world, ana, ana.take())).toMatchObject({ done: true, is: { state: "lifted", fired: 0 } });
    expect(check(world, ben)).toMatchObject([{ state: "lifted", fired: 0 }]);
    world.live(day);
    expect(firedIn(world, ben.take())).toEqual([]);
  });

  it("[PROM4] too late is told so: the receipt says which rungs fired before the lift", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, armOf(world));
    world.live(hour + 20 * minute);
    expect(act(world, ana, lift(is))).toMatchObject({ done: true, is: { state: "lifted", fired: 1, rungs: 2 } });
    const other = act(world, ana, armOf(world, { vigil: vigilOf(2) })).is;
    world.live(3 * hour);
    expect(act(world, ana, lift(other))).toMatchObject({ done: false, is: { state: "fired", fired: 2, rungs: 2, next: 0 } });
  });

  it("[VIG3] renewed, lifted, kept or fired: of those that come in one moment, in whatever order and with commits wherever, one wins each turn", () => {
    const moment = fc.shuffledSubarray(["renew", "lift", "keep", "scan", "commit", "commit2"] as const, { minLength: 2 });
    fc.assert(
      fc.property(moment, fc.integer({ min: -1, max: 1 }), (order, late) => {
        const world = new World();
        const { ana, ana2, ben } = world.three();
        ana.one("done", ana.send({ type: "vouch", device: 2 }));
        world.live(second);
        const due = world.now + hour;
        const { is } = act(world, ana, windowOf(world, { due, rungs: [{ kind: "envelope", due, body: body(1) }] }));
        world.live(hour - 10);
        for (const peer of [ana, ana2, ben]) peer.take();
        world.now += 10 + late;
        let kept: KeepAnswer | undefined;
        for (const step of order) {
          if (step === "renew") ana.push(renew(is, world.now + day));
          if (step === "lift") ana2.push(lift(is));
          if (step === "keep") world.core.keep(secret, (answer) => (kept = answer));
          if (step === "scan") world.core.scan();
          if (step === "commit" || step === "commit2") world.core.commit();
        }
        world.settle();
        world.live(second);
        const answers = [ana, ana2].map((peer) => peer.take().find(({ type }) => type === "receipt"));
        const renewed = answers[0]?.type === "receipt" && answers[0].done;
        const lifted = answers[1]?.type === "receipt" && answers[1].done;
        const fired = firedIn(world, ben.take()).filter(({ turn }) => turn === 1);
        const [at] = check(world, ben);
        // A renewal may be overtaken by a lift or a keeping only by naming its own turn: neither does here.
        const won = [renewed, lifted, fired.length === 1, at?.state === "kept" && at.turn === 1];
        expect(won.filter(Boolean).length).toBe(1);
        expect(fired.length === 0 || (fired[0]?.now ?? 0) >= due).toBe(true);
        expect(at).toMatchObject(renewed ? { turn: 2, state: "armed" } : { turn: 1, state: lifted ? "lifted" : fired.length === 1 ? "fired" : "kept" });
        if (kept === "kept") expect(["kept", "lifted"]).toContain(at?.state);
      }),
      { numRuns: 80 },
    );
  });

  it("[VIG3] whatever comes, in whatever order, with crashes and a full disk: each turn fires its rungs in order and once, and none early", () => {
    const steps = fc.array(fc.constantFrom("renew", "lift", "stale", "time", "much", "crash", "full"), { minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(steps, (all) => {
        const { world, ana: first } = paired({ settle: 0 });
        let ana = first;
        let known = act(world, ana, armOf(world)).is;
        for (const step of all) {
          if (step === "time" || step === "much") world.live(step === "time" ? 25 * minute : 4 * hour);
          if (step === "crash") {
            world.crash();
            ana = world.opened("ana");
            world.live(second);
          }
          if (step === "full") {
            world.log.fault("full");
            world.live(20 * minute);
          }
          const turn = step === "stale" ? known.turn + 1 : known.turn;
          const frame = step === "lift" ? lift(known) : step === "renew" || step === "stale" ? renew({ ...known, turn }, world.now + hour) : undefined;
          const answer = frame && ana.send(frame).find((one) => one.type === "receipt");
          if (answer) known = readReceipt(world.relayKey, line, answer.receipt) as Receipt;
          world.log.fault("none");
        }
        world.live(6 * hour);
        const { peer: reader, fired } = comesBack(world, "ben");
        const at = check(world, reader)[0] as Receipt;
        const rungsOf = (turn: number): readonly number[] => fired.filter((one) => one.turn === turn).map(({ rung }) => rung);
        for (const { turn, due, moved, now } of fired) {
          expect(now).toBeGreaterThanOrEqual(due + moved);
          expect([[0], [0, 1]]).toContainEqual(rungsOf(turn));
          expect(turn).toBeLessThanOrEqual(at.turn);
        }
        expect(rungsOf(at.turn).length).toBe(at.fired);
        expect(["fired", "lifted"]).toContain(at.state);
        expect(at.state === "fired").toBe(at.fired === 2);
      }),
      { numRuns: 30 },
    );
  });
});

describe("refreshing", () => {
  it("[VIG8] replaces the envelope under the same due, without a record, at most every five minutes", () => {
    const { world, ana, ben } = paired();
    const { is } = act(world, ana, armOf(world));
    const refresh = (fill: number, rung = 1): FrameOf<"refresh"> => ({
      type: "refresh",
      ask: 3,
      vigil: is.vigil,
      turn: 1,
      due: is.due,
      rung,
      body: body(fill, 4096),
    });
    const first = act(world, ana, refresh(50));
    expect(first).toMatchObject({ done: true, is: { turn: 1, due: is.due } });
    expect(refusalOf(ana, ana.send(refresh(51)))).toEqual({ re: frameTypes.refresh, n: 3, code: "busy", after: world.now + 5 * minute });
    expect(refusalOf(ana, ana.send(refresh(51, 0))).code).toBe("malformed");
    world.live(5 * minute);
    act(world, ana, refresh(52));
    expect(ben.take().filter(({ type }) => type === "entries")).toEqual([]);
    world.live(3 * hour);
    expect(firedIn(world, ben.take()).map(({ kind, body: left }) => [kind, left])).toEqual([
      ["late", body(1)],
      ["envelope", body(52, 4096)],
    ]);
    expect(act(world, ana, refresh(53))).toMatchObject({ done: false, is: { state: "fired" } });
  });

  it("[VIG3] the same refresh again is done again, also after a crash and after it fired", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, armOf(world));
    const { vigil, due } = is;
    const refresh = { type: "refresh", ask: 4, vigil, turn: 1, due, rung: 1, body: body(50, 4096) } as const;
    act(world, ana, refresh);
    world.crash();
    expect(act(world, world.opened("ana"), refresh)).toMatchObject({ done: true, is: { state: "armed" } });
    world.live(3 * hour);
    expect(act(world, world.opened("ana"), refresh)).toMatchObject({ done: true, is: { state: "fired" } });
    expect(act(world, world.opened("ana"), { ...refresh, body: body(51, 4096) })).toMatchObject({ done: false, is: { state: "fired" } });
  });
});

describe("firing", () => {
  it("[VIG4] leaves each rung in the log of both sides, in order, signed, with its place in the chain", () => {
    const { world, ana, ben } = paired();
    const arm = armOf(world);
    const { is } = act(world, ana, arm);
    ben.take();
    world.live(3 * hour);
    const [forAna, forBen] = [ana.take(), ben.take()];
    const fired = firedIn(world, forBen);
    expect(firedIn(world, forAna)).toEqual(fired);
    expect(fired).toEqual(
      arm.rungs.map((rung, i) => ({
        line,
        vigil: is.vigil,
        turn: 1,
        rung: i,
        kind: rung.kind,
        due: rung.due,
        moved: 0,
        down: undefined,
        incarnation: 0,
        body: rung.body,
        now: fired[i]?.now,
        seq: 2 + i,
        device: firedBy(0),
      })),
    );
    // Whoever comes later finds the same, and a chain that leads there.
    expect(comesBack(world, "ben").fired).toEqual(fired);
    ana.one("acked", ana.append(2, 1));
  });

  it("[VIG5] never before its due, and within a look after it", () => {
    const { world, ana, ben } = paired();
    const arm = armOf(world, { rungs: [{ kind: "envelope", due: world.now + hour, body: body(1) }] });
    act(world, ana, arm);
    ben.take();
    world.live(hour - 1);
    expect(firedIn(world, ben.take())).toEqual([]);
    world.live(1);
    expect(firedIn(world, ben.take())).toMatchObject([{ now: arm.due, due: arm.due }]);
  });

  it("[VIG4] a crash before, in or after the transaction fires each rung once", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    world.live(hour + 15 * minute - second);
    world.now += 2 * second;
    world.log.crashInNextWrite();
    world.core.scan();
    expect(() => world.settle()).toThrow();
    world.crash();
    const { peer: ben, fired } = comesBack(world, "ben");
    expect(fired).toEqual([]);
    world.live(second);
    expect(firedIn(world, ben.take()).map(({ rung }) => rung)).toEqual([0]);
    world.crash();
    world.live(hour);
    expect(comesBack(world, "ben").fired.map(({ rung }) => rung)).toEqual([0, 1]);
  });

  it("[VIG4] whichever write the machine stops in, while rungs fire, each of them is in the log once", () => {
    for (let write = 0; write < 6; write++) {
      const { world, ana } = paired();
      for (let name = 1; name <= 3; name++) act(world, ana, armOf(world, { vigil: vigilOf(name) }));
      world.live(hour + 15 * minute - second);
      world.log.crashInNextWrite(write);
      try {
        world.live(hour);
      } catch {
        world.crash();
        world.live(hour);
      }
      const fired = comesBack(world, "ben").fired.map(({ vigil, rung }) => `${vigil[0]} ${rung}`);
      expect(fired.toSorted()).toEqual(["1 0", "1 1", "2 0", "2 1", "3 0", "3 1"]);
    }
  });

  it("[VIG4] on a full disk nothing fires and nothing is lost; it fires when there is room again", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world));
    ben.take();
    world.log.fault("full");
    world.live(hour + 16 * minute);
    expect(firedIn(world, ben.take())).toEqual([]);
    expect(world.core.vigils().ok).toBe(false);
    world.log.fault("none");
    world.live(second);
    expect(firedIn(world, ben.take()).map(({ rung }) => rung)).toEqual([0]);
    expect(world.core.vigils().ok).toBe(true);
  });

  it("[VIG4] those that are due come by what is due first, some at a time, and appends are served between", () => {
    const { world, ana, ben } = paired({ fireAtOnce: 4 });
    const due = world.now + hour;
    for (let i = 20; i >= 1; i--) act(world, ana, armOf(world, { vigil: vigilOf(i), due, rungs: [{ kind: "late", due: due + i, body: body(i) }] }));
    world.live(hour - second);
    ben.take();
    world.now += 2 * second;
    world.core.scan();
    world.core.commit();
    expect(firedIn(world, ben.take()).map(({ vigil }) => vigil[0])).toEqual([1, 2, 3, 4]);
    ana.push({ type: "append", n: 2, epoch: 1, body: body(9) });
    world.core.commit();
    const frames = ben.take();
    expect(frames.flatMap((frame) => (frame.type === "entries" ? frame.items.map(({ kind }) => kind) : []))).toEqual([
      "entry",
      "fired",
      "fired",
      "fired",
      "fired",
    ]);
    world.settle();
    expect(firedIn(world, ben.take()).length).toBe(12);
  });

  it("[VIG14] what few leave in one moment is signed each by itself, and tells of no other; what many leave shares a signature", () => {
    const { world, ana, ben } = paired();
    const fire = (count: number): readonly Cbor[][] => {
      const due = world.now + hour;
      for (let i = 1; i <= count; i++) act(world, ana, armOf(world, { vigil: vigilOf(i), due, rungs: [{ kind: "late", due, body: body(i) }] }));
      ben.take();
      world.live(2 * hour);
      const left = ben.take().flatMap((frame) => (frame.type === "entries" ? frame.items.map((item) => item.body) : []));
      expect(left.map((one) => readFiring(world.relayKey, line, one)?.vigil[0])).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      return left.map((one) => {
        const fields = decodeCbor(one);
        return fields.ok ? (fields.value as Cbor[]).slice(-2) : [];
      });
    };
    const few = fire(15);
    expect(few.map(([way]) => way)).toEqual(Array.from({ length: 15 }, () => []));
    expect(new Set(few.map(([, signature]) => toHex(signature as Uint8Array))).size).toBe(15);
    const many = fire(16);
    expect(many.map(([way]) => (way as Cbor[]).length)).toEqual(Array.from({ length: 16 }, () => 4));
    expect(new Set(many.map(([, signature]) => toHex(signature as Uint8Array))).size).toBe(1);
  });

  it("[VIG4] a relay that is about to go leaves what is due to the next", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world));
    ben.take();
    world.core.stopFiring();
    world.live(2 * hour);
    expect([firedIn(world, ben.take()), world.core.pending()]).toEqual([[], false]);
  });

  it("[VIG12] one that cannot be read is set aside alone and reported, and is tried again at the next start", () => {
    const { world, ana, ben } = paired();
    for (const name of [1, 2, 3]) act(world, ana, armOf(world, { vigil: vigilOf(name) }));
    ben.take();
    world.log.damage(lineIdOf(line), vigilIdOf(vigilOf(2)));
    world.live(hour + 16 * minute);
    expect(firedIn(world, ben.take()).map(({ vigil }) => vigil[0])).toEqual([1, 3]);
    expect(world.core.vigils()).toMatchObject({ ok: true, aside: 1 });
    expect(world.reports.filter(({ kind }) => kind === "set-aside").length).toBe(1);
    expect(
      check(world, ben)
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(["armed", "armed", "aside"]);
    world.crash();
    const back = world.opened("ben", 3);
    world.live(second);
    expect(firedIn(world, back.take()).map(({ vigil }) => vigil[0])).toEqual([2]);
    expect(world.core.vigils().aside).toBe(0);
  });

  it("[VIG12] a line that the disk cannot read keeps nothing of another one from firing, nor the canary; where nothing can be read nothing is set aside", () => {
    const { world, ana } = paired();
    const zoesLine = lineOf("other");
    const door = world.connect();
    door.one("created", door.create("zoe", { line: zoesLine }));
    const zoe = world.connect();
    zoe.one("opened", zoe.open("zoe", 0, { line: zoesLine }));
    const due = world.now + hour;
    zoe.one("receipt", zoe.send(armOf(world, { due, rungs: [{ kind: "late", due: due + minute, body: body(3) }] })));
    act(world, ana, armOf(world, { due, rungs: usual(due) }));
    world.crash();
    const { load } = world.log;
    let all = true;
    // As SQLite answers for a damaged page: an error of the disk, of this line alone.
    world.log.load = (of) => (all || of === lineIdOf(zoesLine) ? err("unavailable") : load.call(world.log, of));
    world.live(hour + 10 * second);
    expect(world.core.vigils()).toMatchObject({ aside: 0, ok: true });
    all = false;
    world.live(hour);
    expect(comesBack(world, "ben").fired.map(({ rung }) => rung)).toEqual([0, 1]);
    expect(world.core.vigils()).toMatchObject({ aside: 1, ok: true });
    expect(world.reports.filter(({ kind }) => kind === "set-aside").length).toBe(1);
  });

  it("[VIG12] one that was set aside is renewed and lifted like any other", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, armOf(world));
    world.log.damage(lineIdOf(line), vigilIdOf(vigilOf(1)));
    world.live(hour + 16 * minute);
    expect(act(world, ana, renew(is, world.now + hour))).toMatchObject({ done: true, is: { state: "armed", turn: 2 } });
    expect(world.core.vigils().aside).toBe(0);
  });

  it("[VIG11] what a vigil left stays until a device of the other side has passed it, however long that takes", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world, { rungs: [{ kind: "envelope", due: world.now + hour, body: body(1) }] }));
    ben.drop();
    world.live(2 * hour);
    ana.send({ type: "cursor", seq: 9 });
    world.pass(31 * day);
    world.pass(hour);
    const { peer: back, fired } = comesBack(world, "ben", 1);
    expect(fired.map(({ kind }) => kind)).toEqual(["envelope"]);
    back.send({ type: "cursor", seq: 2 });
    world.pass(hour);
    expect(world.log.read(lineIdOf(line), 0, { items: 9, bytes: 1e6 })).toEqual({ ok: true, value: [] });
  });

  it("[CLOSE1] the end lifts the vigils of both sides", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world));
    act(world, ben, windowOf(world, { vigil: bensOf(2) }));
    ana.one("ended", ana.send({ type: "end", certificate: certifyEnd(line, seedOf("ana person")) }));
    expect(world.log.vigils(lineIdOf(line), 9)).toEqual({ ok: true, value: [] });
    world.live(day);
    expect(world.core.stats.fired).toBe(0);
    expect(keep(world)).toBe("unknown");
  });
});

describe("receipts", () => {
  it("[VIG9] a check is answered with fresh ones of all vigils of the line, of both sides, what waits first", () => {
    const { world, ana, ben } = paired();
    const mine = act(world, ana, armOf(world)).is;
    act(world, ben, armOf(world, { vigil: bensOf(2) }));
    act(world, ana, lift(mine));
    world.live(minute);
    const is = check(world, ana);
    expect(is.map(({ vigil, side, state, now }) => [vigil[1], side, state, now])).toEqual([
      [2, 1, "armed", world.now],
      [1, 0, "lifted", world.now],
    ]);
    expect(check(world, ben)).toEqual(is);
  });

  it("[VIG9] checks are counted: each receipt is a signature", () => {
    const { world, ana } = paired({ checks: { perSecond: 1, burst: 2 } });
    expect([check(world, ana), check(world, ana)]).toEqual([[], []]);
    expect(refusalOf(ana, ana.send({ type: "check" })).code).toBe("busy");
    world.live(second);
    expect(check(world, ana)).toEqual([]);
  });

  it("[VIG9] say when the relay's own vigil last fired: every 30 seconds, and not at all when nothing fires", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    world.live(5 * minute);
    const [before] = check(world, ana);
    expect(world.now - (before?.canary ?? 0)).toBeLessThanOrEqual(40 * second);
    // Its sockets are well, and nobody looks at what is due.
    world.now += 100 * second;
    const [after] = check(world, ana);
    expect((after?.now ?? 0) - (after?.canary ?? 0)).toBeGreaterThan(90 * second);
    expect(world.core.vigils()).toMatchObject({ ok: false });
  });

  it("[VIG9] whoever has no session of the line gets none, and the words alone arm nothing", () => {
    const { world } = paired();
    const stranger = world.connect();
    expect(refusalOf(stranger, stranger.send({ type: "check" })).code).toBe("forbidden");
    expect(refusalOf(stranger, stranger.send(armOf(world))).code).toBe("forbidden");
    const words = world.connect();
    words.recover();
    expect(refusalOf(words, words.send(armOf(world))).code).toBe("forbidden");
  });

  it("[REC4] whoever proved the words of a side is told what vigils left and still is there, in the log's order, before the receipts", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world));
    act(world, ben, armOf(world, { vigil: bensOf(2), due: world.now + 2 * hour, rungs: usual(world.now + 2 * hour) }));
    ben.append(1, 1);
    for (const peer of [ana, ben]) peer.drop();
    world.live(4 * hour);
    const words = world.connect();
    words.one("recovered", words.recover());
    const frames = words.send({ type: "check" });
    expect(frames.map(({ type }) => type)).toEqual(["entries", "receipts"]);
    expect(firedIn(world, frames).map(({ vigil, kind, device }) => [vigil[1], kind, device])).toEqual([
      [1, "late", firedBy(0)],
      [1, "envelope", firedBy(0)],
      [2, "late", firedBy(1)],
      [2, "envelope", firedBy(1)],
    ]);
    expect(words.one("receipts", frames).items.length).toBe(2);
    const device = world.opened("ana");
    expect(device.send({ type: "check" }).map(({ type }) => type)).toEqual(["receipts"]);
  });

  it("[VIG9] a settled vigil is remembered for 30 days after its last due, and not longer", () => {
    const { world, ana } = paired();
    const { is } = act(world, ana, armOf(world));
    act(world, ana, lift(is));
    world.live(29 * day);
    expect(check(world, ana).length).toBe(1);
    world.live(2 * day);
    expect(check(world, ana)).toEqual([]);
  });
});

describe("a sign of life", () => {
  it("[VIG7] its secret keeps the window that is open, and both sides are told", () => {
    const { world, ana, ben } = paired();
    const { is } = act(world, ana, windowOf(world));
    act(world, ana, windowOf(world, { vigil: vigilOf(2), opens: world.now + day, due: world.now + day + hour }));
    expect(keep(world)).toBe("early");
    world.live(20 * minute);
    for (const peer of [ana, ben]) peer.take();
    expect(keep(world)).toBe("kept");
    for (const peer of [ana, ben]) {
      const [told] = peer.one("receipts").items;
      expect(readReceipt(world.relayKey, line, told ?? new Uint8Array())).toMatchObject({ vigil: is.vigil, state: "kept", next: 0, fired: 0 });
    }
    // Pressed again: yes, today.
    expect(keep(world)).toBe("kept");
    world.live(2 * hour);
    expect(keep(world)).toBe("early");
    expect(firedIn(world, ben.take())).toEqual([]);
    world.live(day);
    expect(firedIn(world, ben.take()).map(({ vigil, rung }) => [vigil[0], rung])).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(keep(world)).toBe("late");
  });

  it("[VIG7] another secret keeps nothing, and the secret does nothing else", () => {
    const { world, ana } = paired();
    act(world, ana, windowOf(world));
    world.live(20 * minute);
    expect(keep(world, new Uint8Array(32))).toBe("unknown");
    expect(keep(world, sha256(secret))).toBe("unknown");
    expect(check(world, ana)).toMatchObject([{ state: "armed" }]);
  });

  it("[VIG7] a window that was lifted before it opened is none to its secret; one that was lifted while it was open is kept", () => {
    const { world, ana } = paired();
    const first = act(world, ana, windowOf(world)).is;
    act(world, ana, lift(first));
    expect(keep(world)).toBe("unknown");
    world.live(20 * minute);
    expect(keep(world)).toBe("unknown");
    const second = act(world, ana, windowOf(world, { vigil: vigilOf(2), opens: world.now - minute })).is;
    act(world, ana, lift(second));
    expect(keep(world)).toBe("kept");
  });

  it("[VIG7] is kept only once that is durable", () => {
    const { world, ana } = paired();
    act(world, ana, windowOf(world));
    world.live(20 * minute);
    world.log.fault("full");
    expect(keep(world)).toBe("unavailable");
    world.log.fault("none");
    let said: KeepAnswer | undefined;
    world.core.keep(secret, (answer) => (said = answer));
    expect(said).toBeUndefined();
    world.settle();
    expect(said).toBe("kept");
  });

  it("[VIG7] also stops what is left when it comes late, and keeps every window that is open", () => {
    const { world, ana, ben } = paired();
    act(world, ana, windowOf(world));
    act(world, ana, windowOf(world, { vigil: vigilOf(2), opens: world.now + 20 * minute }));
    world.live(hour + 16 * minute);
    expect(firedIn(world, ben.take()).map(({ kind }) => kind)).toEqual(["late", "late"]);
    expect(keep(world)).toBe("kept");
    world.live(day);
    expect(firedIn(world, ben.take())).toEqual([]);
    expect(check(world, ben).map(({ state, fired }) => [state, fired])).toEqual([
      ["kept", 1],
      ["kept", 1],
    ]);
  });
});

describe("time", () => {
  it("[VIG5] a wall clock that is set moves no vigil: what was counted stays, and it is reported", () => {
    for (const by of [3 * hour, -3 * hour]) {
      const { world, ana, ben } = paired();
      const { is } = act(world, ana, armOf(world));
      ben.take();
      world.live(10 * minute);
      world.skew = by;
      world.live(10 * minute);
      expect(world.reports).toEqual([{ kind: "set", by }]);
      expect(world.core.vigils()).toMatchObject({ clockOff: by, settling: false });
      expect(firedIn(world, ben.take())).toEqual([]);
      expect(check(world, ana)).toMatchObject([{ now: world.now, next: is.next }]);
      world.live(56 * minute);
      expect(firedIn(world, ben.take()).map(({ rung }) => rung)).toEqual([0]);
    }
  });

  it("[VIG5] sleep counts: it is told apart from a clock that was set", () => {
    const { world, ana, ben } = paired();
    act(world, ana, armOf(world));
    ben.take();
    world.live(10 * minute);
    // Monotonic time stands still while the machine sleeps; the wall and the system's uptime do not.
    world.slept += 30 * second;
    world.skew += 30 * second;
    world.live(second);
    expect(world.reports).toEqual([{ kind: "slept", millis: 30 * second }]);
    expect(world.core.vigils()).toMatchObject({ clockOff: 0, settling: false });
    expect(check(world, ana)).toMatchObject([{ now: world.now + world.skew }]);
  });

  it("[VIG5] a clock set back while the relay was away does not bring time back", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    world.live(10 * minute);
    const before = check(world, ana)[0]?.now ?? 0;
    world.skew = -2 * hour;
    world.crash();
    const back = world.opened("ana");
    expect(check(world, back)[0]?.now).toBeGreaterThanOrEqual(before - 40 * second);
    world.live(second);
    expect(world.reports).toMatchObject([{ kind: "set" }]);
  });

  it("[VIG6] after a gap nothing fires for two minutes; then promises do, and say when the relay was down", () => {
    const { world, ana } = paired();
    const arm = armOf(world);
    act(world, ana, arm);
    world.live(10 * minute);
    const from = world.now;
    world.now += 3 * hour;
    world.crash();
    const ben = world.opened("ben");
    world.live(100 * second);
    expect([firedIn(world, ben.take()), world.core.vigils()]).toMatchObject([[], { ok: true, settling: true }]);
    world.live(40 * second);
    const fired = firedIn(world, ben.take());
    expect(fired.map(({ kind }) => kind)).toEqual(["late", "envelope"]);
    for (const { down } of fired) {
      expect(from - (down?.from ?? 0)).toBeLessThanOrEqual(40 * second);
      expect(down?.until).toBe(from + 3 * hour);
    }
    expect(world.reports).toMatchObject([{ kind: "gap", until: from + 3 * hour }]);
  });

  it("[VIG6] a short stop is no gap", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    world.live(hour + 14 * minute + 50 * second);
    world.crash();
    world.now += 15 * second;
    const ben = world.opened("ben");
    world.live(second);
    expect(firedIn(world, ben.take())).toMatchObject([{ rung: 0, down: undefined }]);
    expect(world.reports).toEqual([]);
  });

  it("[VIG6] a process that stood still, and a machine that slept long, are a gap as well", () => {
    for (const slept of [false, true]) {
      const { world, ana, ben } = paired();
      const arm = armOf(world);
      act(world, ana, arm);
      ben.take();
      world.live(hour + 10 * minute);
      if (slept) [world.slept, world.skew] = [10 * minute, 10 * minute];
      else world.now += 10 * minute;
      world.live(minute);
      expect([firedIn(world, ben.take()), world.core.vigils().settling]).toEqual([[], true]);
      world.live(2 * minute);
      expect(firedIn(world, ben.take())).toMatchObject([{ rung: 0, down: { until: arm.due + 20 * minute + (slept ? 20 * second : 20 * second) } }]);
    }
  });

  it("[VIG6] standing still between the look that found something due and its firing is a gap as well", () => {
    const { world, ana, ben } = paired();
    const arm = armOf(world);
    act(world, ana, arm);
    ben.take();
    world.live(hour + 14 * minute + 50 * second);
    world.now += 10 * second;
    world.core.scan();
    expect(world.core.pending()).toBe(true);
    world.now += 2 * hour;
    const until = world.now;
    world.settle();
    expect([firedIn(world, ben.take()), world.core.vigils().settling]).toEqual([[], true]);
    world.live(121 * second);
    world.live(second);
    expect(firedIn(world, ben.take())).toMatchObject([
      { rung: 0, down: { until } },
      { rung: 1, down: { until } },
    ]);
  });

  it("[LIFE2] a window is due at recovery plus what the outage took of it; all its rungs with it, across another crash", () => {
    const { world, ana } = paired();
    const opens = world.now + hour;
    const due = opens + 3 * hour;
    act(world, ana, windowOf(world, { opens, due, rungs: usual(due) }));
    act(world, ana, armOf(world, { vigil: vigilOf(2), due, rungs: usual(due) }));
    world.live(3 * hour);
    const down = world.now;
    world.now = due + hour;
    world.crash();
    const ben = world.opened("ben");
    world.live(second);
    world.crash();
    const again = world.opened("ben", 1);
    // Down for the last hour of the window, and one more: an hour is left from the recovery on.
    const window = check(world, again).find(({ vigil }) => vigil[0] === 1);
    const moved = (window?.next ?? 0) - due - 15 * minute;
    expect(Math.abs(moved - (due + hour + (due - down) - due))).toBeLessThanOrEqual(minute);
    expect(window).toMatchObject({ due, moved });
    world.live(hour + 10 * minute);
    expect(firedIn(world, again.take()).map(({ vigil }) => vigil[0])).toEqual([2, 2]);
    expect(keep(world)).toBe("kept");
    ben.take();
    world.live(day);
    expect(firedIn(world, again.take())).toEqual([]);
  });

  it("[LIFE2] an outage outside of a window moves nothing, and one at its beginning no more than it took", () => {
    const { world, ana } = paired();
    const opens = world.now + 10 * hour;
    const due = opens + 3 * hour;
    act(world, ana, windowOf(world, { opens, due, rungs: usual(due) }));
    world.now += 5 * hour;
    world.crash();
    world.live(minute);
    expect(check(world, world.opened("ana"))).toMatchObject([{ moved: 0 }]);
    world.live(opens - world.now - hour);
    world.now = opens + 2 * hour;
    world.crash();
    world.live(minute);
    // Two hours of three were taken: two are there from the recovery on.
    expect(check(world, world.opened("ana"))).toMatchObject([{ moved: hour }]);
  });
});

describe("a relay that is an older one", () => {
  /** The relay as it was before `since` happened, and what a device was told then. */
  const restored = (before: (world: World, ana: Peer) => void, since: (world: World, ana: Peer) => void) => {
    const { world, ana } = paired();
    before(world, ana);
    const backup = world.log.copy();
    since(world, ana);
    const asks = ana.closed ? world.opened("ana", 1) : ana;
    const shown = asks.one("receipts", asks.send({ type: "check" })).items;
    world.log = backup;
    world.crash();
    const back = world.opened("ana", 1);
    return { world, back, shown, show: (peer: Peer = back) => act(world, peer, { type: "show", ask: 5, receipt: shown[0] ?? new Uint8Array() }) };
  };
  const armed = (world: World, ana: Peer): void => void act(world, ana, armOf(world));

  it("[VIG10] is shown a lift, and fires nothing", () => {
    const { world, show } = restored(armed, (of, ana) => {
      act(of, ana, lift({ vigil: vigilOf(1), turn: 1, due: of.now + hour }));
      of.live(2 * hour);
    });
    world.live(minute);
    expect(show()).toMatchObject({ done: true, is: { state: "lifted", fired: 0 } });
    world.live(day);
    expect(comesBack(world, "ben").fired).toEqual([]);
  });

  it("[VIG10] is shown a later turn, has none of its rungs, says so, and takes the next renewal", () => {
    const { world, back, show } = restored(armed, (of, ana) => {
      act(of, ana, renew({ vigil: vigilOf(1), turn: 1, due: of.now + hour }, of.now + 5 * hour));
      of.live(2 * hour);
    });
    const { done, is } = show();
    expect([done, is]).toMatchObject([true, { state: "lost", turn: 2, rungs: 0, next: 0, incarnation: world.now }]);
    world.live(3 * minute);
    expect(comesBack(world, "ben").fired).toEqual([]);
    const again = act(world, back, renew(is, world.now + hour));
    expect(again).toMatchObject({ done: true, is: { state: "armed", turn: 3 } });
    expect(show()).toMatchObject({ done: false, is: { turn: 3 } });
    expect(act(world, back, lift(again.is)).done).toBe(true);
  });

  it("[VIG7] of a window that it lost it cannot say that the button was too late, until it would have been", () => {
    const { world, show } = restored(
      (of, ana) => void act(of, ana, windowOf(of)),
      (of, ana) => {
        const due = of.now + hour;
        act(of, ana, { ...renew({ vigil: vigilOf(1), turn: 1, due }, due + hour), opens: due, keeper: sha256(secret) });
      },
    );
    expect(show()).toMatchObject({ is: { state: "lost", turn: 2 } });
    expect(keep(world)).toBe("unavailable");
    world.live(3 * hour);
    expect(keep(world)).toBe("late");
  });

  it("[VIG10] is shown a vigil that it never had", () => {
    const { show } = restored(
      () => undefined,
      (of, ana) => void act(of, ana, armOf(of)),
    );
    expect(show()).toMatchObject({ done: true, is: { state: "lost", turn: 1, side: 0 } });
  });

  it("[VIG10] is shown that a rung fired, and does not fire it again", () => {
    const { world, show } = restored(armed, (of) => of.live(hour + 20 * minute));
    world.live(second);
    expect(show()).toMatchObject({ done: true, is: { state: "armed", fired: 1 } });
    world.live(day);
    expect(comesBack(world, "ben").fired.map(({ rung }) => rung)).toEqual([1]);
  });

  it("[VIG10] either side may show; what is older, of another line or not of this relay changes nothing", () => {
    const { world, shown, show, back } = restored(armed, (of, ana) => void act(of, ana, lift({ vigil: vigilOf(1), turn: 1, due: of.now + hour })));
    const older = back.one("receipts", back.send({ type: "check" })).items[0] ?? new Uint8Array();
    const forged = shown[0]?.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) ?? new Uint8Array();
    expect(refusalOf(back, back.send({ type: "show", ask: 1, receipt: forged })).code).toBe("malformed");
    const ben = world.opened("ben");
    expect(show(ben)).toMatchObject({ done: true, is: { state: "lifted" } });
    const { is, done } = act(world, back, { type: "show", ask: 5, receipt: older });
    expect([done, is.state]).toEqual([false, "lifted"]);
  });

  it("[VIG10] counts anew when a device goes on above what the relay has of it", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    const backup = world.log.copy();
    for (const n of [2, 3, 4]) ana.append(n, 1);
    world.log = backup;
    world.crash();
    const back = world.opened("ana");
    expect(check(world, back)).toMatchObject([{ incarnation: 0 }]);
    back.one("acked", back.refound({ generation: 0, epoch: 1 }));
    back.one("acked", back.append(5, 2));
    expect(check(world, back)).toMatchObject([{ incarnation: world.now }]);
    world.crash();
    expect(check(world, world.opened("ana"))).toMatchObject([{ incarnation: world.now }]);
  });

  it("[VIG10] one that it has lost stays lost when it is shown that a rung of it fired, and goes on", () => {
    const { world, show } = restored(armed, (of, ana) => {
      act(of, ana, renew({ vigil: vigilOf(1), turn: 1, due: of.now + hour }, of.now + 2 * hour));
      of.live(2 * hour + 20 * minute);
    });
    expect(show()).toMatchObject({ is: { state: "lost", turn: 2, fired: 1 } });
    world.live(minute);
    expect(world.core.vigils().ok).toBe(true);
  });

  it("[VIG10] what was lifted since stays lifted when it is shown that a rung fired before, in another memory", () => {
    const { world, back, show } = restored(armed, (of) => of.live(hour + 20 * minute));
    const [waits] = check(world, back);
    act(world, back, lift(waits as Receipt));
    expect(show()).toMatchObject({ is: { state: "lifted", fired: 1 } });
    world.live(3 * hour);
    expect(firedIn(world, back.take())).toEqual([]);
  });

  it("[VIG10] [VIG4] what was forgotten and armed anew is not taken for what it was: an earlier receipt stops nothing", () => {
    const { world, ana } = paired();
    act(world, ana, armOf(world));
    world.live(3 * hour);
    const [old = new Uint8Array()] = ana.one("receipts", ana.send({ type: "check" })).items;
    expect(readReceipt(world.relayKey, line, old)).toMatchObject({ state: "fired", fired: 2, turn: 1 });
    world.live(31 * day);
    const back = world.opened("ana", 3);
    const due = world.now + hour;
    act(world, back, armOf(world, { due }));
    expect(act(world, back, { type: "show", ask: 6, receipt: old })).toMatchObject({ done: false, is: { state: "armed", due } });
    world.live(hour + 16 * minute);
    expect(firedIn(world, back.take()).map(({ rung }) => rung)).toEqual([0]);
  });

  it("[VIG10] an older one that still has it as it fired is shown that it was armed anew since, and goes on", () => {
    const { world, back, show } = restored(
      (of, ana) => {
        act(of, ana, armOf(of));
        of.live(3 * hour);
      },
      (of) => {
        of.live(31 * day);
        act(of, of.opened("ana", 1), armOf(of, { due: of.now + 5 * hour }));
      },
    );
    const { done, is } = show();
    expect([done, is]).toMatchObject([true, { state: "lost", turn: 1, fired: 0 }]);
    world.live(3 * minute);
    expect(act(world, back, renew(is, world.now + hour))).toMatchObject({ done: true, is: { state: "armed", turn: 2 } });
  });

  it("[VIG10] a receipt from before it was forgotten ends nobody's relay, whatever fired of what was armed anew", () => {
    const { world, ana } = paired({ vigilMemory: hour });
    const first = armOf(world, { rungs: [{ kind: "late", due: world.now + hour, body: body(1) }] });
    act(world, ana, first);
    const [old = new Uint8Array()] = ana.one("receipts", ana.send({ type: "check" })).items;
    act(world, ana, lift({ vigil: first.vigil, turn: 1, due: first.due }));
    world.live(3 * hour);
    const back = world.opened("ana", 1);
    const due = first.due - 5 * minute;
    const rungs: Rungs = [
      { kind: "late", due: world.now + hour, body: body(2) },
      { kind: "envelope", due: world.now + 9 * hour, body: body(3) },
    ];
    expect(act(world, back, armOf(world, { due, rungs })).is).toMatchObject({ turn: 1, due });
    world.live(2 * hour);
    back.take();
    expect(act(world, world.opened("ana", 1), { type: "show", ask: 1, receipt: old }).is).toMatchObject({ turn: 1, state: "lost" });
  });

  it("[VIG10] of a turn that has other rungs now it believes what was lifted, and not how many fired", () => {
    const remind = (due: number): Rungs => [{ kind: "remind", due: due - 30 * minute, body: body(9) }, ...usual(due)];
    const at = (world: World): number => world.now + 3 * hour;
    let due = 0;
    const { world, back, show } = restored(
      () => undefined,
      (of, ana) => {
        due = at(of);
        act(of, ana, armOf(of, { due, rungs: remind(due) }));
        of.live(2 * hour + 45 * minute);
      },
    );
    act(world, back, armOf(world, { due }));
    expect(show()).toMatchObject({ done: false, is: { state: "armed", fired: 0, rungs: 2 } });
  });
});
