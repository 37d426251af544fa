import { expect, test } from "vitest";
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond, Home, Kept, Progress, WordsState } from "../../line/home.ts";
import type { Act, BondView } from "../../line/view.ts";
import { writeData } from "../export.ts";
import type { PageHome } from "../page-home.ts";
import { createTabHome } from "./tab-home.ts";
import type { Channel, HoldLock, TabMessage } from "./tab-wire.ts";

/** One browser: tabs that hear each other, locks that outlive no tab. `kill` ends a tab without a word. */
const createBrowser = () => {
  const listeners = new Map<string, (message: TabMessage) => void>();
  const dead = new Set<string>();
  const held = new Map<string, string>();
  const queued: { readonly tab: string; readonly name: string; readonly work: () => Promise<void> }[] = [];

  const grant = (): void => {
    const wishes = queued.splice(0);
    for (const wish of wishes) {
      if (dead.has(wish.tab)) continue;
      if (held.has(wish.name)) queued.push(wish);
      else {
        held.set(wish.name, wish.tab);
        void wish.work().finally(() => {
          held.delete(wish.name);
          grant();
        });
      }
    }
  };
  const channelOf = (tab: string): Channel => ({
    post: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        if (!dead.has(tab)) for (const [other, listener] of listeners) if (other !== tab && !dead.has(other)) listener(copy);
      });
    },
    listen: (listener) => listeners.set(tab, listener),
    close: () => listeners.delete(tab),
  });
  const lockOf =
    (tab: string): HoldLock =>
    async (name, work) => {
      queued.push({ tab, name, work });
      queueMicrotask(grant);
    };
  return {
    open: (tab: string, make: () => Promise<Result<Home, "newer">>) =>
      createTabHome({ make, name: "beside", channel: channelOf(tab), holdLock: lockOf(tab), tab, onScreen: true, broke: () => {}, unavailable: "newer" }),
    /** What goes between the tabs. */
    hear: (listener: (message: TabMessage) => void) => listeners.set("ear", listener),
    /** What a tab had said before it was gone, and is heard only now. */
    late(tab: string, message: TabMessage) {
      for (const [other, listener] of listeners) if (other !== tab && !dead.has(other)) listener(message);
    },
    kill(tab: string) {
      dead.add(tab);
      for (const [name, owner] of held) if (owner === tab) held.delete(name);
      grant();
    },
  };
};

const view = (name: string): BondView => ({
  stage: "making",
  bond: "b1",
  me: { name },
  connection: { state: "online", since: 0, relay: "", trouble: null, clockAhead: null, waiting: 0 },
});

/** The device's one Home, as far as the tabs use it; its state outlives the tab that holds it. */
const createDevice = () => {
  const acts: string[] = [];
  const screens: boolean[] = [];
  let current = view("Ann");
  let stuck = false;
  const watchers = new Set<() => void>();
  const bond: Bond = {
    id: "b1",
    view: () => current,
    watch: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen: () => () => {},
    act: async (act: Act) => {
      acts.push(act.do === "touch" ? `touch ${act.intent.hold ? "hold" : "let go"}` : act.do);
      if (stuck) await new Promise(() => {});
      return { ok: true, id: String(acts.length) };
    },
    onScreen: (on) => screens.push(on),
    settled: async () => true,
    kept: async () => [{ id: "k", seq: 1, from: "me", kind: "thought", at: 1, body: new Uint8Array([1]) }],
    places: async () => [1],
    history: async () => [],
  };
  const homeWatchers = new Set<() => void>();
  const changed = (): void => homeWatchers.forEach((watcher) => watcher());
  const memory = { id: "m", me: "Ann", other: "Bo", importedAt: 1, count: 1 };
  let words: WordsState = "to-keep";
  let memories: ReturnType<Home["memories"]> = [];
  const home: Home = {
    bonds: () => [bond],
    watch: (listener) => {
      homeWatchers.add(listener);
      return () => homeWatchers.delete(listener);
    },
    invite: async () => ok(bond),
    join: async () => ok(bond),
    arrive: async () => ok(bond),
    restore: async ({ progress }) => {
      progress?.({ what: "fetching", done: 1, total: 2 });
      if (stuck) await new Promise(() => {});
      return ok([bond]);
    },
    wipe: async () => {},
    recall: async () => ok(undefined),
    earlier: async () => [],
    signKey: () => undefined,
    words: () => words,
    showWords: () => (words === "to-keep" ? ["one", "two", "three"] : undefined),
    askWords: () => [1, 2, 3],
    keepWords: async (answers) => {
      if (answers.join(" ") !== "one two three") return { ok: false, error: "wrong" };
      words = "kept";
      changed();
      return ok(undefined);
    },
    memories: () => memories,
    importMemory: async () => {
      memories = [memory];
      changed();
      return ok(memory);
    },
    remembered: async (id) => (id === "m" ? [{ id: "k", seq: 1, from: "other", kind: "thought", at: 1, body: "then" }] : []),
    memoryPlaces: async (id) => (id === "m" ? [1] : []),
    forgetMemory: async () => {
      memories = [];
      changed();
    },
    forget: async () => {},
    stop: async () => {},
  };
  return {
    make: async () => ok(home),
    acts,
    screens,
    stick: (on: boolean) => (stuck = on),
    change(name: string) {
      current = view(name);
      for (const watcher of watchers) watcher();
    },
  };
};

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};
const onlyBond = (home: Result<PageHome, unknown>): Bond => {
  const bond = home.ok ? home.value.bonds()[0] : undefined;
  if (!bond) throw new Error("no bond");
  return bond;
};

test("a second tab sees the same views and acts through the first", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const second = onlyBond(await browser.open("two", () => Promise.reject(new Error("a second writer"))));
  expect(second.view().me.name).toBe("Ann");
  let seen = 0;
  second.watch(() => seen++);
  device.change("Anna");
  await settle();
  expect(second.view().me.name).toBe("Anna");
  expect(seen).toBe(1);
  expect(await second.act({ do: "try-now" })).toEqual({ ok: true, id: "1" });
  expect(await second.kept({ limit: 5 })).toEqual([{ id: "k", seq: 1, from: "me", kind: "thought", at: 1, body: new Uint8Array([1]) }]);
  expect(await second.places()).toEqual([1]);
  expect(device.acts).toEqual(["try-now"]);
  // What is only read tells nobody anything new.
  const told = seen;
  await second.kept({ limit: 5 });
  await settle();
  expect(seen).toBe(told);
});

test("a tab alone tells nobody what it shows", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const heard: string[] = [];
  browser.hear(({ is }) => heard.push(is));
  const only = onlyBond(await browser.open("one", device.make));
  await settle();
  heard.length = 0;
  device.change("Anna");
  await settle();
  expect(only.view().me.name).toBe("Anna");
  expect(heard).toEqual([]);
});

test("a tab that opened before any led is told all that comes after", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const slow = Promise.withResolvers<void>();
  const first = browser.open("one", async () => {
    await slow.promise;
    return device.make();
  });
  const second = browser.open("two", () => Promise.reject(new Error("a second writer")));
  await settle();
  slow.resolve();
  await first;
  const seen = onlyBond(await second);
  await settle();
  device.change("Anna");
  await settle();
  expect(seen.view().me.name).toBe("Anna");
});

test("when the leading tab dies, the next one takes over and its screens go on", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const second = onlyBond(await browser.open("two", device.make));
  const third = onlyBond(await browser.open("three", () => Promise.reject(new Error("a second writer"))));
  browser.kill("one");
  await settle();
  expect(await second.act({ do: "try-now" })).toMatchObject({ ok: true });
  expect(await third.act({ do: "try-now" })).toMatchObject({ ok: true });
  device.change("Anna");
  await settle();
  expect(third.view().me.name).toBe("Anna");
});

const opened = <Opened>(home: Result<Opened, unknown>): Opened => {
  if (!home.ok) throw new Error("no home");
  return home.value;
};

test("[DEV1] the twelve words go to a second tab only when they are to be shown, and every tab knows when they were kept", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const heard: TabMessage[] = [];
  browser.hear((message) => heard.push(message));
  const first = opened(await browser.open("one", device.make));
  const second = opened(await browser.open("two", device.make));
  let changes = 0;
  first.watch(() => changes++);
  second.watch(() => changes++);
  expect([first.words(), second.words()]).toEqual(["to-keep", "to-keep"]);
  expect(JSON.stringify(heard)).not.toContain("three");
  expect(await second.showWords()).toEqual(["one", "two", "three"]);
  expect(await second.askWords()).toEqual([1, 2, 3]);
  expect(await second.keepWords(["one", "two", "four"])).toEqual({ ok: false, error: "wrong" });
  expect(changes).toBe(0);
  expect(await second.keepWords(["one", "two", "three"])).toEqual(ok(undefined));
  await settle();
  expect([first.words(), second.words(), changes]).toEqual(["kept", "kept", 2]);
  expect(await second.showWords()).toBeUndefined();
});

test("[KEEP1] a memory that one tab brings in is there in every tab, and goes in every tab", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const first = opened(await browser.open("one", device.make));
  const second = opened(await browser.open("two", device.make));
  const made = await second.importMemory("{}");
  expect(made).toMatchObject({ ok: true, value: { id: "m" } });
  await settle();
  expect([first.memories().length, second.memories().length]).toEqual([1, 1]);
  expect(await second.remembered("m", { limit: 5 })).toMatchObject([{ body: "then" }]);
  expect(await second.memoryPlaces("m")).toEqual([1]);
  await first.forgetMemory("m");
  await settle();
  expect([first.memories().length, second.memories().length]).toEqual([0, 0]);
});

test("[LOSE1] a second tab hears how far a restore is; with the leader gone in the middle it says so", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const second = opened(await browser.open("two", device.make));
  const heard: Progress[] = [];
  const wish = { words: "", relay: "", device: "", progress: (progress: Progress): void => void heard.push(progress) };
  expect(await second.restore(wish)).toMatchObject({ ok: true, value: [{ id: "b1" }] });
  expect(heard).toEqual([{ what: "fetching", done: 1, total: 2 }]);
  expect(await second.arrive({ link: "", device: "" })).toMatchObject({ ok: true, value: { id: "b1" } });
  device.stick(true);
  const had = second.restore(wish);
  await settle();
  browser.kill("one");
  expect(await had).toEqual({ ok: false, error: "gone" });
});

test("an act that the dying leader had is uncertain, and is not done twice; one it never had is done once", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const second = onlyBond(await browser.open("two", device.make));
  device.stick(true);
  const had = second.act({ do: "latecomer-seen" });
  await settle();
  browser.kill("one");
  // Between two leaders.
  device.stick(false);
  const never = second.act({ do: "try-now" });
  await settle();
  expect(await had).toEqual({ ok: false, why: "uncertain" });
  expect(await never).toMatchObject({ ok: true });
  expect(device.acts).toEqual(["latecomer-seen", "try-now"]);
});

test("[PRES3] someone is looking while any tab is on screen; leaving one of two leaves nothing", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const first = onlyBond(await browser.open("one", device.make));
  await browser.open("two", device.make);
  await settle();
  const before = device.screens.length;
  first.onScreen(false);
  await settle();
  expect(device.screens.slice(before)).not.toContain(false);
  expect(device.screens.at(-1)).toBe(true);
  browser.kill("two");
  await settle();
  expect(device.screens.at(-1)).toBe(false);
});

test("[TOUCH1] a tab that dies while it holds a touch lets go of it; one that held nothing changes nothing", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const second = onlyBond(await browser.open("two", device.make));
  await browser.open("three", device.make);
  await second.act({ do: "touch", intent: { hold: true } });
  browser.kill("three");
  await settle();
  expect(device.acts).toEqual(["touch hold"]);
  browser.kill("two");
  await settle();
  expect(device.acts).toEqual(["touch hold", "touch let go"]);
});

test("[TOUCH1] a hold of a tab that is gone by then is let go of at once", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  await browser.open("two", device.make);
  browser.kill("two");
  await settle();
  browser.late("two", { is: "call", tab: "two", id: 9, call: { method: "act", bond: "b1", args: [{ do: "touch", intent: { hold: true } }] } });
  browser.late("two", { is: "screen", tab: "two", onScreen: true });
  await settle();
  expect(device.acts).toEqual(["touch hold", "touch let go"]);
});

test("[TOUCH1] what was let go of, or is held in a tab that lives, is left as it is", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const first = onlyBond(await browser.open("one", device.make));
  const second = onlyBond(await browser.open("two", device.make));
  const third = onlyBond(await browser.open("three", device.make));
  await second.act({ do: "touch", intent: { hold: true } });
  await second.act({ do: "touch", intent: { hold: false } });
  browser.kill("two");
  await settle();
  expect(device.acts).toEqual(["touch hold", "touch let go"]);
  await third.act({ do: "touch", intent: { hold: true } });
  await first.act({ do: "touch", intent: { hold: true } });
  browser.kill("three");
  await settle();
  expect(device.acts).toEqual(["touch hold", "touch let go", "touch hold", "touch hold"]);
});

test("a browser that gives no lock is told of at once, and is not waited for", async () => {
  const said: string[] = [];
  const opened = await createTabHome<"newer" | "unavailable">({
    make: async () => err("newer"),
    name: "beside",
    channel: { post: () => {}, listen: () => {}, close: () => {} },
    holdLock: async () => {
      throw new Error("the request was denied");
    },
    tab: "one",
    onScreen: true,
    broke: (fault) => void said.push(fault),
    unavailable: "unavailable",
  });
  expect([opened, said]).toEqual([err("unavailable"), ["unavailable"]]);
});

test("when the Home is over for all tabs, each can begin anew, and nothing of the one before is in the way", async () => {
  const browser = createBrowser();
  const device = createDevice();
  const first = opened(await browser.open("one", device.make));
  const second = opened(await browser.open("two", device.make));
  await Promise.all([first.stop(), second.stop()]);
  // Whoever looked is not looking any more.
  expect(device.screens.at(-1)).toBe(false);
  let made = 0;
  const makeAnew = () => (made++, device.make());
  const again = onlyBond(await browser.open("one again", makeAnew));
  const too = onlyBond(await browser.open("two again", makeAnew));
  expect(made).toBe(1);
  expect(await too.act({ do: "try-now" })).toMatchObject({ ok: true });
  expect(await again.act({ do: "try-now" })).toMatchObject({ ok: true });
});

test("a tab that is over before it could take the Home over does not take it", async () => {
  const browser = createBrowser();
  const device = createDevice();
  await browser.open("one", device.make);
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof device.make>>>();
  const second = opened(await browser.open("two", () => promise));
  browser.kill("one");
  await settle();
  // It leads now, and waits for what it needs.
  await second.stop();
  let isStopped = false;
  const made = opened(await device.make());
  resolve(ok({ ...made, stop: async () => void (isStopped = true) }));
  await settle();
  expect(isStopped).toBe(true);
  expect(onlyBond(await browser.open("two again", device.make)).id).toBe("b1");
});

test("[KEEP1] what is read when the leading tab goes is asked of the next one: a file that is written then is whole", async () => {
  const all = Array.from({ length: 250 }, (_, seq): Kept => ({ id: `1-${seq}`, seq, from: "me", kind: "thought", at: 1, body: {} }));
  const posted: TabMessage[] = [];
  let hear: (message: TabMessage) => void = () => {};
  const opening = createTabHome<string>({
    make: async () => err("it does not lead"),
    name: "beside",
    channel: { post: (message) => posted.push(message), listen: (listener) => (hear = listener), close: () => {} },
    holdLock: () => new Promise(() => {}),
    tab: "one",
    onScreen: true,
    broke: () => {},
    unavailable: "unavailable",
  });
  const lead = (leader: string): void => hear({ is: "views", leader, home: { words: "kept", memories: [] }, bonds: [{ id: "b1", view: {} as BondView }] });
  lead("first");
  const bond = onlyBond(await opening);
  let entries: number | undefined;
  void writeData(bond, "b1", { me: "ada", other: "ben" }, 0).then((file) => (entries = (JSON.parse(file.join("")) as { entries: unknown[] }).entries.length));
  let isGone = false;
  while (entries === undefined) {
    const message = posted.shift();
    if (!message) await settle();
    if (message?.is !== "call") continue;
    hear({ is: "got", to: "one", id: message.id });
    if (message.call.method === "places") hear({ is: "answer", to: "one", id: message.id, value: all.map(({ seq }) => seq) });
    if (message.call.method === "history") hear({ is: "answer", to: "one", id: message.id, value: [] });
    if (message.call.method !== "kept") continue;
    const [{ before = Infinity, limit }] = message.call.args;
    if (before === 200 && !isGone) {
      isGone = true;
      lead("second");
      continue;
    }
    const page = all.filter(({ seq }) => seq < before);
    hear({ is: "answer", to: "one", id: message.id, value: page.slice(-limit).toReversed() });
  }
  expect([entries, isGone]).toEqual([250, true]);
});
