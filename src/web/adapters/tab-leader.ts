/**
 * The leader's half: holds the one Home of this device, tells the other tabs every view, and does what they ask. Its first
 * views go to whoever is there; who hears a leader for the first time says hello, and while nobody did, nothing is sent.
 *
 * Someone is looking when any tab is on screen. A tab that died without a word is noticed by its lock: then it is not
 * looking any more, and a touch that only it was holding is let go of.
 */
import { exhaustive } from "../../base/exhaustive.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Bond, Home, Progress } from "../../line/home.ts";
import { tabLock, type BondMirror, type Channel, type HoldLock, type HomeMirror, type TabCall, type TabMessage } from "./tab-wire.ts";

export interface Leader {
  hear(message: TabMessage): void;
  run(call: TabCall, progress?: (progress: Progress) => void): Promise<unknown>;
  onScreen(tab: string, on: boolean): void;
  /** The Home is over, for every tab: nobody is looking any more. */
  stop(): Promise<void>;
}

interface Told {
  views(bonds: readonly BondMirror[], home: HomeMirror): void;
  happened(bond: string, happening: Parameters<Parameters<Bond["listen"]>[0]>[0]): void;
}

export const createLeader = (home: Home, own: string, channel: Channel, holdLock: HoldLock, told: Told): Leader => {
  const onScreen = new Set<string>();
  const watchedTabs = new Set<string>();
  /** By bond: the tabs whose person is holding. */
  const holders = new Map<string, Set<string>>();
  const watchedBonds = new Map<string, () => void>();
  let telling = false;
  let introduced = false;

  const tell = (): void => {
    telling = false;
    const bonds = home.bonds().map((bond) => ({ id: bond.id, view: bond.view() }));
    const mirror: HomeMirror = { words: home.words(), memories: home.memories() };
    told.views(bonds, mirror);
    if (!introduced || watchedTabs.size > 0) channel.post({ is: "views", leader: own, home: mirror, bonds });
    introduced = true;
  };

  /** Several changes of one moment are told once. */
  const tellSoon = (): void => {
    if (telling) return;
    telling = true;
    queueMicrotask(tell);
  };

  const follow = (): void => {
    const there = new Set(home.bonds().map((bond) => bond.id));
    for (const [id, stop] of watchedBonds) {
      if (there.has(id)) continue;
      stop();
      watchedBonds.delete(id);
    }
    for (const bond of home.bonds()) {
      if (watchedBonds.has(bond.id)) continue;
      const stops = [
        bond.watch(tellSoon),
        bond.listen((happening) => {
          told.happened(bond.id, happening);
          if (watchedTabs.size > 0) channel.post({ is: "happened", bond: bond.id, happening });
        }),
      ];
      watchedBonds.set(bond.id, () => stops.forEach((stop) => stop()));
      bond.onScreen(onScreen.size > 0);
    }
    tellSoon();
  };

  const setOnScreen = (tab: string, on: boolean): void => {
    const before = onScreen.size > 0;
    if (on) onScreen.add(tab);
    else onScreen.delete(tab);
    const after = onScreen.size > 0;
    if (before !== after) for (const bond of home.bonds()) bond.onScreen(after);
  };

  /** Its lock is free when it is gone, however it went; a word of it that comes after that is answered the same way. */
  const watchTab = (tab: string): void => {
    if (watchedTabs.has(tab)) return;
    watchedTabs.add(tab);
    void holdLock(tabLock(tab), async () => {
      watchedTabs.delete(tab);
      setOnScreen(tab, false);
      letGo(tab);
    }).catch(() => {});
  };

  const noteHold = (tab: string, bond: string, hold: boolean): void => {
    const tabs = holders.get(bond) ?? new Set();
    // Letting go in one tab ends it for the device.
    if (hold) holders.set(bond, tabs.add(tab));
    else holders.delete(bond);
  };

  const letGo = (tab: string): void => {
    for (const [bond, tabs] of holders) {
      if (!tabs.delete(tab) || tabs.size > 0) continue;
      void run(own, { method: "act", bond, args: [{ do: "touch", intent: { hold: false } }] });
    }
  };

  /** What a call changed is told before its answer, so that the caller finds it. */
  const run = async (tab: string, call: TabCall, progress: (progress: Progress) => void = () => {}): Promise<unknown> => {
    if (call.method === "act" && call.args[0].do === "touch") noteHold(tab, call.bond, call.args[0].intent.hold);
    const value = await done(call, progress);
    if (isReading(call)) return value;
    follow();
    tell();
    return value;
  };

  const done = async (call: TabCall, progress: (progress: Progress) => void): Promise<unknown> => {
    switch (call.method) {
      case "invite":
        return toId(await home.invite(...call.args));
      case "join":
        return toId(await home.join(...call.args));
      case "arrive":
        return toId(await home.arrive(...call.args));
      case "restore": {
        const made = await home.restore({ ...call.args[0], progress });
        return made.ok ? ok(made.value.map(({ id }) => id)) : made;
      }
      case "forget":
        return home.forget(...call.args);
      case "recall":
        return home.recall(...call.args);
      case "earlier":
        return home.earlier(...call.args);
      case "wipe":
        return home.wipe(...call.args);
      case "showWords":
        return home.showWords();
      case "askWords":
        return home.askWords();
      case "keepWords":
        return home.keepWords(...call.args);
      case "importMemory":
        return home.importMemory(...call.args);
      case "remembered":
        return home.remembered(...call.args);
      case "memoryPlaces":
        return home.memoryPlaces(...call.args);
      case "forgetMemory":
        return home.forgetMemory(...call.args);
      case "act":
      case "settled":
      case "kept":
      case "places":
      case "history":
        return runOnBond(
          home.bonds().find((one) => one.id === call.bond),
          call,
        );
      default:
        return exhaustive(call);
    }
  };

  const stopWatching = home.watch(follow);
  follow();
  tell();

  return {
    run: (call, progress) => run(own, call, progress),
    onScreen: setOnScreen,
    hear(message) {
      switch (message.is) {
        case "hello":
          watchTab(message.tab);
          setOnScreen(message.tab, message.onScreen);
          tell();
          return;
        case "screen":
          watchTab(message.tab);
          setOnScreen(message.tab, message.onScreen);
          return;
        case "call":
          watchTab(message.tab);
          channel.post({ is: "got", to: message.tab, id: message.id });
          void run(message.tab, message.call, (progress) => channel.post({ is: "progress", to: message.tab, id: message.id, progress })).then((value) =>
            channel.post({ is: "answer", to: message.tab, id: message.id, value }),
          );
          return;
        case "got":
        case "answer":
        case "progress":
        case "views":
        case "happened":
          return;
      }
    },
    async stop() {
      stopWatching();
      for (const stop of watchedBonds.values()) stop();
      for (const bond of home.bonds()) bond.onScreen(false);
      await home.stop();
    },
  };
};

/** Changes nothing, and may come hundreds of times in a row. */
export const isReading = ({ method }: TabCall): boolean =>
  method === "kept" || method === "places" || method === "history" || method === "earlier" || method === "remembered" || method === "memoryPlaces";

const toId = <E>(made: Result<Bond, E>): Result<string, E> => (made.ok ? ok(made.value.id) : made);

const runOnBond = async (bond: Bond | undefined, call: Extract<TabCall, { readonly bond: string }>): Promise<unknown> => {
  switch (call.method) {
    case "act":
      return bond ? bond.act(...call.args) : { ok: false, why: "no-bond" };
    case "settled":
      return bond ? bond.settled(...call.args) : false;
    case "kept":
      return bond ? bond.kept(...call.args) : [];
    case "places":
      return bond ? bond.places() : [];
    case "history":
      return bond ? bond.history() : [];
  }
};
