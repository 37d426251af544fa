/** Every command of the terminal, in the order that `help` shows them. `relay` is a process of its own (cli.ts). */
import type { Command } from "./command.ts";
import { name, show, words } from "./commands/between.ts";
import { accept, knocks } from "./commands/door.ts";
import { exportBond } from "./commands/export.ts";
import { forget } from "./commands/forget.ts";
import { invite } from "./commands/invite.ts";
import { join } from "./commands/join.ts";
import { feel, say } from "./commands/say.ts";
import { bonds, status } from "./commands/status.ts";
import { touch } from "./commands/touch.ts";
import { watch } from "./commands/watch.ts";

export const commands = {
  invite,
  join,
  knocks,
  accept,
  words,
  status,
  watch,
  feel,
  touch,
  say,
  name,
  show,
  bonds,
  export: exportBond,
  forget,
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);
