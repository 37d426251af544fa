/**
 * Makes the golden data of a release: what a relay and two people's homes look like that this release wrote, and what it
 * says of them itself. Later versions are tested against it. Drives only the release's own command line:
 *
 *   node vectors/make-release.ts CHECKOUT OUT      CHECKOUT has its packages installed; OUT is not there yet
 *
 * Everything in it is of two people who do not exist; no key in it was or will be used for anything else.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** In what the devices keep. Five digits, so that a test can write any other port of five digits over it. */
const port = 38_377;
const relayUrl = `http://127.0.0.1:${port}`;

type Json = Readonly<Record<string, unknown>>;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Json[];
  readonly stderr: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  /** The first line, already printed or to come, that is like this. */
  line(isLike: (line: Json) => boolean): Promise<Json>;
  end(): Promise<Ended>;
}

const [checkout, out] = process.argv.slice(2).map((path) => resolve(path));
if (checkout === undefined || out === undefined || existsSync(out)) {
  process.stderr.write("make-release.ts CHECKOUT OUT; OUT must not be there yet\n");
  process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), "beside-release-"));
const running = new Set<Running>();

const start = (args: readonly string[], home: string, input = ""): Running => {
  const child = spawn(process.execPath, [join(checkout, "src", "cli", "main.ts"), ...args], {
    env: { ...process.env, TZ: "UTC", LC_ALL: "C", BESIDE_RELAY: undefined, BESIDE_HOME: home },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [stdout, stderr, over] = ["", "", false];
  const looks = new Set<() => void>();
  const changed = (): void => looks.forEach((look) => look());
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    changed();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const lines = (): Json[] =>
    stdout
      .split("\n")
      .slice(0, -1)
      .flatMap((text) => (text.startsWith("{") ? [JSON.parse(text) as Json] : []));
  const ended = new Promise<Ended>((done) => {
    child.on("close", (code) => {
      over = true;
      done({ code, lines: lines(), stderr });
      changed();
    });
  });
  const one: Running = {
    ended,
    line: (isLike) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const found = lines().find(isLike);
          if (found) done(found);
          else if (over) fail(new Error(`${args.join(" ")} ended without it: ${stdout}${stderr}`));
          else return;
          looks.delete(look);
        };
        looks.add(look);
        look();
      }),
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
  running.add(one);
  void ended.then(() => running.delete(one));
  return one;
};

const person = (home: string) => {
  const asks = async (code: number, input: string, ...args: readonly string[]): Promise<Json> => {
    const ended = await start([...args, "--json"], home, input).ended;
    if (ended.code !== code) throw new Error(`${args.join(" ")} ended with ${ended.code}\n${ended.stderr}`);
    return ended.lines.at(-1) ?? {};
  };
  return {
    begins: (input: string, ...args: readonly string[]): Running => start([...args, "--json"], home, input),
    does: (...args: readonly string[]): Promise<Json> => asks(0, "", ...args),
    tells: (input: string, ...args: readonly string[]): Promise<Json> => asks(0, input, ...args),
    /** With the relay out of reach: kept for later. */
    keeps: (input: string, ...args: readonly string[]): Promise<Json> => asks(4, input, ...args, "--timeout", "1"),
    /** As a person, who then has read it. */
    reads: async (): Promise<void> => void (await start(["status"], home).ended),
  };
};
type Person = ReturnType<typeof person>;

const startRelay = async (data: string): Promise<Running> => {
  const relay = start(["relay", "--json", "--port", String(port), "--data", data], work);
  await relay.line((line) => line["listening"] === relayUrl);
  return relay;
};

/** Two homes and a relay, with something of everything in them. */
const live = async (folder: string): Promise<void> => {
  const [ada, ben] = [person(join(folder, "ada")), person(join(folder, "ben"))];
  const relay = await startRelay(join(folder, "relay"));

  const { link } = await ada.does("invite", "--name", "Ada", "--relay", relayUrl);
  const joining = ben.begins(String(link), "join", "--name", "Ben", "--wait", "60");
  while (((await ada.does("knocks"))["knocks"] as unknown[]).length === 0);
  await ada.does("accept");
  if ((await joining.ended).code !== 0) throw new Error("not together");
  await ada.does("words", "--compared");
  await ada.does("show", "on");
  await ben.does("show", "on");

  const [hers, his] = [ada.begins("", "watch"), ben.begins("", "watch")];
  await Promise.all([hers, his].map((one) => one.line((line) => line["kind"] === "state" && line["state"] === "beside")));
  await his.end();
  await hers.end();
  await ben.does("show", "off");

  await ada.tells("The kettle is on.\nTwo cups, as ever.", "say");
  await ben.tells("Rain here 🌧️, and <b>no</b> umbrella.", "say", "--feel", "tender");
  await ada.reads();
  await ben.reads();
  await ada.does("feel", "calm", "--strength", "80");
  await ben.does("feel", "48");
  await ben.tells("Benjamin", "name");
  await ben.tells("This one is gone tomorrow.", "say", "--fades");
  await ben.tells("This one stays.", "say");
  await ada.does("status");

  // A second line that is still an invitation with a knock at the door: the other stages of both.
  const second = await ada.does("invite", "--name", "Ada", "--relay", relayUrl);
  await ben.tells(String(second["link"]), "join", "--name", "Ben");
  await ada.does("knocks");

  // The relay has it, and Ben has not fetched it.
  await ada.tells("Said while you were out.", "say", "--feel", "longing");
  await relay.end();
  await ada.keeps("Said with no relay there.", "say");
};

/** What the release says of it, each command with its result and exit code. */
const ask = async (one: Person, folder: string): Promise<Json> => {
  const ended = async (...args: readonly string[]): Promise<Json> => {
    const { code, lines } = await one.begins("", ...args).ended;
    return { code, said: lines.at(-1) ?? null };
  };
  const said = { status: await ended("status"), bonds: await ended("bonds"), words: await ended("words"), knocks: await ended("knocks") };
  await one.does("export", folder);
  const { exported: _, ...bond } = JSON.parse(readFileSync(join(folder, "bond.json"), "utf8")) as Json;
  return { ...said, export: bond };
};

const describeWhatIsThere = async (folder: string): Promise<Json> => {
  const [ada, ben] = [person(join(folder, "ada")), person(join(folder, "ben"))];
  const at = new Date(Date.now()).toISOString();
  const offline = { ada: await ada.keeps("", "status"), ben: await ben.keeps("", "status") };
  const relay = await startRelay(join(folder, "relay"));
  const online = { ada: await ask(ada, join(folder, "export-ada")), ben: await ask(ben, join(folder, "export-ben")) };
  await relay.end();
  return { at, relay: relayUrl, offline, online };
};

const files = ["relay/relay.sqlite", "relay/relay.key", "ada/beside.sqlite", "ben/beside.sqlite"];

try {
  const first = join(work, "first");
  await live(first);
  const others = ["relay", "ada", "ben"]
    .flatMap((part) => readdirSync(join(first, part)).map((name) => `${part}/${name}`))
    .filter((name) => !files.includes(name));
  // A journal beside a database would be a part of it.
  if (others.length > 0) throw new Error(`not ended cleanly: ${others.join(", ")}`);
  mkdirSync(out, { recursive: true });
  for (const file of files) cpSync(join(first, file), join(out, file));
  // Asked of a copy, since asking sends what waits.
  const copy = join(work, "copy");
  cpSync(out, copy, { recursive: true });
  writeFileSync(join(out, "expected.json"), `${JSON.stringify(await describeWhatIsThere(copy), null, 2)}\n`);
} finally {
  await Promise.all([...running].map((one) => one.end()));
  rmSync(work, { recursive: true, force: true });
}
