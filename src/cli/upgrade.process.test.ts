/**
 * What release 0.1 left (vectors/release-0.1), taken up by today's relay and terminals: nothing is missing, and what a
 * newer Beside left is not touched.
 */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { decode, encode } from "cborg";
import { afterEach, describe, expect, test } from "vitest";
import { day, minute, startClock, type Clock } from "../../scenarios/kit/clock.ts";
import { startProcess, type Ended, type Line, type Running } from "../../scenarios/kit/processes.ts";
import expected from "../../vectors/release-0.1/expected.json" with { type: "json" };
import { eventually } from "./testing/cli-kit.ts";

const left = fileURLToPath(new URL("../../vectors/release-0.1", import.meta.url));
const whos = ["ada", "ben"] as const;
type Who = (typeof whos)[number];
const bond = expected.online.ada.status.said.bond;
const second_bond = expected.online.ada.knocks.said.bond;

interface Home {
  readonly folder: string;
  begin(...args: string[]): Running;
  run(...args: string[]): Promise<Ended>;
  tell(input: string, ...args: string[]): Promise<Ended>;
  /** The last line of its result. */
  ask(...args: string[]): Promise<Line>;
  exported(): Promise<{ readonly entries: readonly Entry[] }>;
}
interface Entry extends Line {
  readonly id: string;
  readonly from: string;
  readonly kind: string;
  readonly body: { readonly text?: string };
}

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A copy of it all at the moment at which 0.1 was asked; nothing runs yet but the relay. */
const takeUp = async () => {
  const dir = mkdtempSync(join(tmpdir(), "beside-upgrade-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(left, dir, { recursive: true });
  const clock: Clock = await startClock();
  ends.push(clock.close);
  await clock.pass(Date.parse(expected.at) - clock.now());
  const environment = { BESIDE_TEST_CLOCK: clock.address };
  const data = join(dir, "relay");

  let relay: Running | undefined;
  const stop = async (): Promise<void> => {
    await relay?.end("SIGTERM");
    relay = undefined;
  };
  ends.push(stop);
  const start = async (port = 0): Promise<string> => {
    relay = startProcess("relay", ["--port", String(port), "--data", data], environment);
    return String((await relay.line({ listening: /^http/ }))["listening"]);
  };
  // All ports of five digits, so that no length in what the homes keep changes.
  let url = await start();
  while (url.length !== expected.relay.length) {
    await stop();
    url = await start();
  }
  for (const who of whos) moveRelay(join(dir, who, "beside.sqlite"), expected.relay, url);

  let exports = 0;
  const home = (folder: string): Home => {
    const begin = (...args: string[]): Running => startProcess("terminal", [...args, "--json"], { ...environment, BESIDE_HOME: folder });
    const run = (...args: string[]): Promise<Ended> => begin(...args).finish();
    return {
      folder,
      begin,
      run,
      tell: (input, ...args) => begin(...args).finish(input),
      ask: async (...args) => {
        const { code, lines, stderr } = await run(...args);
        const last = lines.at(-1);
        if (code !== 0 || !last) throw new Error(`${args.join(" ")}: ${code} ${stderr}`);
        return last;
      },
      exported: async () => {
        const to = join(dir, `export ${exports++}`);
        expect((await run("export", to, "--bond", bond)).stderr).toBe("");
        return JSON.parse(readFileSync(join(to, "bond.json"), "utf8")) as { entries: Entry[] };
      },
    };
  };
  return {
    dir,
    data,
    url,
    clock,
    stop,
    start: () => start(Number(new URL(url).port)),
    ada: home(join(dir, "ada")),
    ben: home(join(dir, "ben")),
    /** The homes know the relay by another address than what was written down. */
    asWas: (said: unknown): unknown => JSON.parse(JSON.stringify(said).replaceAll(url, expected.relay)) as unknown,
    newHome: (name: string): Home => home(join(dir, name)),
  };
};
type Taken = Awaited<ReturnType<typeof takeUp>>;

interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}
const changeHome = (path: string, change: (key: string, value: Uint8Array) => Uint8Array): void => {
  const database = new DatabaseSync(path);
  const put = database.prepare("UPDATE entries SET value = ? WHERE key = ?");
  for (const { key, value } of database.prepare("SELECT key, value FROM entries").all() as unknown as Row[]) {
    const changed = change(Buffer.from(key).swap16().toString("utf16le"), value);
    if (changed !== value) put.run(changed, key);
  }
  database.close();
};
const moveRelay = (path: string, from: string, to: string): void =>
  changeHome(path, (_key, value) => {
    const text = Buffer.from(value).toString("latin1");
    return text.includes(from) ? Buffer.from(text.replaceAll(from, to), "latin1") : value;
  });
const getVersion = (path: string): number => {
  const database = new DatabaseSync(path);
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  database.close();
  return version;
};
const setVersion = (path: string, version: number): void => {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${version}`);
  database.close();
};

const say = async (home: Home, text: string): Promise<void> => {
  const { code, stderr } = await home.tell(text, "say", "--bond", bond);
  if (code !== 0) throw new Error(stderr);
};
const textsOf = async (home: Home): Promise<readonly string[]> => (await home.exported()).entries.flatMap(({ body }) => body.text ?? []);
/** What both keep alike, whoever of the two tells it. */
const asAda = (entries: readonly Entry[], who: Who): readonly unknown[] =>
  entries.map((entry) => (who === "ada" ? entry : { ...entry, from: entry.from === "me" ? "other" : "me" }));
const sameExports = async ({ ada, ben }: Taken): Promise<void> => expect(asAda((await ben.exported()).entries, "ben")).toEqual((await ada.exported()).entries);

const commands = ["status", "bonds", "words", "knocks"] as const;
/** Everything that 0.1 said of it online; what is new in an answer may be there beside. */
const saysAsBefore = async (taken: Taken, who: Who): Promise<void> => {
  for (const command of commands) {
    const was = expected.online[who][command];
    const { code, lines } = await taken[who].run(command);
    expect([command, code]).toEqual([command, was.code]);
    if (was.said === null) expect(lines).toEqual([]);
    else expect(taken.asWas(lines.at(-1))).toMatchObject(was.said);
  }
  const { exported: _, ...all } = (await taken[who].exported()) as unknown as Line;
  // What 0.1 did not write: the history of grants begins with this version (BOUND6).
  expect(all).toEqual({ ...(expected.online[who].export as object), history: [] });
};

describe("what release 0.1 left", () => {
  test("[DEV5] with no relay there, both have everything they had", async () => {
    const taken = await takeUp();
    await taken.stop();
    for (const who of whos) {
      const { code, lines } = await taken[who].run("status", "--timeout", "1");
      expect([code, lines.at(-1)]).toMatchObject([4, expected.offline[who]]);
    }
  });

  test("[DEV5] everything is as 0.1 said, field by field: what was unsent goes out, what was not fetched comes", async () => {
    const taken = await takeUp();
    for (const who of whos) await saysAsBefore(taken, who);
    await sameExports(taken);
    expect((await taken.ben.exported()).entries.at(-1)?.body.text).toBe("Said with no relay there.");
  });

  test("[DEV5] both go on talking, and who knocked is let in", async () => {
    const taken = await takeUp();
    const { ada, ben } = taken;
    await say(ada, "from after the upgrade");
    await say(ben, "and back");
    expect((await ada.run("feel", "calm", "--bond", bond)).code).toBe(0);
    expect((await ben.tell("Ben again\n", "name", "--bond", bond)).code).toBe(0);
    expect(await ada.ask("status")).toMatchObject({ other: { name: "Ben again" } });
    await sameExports(taken);
    expect((await textsOf(ada)).slice(-3)).toEqual(["Said with no relay there.", "from after the upgrade", "and back"]);
    expect((await ada.run("accept", "--bond", second_bond)).code).toBe(0);
    const { bonds } = (await eventually(
      () => ben.ask("bonds"),
      (said) => (said["bonds"] as Line[]).every(({ state }) => state !== "waiting"),
    )) as unknown as { bonds: Line[] };
    expect(bonds.find((one) => one["bond"] === second_bond)).toMatchObject({ other: { name: "Ada" } });
    expect((await ben.tell("in the second bond, too", "say", "--bond", second_bond)).code).toBe(0);
    expect(await ada.ask("status", "--bond", second_bond)).toMatchObject({ unseen: 1, other: { name: "Ben" } });
  });

  test("[DEV5] one side upgrades first: the other, still as 0.1 left it, has it all when its time comes", async () => {
    const taken = await takeUp();
    const { ada, ben } = taken;
    const before = readFileSync(join(ben.folder, "beside.sqlite"));
    await say(ada, "I have the new one");
    await taken.clock.pass(2 * day);
    // A while of being there: everything that it now tells the relay beside the log.
    const watching = ada.begin("watch");
    await watching.line({ kind: "connection", state: "online" });
    await taken.clock.pass(minute);
    await say(ada, "it is two days later");
    await watching.end("SIGTERM");
    expect(readFileSync(join(ben.folder, "beside.sqlite"))).toEqual(before);
    expect((await textsOf(ben)).slice(-4)).toEqual(["Said while you were out.", "Said with no relay there.", "I have the new one", "it is two days later"]);
    await say(ben, "so have I");
    expect((await textsOf(ada)).at(-1)).toBe("so have I");
    await sameExports(taken);
    // Nothing in the log that 0.1 would not have known.
    const known = new Set(["boundary", "feeling", "name", "presence", "thought", "touch"]);
    expect((await ben.exported()).entries.filter(({ kind }) => !known.has(kind))).toEqual([]);
    await taken.stop();
    const database = new DatabaseSync(join(taken.data, "relay.sqlite"), { readOnly: true });
    expect(database.prepare("SELECT DISTINCT kind FROM records ORDER BY kind").all().length).toBeLessThanOrEqual(2);
    database.close();
  });

  test("[LOSE1] [WORDS2] the twelve words are confirmed after it, and bring a bond back that 0.1 made, for either side", async () => {
    const taken = await takeUp();
    for (const [who, other] of [
      ["ada", "ben"],
      ["ben", "ada"],
    ] as const) {
      const lost = taken[who];
      const backing = lost.begin("words", "backup");
      const shown = (await backing.line({ words: {} })) as unknown as { words: string[]; ask: number[] };
      const kept = await backing.finish(shown.ask.map((place) => `${shown.words[place - 1]}\n`).join(""));
      expect([kept.code, kept.lines.at(-1)]).toEqual([0, { kept: true }]);
      await say(lost, `${who} has written down the words`);
      // Both are there for a while: what makes coming back possible goes to the relay.
      const watching = [lost, taken[other]].map((home) => home.begin("watch"));
      for (const each of watching) await each.line({ kind: "connection", state: "online" });
      await taken.clock.pass(minute);
      await eventually(
        () => lost.ask("status", "--bond", bond),
        (status) => (status["backup"] as { behind: boolean }).behind === false,
      );

      const found = taken.newHome(`${who} found`);
      const back = await eventually(
        () => found.tell(`${shown.words.join(" ")}\n`, "restore", "--relay", taken.url, "--name", "new"),
        ({ code }) => code === 0,
      );
      expect(back.lines.at(-1)).toMatchObject({ bonds: [{ bond }] });
      for (const each of watching) await each.end("SIGTERM");
      expect((await lost.run("status", "--bond", bond)).code).toBe(3);
      expect(await found.ask("words")).toMatchObject({ words: expected.online[who].words.said.words });
      await say(found, `${who} is back`);
      await say(taken[other], `welcome back, ${who}`);
      const [here, there] = [await found.exported(), await taken[other].exported()];
      expect(asAda(here.entries, who)).toEqual(asAda(there.entries, other));
      expect(here.entries.slice(0, expected.online[who].export.entries.length)).toEqual(expected.online[who].export.entries);
      expect(here.entries.flatMap(({ body }) => body.text ?? []).slice(-3)).toEqual([
        `${who} has written down the words`,
        `${who} is back`,
        `welcome back, ${who}`,
      ]);
      (taken as { -readonly [Side in Who]: Home })[who] = found;
    }
  });
});

describe("what a newer Beside left", () => {
  /** Every file of a folder but what SQLite makes when it looks. */
  const bytesOf = (folder: string): ReadonlyMap<string, Buffer> =>
    new Map(
      readdirSync(folder)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .map((name) => [name, readFileSync(join(folder, name))] as const),
    );
  /** As it is, or as of a version that is still to come. */
  const withVersion = (value: Uint8Array, version: number): Uint8Array => encode({ ...(decode(value) as object), version });
  const versionOf = (path: string, at: string): number => {
    let version = 0;
    changeHome(path, (key, value) => {
      if (key === at) ({ version } = decode(value) as { version: number });
      return value;
    });
    return version;
  };
  const inHome = (at: string) => ({
    get: (path: string): number => versionOf(path, at),
    set: (path: string, version: number): void => changeHome(path, (key, value) => (key === at ? withVersion(value, version) : value)),
  });

  test.each([
    ["its database", { get: getVersion, set: setVersion }],
    ["its home", inHome("home")],
    ["one of its bonds", inHome(`bond/${bond}/state`)],
  ] as const)("[DEV5] a terminal refuses it in clear words, by %s, touches nothing, and the newer one has everything", async (_what, version) => {
    const { ada, ben, ...taken } = await takeUp();
    await say(ada, "said before going back");
    const path = join(ada.folder, "beside.sqlite");
    const whole = await ada.exported();
    const today = version.get(path);
    version.set(path, 99);
    const before = bytesOf(ada.folder);
    for (const args of [["status"], ["export", join(taken.dir, "none")], ["restore"]]) {
      const refused = await ada.run(...args);
      expect([refused.code, refused.stdout]).toEqual([3, ""]);
      expect(JSON.parse(refused.stderr)).toMatchObject({ message: expect.stringMatching(/written by a newer Beside\. Nothing was touched: update Beside/) });
    }
    const said = await ada.tell("not said", "say");
    expect([said.code, said.stdout]).toEqual([3, ""]);
    expect(bytesOf(ada.folder)).toEqual(before);

    await say(ben, "said meanwhile");
    version.set(path, today);
    expect(await ada.ask("status", "--bond", bond)).toMatchObject({ connection: { state: "online", trouble: null } });
    const { entries } = await ada.exported();
    expect(entries.slice(0, whole.entries.length)).toEqual(whole.entries);
    expect(entries.at(-1)?.body.text).toBe("said meanwhile");
  });

  test("[DEV5] a relay refuses it in clear words, touches nothing, and the newer one has everything", async () => {
    const taken = await takeUp();
    const { ada, ben } = taken;
    await say(ada, "said before going back");
    await taken.stop();
    const path = join(taken.data, "relay.sqlite");
    const version = getVersion(path);
    setVersion(path, version + 1);
    const before = bytesOf(taken.data);
    const refused = await startProcess("terminal", ["relay", "--port", "0", "--data", taken.data, "--json"], {}).finish();
    expect([refused.code, refused.stdout]).toEqual([3, ""]);
    expect(refused.stderr).toContain(`was written by a newer Beside (its format ${version + 1}): update Beside`);
    expect(bytesOf(taken.data)).toEqual(before);

    setVersion(path, version);
    await taken.start();
    expect((await textsOf(ben)).at(-1)).toBe("said before going back");
    await say(ben, "and on");
    expect((await textsOf(ada)).at(-1)).toBe("and on");
  });

  test("[DEV5] a kind that nobody here knows is kept as it came, shown as from a newer Beside, and exported", async () => {
    const { ada } = await takeUp();
    await say(ada, "known to all");
    const { entries } = await ada.exported();
    const hologram = { id: "1-99", from: "other", kind: "hologram", body: { light: new Uint8Array([255, 0]) } };
    const seq = Number(entries.at(-1)?.["seq"]) + 1;
    const database = new DatabaseSync(join(ada.folder, "beside.sqlite"));
    const key = Buffer.from(`bond/${bond}/kept/${String(seq).padStart(10, "0")}`, "utf16le").swap16();
    database.prepare("INSERT INTO entries (key, value) VALUES (?, ?)").run(key, encode({ ...hologram, seq, at: Date.parse(expected.at) }));
    database.close();
    expect((await ada.exported()).entries.at(-1)).toMatchObject({ ...hologram, seq, body: { light: { base64url: "_wA" } } });
    const reading = await ada.run("between", "--bond", bond);
    expect(reading.lines.at(-1)).toMatchObject({ id: "1-99", kind: "hologram" });
    expect(await ada.ask("status", "--bond", bond)).toMatchObject({ connection: { trouble: null } });
    await say(ada, "and it goes on");
  });
});
