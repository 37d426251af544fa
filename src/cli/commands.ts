/** Every command of the terminal, in the order that `help` shows them. `relay` is a process of its own (cli.ts). */
import type { Command } from "./command.ts";
import { apart, back, dark } from "./commands/apart.ts";
import { battery } from "./commands/battery.ts";
import { name, show, words } from "./commands/between.ts";
import { deviceAdd, deviceList, deviceRemove, deviceVouch } from "./commands/device.ts";
import { deviceJoin } from "./commands/device-join.ts";
import { accept, knocks } from "./commands/door.ts";
import { end, keeping } from "./commands/end.ts";
import { exportBond } from "./commands/export.ts";
import { forget } from "./commands/forget.ts";
import { give, grants, letIn } from "./commands/grants.ts";
import { history } from "./commands/history.ts";
import { invite } from "./commands/invite.ts";
import { join } from "./commands/join.ts";
import { life, sign, signKey } from "./commands/life.ts";
import { between } from "./commands/kept.ts";
import { hour, moon } from "./commands/hour.ts";
import { importMemory, memories } from "./commands/memory.ts";
import { ask, extend, keep, promise, promises, withdraw } from "./commands/promise.ts";
import { recall } from "./commands/recall.ts";
import { restore } from "./commands/restore.ts";
import { feel, say } from "./commands/say.ts";
import { bonds, status } from "./commands/status.ts";
import { takeUp } from "./commands/take-up.ts";
import { touch } from "./commands/touch.ts";
import { watch } from "./commands/watch.ts";
import { wordsBackup } from "./commands/words-backup.ts";

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
  grants,
  give,
  let: letIn,
  promise,
  keep,
  extend,
  withdraw,
  promises,
  ask,
  life,
  sign,
  "sign-key": signKey,
  apart,
  dark,
  back,
  battery,
  hour,
  moon,
  between,
  history,
  bonds,
  "device add": deviceAdd,
  "device join": deviceJoin,
  "device list": deviceList,
  "device vouch": deviceVouch,
  "device remove": deviceRemove,
  "words backup": wordsBackup,
  restore,
  "take-up": takeUp,
  export: exportBond,
  import: importMemory,
  memories,
  keeping,
  end,
  recall,
  forget,
} satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);
