/**
 * Races (PROM4): a promise is kept in the last tenth of a second before it would be late and its note would open, again and again, and now
 * and then the relay dies in that very moment. Kept or released, one of the two, at the relay and for both.
 */
import { fromHex, toHex } from "../src/base/bytes.ts";
import type { Millis } from "../src/base/brand.ts";
import type { PromiseView } from "../src/line/view.ts";
import { readFiring } from "../src/protocol/receipt.ts";
import { createWorld, pairUp, settle, until, view, type Person } from "./world.ts";

/** In one world, one after the other. */
export const racesAtOnce = 20;

export interface Races {
  readonly kept: number;
  readonly released: number;
  /** What must not be. */
  readonly wrong: readonly string[];
}

const second = 1000;

export const race = async (seed: number): Promise<Races> => {
  const world = createWorld(seed);
  const { chance, schedule } = world;
  const { ada, ben } = world.people;
  for (const who of [ada, ben]) who.skew = chance.whole(-5, 5) * second;
  world.relayLooks = 10;
  /** By promise, what the relay did: it let the note go, or was told in time. */
  const relay = new Map<string, Set<"released" | "lifted">>();
  const did = (id: string, what: "released" | "lifted"): void => void relay.set(id, (relay.get(id) ?? new Set()).add(what));
  world.onWritten = (batch) => {
    for (const write of batch) {
      if (write.kind === "vigil" && write.is.state === "lifted") did(write.is.id, "lifted");
      if (write.kind !== "record" || write.record.kind !== "fired") continue;
      const firing = readFiring(new Uint8Array(32), fromHex(write.line) ?? new Uint8Array(), write.record.body, () => true);
      if (firing?.kind === "envelope") did(toHex(firing.vigil), "released");
    }
  };
  await pairUp(world);
  await settle(world, 3 * second);
  for (const who of [ada, ben]) {
    who.onScreen = true;
    who.bond?.onScreen(true);
  }
  const first = schedule.now() + 20 * second;
  for (let i = 0; i < racesAtOnce; i++) {
    const terms = { when: null, grace: 0, release: 0, note: "look in the blue box", farewell: null } as const;
    world.act(ada, { do: "promise", intent: { what: "make", words: `word ${i}`, by: first + i * second, ...terms } });
  }
  await until(world, () => (promisesOf(ben).length === racesAtOnce && promisesOf(ben).every(({ state }) => state === "guarded") ? true : undefined));
  for (const { id, by } of promisesOf(ada)) {
    const due = by as Millis;
    const at = due - chance.whole(0, 100);
    schedule.after(at - schedule.now(), () => world.act(ada, { do: "promise", intent: { what: "keep", id } }));
    if (!chance.hit(0.05)) continue;
    schedule.after(due - chance.whole(0, 60) - schedule.now(), () => world.crashRelay());
    schedule.after(due + 300 - schedule.now(), () => world.startRelay());
  }
  await world.runUntil(first + racesAtOnce * second);
  await settle(world, 40 * second);
  return judge(ada, ben, relay);
};

const judge = (ada: Person, ben: Person, relay: ReadonlyMap<string, ReadonlySet<string>>): Races => {
  const wrong: string[] = [];
  let [kept, released] = [0, 0];
  for (const one of promisesOf(ada)) {
    const other = promisesOf(ben).find(({ id }) => id === one.id);
    const [hers, his, did] = [standingOf(one), other && standingOf(other), [...(relay.get(one.id) ?? [])].join(" and ")];
    if (hers === his && hers === (did === "released" ? "released, open" : did === "lifted" ? "kept, closed" : "")) {
      if (did === "lifted") kept++;
      else released++;
    } else wrong.push(`${one.id}: ${hers} for ada, ${his ?? "nothing"} for ben, and the relay ${did || "did nothing"}`);
  }
  if (kept + released + wrong.length !== racesAtOnce) wrong.push(`${racesAtOnce} were run, ${kept + released + wrong.length} are there`);
  return { kept, released, wrong };
};

const standingOf = ({ state, note }: PromiseView): string => `${state}, ${note === null ? "closed" : "open"}`;

const promisesOf = (who: Person): readonly PromiseView[] => {
  const now = view(who);
  return now?.stage === "together" ? now.promises : [];
};
