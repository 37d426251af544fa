/** What `help` says, made from the commands themselves. */
import { readFileSync } from "node:fs";
import { commands, type CommandName } from "./commands.ts";
import type { Command } from "./command.ts";

const relayUsage = "relay [--port N|0] [--data DIR] [--host H] …";

export const helpText = (about: CommandName | undefined): string => {
  if (about !== undefined) {
    const { usage, summary } = commands[about] as Command;
    return `beside ${usage}\n\n${summary}\n\n${sharedHelp}`;
  }
  const list = Object.entries(commands as Record<string, Command>).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  return `Beside: a line between exactly two people.\n\n  ${"relay".padEnd(15)}carry lines for people: ${relayUsage}\n${list.join("\n")}\n\n\`beside help COMMAND\` says more about one. ${sharedHelp}`;
};

const sharedHelp = `All take --json (results one a line), --bond ID where there are several, --timeout SECONDS (10).
Texts, names and links come on standard input. BESIDE_HOME (~/.beside) holds what this device keeps; BESIDE_RELAY
is where invitations are made. Exit codes: 0 done, 1 a fault of Beside, 2 usage, 3 refused, 4 kept for later.`;

export const version = (): string => (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
