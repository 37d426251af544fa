/**
 * Gets a command done, by whoever may: a process that holds the home already, or this one. There is one writer to a
 * home at a time; the second command waits for the first, or goes through it.
 */
import type { Ports } from "../line/driver.ts";
import type { Asked } from "./arguments.ts";
import { askHolder, connectHolder } from "./ask-holder.ts";
import { exits, type Command, type Exit } from "./command.ts";
import { commands, isCommandName } from "./commands.ts";
import { tellDefect } from "./defect.ts";
import { holdHome, type HeldHome } from "./hold-home.ts";
import { version } from "./help.ts";
import { createOutput, type AskLine, type Print } from "./output.ts";
import { openPlace, type Place } from "./place.ts";
import { serveHome, type HomeServer } from "./serve-home.ts";
import type { Ask } from "./socket-lines.ts";
import { homeWords, openWords } from "./words.ts";

/** For a home that another command is using, and how often to look. */
const turnWithin = 30_000;
const lookEvery = 30;

/** Who asks: what came on standard input, what still comes, and where it is printed. */
export interface Asker {
  readonly input: string;
  readonly terminal: boolean;
  readonly print: Print;
  readonly line: AskLine;
  readonly stop: AbortSignal;
}

export const runCommand = async (asked: Asked, asker: Asker, besideHome: string | undefined, ports: Ports): Promise<Exit> => {
  const { input, terminal, print, stop } = asker;
  const { problem } = createOutput(asked.json, print);
  const place = openPlace(besideHome);
  if (!place.ok) {
    problem("folder", openWords({ is: "unusable", code: place.error.code }, place.error.folder));
    return exits.refused;
  }
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const ask: Ask = { ...asked, input, terminal, version: version(), locale, timeZone };
  const began = ports.clock.monotonic();
  for (;;) {
    const answer = await askThere(ask, place.value, asker);
    if (answer !== undefined) return answer;
    const held = await holdHome(place.value.database, ports);
    if (held.ok) return runHere(ask, held.value, place.value, asker);
    if (typeof held.error === "string") {
      problem(held.error, homeWords[held.error]);
      return exits.refused;
    }
    if (held.error.is !== "busy" || ports.clock.monotonic() - began > turnWithin) {
      problem(held.error.is, openWords(held.error, place.value.folder));
      return exits.refused;
    }
    if (stop.aborted) return exits.refused;
    await new Promise<void>((resolve) => ports.timer.after(lookEvery, resolve));
  }
};

/** `undefined` when there is nobody to do it, or nobody any more and it may be done again. */
const askThere = async (ask: Ask, place: Place, { print, line, stop }: Asker): Promise<Exit | undefined> => {
  const socket = await connectHolder(place.socket);
  if (!socket) return undefined;
  const answer = await askHolder(socket, ask, print, line, stop);
  if (answer.is === "done") return answer.exit;
  if (answer.is === "not-started") return undefined;
  const { problem } = createOutput(ask.json, print);
  if (answer.kept !== undefined) {
    print("result", answer.kept);
    problem("unreachable", "The Beside process that this went through was ended. What you said is kept here and goes with the next command.");
    return exits.later;
  }
  if (commandOf(ask).repeatable) return stop.aborted ? exits.done : undefined;
  problem("unclear", "The Beside process that this went through was ended. It may or may not have been done: look with `beside status` before asking again.");
  return exits.defect;
};

const commandOf = (ask: Ask): Command => commands[ask.command];

/** The lock is ours. A command that lasts lets others go through it meanwhile. */
const runHere = async (ask: Ask, held: HeldHome, place: Place, { print, line, stop }: Asker): Promise<Exit> => {
  const run = (one: Ask, to: Print, from: AskLine, until: AbortSignal): Promise<Exit> =>
    held.run(one, to, from, until).catch((error: unknown) => {
      createOutput(one.json, to).problem("defect", tellDefect(error));
      return exits.defect;
    });
  let server: HomeServer | undefined;
  if (commandOf(ask).serves) {
    try {
      server = await serveHome(place.socket, (one, reply, until) => ({
        repeatable: isKnown(one) && commandOf(one).repeatable,
        exit: isKnown(one) ? run(one, reply.print, reply.line, until) : refuseVersion(one, reply.print),
      }));
    } catch (error) {
      createOutput(ask.json, print).problem(
        "socket",
        `Other commands could not go through this one (${error instanceof Error && "code" in error ? String(error.code) : "unknown"}): set BESIDE_HOME to a folder that allows sockets.`,
      );
      await held.close();
      return exits.refused;
    }
  }
  const exit = await run(ask, print, line, stop);
  await server?.close();
  await held.close();
  return exit;
};

const isKnown = (ask: Ask): boolean => ask.version === version() && isCommandName(ask.command);

const refuseVersion = async (ask: Ask, print: Print): Promise<Exit> => {
  createOutput(ask.json, print).problem("version", "The running `beside watch` is of another version. End it and start it anew.");
  return exits.refused;
};
