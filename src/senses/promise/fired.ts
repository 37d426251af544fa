/** What a rung that fired comes to (PROM3, PROM4, PROM7), and what two devices know of it together. Pure. */
import type { Millis } from "../../base/brand.ts";
import type { Happening } from "../sense.ts";
import { lacksKey, replace, tell, withList, type LadderRung, type Life, type Promised, type PromiseState } from "./promised.ts";

/** Its owner's devices have it for a while: one of the other's may have missed it. */
const keyAfter = ({ owner, key }: Promised): Uint8Array | null => (owner === "me" ? key : null);

/** The key of what was released came after it. */
export const openLate = (state: PromiseState, id: string, kind: "envelope" | "farewell", note: string): PromiseState => {
  const known = state.list.find((one) => one.id === id);
  if (!known) return state;
  const opened = kind === "envelope" ? { ...known, opened: note } : { ...known, openedFarewell: note };
  const waitsForFarewell = opened.farewell !== null && opened.farewellAt === null;
  return replace(state, lacksKey(opened) || waitsForFarewell ? opened : { ...opened, key: keyAfter(opened) });
};

/** The keys that opened what is over go, once nothing of it can fire any more. */
export const forgetKeys = (state: PromiseState, ids: ReadonlySet<string>): PromiseState =>
  ids.size === 0
    ? state
    : { ...state, keys: state.keys.filter(({ id }) => !ids.has(id)), list: state.list.map((one) => (ids.has(one.id) ? { ...one, key: null } : one)) };

/** What a rung that fired comes to here. `note`: what its envelope held, where it opened. */
export interface FiredRung {
  readonly id: string;
  readonly turn: number;
  readonly kind: LadderRung["kind"];
  readonly now: Millis;
  readonly down: { readonly from: Millis; readonly until: Millis } | null;
  readonly early: boolean;
  readonly note: string | null;
  /** It is applied at its place in the log: all that stands before it was. */
  readonly ordered: boolean;
  /** The relay did not sign before that it had been told that the promise is settled. */
  readonly counts: boolean;
  /** The word that settled it was of a device in its first day: the relay was told nothing, and this is told as if it had not been said. */
  readonly endedByNew: boolean;
}

/** Pure, like an entry; only the relay's signed word leads here (line/firings.ts). The same rung again changes nothing. */
export const fire = (state: PromiseState, rung: FiredRung): { readonly state: PromiseState; readonly happened: readonly Happening[] } => {
  const none = { state, happened: [] };
  const before = state.list.find(({ id }) => id === rung.id);
  if (!before || before.end?.replaced) return none;
  const saysOf = (what: string): Happening => tell(what, before.owner, rung.now, { id: before.id, words: before.words, note: rung.note });
  // Begun anew, its note may come once more: the first may have been one that nobody here could open.
  const again = (kind: "envelope" | "farewell", opened: string | null): typeof none =>
    opened === null && rung.note !== null ? { ...none, state: openLate(state, rung.id, kind, rung.note) } : none;
  const overtaken = { state: replace(state, { ...before, spoke: "superseded" }), happened: [saysOf("superseded")] };
  if (rung.turn !== before.turn) {
    // What fired before the turn that holds was said is no word about it.
    const isOfThen = !rung.ordered && rung.now <= before.turnAt;
    return before.end !== null || before.spoke === "superseded" || isOfThen ? none : overtaken;
  }
  if (!rung.counts) return before.spoke === null ? overtaken : none;
  if (rung.early) return before.spoke === "early" ? none : { state: replace(state, { ...before, spoke: "early" }), happened: [saysOf("early")] };
  if (rung.kind === "remind") return rung.ordered && before.end === null && before.owner === "me" ? { state, happened: [saysOf("remind")] } : none;
  const known = { ...before, down: rung.down ?? before.down };
  switch (rung.kind) {
    case "late":
      if (before.lateAt !== null) return none;
      if (before.end === null) return { state: replace(state, { ...known, lateAt: rung.now }), happened: [saysOf("late")] };
      // Settled in that very moment, it is nothing to be told of.
      return { state: replace(state, { ...known, lateAt: rung.now, overruled: rung.ordered }), happened: rung.endedByNew ? [saysOf("late")] : [] };
    case "envelope":
      if (before.releasedAt !== null) return again("envelope", before.opened);
      return {
        state: replace(state, { ...known, releasedAt: rung.now, opened: rung.note, key: known.farewell === null ? keyAfter(known) : known.key }),
        happened: [saysOf("released")],
      };
    case "farewell":
      if (before.farewellAt !== null) return again("farewell", before.openedFarewell);
      return {
        state: replace(state, { ...known, farewellAt: rung.now, releasedAt: known.releasedAt ?? rung.now, openedFarewell: rung.note, key: keyAfter(known) }),
        happened: [saysOf("farewell")],
      };
  }
};

/**
 * What two devices of one person know, together: one of them may have taken the line up anew, and not heard all of it. Of a turn that both
 * know, what either heard of it holds.
 */
export const bothKnow = (one: PromiseState, two: PromiseState): PromiseState => {
  const known = one.list.map((a): Promised => {
    const b = two.list.find(({ id }) => id === a.id);
    if (!b || b.turn < a.turn) return a;
    if (b.turn > a.turn) return b;
    const both: Promised = {
      ...a,
      end: a.end ?? b.end,
      lateAt: a.lateAt ?? b.lateAt,
      releasedAt: a.releasedAt ?? b.releasedAt,
      farewellAt: a.farewellAt ?? b.farewellAt,
      opened: a.opened ?? b.opened,
      openedFarewell: a.openedFarewell ?? b.openedFarewell,
      down: a.down ?? b.down,
      spoke: a.spoke ?? b.spoke,
    };
    return { ...both, key: lacksKey(both) ? (a.key ?? b.key) : a.key && b.key };
  });
  const list = [...known, ...two.list.filter(({ id }) => !one.list.some((a) => a.id === id))];
  const lives = one.lives.map((a): Life => ({ ...a, offAt: a.offAt ?? two.lives.find(({ id }) => id === a.id)?.offAt ?? null }));
  const later = (a: Millis | null, b: Millis | null): Millis | null => (a === null || (b !== null && b > a) ? b : a);
  return withList(
    {
      ...one,
      lives: [...lives, ...two.lives.filter(({ id }) => !lives.some((a) => a.id === id))],
      keys: [...one.keys, ...two.keys.filter(({ id, from, by }) => !one.keys.some((a) => a.id === id && a.from === from && a.by === by))],
      asked: { me: later(one.asked.me, two.asked.me), other: later(one.asked.other, two.asked.other) },
    },
    list.toSorted((a, b) => a.madeAt - b.madeAt),
  );
};
