/**
 * The Home that the screens see: the same in every tab of a device, whether this tab holds the real one or asks the
 * tab that does. One writer per device, by Web Lock; when the leading tab goes, the next in the queue takes over.
 *
 * A call that the leader never received is asked again of the next one. One that it had received and did not answer
 * may have happened: an act then answers `uncertain`, and nothing is done twice.
 */
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond, Home, Kept, Progress } from "../../line/home.ts";
import type { ActResult } from "../../line/state.ts";
import type { PastEvent } from "../../line/history.ts";
import type { BondView } from "../../line/view.ts";
import type { Happening } from "../../senses/sense.ts";
import type { PageHome } from "../page-home.ts";
import { createLeader, isReading, type Leader } from "./tab-leader.ts";
import { tabLock, writerLock, type BondMirror, type Channel, type HoldLock, type HomeMirror, type TabCall, type TabMessage } from "./tab-wire.ts";

export interface TabParts<Fault> {
  /** Makes the real Home, once this tab is the one to hold it. */
  readonly make: () => Promise<Result<Home, Fault>>;
  /** What the tabs share: the name of their storage. */
  readonly name: string;
  readonly channel: Channel;
  readonly holdLock: HoldLock;
  /** This tab's own name, unlike any other's. */
  readonly tab: string;
  readonly onScreen: boolean;
  /** This tab had to take over and could not. */
  readonly broke: (fault: Fault) => void;
  /** What it is when the browser gives this page no lock, as where it may keep nothing at all. */
  readonly unavailable: Fault;
}

interface Waiting {
  readonly call: TabCall;
  got: boolean;
  readonly done: (value: unknown) => void;
  readonly progress: (progress: Progress) => void;
}

export const createTabHome = async <Fault>({
  make,
  name,
  channel: shared,
  holdLock,
  tab,
  onScreen,
  broke,
  unavailable,
}: TabParts<Fault>): Promise<Result<PageHome, Fault>> => {
  const bonds = new Map<string, MirrorBond>();
  const homeWatchers = new Set<() => void>();
  const waiting = new Map<number, Waiting>();
  const screens = { on: onScreen };
  let mirror: HomeMirror = { words: "elsewhere", memories: [] };
  let calls = 0;
  let leader: Leader | undefined;
  let leaderName: string | undefined;
  let release = (): void => {};
  let hasLock = false;
  let stopped = false;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  /** Nothing is said any more once this tab's part is over: another session of the same tab may have begun. */
  const channel: Channel = {
    ...shared,
    post: (message) => {
      if (!stopped) shared.post(message);
    },
  };
  const { promise: opened, resolve: ready } = Promise.withResolvers<Result<null, Fault>>();

  const ask = (call: TabCall, progress: (progress: Progress) => void = () => {}): Promise<unknown> => {
    if (leader) return leader.run(call, progress);
    return new Promise((done) => {
      const id = ++calls;
      waiting.set(id, { call, got: false, done, progress });
      channel.post({ is: "call", tab, id, call });
    });
  };

  const show = (mirrors: readonly BondMirror[], home: HomeMirror): void => {
    const there = new Set(mirrors.map(({ id }) => id));
    let changed = !isSameHome(mirror, home);
    mirror = home;
    for (const id of bonds.keys()) if (!there.has(id)) changed = bonds.delete(id) || changed;
    for (const { id, view } of mirrors) {
      const known = bonds.get(id);
      if (known) known.show(view);
      else {
        changed = true;
        bonds.set(id, createMirrorBond(id, view, ask, setOnScreen));
      }
    }
    if (changed) for (const watcher of homeWatchers) watcher();
  };

  const setOnScreen = (on: boolean): void => {
    if (screens.on === on) return;
    screens.on = on;
    if (leader) leader.onScreen(tab, on);
    else channel.post({ is: "screen", tab, onScreen: on });
  };

  /** Another leads now: what the one before never had is asked again, what it had is uncertain. */
  const turnTo = (name: string): void => {
    if (leaderName === name) return;
    leaderName = name;
    for (const [id, asked] of waiting) {
      const { call, done, progress } = asked;
      // Reading changes nothing: it is asked again whatever became of it.
      const got = asked.got && !isReading(call);
      asked.got = got;
      if (got || leader) waiting.delete(id);
      if (got) done(uncertain(call));
      else if (leader) void leader.run(call, progress).then(done);
      else channel.post({ is: "call", tab, id, call });
    }
  };

  const hear = (message: TabMessage): void => {
    if (stopped) return;
    leader?.hear(message);
    switch (message.is) {
      case "views":
        if (leader) return;
        // A leader must learn of this tab: it may have begun after this one said hello.
        if (leaderName !== message.leader) channel.post({ is: "hello", tab, onScreen: screens.on });
        show(message.bonds, message.home);
        turnTo(message.leader);
        ready(ok(null));
        return;
      case "happened":
        if (!leader) bonds.get(message.bond)?.happened(message.happening);
        return;
      case "got": {
        const asked = message.to === tab ? waiting.get(message.id) : undefined;
        if (asked) asked.got = true;
        return;
      }
      case "progress":
        if (message.to === tab) waiting.get(message.id)?.progress(message.progress);
        return;
      case "answer":
        if (message.to !== tab) return;
        waiting.get(message.id)?.done(message.value);
        waiting.delete(message.id);
        return;
      case "hello":
      case "screen":
      case "call":
        return;
    }
  };

  const lead = async (): Promise<void> => {
    hasLock = true;
    if (stopped) return;
    const made = await make();
    if (stopped) {
      if (made.ok) await made.value.stop();
      return;
    }
    if (!made.ok) {
      ready(made);
      broke(made.error);
      return;
    }
    leader = createLeader(made.value, tab, channel, holdLock, { views: show, happened: (bond, happening) => bonds.get(bond)?.happened(happening) });
    leader.onScreen(tab, screens.on);
    turnTo(tab);
    ready(ok(null));
    await new Promise<void>((resolve) => (release = resolve));
  };

  const queue = async (): Promise<void> => {
    try {
      await holdLock(writerLock(name), lead);
    } catch (error) {
      ready(err(unavailable));
      broke(unavailable);
      if (hasLock) throw error;
    }
  };

  channel.listen(hear);
  holdLock(tabLock(tab), () => over).catch(() => {});
  void queue();
  channel.post({ is: "hello", tab, onScreen: screens.on });

  const home: PageHome = {
    bonds: () => [...bonds.values()],
    watch(listener) {
      homeWatchers.add(listener);
      return () => homeWatchers.delete(listener);
    },
    invite: (options) => ask({ method: "invite", args: [options] }).then((made) => toBond(bonds, made as Result<string, never>)),
    join: (options) => ask({ method: "join", args: [options] }).then((made) => toBond(bonds, made as Result<string, never>)),
    arrive: (options) => ask({ method: "arrive", args: [options] }).then((made) => toBond(bonds, made as Result<string, never>)),
    restore: ({ progress, ...options }) =>
      ask({ method: "restore", args: [options] }, progress).then((made) => toBonds(bonds, made as Result<readonly string[], never>)),
    forget: (bond) => ask({ method: "forget", args: [bond] }) as Promise<void>,
    recall: (bond, earlier) => ask({ method: "recall", args: [bond, earlier] }) as ReturnType<Home["recall"]>,
    earlier: (bond) => ask({ method: "earlier", args: [bond] }) as ReturnType<Home["earlier"]>,
    wipe: (bond) => ask({ method: "wipe", args: [bond] }) as Promise<void>,
    words: () => mirror.words,
    showWords: () => ask({ method: "showWords", args: [] }) as ReturnType<PageHome["showWords"]>,
    askWords: () => ask({ method: "askWords", args: [] }) as ReturnType<PageHome["askWords"]>,
    keepWords: (answers) => ask({ method: "keepWords", args: [answers] }) as ReturnType<Home["keepWords"]>,
    memories: () => mirror.memories,
    importMemory: (json) => ask({ method: "importMemory", args: [json] }) as ReturnType<Home["importMemory"]>,
    remembered: (memory, options) => ask({ method: "remembered", args: [memory, options] }) as ReturnType<Home["remembered"]>,
    memoryPlaces: (memory) => ask({ method: "memoryPlaces", args: [memory] }) as ReturnType<Home["memoryPlaces"]>,
    forgetMemory: (memory) => ask({ method: "forgetMemory", args: [memory] }) as Promise<void>,
    async stop() {
      for (const bond of bonds.values()) bond.onScreen(false);
      stopped = true;
      shared.close();
      await leader?.stop();
      leader = undefined;
      end();
      release();
    },
  };
  const result = await opened;
  return result.ok ? ok(home) : result;
};

/** A bond as this tab sees it: the last view, and questions to whoever holds the real one. */
interface MirrorBond extends Bond {
  show(view: BondView): void;
  happened(happening: Happening): void;
}

const createMirrorBond = (id: string, first: BondView, ask: (call: TabCall) => Promise<unknown>, onScreen: (on: boolean) => void): MirrorBond => {
  const watchers = new Set<() => void>();
  const listeners = new Set<(happening: Happening) => void>();
  let view = first;
  return {
    id,
    view: () => view,
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    act: (act) => ask({ method: "act", bond: id, args: [act] }) as Promise<ActResult>,
    settled: (within) => ask({ method: "settled", bond: id, args: [within] }) as Promise<boolean>,
    kept: (options) => ask({ method: "kept", bond: id, args: [options] }) as Promise<readonly Kept[]>,
    places: () => ask({ method: "places", bond: id, args: [] }) as Promise<readonly number[]>,
    history: () => ask({ method: "history", bond: id, args: [] }) as Promise<readonly PastEvent[]>,
    onScreen,
    show(next) {
      view = next;
      for (const watcher of watchers) watcher();
    },
    happened(happening) {
      for (const listener of listeners) listener(happening);
    },
  };
};

const toBond = <E>(bonds: ReadonlyMap<string, Bond>, made: Result<string, E>): Result<Bond, E | "gone"> => {
  if (!made.ok) return made;
  const bond = bonds.get(made.value);
  return bond ? ok(bond) : err("gone");
};

const toBonds = <E>(bonds: ReadonlyMap<string, Bond>, made: Result<readonly string[], E>): Result<readonly Bond[], E> =>
  made.ok ? ok(made.value.flatMap((id) => bonds.get(id) ?? [])) : made;

const isSameHome = (one: HomeMirror, two: HomeMirror): boolean =>
  one.words === two.words && one.memories.length === two.memories.length && one.memories.every(({ id }, at) => id === two.memories[at]?.id);

/** What a call answers whose fate is not known. */
const uncertain = ({ method }: TabCall): unknown => {
  switch (method) {
    case "act":
      return { ok: false, why: "uncertain" } satisfies ActResult;
    case "invite":
    case "join":
    case "arrive":
    case "restore":
    case "keepWords":
    case "importMemory":
    case "recall":
      return err("gone");
    case "settled":
      return false;
    case "kept":
    case "places":
    case "history":
    case "earlier":
    case "remembered":
    case "memoryPlaces":
    case "askWords":
      return [];
    case "forget":
    case "wipe":
    case "forgetMemory":
    case "showWords":
      return undefined;
  }
};
