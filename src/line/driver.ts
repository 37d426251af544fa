/**
 * Runs one bond: takes events one at a time, steps, does the effects, and feeds the answers to work back before anything
 * else. It decides nothing. Several can live in one process; one bond has one driver on a device (the edges see to it).
 */
import { equalBytes } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { exhaustive, invariant } from "../base/exhaustive.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { notPinned, type Pins, type Sealer, type Sealers } from "../ports/sealer.ts";
import { unlessGone, type Store } from "../ports/store.ts";
import type { Timer } from "../ports/timer.ts";
import type { Connection, Transport } from "../ports/transport.ts";
import type { Argon2id } from "../ports/words.ts";
import { decodeFrame, encodeFrame, isRelayFrame } from "../protocol/frames.ts";
import type { Verify } from "../protocol/receipt.ts";
import type { Happening } from "../senses/sense.ts";
import { createBlobLane } from "./blob-lane.ts";
import { joinEntries, type Answer, type Context, type Effect, type Event, type Job, type Work } from "./event.ts";
import { fetchArchive, keepArchive, type JobBox } from "./jobs.ts";
import { ownKeyInfo } from "./own.ts";
import { keptKey } from "./entry.ts";
import { sixWords } from "./six-words.ts";
import { aheadOf } from "./senses.ts";
import type { ActResult, State } from "./state.ts";
import { step } from "./step.ts";
import type { Act } from "./view.ts";

export interface Ports {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly transport: Transport;
  readonly sealers: Sealers;
  readonly argon2id: Argon2id;
  /** See Context. */
  readonly verify?: Verify;
}

export interface Driver {
  state(): State;
  context(): Context;
  act(act: Act): Promise<ActResult>;
  onScreen(on: boolean): void;
  watch(listener: () => void): () => void;
  listen(listener: (happening: Happening) => void): () => void;
  /** The driver's timer, for those who wait for it. */
  after(delay: number, call: () => void): () => void;
  /** Ends the connection and does nothing more; what was under way is finished first. */
  stop(): Promise<void>;
}

export const startDriver = (initial: State, restored: Sealer | null, ports: Ports, store: Store): Driver => {
  let state = initial;
  let sealer = restored;
  let connection: Connection | null = null;
  let cancelWake: (() => void) | null = null;
  let stopped = false;
  let working = false;
  let worked: Promise<void> = Promise.resolve();
  let job: Promise<void> = Promise.resolve();
  let lastAct = 0;
  const queue: Event[] = [];
  const lane = createBlobLane(
    (frame) => connection?.send(encodeFrame(frame)),
    (delay, call) => void ports.timer.after(delay, call),
  );
  const acts = new Map<number, (result: ActResult) => void>();
  const watchers = new Set<() => void>();
  const listeners = new Set<(happening: Happening) => void>();

  const context = (): Context => ({
    wall: Math.round(ports.clock.now()),
    monotonic: Math.round(ports.clock.monotonic()),
    random: ports.random,
    ...(ports.verify && { verify: ports.verify }),
  });

  const push = (event: Event): void => {
    if (stopped) return;
    const joined = joinEntries(queue.at(-1), event);
    if (joined) queue[queue.length - 1] = joined;
    else queue.push(event);
    // Before the first step: what a step pushes waits in the queue, however early.
    if (working) return;
    working = true;
    worked = run();
  };

  /** The one loop. It ends only with an empty queue, and says so in the same moment. */
  const run = async (): Promise<void> => {
    try {
      for (let event: Event | undefined = queue.shift(); event; event = queue.shift()) await handle(event);
    } finally {
      working = false;
    }
  };

  /** One event, and the answers to the work that follows from it. */
  const handle = async (event: Event): Promise<void> => {
    let current: Event | undefined = event;
    while (current) {
      const before = state;
      const [after, effects] = step(state, current, context());
      state = after;
      if (state.link.is === "open" && state.link.current) lane.up();
      else lane.down();
      current = undefined;
      for (const effect of effects) {
        const answer: Answer | undefined = isWork(effect) ? await work(effect) : perform(effect);
        if (answer) current = answer;
      }
      if (state !== before) for (const watcher of watchers) watcher();
    }
  };

  const perform = (effect: Exclude<Effect, Work>): undefined => {
    switch (effect.do) {
      case "connect":
        connect(effect.origin);
        break;
      case "disconnect":
        hangUp();
        // The closing is told as an event also where the adapter would not: the state decides what it means.
        push({ is: "disconnected" });
        break;
      case "send":
        connection?.send(encodeFrame(effect.frame));
        break;
      case "job":
        job = runJob(effect.job);
        break;
      case "emit":
        for (const listener of listeners) listener(effect.happening);
        break;
      case "answer":
        acts.get(effect.act)?.(effect.result);
        acts.delete(effect.act);
        break;
      case "wake":
        cancelWake?.();
        cancelWake = ports.timer.after(Math.min(effect.after, 0x7fffffff), () => push({ is: "tick" }));
        break;
      default:
        exhaustive(effect);
    }
  };

  /**
   * The page is hidden or going: what was sealed in advance leaves in this very call, for there may be no next. Only
   * while nothing is under way (the count it was sealed for must still be free) and while it is still to be said.
   */
  const sendAhead = (): void => {
    const { ahead, link, unsaved } = state;
    const free = !working && !unsaved.dirty && link.is === "open" && link.current && !state.fault && !state.skips;
    if (!free || !ahead || ahead.n !== state.n || ahead.epoch !== state.epoch || aheadOf(state, context()) === undefined) return;
    perform({ do: "send", frame: { type: "append", n: ahead.n, epoch: ahead.epoch, body: ahead.body } });
  };

  /** Forgotten before it is closed: an adapter that tells of the closing within the call tells nobody. */
  const hangUp = (): void => {
    const ended = connection;
    connection = null;
    ended?.close();
  };

  const connect = (origin: string): void => {
    hangUp();
    const mine: Connection = ports.transport.connect(origin, {
      opened: () => undefined,
      message: (message) => {
        if (connection !== mine) return;
        const decoded = decodeFrame(message);
        if (decoded.ok && isRelayFrame(decoded.value)) {
          if (!lane.hear(decoded.value)) push({ is: "frame", frame: decoded.value });
        } else push({ is: "nonsense", version: !decoded.ok && decoded.error.code === "version" });
      },
      closed: () => {
        if (connection !== mine) return;
        connection = null;
        push({ is: "disconnected" });
      },
    });
    connection = mine;
  };

  const runJob = async (job: Job): Promise<void> => {
    const tools = { lane, random: ports.random, progress: (done: number, total: number) => push({ is: "job-progress", done, total }) };
    switch (job.is) {
      case "archive": {
        const kept = await unlessGone(keepArchive({ ...job, box: boxOf(state) }, { ...tools, store, sealers: ports.sealers }));
        return push({ is: "archived", archived: kept?.ok ? kept.value : null });
      }
      case "fetch": {
        const to = { after: job.after, line: state.line, box: boxOf(state) };
        const fetched = await unlessGone(fetchArchive(job.own, { ...tools, store, sealers: ports.sealers }, to));
        return push({ is: "fetched", fetched: fetched?.ok ? fetched.value : null });
      }
      default:
        return exhaustive(job);
    }
  };

  const identity = () => ({ certificate: state.self.certificate, deviceSeed: state.self.device });
  const pins = (): Pins => ({ line: state.line, me: state.self.personKey, other: otherOf(state) });

  const work = async (effect: Work): Promise<Answer> => {
    switch (effect.do) {
      case "seal": {
        invariant(sealer, "sealing before there is a seal");
        const bodies = [];
        let mls = state.mls as Uint8Array;
        for (const item of effect.items) {
          const sealed = await sealer.seal(item.plain, item.aad);
          bodies.push({ item, body: sealed.ok ? sealed.value.body : null });
          if (sealed.ok) mls = sealed.value.state;
        }
        return { is: "sealed", bodies, mls };
      }
      case "receive": {
        invariant(sealer, "receiving before there is a seal");
        const { results, state: mls } = await sealer.receive(effect.items);
        return { is: "received", results, mls };
      }
      case "add": {
        invariant(sealer, "accepting before there is a seal");
        // Whoever is let in is who knocked: the person and device of the knock, and no others (PAIR1).
        const claimed = await ports.sealers.inspect(effect.keyPackage, state.line);
        if (!claimed.ok || !equalBytes(claimed.value.person, effect.person) || !equalBytes(claimed.value.device, effect.device))
          return { is: "added", change: null };
        const added = await sealer.change({ add: [effect.keyPackage], remove: [] });
        const change = added.ok && added.value.welcome ? { commit: added.value.commit, welcome: added.value.welcome, mls: added.value.state } : null;
        return { is: "added", change };
      }
      case "change": {
        invariant(sealer, "changing before there is a seal");
        for (const { keyPackage, key } of effect.add) {
          const claimed = await ports.sealers.inspect(keyPackage, state.line);
          if (!claimed.ok || !equalBytes(claimed.value.device, key) || !equalBytes(claimed.value.person, state.self.personKey))
            return { is: "changed", change: null };
        }
        const changed = await sealer.change({ add: effect.add.map(({ keyPackage }) => keyPackage), remove: effect.remove });
        return { is: "changed", change: changed.ok ? { commit: changed.value.commit, welcome: changed.value.welcome, mls: changed.value.state } : null };
      }
      case "join": {
        const me = state.self.personKey;
        const hash = effect.inviterHash ? { otherHash: effect.inviterHash } : {};
        const joined = await ports.sealers.join(effect.pending, effect.welcome, { line: state.line, me, other: effect.other, ...hash });
        if (!joined.ok) return { is: "joined", joined: { why: joined.error.reason === notPinned ? "impostor" : "bad-welcome" } };
        const other = joined.value.sealer.members().find((member) => !equalBytes(member.person, me))?.person;
        if (!other) return { is: "joined", joined: { why: "impostor" } };
        sealer = joined.value.sealer;
        return { is: "joined", joined: { mls: joined.value.state, other, epoch: sealer.epoch(), members: sealer.members() } };
      }
      case "package": {
        const { keyPackage, state: pending } = await ports.sealers.keyPackage(identity(), pins());
        return { is: "packaged", keyPackage, pending };
      }
      case "refound": {
        // Whom this device knows to be removed, and whom such a one certified, is let in by no word of the relay (DEV2).
        const packages = [];
        for (const keyPackage of effect.packages) {
          const owner = await ports.sealers.inspect(keyPackage, state.line);
          const gone = (key: Uint8Array): boolean => effect.among.gone.some((one) => equalBytes(one, key));
          const known = owner.ok && effect.among.on.some((one) => equalBytes(one, owner.value.device));
          const by = owner.ok ? owner.value.by : null;
          const vouched = by === null || effect.among.on.some((one) => equalBytes(one, by));
          if (owner.ok && !gone(owner.value.device) && (known || vouched)) packages.push(keyPackage);
        }
        const made = await ports.sealers.refound(identity(), pins(), packages);
        return { is: "refounded", made: made.ok ? { welcome: made.value.welcome, mls: made.value.state } : null };
      }
      case "rejoin": {
        const none = { is: "rejoined", mls: null, members: [] } as const;
        if ("mls" in effect.by) {
          const restored = await ports.sealers.restore(effect.by.mls, pins());
          if (!restored.ok) return none;
          sealer = restored.value;
          return { is: "rejoined", mls: effect.by.mls, members: sealer.members() };
        }
        const { pending, welcome, among } = effect.by;
        const joined = await ports.sealers.join(pending, welcome, pins(), among);
        if (!joined.ok) return none;
        sealer = joined.value.sealer;
        return { is: "rejoined", mls: joined.value.state, members: sealer.members() };
      }
      case "own": {
        const boxSeed = new Secret(ports.random(32));
        const wordsBox = effect.wordsSeed ? await ports.sealers.boxKey(effect.wordsSeed) : null;
        return { is: "owned", boxSeed, boxKey: await ports.sealers.boxKey(boxSeed), wordsBox };
      }
      case "box": {
        const boxes = [];
        for (const { key, box: to } of effect.to) {
          const box = await ports.sealers.sealBox(to, effect.own.key.expose(), ownKeyInfo);
          if (box.ok) boxes.push({ device: key, box: box.value });
        }
        return { is: "boxed", boxes };
      }
      case "unbox": {
        const opened = await ports.sealers.openBox(effect.seed, effect.box, ownKeyInfo);
        return { is: "unboxed", key: opened.ok && opened.value.length === 32 ? new Secret(opened.value.slice()) : null, gen: effect.gen };
      }
      case "read-kept": {
        const rows = await unlessGone(store.list("kept/", { after: keptKey(effect.from - 1) }));
        return rows ? { is: "kept", rows } : { is: "not-saved", why: "gone" };
      }
      case "export":
        invariant(sealer, "exporting before there is a seal");
        return { is: "exported", secret: await sealer.exportSecret("beside live", state.line) };
      case "words":
        return { is: "words", words: await sixWords(ports.argon2id, state.self.personKey, effect.other, state.line) };
      case "save": {
        const saved = await store.write(effect.change);
        return saved.ok ? { is: "saved" } : { is: "not-saved", why: saved.error };
      }
      default:
        return exhaustive(effect);
    }
  };

  push({ is: "started" });

  return {
    state: () => state,
    context,
    act: (act) =>
      new Promise((resolve) => {
        const id = ++lastAct;
        acts.set(id, resolve);
        push({ is: "act", id, act });
      }),
    onScreen: (on) => {
      if (!on) sendAhead();
      push({ is: "screen", on });
    },
    watch: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    after: (delay, call) => ports.timer.after(delay, call),
    stop: async () => {
      while (working) await worked;
      stopped = true;
      lane.stop();
      cancelWake?.();
      hangUp();
      // Without its lane it ends soon; until then it reads what is closed after this.
      await job;
    },
  };
};

const boxOf = ({ box, selfKey, self, members }: State): JobBox | null =>
  box && { device: selfKey, seed: box.seed, secret: self.device, mine: members.filter((member) => member.mine && !member.revoked).map((member) => member.key) };

/** The other's person key, where it is known by key. */
const otherOf = ({ stage }: State): Uint8Array | undefined => (stage.at === "together" || stage.at === "arriving" ? stage.other : undefined);

const workNames: ReadonlySet<string> = new Set<Work["do"]>([
  ...(["seal", "receive", "add", "change", "join", "package", "refound", "rejoin"] as const),
  ...(["own", "box", "unbox", "read-kept", "export", "words", "save"] as const),
]);
const isWork = (effect: Effect): effect is Work => workNames.has(effect.do);
