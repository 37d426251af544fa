/** One run of `beside`: reads the command line and standard input, has the command done, prints what comes. */
import type { Ports } from "../line/driver.ts";
import { readCommandLine } from "./arguments.ts";
import { exits, type Command, type Exit } from "./command.ts";
import { commands } from "./commands.ts";
import { tellDefect } from "./defect.ts";
import { helpText, version } from "./help.ts";
import { createLines, readInput } from "./input.ts";
import { createOutput, type AskLine, type Print } from "./output.ts";
import { runCommand } from "./run-command.ts";

/** What the composition root chose. */
export interface Machine {
  readonly ports: Ports;
  /** Resolves when what was sent last is out. */
  drained(): Promise<void>;
  /** Runs a relay until it is told to stop; its exit code. */
  relay(argv: readonly string[]): Promise<number>;
}

/** Ends the process. */
export const runCli = async (machine: Machine): Promise<never> => {
  const stop = new AbortController();
  const json = process.argv.includes("--json");
  const output = createOutput(json, printer(stop));
  const defect = (error: unknown): never => {
    output.problem("defect", tellDefect(error));
    process.exit(exits.defect);
  };
  process.on("uncaughtException", defect);
  process.on("unhandledRejection", defect);
  try {
    const exit = await run(machine, stop);
    await machine.drained();
    return process.exit(exit);
  } catch (error) {
    return defect(error);
  }
};

const run = async (machine: Machine, stop: AbortController): Promise<number> => {
  const print = printer(stop);
  const line = readCommandLine(process.argv.slice(2), process.env);
  if (!line.ok) {
    createOutput(line.error.json, print).problem("usage", line.error.text);
    return exits.usage;
  }
  switch (line.value.is) {
    case "help":
      print("result", helpText(line.value.about));
      return exits.done;
    case "version":
      print("result", version());
      return exits.done;
    case "relay":
      return machine.relay(line.value.argv);
    case "run": {
      const { asked } = line.value;
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
      const input = await inputFor(commands[asked.command], asked.json, print);
      if (typeof input === "number") return input;
      const lines = createLines(process.stdin);
      const nextLine: AskLine = (prompt) => {
        if (process.stdin.isTTY && !asked.json) process.stderr.write(prompt);
        return lines();
      };
      const terminal = process.stdin.isTTY && process.stdout.isTTY;
      return runCommand(asked, { input, terminal, print, line: nextLine, stop: stop.signal }, process.env["BESIDE_HOME"], machine.ports);
    }
  }
};

const inputFor = async (spec: Command, json: boolean, print: Print): Promise<string | Exit> => {
  if (!spec.input) return "";
  if (process.stdin.isTTY && !json) process.stderr.write(`${spec.input.what}${spec.input.is === "text" ? ", then Ctrl-D" : ""}: `);
  const input = await readInput(process.stdin, spec.input.is);
  if (input.ok) return input.value;
  createOutput(json, print).problem("input", input.error);
  return exits.usage;
};

/** Nobody reads any more (`| head`): as if the asker had gone. */
const printer = (stop: AbortController): Print => {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount("error") > 0) continue;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") stop.abort();
      else process.exit(exits.defect);
    });
  }
  return (where, text) => {
    if (where === "kept") return;
    (where === "result" ? process.stdout : process.stderr).write(`${text}\n`);
  };
};
