/**
 * One person of a line, at one device that outlives every relay: says things, arms vigils, and renews, refreshes, lifts, keeps
 * or leaves them, many of them within the moment in which they fire. What had no answer when the relay died is asked again,
 * with the very same bytes, until it has one.
 */
import { toBase64url } from "../src/base/bytes.ts";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { firedBy } from "../src/protocol/chain.ts";
import { frameTypes, type DeviceFrame, type Frame, type FrameOf } from "../src/protocol/frames.ts";
import { sha256 } from "../src/protocol/keys.ts";
import { readFiring, readReceipt, type Receipt } from "../src/protocol/receipt.ts";
import { vigilIdFor } from "../src/protocol/vigil-id.ts";
import { lineOf, seedOf } from "../src/relay/core/test-kit.ts";
import { createNodeCrypto } from "../src/relay/node-crypto.ts";
import { Device, entry } from "../src/relay/process-test-kit.ts";
import type { Chance } from "../sim/chance.ts";
import type { LogBook, Place } from "./log-book.ts";
import { bodyOf, isSettled, type Act, type Rungs, type Turn, type Vigil, type VigilLedger } from "./vigil-ledger.ts";

/** Below what a relay takes of one side at a time, and in all (VIG2). */
const waitAtMost = 14;
const armAtMost = 400;
const sayAtMost = 600;

/** A signature for every receipt, again and again: by OpenSSL, not in JavaScript. */
const { verify } = createNodeCrypto(seedOf("torture"));

export interface Person {
  connect(url: string): Promise<void>;
  /** Does what it is time for. `armsMore`: new vigils and words too. */
  tick(armsMore: boolean): void;
  /** All that it armed is settled, as far as it was told, and all that it asked is answered. */
  isDone(): boolean;
  /** It armed as many as one side may. */
  isFull(): boolean;
  entries(): number;
}

type Deed = "lift" | "renew" | "refresh" | "press" | "look";
interface Plan {
  readonly at: number;
  readonly does: Deed;
}

interface Parts {
  readonly line: string;
  readonly who: string;
  readonly relayKey: Uint8Array;
  readonly book: LogBook;
  readonly ledger: VigilLedger;
  readonly chance: Chance;
}

export const createPerson = ({ line, who, relayKey, book, ledger, chance }: Parts): Person => {
  const lineId = lineOf(line);
  const side = who === "ana" ? 0 : 1;
  const plans = new Map<Vigil, Plan>();
  const secrets = new Map<Vigil, Uint8Array>();
  /** The last receipts, as they were signed: to be shown again. */
  const raws = new Map<Vigil, Uint8Array>();
  const waiting = new Map<number, { readonly act: Act; readonly frame: DeviceFrame }>();
  const pressing = new Set<Vigil>();
  const unacked = new Map<number, FrameOf<"append">>();
  let [n, acked, asks, said, armed] = [0, 0, 0, 0, 0];
  /** The last record that anybody was told of when it began to open. */
  let known = 0;
  let place: Place | undefined;
  let device: Device | undefined;
  let url = "";

  const now = (): number => systemClock.now();
  const isAsked = (vigil: Vigil): boolean => [...waiting.values()].some(({ act }) => act.vigil === vigil) || pressing.has(vigil);

  const ask = (act: Act, frame: (ask: number) => DeviceFrame): void => {
    const number = ++asks;
    const made = frame(number);
    waiting.set(number, { act, frame: made });
    device?.send(made);
  };

  /** A first or another turn: one to four rungs, due in between a moment and some seconds. */
  const newTurn = (id: Uint8Array, turn: number, opens: number | null): Pick<Turn, "due" | "opens" | "rungs"> => {
    const due = now() + chance.whole(150, 2500);
    const after = (): number => chance.whole(1, 400);
    const [late, envelope, farewell] = [due + after() - 1, due + 400 + after(), due + 800 + after()];
    // oxfmt-ignore
    const ladder = chance.pick<readonly (readonly [Rungs[number]["kind"], number])[]>([
      [["envelope", due]],
      [["late", late]],
      [["late", late], ["envelope", envelope]],
      [["remind", due - 100], ["late", late], ["envelope", envelope], ["farewell", farewell]],
    ]);
    return { due, opens, rungs: ladder.map(([kind, at], rung) => ({ kind, due: at, body: bodyOf(id, turn, rung, 0) })) };
  };

  const arm = (): void => {
    const id = vigilIdFor(side, chance.bytes(16));
    const isWindow = chance.hit(0.25);
    const turn = newTurn(id, 1, isWindow ? now() - chance.whole(50, 2000) : null);
    const vigil = ledger.arm(id, turn);
    if (isWindow) secrets.set(vigil, chance.bytes(32));
    armed++;
    plan(vigil);
    const secret = secrets.get(vigil);
    ask({ is: "arm", vigil }, (number) => ({ type: "arm", ask: number, vigil: id, ...turn, keeper: secret ? sha256(secret) : null }));
  };

  /** What it will do next about a vigil that waits. */
  const intend = (vigil: Vigil, next: Plan): void => void (vigil.told && isSettled(vigil.told) ? plans.delete(vigil) : plans.set(vigil, next));

  const lastDue = ({ turns }: Vigil): number => turns.at(-1)?.rungs.at(-1)?.due ?? 0;

  /** Mostly within the moment in which its last rung fires. */
  const plan = (vigil: Vigil): void => {
    const last = lastDue(vigil);
    const race = chance.hit(0.6) ? last + chance.whole(-200, 30) : chance.whole(now(), Math.max(now(), last));
    const dice = chance.next();
    if (secrets.has(vigil) && dice < 0.6) intend(vigil, { at: race, does: "press" });
    else if (dice < 0.3) intend(vigil, { at: race, does: "lift" });
    else if (dice < 0.55 && vigil.turns.length < 4) intend(vigil, { at: race, does: "renew" });
    else if (dice < 0.7 && mayRefresh(vigil)) intend(vigil, { at: race - 150, does: "refresh" });
    else intend(vigil, { at: last + 300, does: "look" });
  };
  /** Once a turn: the relay takes another envelope every five minutes (VIG8). */
  const mayRefresh = ({ turns }: Vigil): boolean => {
    const turn = turns.at(-1);
    return turn !== undefined && turn.envelope === undefined && turn.rungs.some(({ kind }) => kind === "envelope");
  };
  const planLook = (vigil: Vigil): void => intend(vigil, { at: Math.max(now(), vigil.told?.next ?? 0) + 250, does: "look" });

  const act = (vigil: Vigil, told: Receipt, does: Deed): void => {
    const { turn, due } = told;
    const names = { vigil: vigil.id, turn, due };
    switch (does) {
      case "lift":
        return ask({ is: "lift", vigil, turn }, (number) => ({ type: "lift", ask: number, ...names }));
      case "renew": {
        const next = newTurn(vigil.id, turn + 1, vigil.turns.at(-1)?.opens ?? null);
        const secret = secrets.get(vigil);
        ledger.renew(vigil, next);
        const fields = { next: next.due, opens: next.opens, keeper: secret ? sha256(secret) : null, rungs: next.rungs };
        return ask({ is: "renew", vigil, turn }, (number) => ({ type: "renew", ask: number, ...names, ...fields }));
      }
      case "refresh": {
        const rung = vigil.turns.at(-1)?.rungs.findIndex(({ kind }) => kind === "envelope") ?? 0;
        const body = bodyOf(vigil.id, turn, rung, 1);
        ledger.refresh(vigil, rung, body);
        return ask({ is: "refresh", vigil, turn }, (number) => ({ type: "refresh", ask: number, ...names, rung, body }));
      }
      case "press":
        return void press(vigil);
      case "look":
        return ask({ is: "look", vigil }, (number) => ({ type: "show", ask: number, receipt: raws.get(vigil) ?? new Uint8Array(1) }));
    }
  };

  /** The button in the house. Without an answer it is pressed again. */
  const press = async (vigil: Vigil): Promise<void> => {
    const secret = secrets.get(vigil) as Uint8Array;
    pressing.add(vigil);
    const headers = { Authorization: `Bearer ${toBase64url(secret)}` };
    const answer = await fetch(`${url}/vigils/renew`, { method: "POST", headers }).then(
      ({ status }) => status,
      () => undefined,
    );
    pressing.delete(vigil);
    if (answer === undefined) return intend(vigil, { at: now(), does: "press" });
    if (answer === 200) ledger.kept(vigil);
    else if (answer !== 410) throw new Error(`a button was told ${answer}`);
    planLook(vigil);
  };

  const read = (raw: Uint8Array): Receipt => {
    const receipt = readReceipt(relayKey, lineId, raw, verify);
    if (!receipt) throw new Error(`${line}: a receipt that this relay did not sign`);
    return receipt;
  };

  const settle = (vigil: Vigil): void => {
    if (!vigil.told || !isSettled(vigil.told)) return;
    plans.delete(vigil);
    secrets.delete(vigil);
  };

  const hearAnswer = (frame: FrameOf<"receipt">): void => {
    const of = waiting.get(frame.ask);
    if (!of) return;
    waiting.delete(frame.ask);
    const { vigil } = of.act;
    ledger.answered(of.act, frame.done, read(frame.receipt));
    raws.set(vigil, frame.receipt);
    if (of.act.is === "look" || of.act.is === "lift" || !frame.done) planLook(vigil);
    else if (of.act.is !== "arm") plan(vigil);
    settle(vigil);
  };

  const hearReceipts = ({ items }: FrameOf<"receipts">): void => {
    for (const raw of items) {
      const vigil = ledger.heard(read(raw));
      if (!vigil) continue;
      raws.set(vigil, raw);
      settle(vigil);
    }
  };

  /** Only what was meant before an outage, and comes after it, is refused: its time went by. */
  const hearRefused = (frame: FrameOf<"refused">): void => {
    const of = waiting.get(frame.n);
    if (frame.re === frameTypes.append || frame.code !== "expired" || !of) throw new Error(`${line}: ${frame.re} was refused ${frame.code}`);
    waiting.delete(frame.n);
    ledger.expired(of.act);
    if (of.act.vigil.isRefused) plans.delete(of.act.vigil);
    else planLook(of.act.vigil);
  };

  const took = (items: FrameOf<"entries">["items"], arrived: number): void => {
    for (const record of items) {
      place = book.took(place as Place, record);
      if (record.kind !== "fired") continue;
      const firing = readFiring(relayKey, lineId, record.body, verify);
      if (!firing) throw new Error(`${line}: a firing that this relay did not sign`);
      // Each is told by its owner's device alone: both see the same log.
      if (record.device === firedBy(side)) ledger.fired(firing, arrived);
    }
  };

  const hear = (frame: Frame): boolean => {
    switch (frame.type) {
      case "opened":
        if (!place) n = acked = frame.n;
        place = book.opened(place, { acked, known }, frame);
        return false;
      case "entries":
        took(frame.items, now());
        return true;
      case "acked": {
        const sent = unacked.get(frame.n);
        if (!sent) return true;
        unacked.delete(frame.n);
        acked = Math.max(acked, frame.n);
        const { epoch, body } = sent;
        place = book.acked(place as Place, frame, { seq: frame.seq, at: frame.at, device: side, n: frame.n, epoch, kind: "entry", body });
        return true;
      }
      case "receipt":
        hearAnswer(frame);
        return true;
      case "receipts":
        hearReceipts(frame);
        return true;
      case "refused":
        hearRefused(frame);
        return true;
      default:
        return false;
    }
  };

  const say = (): void => {
    if (unacked.size < 6 && said < sayAtMost && chance.hit(0.3)) {
      const frame = entry(++n);
      said++;
      unacked.set(n, frame);
      device?.send(frame);
    } else if (unacked.size === 0 && place && chance.hit(0.2)) device?.send({ type: "cursor", seq: place.seq });
  };

  return {
    async connect(to) {
      url = to;
      said = 0;
      const made = new Device(to, line, `${line} ${who}`);
      made.listener = hear;
      known = book.last();
      await made.open(place?.seq ?? 0);
      await made.next("current");
      device = made;
      void made.closed.then(() => device === made && (device = undefined));
      for (const { frame } of waiting.values()) made.send(frame);
      for (const frame of unacked.values()) made.send(frame);
      if (chance.hit(0.3)) made.send({ type: "check" });
    },
    tick(armsMore) {
      if (!device) return;
      if (armsMore) say();
      if (armsMore && armed < armAtMost && plans.size < waitAtMost && chance.hit(0.2)) arm();
      for (const [vigil, { at, does }] of plans) {
        if (now() < at || !vigil.told || isAsked(vigil)) continue;
        act(vigil, vigil.told, does);
      }
    },
    isDone: () => plans.size === 0 && waiting.size === 0 && pressing.size === 0,
    isFull: () => armed >= armAtMost,
    entries: () => acked,
  };
};
