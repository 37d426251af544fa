/**
 * What the devices of one line asked for about vigils, what the relay signed, and what came of it. The relay is held to its
 * own word: what a receipt said holds for ever, and each rung that was due and was not stopped is in the log, once. Pure.
 *
 * - Of renewed and fired, of lifted and fired, of kept and fired, there is one.
 * - An act without an answer may have been done or not: its answer, which is asked for until it comes, says which.
 */
import { concat, equalBytes, toHex } from "../src/base/bytes.ts";
import type { Millis } from "../src/base/brand.ts";
import type { FrameOf } from "../src/protocol/frames.ts";
import { sha256 } from "../src/protocol/keys.ts";
import { rungsHash, type Firing, type Receipt } from "../src/protocol/receipt.ts";
import type { Tell } from "./wrong.ts";

export type Rungs = FrameOf<"arm">["rungs"];

/** As it was asked for, and what is known of it since. */
export interface Turn {
  readonly due: Millis;
  /** Of a window. */
  readonly opens: Millis | null;
  readonly rungs: Rungs;
  /** Another envelope in place of the first; the relay may have it, or must. */
  envelope: { readonly rung: number; readonly body: Rungs[number]["body"]; taken: boolean } | undefined;
  readonly fired: Firing[];
  /** How many fire: at least, at most. */
  least: number;
  most: number;
  /** Relay time after which none does: the next turn had begun. */
  until: Millis;
}

export interface Vigil {
  readonly id: Uint8Array;
  readonly name: string;
  readonly turns: Turn[];
  /** The last that was told. */
  told: Receipt | undefined;
  /** Its arming came too late: there is no such vigil. */
  isRefused: boolean;
  /** Its secret was pressed, and that counted. */
  isKept: boolean;
}

export type Act =
  | { readonly is: "arm" | "look"; readonly vigil: Vigil }
  /** `turn`: that it has, and that the act names. */
  | { readonly is: "renew" | "refresh" | "lift"; readonly vigil: Vigil; readonly turn: number };

/** After the relay had not been there for longer than a gap: nothing is to fire meanwhile. */
export interface Settling {
  readonly from: Millis;
  readonly until: Millis;
}

export interface VigilLedger {
  /** How many were armed. */
  count(): number;
  /** How many rungs fired. */
  fires(): number;
  arm(id: Uint8Array, turn: Pick<Turn, "due" | "opens" | "rungs">): Vigil;
  renew(vigil: Vigil, turn: Pick<Turn, "due" | "opens" | "rungs">): void;
  refresh(vigil: Vigil, rung: number, body: Rungs[number]["body"]): void;
  answered(act: Act, done: boolean, receipt: Receipt): void;
  /** Its due was past when the relay heard of it. */
  expired(act: Act): void;
  kept(vigil: Vigil): void;
  /** A receipt of whichever vigil, in the order in which its owner's device was told. The vigil, where it is one of these. */
  heard(receipt: Receipt): Vigil | undefined;
  fired(firing: Firing, arrived: Millis): void;
  /** Nothing waits any more, or nothing is waited for any longer. */
  audit(): void;
}

/** By how much clocks of one machine may run apart, in milliseconds: the relay's begins at the wall's and is never set. */
const slack = 25;

export const isSettled = ({ state }: Receipt): boolean => state === "fired" || state === "lifted" || state === "kept";

export const createVigilLedger = (line: string, wrong: Tell, settlings: readonly Settling[]): VigilLedger => {
  const vigils = new Map<string, Vigil>();
  let incarnation: number | undefined;

  const turnOf = ({ due, opens, rungs }: Pick<Turn, "due" | "opens" | "rungs">): Turn => ({
    due,
    opens,
    rungs,
    envelope: undefined,
    fired: [],
    least: 0,
    most: rungs.length,
    until: Number.POSITIVE_INFINITY,
  });

  const isOne = (of: number): void => {
    incarnation ??= of;
    if (of !== incarnation) wrong("lost", `${line}: the relay counts its memory of the line anew (${incarnation}, ${of})`);
  };

  const hear = (vigil: Vigil, receipt: Receipt): void => {
    const says = `${vigil.name}: ${receipt.state} at turn ${receipt.turn}, ${receipt.fired} fired`;
    const { told } = vigil;
    const turn = vigil.turns[receipt.turn - 1];
    if (!turn || turn.due !== receipt.due) return wrong("lost", `${says}, which nobody asked for`);
    if (told && isBehind(receipt, told)) return wrong("lost", `${says}, after it was ${told.state} at turn ${told.turn}, ${told.fired} fired`);
    if (receipt.state === "armed" && !hashesOf(turn).some((hash) => equalBytes(hash, receipt.hash))) wrong("lost", `${says}, with other rungs than were armed`);
    vigil.told = receipt;
    turn.least = Math.max(turn.least, receipt.fired);
    if (isSettled(receipt)) turn.most = Math.min(turn.most, receipt.fired);
    if (receipt.state === "fired" && receipt.fired !== turn.rungs.length) wrong("never", `${says} of ${turn.rungs.length}`);
  };

  const expire = (vigil: Vigil): void => {
    if (vigil.turns.length === 1) vigil.isRefused = true;
    else vigil.turns.pop();
  };

  const auditTurn = (vigil: Vigil, turn: Turn, number: number): void => {
    const says = `${vigil.name}: ${turn.fired.length} of ${turn.rungs.length} rungs of turn ${number} fired`;
    if (turn.fired.length > turn.most) wrong("lost", `${says}, although it was renewed, lifted or kept after ${turn.most}`);
    if (turn.fired.length < turn.least) wrong("lost", `${says}, and a receipt said ${turn.least}`);
    for (const { now, body, rung } of turn.fired) {
      if (now > turn.until) wrong("lost", `${says}, one after it was renewed`);
      const { envelope } = turn;
      const bodies = envelope?.rung !== rung ? [turn.rungs[rung]?.body] : envelope.taken ? [envelope.body] : [turn.rungs[rung]?.body, envelope.body];
      if (!bodies.some((one) => one && equalBytes(one, body))) wrong("lost", `${says}, rung ${rung} with another body than was armed`);
    }
  };

  return {
    count: () => vigils.size,
    fires: () => [...vigils.values()].reduce((sum, { turns }) => turns.reduce((more, { fired }) => more + fired.length, sum), 0),
    arm(id, turn) {
      const vigil: Vigil = { id, name: `${line} ${toHex(id.subarray(0, 4))}`, turns: [turnOf(turn)], told: undefined, isRefused: false, isKept: false };
      vigils.set(toHex(id), vigil);
      return vigil;
    },
    renew: (vigil, turn) => void vigil.turns.push(turnOf(turn)),
    refresh(vigil, rung, body) {
      const turn = vigil.turns.at(-1);
      if (turn) turn.envelope = { rung, body, taken: false };
    },
    answered(act, done, receipt) {
      const { vigil } = act;
      isOne(receipt.incarnation);
      const says = `${vigil.name}: ${act.is} was ${done ? "done" : "not done"}, and it is ${receipt.state} at turn ${receipt.turn}`;
      switch (act.is) {
        case "arm":
          if (!done) wrong("lost", says);
          break;
        case "look":
          if (done) wrong("lost", `${says}: the relay was shown its own word, and did not know it`);
          break;
        case "renew": {
          const turn = vigil.turns[act.turn - 1];
          if (done !== receipt.turn > act.turn || (!done && receipt.state === "armed")) wrong("lost", says);
          if (!done) vigil.turns.pop();
          else if (turn) [turn.most, turn.until] = [Math.min(turn.most, turn.rungs.length - 1), Math.min(turn.until, receipt.now)];
          break;
        }
        case "refresh": {
          const turn = vigil.turns[act.turn - 1];
          if (done && turn?.envelope) turn.envelope.taken = true;
          else if (turn) turn.envelope = undefined;
          break;
        }
        case "lift":
          if (done !== (receipt.state === "lifted") || (!done && receipt.state === "armed")) wrong("lost", says);
          break;
      }
      hear(vigil, receipt);
    },
    expired: ({ vigil }) => expire(vigil),
    kept: (vigil) => void (vigil.isKept = true),
    heard(receipt) {
      isOne(receipt.incarnation);
      const vigil = vigils.get(toHex(receipt.vigil));
      if (vigil) hear(vigil, receipt);
      return vigil;
    },
    fired(firing, arrived) {
      isOne(firing.incarnation);
      const vigil = vigils.get(toHex(firing.vigil));
      const says = `${vigil?.name ?? line}: rung ${firing.rung} of turn ${firing.turn}`;
      const turn = vigil?.turns[firing.turn - 1];
      const rung = turn?.rungs[firing.rung];
      if (!vigil || vigil.isRefused || !turn || !rung) return wrong("early", `${says} fired, which nothing armed`);
      if (firing.kind !== rung.kind || firing.due !== rung.due) wrong("lost", `${says} is another than was armed`);
      if (firing.rung < turn.fired.length) return wrong("twice", `${says} fired twice`);
      if (firing.rung > turn.fired.length) wrong("lost", `${says} fired before the one below it`);
      const due = firing.due + firing.moved;
      if (turn.opens === null && firing.moved !== 0) wrong("lost", `${says} is a promise, and was moved`);
      if (firing.now < due) wrong("early", `${says} fired ${due - firing.now} ms early by the relay's clock`);
      if (arrived < due - slack) wrong("early", `${says} fired ${Math.round(due - arrived)} ms early by this machine's clock`);
      if (settlings.some(({ from, until }) => firing.now >= from && firing.now < until)) wrong("early", `${says} fired before the relay had settled`);
      turn.fired.push(firing);
    },
    audit() {
      for (const vigil of vigils.values()) {
        if (vigil.isRefused) continue;
        for (const [at, turn] of vigil.turns.entries()) auditTurn(vigil, turn, at + 1);
        if (!vigil.told || !isSettled(vigil.told)) wrong("never", `${vigil.name}: ${vigil.told?.state ?? "not told of"}, long after it was due`);
        if (vigil.isKept && vigil.told?.state !== "kept")
          wrong("lost", `${vigil.name}: ${vigil.told?.state ?? "unknown"}, and its secret was told that it counted`);
      }
    },
  };
};

/** Less than was told before. */
const isBehind = (receipt: Receipt, told: Receipt): boolean => {
  if (receipt.turn !== told.turn) return receipt.turn < told.turn;
  return receipt.fired < told.fired || receipt.moved < told.moved || (isSettled(told) && receipt.state !== told.state);
};

/** What a receipt may say of the rungs: with the first envelope, or with the other. */
const hashesOf = ({ rungs, envelope }: Turn): readonly Uint8Array[] => {
  const first = rungs.map(({ kind, due, body }) => ({ kind, due, hash: sha256(body) }));
  const other = envelope && first.map((one, at) => (at === envelope.rung ? { ...one, hash: sha256(envelope.body) } : one));
  return other ? (envelope.taken ? [rungsHash(other)] : [rungsHash(first), rungsHash(other)]) : [rungsHash(first)];
};

/** A body that says what it is of: 256 bytes. */
export const bodyOf = (vigil: Uint8Array, turn: number, rung: number, version: number): Rungs[number]["body"] =>
  concat(vigil, new Uint8Array([turn, rung, version]), new Uint8Array(237)) as Rungs[number]["body"];
