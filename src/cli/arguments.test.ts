import { describe, expect, test } from "vitest";
import { readCommandLine, type Asked } from "./arguments.ts";
import { commands } from "./commands.ts";
import { helpText } from "./help.ts";
import { readSeconds } from "./seconds.ts";

const read = (...argv: string[]) => readCommandLine(argv, {});
const asked = (...argv: string[]): Asked => {
  const line = read(...argv);
  if (!line.ok || line.value.is !== "run") throw new Error(JSON.stringify(line));
  return line.value.asked;
};
const wrong = (...argv: string[]): string => {
  const line = read(...argv);
  if (line.ok) throw new Error("it was read");
  return line.error.text;
};

describe("the command line", () => {
  test("a command with its flags becomes data", () => {
    expect(asked("feel", "calm", "--strength", "80", "--json", "--bond", "ab12", "--timeout", "2.5")).toEqual({
      command: "feel",
      options: { hue: 165, strength: 80 },
      json: true,
      bond: "ab12",
      timeout: 2500,
    });
    expect(asked("--json", "status")).toMatchObject({ command: "status", json: true, timeout: 10_000 });
    expect(asked("accept")).toMatchObject({ options: { id: null } });
    expect(asked("accept", "3")).toMatchObject({ options: { id: 3 } });
    expect(asked("touch", "--for", "5")).toMatchObject({ options: { seconds: 5 } });
    expect(asked("say", "--fades", "--feel", "200")).toMatchObject({ options: { fades: true, feeling: { hue: 200, strength: 60 } } });
  });

  test("options are plain JSON, to travel to a running watch", () => {
    for (const one of [
      asked("invite", "--name", "Ada"),
      asked("join", "--name", "Ben", "--wait", "3"),
      asked("export", "out"),
      asked("words", "--compared"),
      asked("show", "on"),
      asked("device", "add", "--wait", "5"),
      asked("device", "join"),
      asked("device", "remove", "2", "--yes"),
      asked("words", "backup", "--show"),
      asked("restore"),
      asked("import", "in"),
      asked("between", "--memory", "ab12"),
      asked("between", "--search", "the heron", "--by", "other", "--feel", "joy"),
      asked("take-up"),
      asked("give", "hour", "coarse", "--until", "21:15"),
      asked("let", "thought", "quiet"),
      asked("apart", "--until", "3d", "--pass", "touch,feeling"),
      asked("dark", "--until", "2026-12-24T18:00:00Z"),
      asked("end", "--later", "off"),
      asked("end", "--yes", "--wipe"),
    ])
      expect(JSON.parse(JSON.stringify(one.options))).toEqual(one.options);
  });

  test("what one gives and lets in is named by its sense, and a wrong word or time is told without repeating it", () => {
    expect(asked("give", "presence", "full", "--until", "90m")).toMatchObject({
      options: { sense: "presence", give: "full", until: { is: "in", span: 5_400_000 } },
    });
    for (const line of [
      ["give", "name", "off"],
      ["give", "touch", "on"],
      ["give", "touch", "off", "--until", "2h"],
      ["give", "touch", "full", "--until", "sometime"],
      ["let", "boundary", "off"],
      ["let", "touch", "full"],
      ["apart", "--until", "sometime"],
      ["dark"],
      ["end", "--later", "sometime"],
      ["end", "--later", "2h", "--wipe"],
      ["keeping"],
      ["battery", "half"],
    ])
      expect(wrong(...line)).not.toContain("sometime");
  });

  test("some commands are two words, and half of one is told what is missing", () => {
    expect(asked("device", "list", "--json")).toMatchObject({ command: "device list", json: true });
    expect(asked("--json", "device", "join", "--name", "laptop")).toMatchObject({
      command: "device join",
      options: { device: "laptop", relay: null, wait: 600 },
    });
    expect(asked("device", "join")).toMatchObject({ options: { device: "terminal" } });
    expect(asked("device", "remove", "3")).toMatchObject({ options: { index: 3, yes: false } });
    expect(asked("words")).toMatchObject({ command: "words" });
    expect(asked("words", "backup")).toMatchObject({ command: "words backup", options: { show: false } });
    expect(wrong("device")).toContain("`beside device add`");
    expect(wrong("device", "frobnicate")).toContain("`beside device list`");
    expect(wrong("device", "remove")).toContain("device list");
    expect(wrong("device", "vouch", "-1")).not.toContain("-1");
    expect(read("help", "device", "add")).toMatchObject({ value: { is: "help", about: "device add" } });
    expect(read("device", "add", "--help")).toMatchObject({ value: { is: "help", about: "device add" } });
  });

  test("what only its owner may read comes on standard input: links and the twelve words are no arguments", () => {
    for (const argv of [
      ["device", "join", "https://x/#device=abc"],
      ["restore", "abandon", "about"],
      ["words", "backup", "abandon"],
      ["device", "add", "abandon"],
    ])
      expect(wrong(...argv)).not.toMatch(/abandon|device=abc/);
    expect(asked("restore", "--relay", "https://relay.example.org/")).toMatchObject({ options: { relay: "https://relay.example.org", device: "terminal" } });
    expect(wrong("between", "--last", "0")).toContain("--last");
    expect(wrong("between", "--memory", "../x")).toContain("--memory");
    expect(wrong("between", "--by", "nobody")).toContain("--by");
    expect(wrong("between", "--feel", "hunger")).toContain("longing");
    expect(wrong("between", "heron")).not.toContain("heron");
    expect(wrong("import")).toContain("import wants");
    expect(wrong("forget", "--memory", "no")).toContain("--memory");
  });

  test("[PROM1] a promise has a time or waits for something; its words, its note and its farewell are no arguments", () => {
    expect(asked("promise", "--by", "2h", "--note")).toMatchObject({
      options: { by: { is: "in" }, grace: 600_000, release: 300_000, note: true, farewell: null, yes: false },
    });
    expect(asked("promise", "--when", "--grace", "0m")).toMatchObject({ options: { by: null, grace: 0 } });
    expect(asked("promise", "--by", "21:15", "--note", "--farewell", "1d", "--yes")).toMatchObject({ options: { farewell: 86_400_000, yes: true } });
    for (const argv of [
      [],
      ["--by", "2h", "--when"],
      ["--by", "soon"],
      ["--when", "--note"],
      ["--by", "2h", "--farewell", "1d"],
      ["--by", "2h", "--grace", "8d"],
    ])
      expect(wrong("promise", ...argv)).toContain("Usage: beside promise");
    expect(wrong("promise", "home by nine", "--by", "2h")).not.toContain("nine");
    expect(wrong("promise", "--by", "2h", "--release", "1h")).toContain("--release goes with --note");
    expect(asked("extend", "3f", "--by", "3h")).toMatchObject({ options: { id: "3f", by: { is: "in" } } });
    expect(wrong("keep", "home")).not.toContain("home");
    expect(wrong("withdraw")).toContain("beside promises");
  });

  test("[LIFE1] a sign of life has a window of the day, or is off", () => {
    expect(asked("life", "--from", "8:00", "--to", "11:30")).toMatchObject({ options: { from: 480, to: 690, note: false } });
    expect(asked("life", "off")).toMatchObject({ options: "off" });
    for (const argv of [[], ["--from", "8:00"], ["--from", "8:00", "--to", "8:00"], ["--from", "2h", "--to", "9:00"], ["on"], ["off", "--from", "8:00"]])
      expect(wrong("life", ...argv)).toContain("Usage: beside life");
    expect(asked("sign-key", "k")).toMatchObject({ options: { file: expect.stringMatching(/\/k$/) } });
    expect(read("help", "sign-key")).toMatchObject({ value: { is: "help", about: "sign-key" } });
  });

  test("the relay of an invitation comes from the flag, the environment, or this machine", () => {
    expect(asked("invite", "--name", "Ada")).toMatchObject({ options: { relay: "http://127.0.0.1:8377", show: null, token: "" } });
    const line = readCommandLine(["invite", "--name", "Ada"], { BESIDE_RELAY: "https://relay.example.org/" });
    expect(line).toMatchObject({ ok: true, value: { asked: { options: { relay: "https://relay.example.org" } } } });
    expect(asked("invite", "--name", "Ada", "--relay", "https://other.example.org")).toMatchObject({ options: { relay: "https://other.example.org" } });
    expect(wrong("invite", "--name", "Ada", "--relay", "ftp://x")).toContain("A relay's address");
  });

  test("what is missing or too much is told, with how it goes", () => {
    expect(wrong("join")).toContain("Usage: beside join");
    expect(wrong("touch")).toContain("--for");
    expect(wrong("touch", "--for", "0")).toContain("--for");
    expect(wrong("feel")).toContain("love");
    expect(wrong("feel", "365")).toContain("love");
    expect(wrong("feel", "calm", "--strength", "101")).toContain("0 to 100");
    expect(wrong("status", "--nonsense")).toContain("no such flag");
    expect(wrong("status", "--bond")).toContain("lacks its value");
    expect(wrong("status", "--bond", "../etc")).toContain("--bond");
    expect(wrong("status", "--timeout", "soon")).toContain("--timeout");
    expect(wrong("frobnicate")).toContain("beside help");
    expect(wrong("forget")).toContain("--bond");
    expect(wrong("invite", "--name", "Ada", "--token-file", "/nowhere/at/all")).toContain("cannot be read");
    expect(wrong("invite", "--name", "Ada", "--show", "maybe")).toContain("on or off");
  });

  test("what was typed never comes back: it may be words for someone", () => {
    for (const argv of [
      ["say", "my dear"],
      ["my dear"],
      ["join", "--name", "Ben", "my dear"],
      ["feel", "my dear"],
      ["status", "--my dear"],
      ["name", "my dear"],
      ["status", "--bond", "my dear"],
      ["export"],
    ])
      expect(wrong(...argv)).not.toContain("dear");
  });

  test("help, version and the relay are told apart; every command has its help", () => {
    expect(read()).toMatchObject({ value: { is: "help" } });
    expect(read("--help")).toMatchObject({ value: { is: "help", about: undefined } });
    expect(read("help", "say")).toMatchObject({ value: { is: "help", about: "say" } });
    expect(read("say", "-h")).toMatchObject({ value: { is: "help", about: "say" } });
    expect(read("--version")).toMatchObject({ value: { is: "version" } });
    expect(read("relay", "--port", "0", "--json")).toMatchObject({ value: { is: "relay", argv: ["--port", "0", "--json"] } });
    for (const [name, { usage, summary }] of Object.entries(commands)) {
      expect(usage.startsWith(name)).toBe(true);
      expect(helpText(undefined)).toContain(summary);
    }
  });

  test("seconds are seconds, up to a day", () => {
    expect(["0", "1.5", "86400"].map(readSeconds)).toEqual([0, 1.5, 86_400]);
    expect(["-1", "1e3", "86401", "", "NaN", "1s"].map(readSeconds)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});
