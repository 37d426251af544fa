/**
 * A real relay process that is killed (SIGKILL) again and again, at moments that a seed chooses: while it starts, while it answers,
 * while vigils fire, while it settles after a time in which it was not there. Several lines go on saying things and arming
 * vigils all the while. All that is known of it is what it told devices and wrote into logs: nothing is read from its disk.
 *
 * Every third life or so is the shipped `beside relay`. The other ones have shorter times for a gap and for settling, so that
 * outages that count as such take seconds; nothing else is different.
 */
import { join } from "node:path";
import type { Millis } from "../src/base/brand.ts";
import { systemClock, systemTimer } from "../src/cli/adapters/clock.ts";
import type { Limits } from "../src/relay/core/limits.ts";
import { pairUp, RelayProcess } from "../src/relay/process-test-kit.ts";
import { createChance } from "../sim/chance.ts";
import { createLogBook } from "./log-book.ts";
import { createPerson, type Person } from "./person.ts";
import { createVigilLedger, type Settling, type VigilLedger } from "./vigil-ledger.ts";
import type { Tell, Wrong } from "./wrong.ts";

export interface Torture {
  readonly cycles: number;
  readonly seed: number;
  /** An empty folder. */
  readonly folder: string;
  /** Of how it goes. */
  readonly tell?: (line: string) => void;
}

export interface Outcome {
  readonly vigils: number;
  readonly fired: number;
  readonly entries: number;
  /** Kills before it listened. */
  readonly atStart: number;
  readonly wrongs: readonly Wrong[];
}

const lines = 5;
const short = { gap: 2000, settle: 600, canaryEvery: 300 } satisfies Partial<Limits>;
const tickEvery = 10;
/** Far more than any rung is ahead. */
const patience = 60_000;

/** When a life ends, in milliseconds after it began, listened, or everybody was connected. */
interface Kill {
  readonly from: "start" | "listening" | "all is well";
  readonly after: Millis;
}

interface Line {
  readonly name: string;
  readonly people: readonly Person[];
  readonly ledgers: readonly VigilLedger[];
}

export const torture = async ({ cycles, seed, folder, tell }: Torture): Promise<Outcome> => {
  const chance = createChance(seed);
  const wrongs: Wrong[] = [];
  const wrong: Tell = (kind, what) => {
    wrongs.push({ kind, what });
    tell?.(`${kind}: ${what}`);
  };
  const settlings: Settling[] = [];
  let open: Line[] = [];
  const sums = { vigils: 0, fired: 0, entries: 0, atStart: 0 };
  let made = 0;

  const start = (root: "beside" | "test"): RelayProcess =>
    new RelayProcess(["--port", "0", "--json", "--data", join(folder, "data")], root === "test" ? { root, limits: short } : { root });

  /** The relay may die meanwhile: then there is no such line. */
  const makeLine = async (url: string): Promise<void> => {
    const name = `line ${++made}`;
    const devices = await pairUp(url, name);
    const relayKey = (await devices.ana.challenge()).relay;
    for (const { ws } of [devices.ana, devices.ben]) ws.terminate();
    const book = createLogBook(name, wrong);
    const ledgers = [createVigilLedger(name, wrong, settlings), createVigilLedger(name, wrong, settlings)];
    const people = ledgers.map((ledger, side) => createPerson({ line: name, who: side === 0 ? "ana" : "ben", relayKey, book, ledger, chance }));
    open.push({ name, people, ledgers });
    await Promise.all(people.map((person) => person.connect(url)));
  };

  /** What nothing waits for any more is looked at as a whole, and left. */
  const close = (line: Line): void => {
    for (const ledger of line.ledgers) {
      ledger.audit();
      sums.vigils += ledger.count();
      sums.fired += ledger.fires();
    }
    for (const person of line.people) sums.entries += person.entries();
    open = open.filter((one) => one !== line);
  };

  const live = async (url: string): Promise<void> => {
    await Promise.allSettled(open.flatMap(({ people }) => people.map((person) => person.connect(url))));
    while (open.filter(({ people }) => !people.some((person) => person.isFull())).length < lines) await makeLine(url);
  };

  const tick = (armsMore: boolean): void => {
    for (const { people } of open) for (const person of people) person.tick(armsMore && !people.some((one) => one.isFull()));
  };

  /** One life of the relay, after it was killed at `before`; when that is over, and whether it came to listen. */
  const cycle = async (before: Millis, root: "beside" | "test", kill: Kill): Promise<{ readonly died: Millis; readonly listened: boolean }> => {
    const began = systemClock.now();
    if (root === "test" && began - before > short.gap) settlings.push({ from: began, until: began + short.settle });
    const relay = start(root);
    let [killed, listened] = [false, false];
    const strike = (): void => {
      killed = true;
      relay.child.kill("SIGKILL");
    };
    if (kill.from === "start") systemTimer.after(kill.after, strike);
    const lived = relay.listening
      .then(async (url) => {
        listened = true;
        if (kill.from === "listening") systemTimer.after(kill.after, strike);
        await live(url);
        if (kill.from === "all is well") systemTimer.after(kill.after, strike);
      })
      // What fails because it died is no fault; nothing else fails.
      .then(
        () => undefined,
        (error: unknown) => {
          if (killed) return undefined;
          strike();
          return error;
        },
      );
    const ticking = setInterval(() => tick(true), tickEvery);
    const { signal, stderr } = await relay.ended;
    const died = systemClock.now();
    clearInterval(ticking);
    const fault = await lived;
    if (fault) throw fault;
    if (signal !== "SIGKILL") throw new Error(`the relay ended by itself: ${stderr}`);
    if (!listened) sums.atStart++;
    return { died, listened };
  };

  /** A relay that lives, until all that was armed is settled. */
  const drain = async (): Promise<void> => {
    const relay = start("beside");
    await live(await relay.listening);
    const until = systemClock.monotonic() + patience;
    while (open.some(({ people }) => people.some((person) => !person.isDone())) && systemClock.monotonic() < until) {
      tick(false);
      await pause(tickEvery);
    }
    for (const line of open) close(line);
    await relay.kill("SIGKILL");
  };

  const every = Math.max(1, Math.ceil(cycles / 20));
  // The first one lives until there are lines.
  let { died, listened } = await cycle(systemClock.now(), "beside", { from: "all is well", after: 100 });
  let root: "beside" | "test" = "beside";
  for (let number = 1; number <= cycles; number++) {
    const isLong = chance.hit(0.06);
    await pause(isLong ? short.gap + chance.whole(50, 300) : chance.whole(0, 150));
    // Never two of the shipped ones in a row: their own times are long, and the other would find that nobody had looked at the clock. Nor one
    // after a life that never came to listen: what that would have found out about an outage is nothing to a relay of long times.
    root = isLong || !listened || root === "beside" || chance.hit(0.3) ? "test" : "beside";
    // After an outage it settles, and may die before, after and while it does.
    const kill: Kill = chance.hit(0.12)
      ? { from: "start", after: chance.whole(0, 250) }
      : { from: "listening", after: isLong ? chance.whole(200, 1500) : chance.whole(20, 600) };
    ({ died, listened } = await cycle(died, root, kill));
    for (const line of open) if (line.people.some((person) => person.isFull()) && line.people.every((person) => person.isDone())) close(line);
    if (number % every === 0) tell?.(`${number} of ${cycles} cycles, ${counted(sums, open)} vigils, ${wrongs.length} wrong`);
  }
  await drain();
  return { ...sums, wrongs };
};

const counted = (sums: { readonly vigils: number }, open: readonly Line[]): number =>
  open.reduce((sum, { ledgers }) => sum + ledgers.reduce((more, ledger) => more + ledger.count(), 0), sums.vigils);

const pause = (millis: number): Promise<void> => new Promise((resolve) => systemTimer.after(millis, resolve));
