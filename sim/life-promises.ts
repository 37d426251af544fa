/**
 * Promises in a random life: made, extended, kept, withdrawn and signed by whichever device is there, at random moments, while
 * everything goes wrong. What the relay made durable is the truth that every screen is held against.
 *
 * After every event:
 * - nothing fires before its due, by the relay's own clock and by the ladder that its owner said (PROM3);
 * - no device shows a vigil as guarded that the relay did not hold, with that very due, within the last five minutes (PROM2);
 * - no device shows what a note holds before the relay let its envelope go (PROM6).
 *
 * Once it is calm, and everything that was promised had its time:
 * - kept, withdrawn, or released: one of them, the same at the relay and on every device of both (PROM4);
 * - what the relay watched over, and nobody settled, is late or released on every device of both, with its note open;
 * - what is still to come is guarded on all of them;
 * - of each rung everybody was told once.
 */
import { fromHex, toHex } from "../src/base/bytes.ts";
import type { Millis } from "../src/base/brand.ts";
import type { PromiseAct } from "../src/line/promises.ts";
import type { PromiseView, TogetherView } from "../src/line/view.ts";
import { readFiring, type Firing } from "../src/protocol/receipt.ts";
import type { Write } from "../src/relay/core/log-port.ts";
import { nextDue, type Vigil } from "../src/relay/core/vigil.ts";
import { view, type Person, type World } from "./world.ts";

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** So long after its note a farewell opens. */
const farewellAfter = minute;

/** So long after the relay held it last may a vigil still show as guarded (PROM2), and a moment for the hand that looks. */
const freshFor = 5 * minute + 10 * second;

/** What somebody promised, as they meant it. */
interface Meant {
  readonly of: Person["of"];
  readonly grace: Millis;
  readonly release: Millis;
  readonly note: string | null;
  readonly farewell: boolean;
}

/** A vigil as the relay has it, and, by due, when it last held it armed. */
interface Held {
  readonly vigil: Vigil;
  readonly armed: Map<Millis, Millis>;
  /** When it first was. */
  readonly since: Map<Millis, Millis>;
  readonly fired: readonly Firing[];
}

export interface Promises {
  /** Someone does something about a promise. */
  doSomething(devices: readonly Person[]): void;
  /** After every event, for a device that shows both. */
  look(who: Person, now: TogetherView): void;
  /** When the last of what was promised for this life had its time. */
  over(devices: readonly Person[]): Millis;
  /** In the end. */
  demandSettled(devices: readonly Person[]): void;
  /** Of which a rung fired early by the clock of some device. */
  readonly early: ReadonlySet<string>;
  /** Whether a device of that side may have lost what was said of it. */
  hasLost(of: Person["of"], id: string): boolean;
}

export const createPromises = (world: World): Promises => {
  const { chance, schedule } = world;
  const meant = new Map<string, Meant>();
  /** Devices that let another of their person settle promises in its first day. */
  const vouchers = new Set<Person>();
  const held = new Map<string, Held>();
  /**
   * When it was made, or first seen; windows are as old as their sign of life. What is said of it after a loss mends nothing: who lost that it was
   * kept may withdraw it later.
   */
  const begun = new Map<string, Millis>();
  const early = new Set<string>();
  /** A wall clock of the relay that is set moves no vigil; devices and relay may disagree about the time from then on. */
  let wasSet = false;
  const setsClock = world.seed % 4 === 0;

  const broken = (what: string): void => void (world.broken ??= new Error(what));
  const demand = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(what);
  };
  const begins = (id: string, of: string | null = null): void => void begun.set(id, begun.get(id) ?? begun.get(of ?? "") ?? schedule.now());
  /** It may have lost what was said of it: of what began since it was whole again it has all. */
  const mayLack = (who: Person, id: string): boolean => who.lostUntil !== null && who.lostUntil >= (begun.get(id) ?? 0);
  const hasLost = (of: Person["of"], id: string): boolean => world.devices.some((device) => device.of === of && mayLack(device, id));
  const isHeldAt = (id: string, due: Millis | null): boolean => due !== null && (held.get(id)?.armed.get(due) ?? -Infinity) >= schedule.now() - freshFor;
  const hasFired = (id: string, kind: Firing["kind"]): readonly Firing[] => held.get(id)?.fired.filter((one) => one.kind === kind) ?? [];

  world.onWritten = (batch) => {
    for (const write of batch) {
      if (write.kind === "vigil") took(write);
      if (write.kind === "record" && write.record.kind === "fired") fired(write);
    }
  };

  const took = ({ is }: Extract<Write, { kind: "vigil" }>): void => {
    const before = held.get(is.id);
    const [armed, since] = [before?.armed ?? new Map<Millis, Millis>(), before?.since ?? new Map<Millis, Millis>()];
    if (before?.vigil.state === "armed") armed.set(before.vigil.due, schedule.now());
    if (is.state === "armed") armed.set(is.due, Infinity);
    if (is.state === "armed" && !since.has(is.due)) since.set(is.due, schedule.now());
    held.set(is.id, { vigil: is, armed, since, fired: before?.fired ?? [] });
  };

  const fired = ({ line, record }: Extract<Write, { kind: "record" }>): void => {
    const firing = readFiring(new Uint8Array(32), fromHex(line) ?? new Uint8Array(), record.body, () => true);
    if (!firing) return broken("the relay left what is no firing");
    const id = toHex(firing.vigil);
    world.count("fired");
    const due = firing.due + firing.moved;
    if (firing.now < due) broken(`${id} fired ${due - firing.now} ms before its due`);
    if (firing.now > schedule.now() + world.farthestStart) broken(`${id} fired by a clock that is ${firing.now - schedule.now()} ms ahead`);
    const before = held.get(id);
    const terms = meant.get(id);
    if (!before) return broken(`${id} fired, and was never armed`);
    if (terms) {
      const after = { remind: -15 * minute, late: terms.grace, envelope: terms.grace + terms.release, farewell: Infinity }[firing.kind];
      // A note that came too late for its own time opens with the farewell.
      const opens = before.vigil.due + after;
      const isLate = firing.kind === "envelope" && terms.farewell && (wasSet || (before.since.get(before.vigil.due) ?? 0) > opens - 10 * second);
      if (firing.kind !== "farewell" && firing.due !== opens && !(isLate && firing.due === opens + farewellAfter - 1))
        broken(`${id} has its ${firing.kind} at another time than was promised`);
    }
    if (before.fired.some((one) => one.turn === firing.turn && one.rung === firing.rung)) broken(`a rung of ${id} fired twice`);
    held.set(id, { ...before, fired: [...before.fired, firing] });
  };

  const tell = (who: Person, intent: PromiseAct, then: (id: string) => void = () => undefined): void => {
    const { bond } = who;
    if (!bond) return;
    world.count(intent.what);
    world.note(`${who.name}: ${intent.what} ${"id" in intent ? intent.id?.slice(0, 6) : ""}`);
    void bond.act({ do: "promise", intent }).then((result) => {
      if (!result.ok) return world.count(`${intent.what} refused`);
      if (result.id === undefined) return;
      begins(result.id);
      then(result.id);
    });
  };

  const soon = (who: Person): Millis => (together(who)?.now ?? schedule.now()) + chance.whole(10 * second, 12 * minute);

  const make = (who: Person): void => {
    const grace = chance.pick([0, 0, 20 * second, 2 * minute]);
    const release = chance.pick([0, 30 * second, 2 * minute]);
    const note = chance.hit(0.6) ? `note ${chance.whole(0, 1e15)}` : null;
    const farewell = note !== null && chance.hit(0.2) ? { text: `farewell ${chance.whole(0, 1e15)}`, after: farewellAfter } : null;
    const isOpen = chance.hit(0.1);
    const when = isOpen ? "once it is calm" : null;
    const intent: PromiseAct = { what: "make", words: `word ${chance.whole(0, 1e15)}`, by: isOpen ? null : soon(who), when, grace, release, note, farewell };
    tell(who, intent, (id) => meant.set(id, { of: who.of, grace, release, note, farewell: farewell !== null }));
  };

  /** A window that opens within this life, and thirteen more after it. */
  const live = (who: Person): void => {
    const minutes = Math.floor(((together(who)?.now ?? schedule.now()) % day) / minute) + chance.whole(1, 6);
    const [from, to] = [minutes % 1440, (minutes + chance.whole(1, 5)) % 1440];
    const note = chance.hit(0.5) ? `note ${chance.whole(0, 1e15)}` : null;
    tell(who, { what: "live", words: "all is well", zone: "UTC", from, to, grace: 0, release: minute, note });
  };

  const press = (who: Person): void => {
    const secret = who.bond && who.home?.signKey(who.bond.id)?.expose();
    if (!secret || !world.network.relay) return;
    world.count("pressed");
    world.network.relay.keep(secret, () => undefined);
  };

  const setRelayClock = (): void => {
    const by = chance.whole(-10, 10) * minute;
    world.relaySkew += by;
    wasSet = true;
    world.count("relay clock set");
    world.note(`the relay's clock is set by ${by / second} s`);
  };

  return {
    early,
    hasLost,

    doSomething(devices) {
      const who = chance.pick(devices);
      const now = who && together(who);
      if (!now) return;
      const mine = now.promises.filter((one) => one.owner === "me" && one.life === null && one.settledAt === null && one.releasedAt === null);
      const one = mine.length > 0 ? chance.pick(mine) : undefined;
      const dice = chance.next();
      if (dice < 0.35 || !one) return dice < 0.05 ? live(who) : mine.length < 8 ? make(who) : undefined;
      if (dice < 0.5) return tell(who, { what: "extend", id: one.id, by: soon(who) });
      if (dice < 0.65) return tell(who, { what: "keep", id: one.id });
      if (dice < 0.72) return tell(who, { what: "withdraw", id: one.id });
      if (dice < 0.8) return tell(who, { what: "sign" });
      if (dice < 0.84) return press(who);
      if (dice < 0.86 && now.life.me) return tell(who, { what: "live-off", id: now.life.me.id });
      if (dice < 0.9) return tell(who, { what: "ask", words: "when will you be home?" });
      if (dice < 0.92 && setsClock) return setRelayClock();
      const [newer] = now.devices.mine.filter(({ here, newUntil }) => !here && newUntil !== null);
      if (newer) {
        world.act(who, { do: "vouch", device: newer.index });
        vouchers.add(who);
      }
    },

    look(who, now) {
      for (const one of now.promises) {
        begins(one.id, one.life);
        if (one.spoke === "early") early.add(one.id);
        if (one.state === "guarded" && !isHeldAt(one.id, one.by))
          broken(`${who.name} shows ${one.id} guarded, and the relay has ${held.get(one.id)?.vigil.state ?? "nothing"} of it`);
        if (one.note !== null && hasFired(one.id, "envelope").length === 0) broken(`${who.name} reads the note of ${one.id}, and it was not released`);
        if (one.farewell !== null && hasFired(one.id, "farewell").length === 0) broken(`${who.name} reads the farewell of ${one.id}, and it was not released`);
      }
    },

    over(devices) {
      const soonest = schedule.now() + 60 * minute;
      const ends = devices.flatMap((who) => (together(who)?.promises ?? []).map((one) => (isRunning(one) ? (one.opensAt ?? one.lateAt ?? 0) : 0)));
      const waits = [...held.values()].map(({ vigil }) => nextDue(vigil) ?? 0);
      // What is due by one clock may not be by another for as long as they are apart.
      const apart = wasSet ? 40 * minute : 0;
      return Math.max(...[...ends, ...waits].filter((at) => at < soonest), schedule.now()) + apart;
    },

    demandSettled(devices) {
      const ids = new Set(devices.flatMap((who) => together(who)?.promises.map(({ id }) => id) ?? []));
      for (const id of ids) {
        const shown = devices.flatMap((who) => {
          const one = together(who)?.promises.find((each) => each.id === id);
          return one ? [{ who, one }] : [];
        });
        const owner = shown.some(({ who, one }) => (one.owner === "me") === (who.of === "ada")) ? "ada" : "ben";
        const isLossy = hasLost(owner, id);
        // What a device said that was removed then is said again by none of its person's: whose line was taken up over it lacks it.
        const isOfRemoved = world.devices.some(({ of, removedAs }) => of === owner && removedAs !== null) && shown.every(({ who }) => who.of !== owner);
        const mayMiss = (who: Person): boolean => (isLossy && (who.of === owner || mayLack(who, id))) || (isOfRemoved && who.of === owner && who.mended);
        const missing = devices.filter((who) => !shown.some((each) => each.who === who) && !mayMiss(who));
        // Windows that ended with their sign of life are not said again.
        const isOver = shown.every(({ one }) => one.life !== null && one.state === "withdrawn");
        demand(isOver || missing.length === 0, `${missing[0]?.name} does not know the promise ${id} of ${owner}`);
        // What only a lost device knew of its own person may be gone from that person's devices; never from the other's.
        // One that forgot that it vouched holds the other for new, and passes over what that said: nobody vouches for it again but its person.
        const hasForgotten = (who: Person): boolean => who.of === owner && who.lossy && vouchers.has(who);
        const sure = shown.filter(({ who }) => (!isLossy || who.of !== owner) && !hasForgotten(who));
        const [first] = sure;
        if (!first) continue;
        for (const { who, one } of sure) {
          // Of what fired, a device that lost its memory may have had the only word there was.
          const isForgetful = hasLost(who.of, id);
          if (isForgetful && one.why === "fired") continue;
          const [said, same] = [standing(one, who, isLossy, isForgetful), standing(first.one, first.who, isLossy, isForgetful)];
          demand(said === same, `of ${id} ${first.who.name} says ${same}, and ${who.name} ${said}`);
          const all = shown.map((each) => each.one);
          demandTrue(who, one, isLossy, all);
        }
      }
      for (const who of devices) demandToldOnce(who);
    },
  };

  function demandTrue(who: Person, one: PromiseView, isLossy: boolean, shown: readonly PromiseView[]): void {
    const { vigil, fired: all } = held.get(one.id) ?? { vigil: undefined, fired: [] };
    // A device that lost what it had said may have said something else since under the same turn: who heard both goes by the first.
    if (isLossy && vigil && vigil.due !== one.by) return;
    const says = `${who.name} shows ${one.id} as ${one.state}${one.why === null ? "" : ` (${one.why})`}, and the relay has`;
    const here = all.filter((rung) => rung.turn === vigil?.turn && vigil?.due === one.by);
    const released = here.some(({ kind }) => kind === "envelope");
    switch (one.state) {
      case "kept":
      case "withdrawn":
        // A window that another took the place of, because its device lost it, has nobody to lift it; what fires of it means nothing.
        demand(!released || (isLossy && one.life !== null), `${says} released it`);
        demand(isLossy || vigil?.state !== "armed", `${says} it armed`);
        return;
      case "released":
        demand(released, `${says} not released it`);
        // With both sides' memory of it gone, and the relay's log behind it, nobody has it any more.
        if (isLossy && hasLost(who.of, one.id) && shown.every(({ note }) => note === null)) return;
        demand(!one.hasNote || one.note === (meant.get(one.id)?.note ?? one.note), `${who.name} reads another note of ${one.id} than was written`);
        demand(!one.hasNote || one.note !== null, `${who.name} cannot read the note of ${one.id}`);
        return;
      case "late":
        demand(
          // By the turn before, where it was begun anew, or where the next one is a new device's, which nobody takes up.
          all.some(({ kind, due, moved }) => kind === "late" && due + moved === one.lateAt),
          `${says} not said that it is late`,
        );
        demand(!one.hasNote || one.opensAt === null || one.opensAt > schedule.now() - minute, `${says} a note of it, which is due`);
        return;
      case "open":
        return;
      case "arming":
      case "guarded":
      case "unguarded":
        demand(
          here.every(({ kind }) => kind === "remind"),
          `${says} spoken of it`,
        );
        // A device had the relay let go of it, and was lost before the log had its word: whether it was kept nobody is left to say.
        if (isLossy && one.why === "lifted" && vigil?.state === "lifted" && vigil.due === one.by) return;
        // Or it was lost with all that its side knew of it, or with its note, before it had it guarded: nobody is left to arm it. Who knows it, and
        // lacks no more than its key, begins it anew.
        if (isLossy && one.why === "not-there" && vigil === undefined && (one.hasNote || shown.every(({ owner }) => owner !== "me"))) return;
        if (one.by !== null && one.by > schedule.now() + minute) {
          demand(vigil?.state === "armed" && vigil.due === one.by, `${says} it ${vigil?.state} until ${vigil?.due}, not ${one.by}`);
          // A device whose clock was set meanwhile cannot know which of the two clocks was.
          demand(one.state === "guarded" || ((wasSet || who.wasSet) && one.why === "clock"), `${says} it armed`);
        } else if (!isLossy || one.why !== "older-turn") demand(!held.get(one.id)?.armed.has(one.by ?? 0), `${says} watched over it, and its time is over`);
    }
  }

  function demandToldOnce(who: Person): void {
    if (who.lossy || who.mended) return;
    const told = who.happened
      .filter(({ kind, what }) => kind === "promise" && typeof what === "string" && ["late", "released", "farewell", "remind"].includes(what))
      .map(({ what, id, at }) => JSON.stringify([what, id, at]));
    demand(new Set(told).size === told.length, `${who.name} was told twice: ${told.find((one, i) => told.indexOf(one) !== i)}`);
  }
};

const isRunning = ({ state }: PromiseView): boolean => state !== "kept" && state !== "withdrawn" && state !== "released";

/** What has to be the same on every device of both. */
const standing = (one: PromiseView, who: Person, isLossy: boolean, isForgetful: boolean): string => {
  const state = ["arming", "guarded", "unguarded"].includes(one.state) ? "running" : one.state;
  const owner = (one.owner === "me") === (who.of === "ada") ? "ada" : "ben";
  // Until when it once was matters no more once it is settled: who hears of all that later hears it in another order. What fired was of one due.
  const by = isRunning(one) || (state === "released" && !isLossy) ? one.by : null;
  return JSON.stringify({
    owner,
    words: one.words,
    by,
    when: one.when,
    state,
    late: isForgetful ? null : one.firedLateAt,
    released: one.releasedAt,
    note: one.note,
    farewell: one.farewell,
  });
};

const together = (who: Person): TogetherView | undefined => {
  const now = view(who);
  return now?.stage === "together" ? now : undefined;
};
