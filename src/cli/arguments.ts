/** The command line as data. No text that was typed comes back in an error: it may be something personal in the wrong place. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { err, ok, type Result } from "../base/result.ts";
import type { Millis } from "../base/brand.ts";
import { commands, isCommandName, type CommandName } from "./commands.ts";
import type { Command } from "./command.ts";
import { readSeconds } from "./seconds.ts";

export interface Asked {
  readonly command: CommandName;
  readonly options: unknown;
  readonly json: boolean;
  readonly bond: string | undefined;
  readonly timeout: Millis;
}

export type CommandLine =
  | { readonly is: "help"; readonly about: CommandName | undefined }
  | { readonly is: "version" }
  | { readonly is: "relay"; readonly argv: readonly string[] }
  | { readonly is: "run"; readonly asked: Asked };

export interface Wrong {
  readonly text: string;
  readonly json: boolean;
}

const shared = {
  json: { type: "boolean" },
  bond: { type: "string" },
  timeout: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsOptionsConfig;

const usualTimeout: Millis = 10_000;

export const readCommandLine = (argv: readonly string[], environment: { readonly [name: string]: string | undefined }): Result<CommandLine, Wrong> => {
  const json = argv.includes("--json");
  const wrong = (text: string): Result<never, Wrong> => err({ text, json });
  // `beside --json status` says the same as `beside status --json`.
  const [name, ...rest] = argv[0] === "--json" ? [...argv.slice(1), "--json"] : argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h" || name === "--json") {
    const [about = "", ...more] = rest;
    return ok({ is: "help", about: findCommand(about, more)?.name });
  }
  if (name === "--version" || name === "version") return ok({ is: "version" });
  if (name === "relay") return ok({ is: "relay", argv: rest });
  const found = findCommand(name, rest);
  if (!found) return wrong(isGroup(name) ? `That is a part of it only: ${partsOf(name)}.` : "There is no such command. `beside help` lists them.");

  const spec: Command = commands[found.name];
  const typed = parse(spec, found.rest);
  if (!typed.ok) return wrong(`${typed.error} Usage: beside ${spec.usage}`);
  const { values, positionals } = typed.value;
  if (values["help"] === true) return ok({ is: "help", about: found.name });
  const seconds = values["timeout"] === undefined ? usualTimeout / 1000 : readSeconds(String(values["timeout"]));
  if (seconds === undefined) return wrong("--timeout wants a number of seconds.");
  const bond = values["bond"] === undefined ? undefined : String(values["bond"]);
  if (bond !== undefined && !/^[0-9a-f]{1,32}$/.test(bond)) return wrong("--bond wants an id, or its beginning: `beside bonds` lists them.");
  const options = spec.read({ values, words: positionals, relay: environment["BESIDE_RELAY"], resolve: (path) => resolve(path), readFile });
  if (!options.ok) return wrong(`${options.error} Usage: beside ${spec.usage}`);
  return ok({ is: "run", asked: { command: found.name, options: options.value, json, bond, timeout: seconds * 1000 } });
};

/** Some commands are two words: `device add`. */
const findCommand = (name: string, rest: readonly string[]): { readonly name: CommandName; readonly rest: readonly string[] } | undefined => {
  const [second, ...after] = rest;
  const both = `${name} ${second ?? ""}`;
  if (isCommandName(both)) return { name: both, rest: after };
  return isCommandName(name) ? { name, rest } : undefined;
};

const inGroup = (name: string): readonly string[] => Object.keys(commands).filter((one) => one.startsWith(`${name} `));
const isGroup = (name: string): boolean => inGroup(name).length > 0;
const partsOf = (name: string): string =>
  inGroup(name)
    .map((one) => `\`beside ${one}\``)
    .join(", ");

interface Typed {
  readonly values: { readonly [flag: string]: string | boolean | undefined };
  readonly positionals: readonly string[];
}

const parse = (spec: Command, args: readonly string[]): Result<Typed, string> => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { ...shared, ...spec.flags }, allowPositionals: true, strict: true });
    if (positionals.length > (spec.words ?? 0))
      return err(spec.input ? "Texts and links come on standard input, never as arguments." : "That is one word too many.");
    return ok({ values: values as Typed["values"], positionals });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return err("There is no such flag here.");
    if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return err("A flag lacks its value, or has one that it does not take.");
    throw error;
  }
};

const readFile = (path: string): Result<string, string> => {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch {
    return err("The file cannot be read.");
  }
};
