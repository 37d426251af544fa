/** `import` and `memories`: what was exported, taken in again to be read and nothing else. */
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../../base/result.ts";
import { fromUtf8 } from "../../base/bytes.ts";
import type { Memory } from "../../line/home.ts";
import { command, exits } from "../command.ts";
import type { JsonObject } from "../json.ts";
import { shownName } from "../sentences.ts";
import { rfc3339 } from "../times.ts";
import { importWords } from "../words.ts";

/** Far more than two people write in a life, and less than a string can hold. */
const largest = 256 * 1024 * 1024;

export const importMemory = command({
  usage: "import DIR",
  summary: "take in an export, to be read here: a memory, with nobody at its other end",
  words: 1,
  repeatable: true,
  read: ({ words: [folder], resolve }) =>
    folder === undefined || folder === "" ? err("import wants the folder of an export.") : ok({ folder: resolve(folder) }),

  run: async (session, { folder }) => {
    const text = await readBounded(join(folder, "bond.json"));
    if (!text.ok) {
      session.output.problem(text.error, text.error === "not-an-export" ? importWords[text.error] : readWords[text.error]);
      return exits.refused;
    }
    const taken = await session.home.importMemory(text.value);
    if (!taken.ok) {
      session.output.problem(taken.error, importWords[taken.error]);
      return exits.refused;
    }
    const memory = taken.value;
    session.output.result(
      memoryJson(memory),
      `Taken in: ${memory.count} ${memory.count === 1 ? "entry" : "entries"}, of ${pairText(memory)}. \`beside between --memory ${memory.id.slice(0, 8)}\` reads them.`,
    );
    return exits.done;
  },
});

export const memories = command({
  usage: "memories",
  summary: "list what was taken in from exports",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const all = session.home.memories();
    const now = session.clock.now();
    const text = all
      .map((one) => `${one.id.slice(0, 8)}  ${pairText(one)}, ${one.count} entries, taken in ${session.times.at(one.importedAt, now)}`)
      .join("\n");
    session.output.result(
      { memories: all.map(memoryJson) },
      text === "" ? "There are no memories here. `beside import DIR` takes one in from an export." : text,
    );
    return exits.done;
  },
});

const memoryJson = ({ id, me, other, importedAt, count }: Memory): JsonObject => ({
  memory: id,
  me: { name: me },
  other: { name: other },
  importedAt: rfc3339(importedAt),
  count,
});

const pairText = ({ me, other }: Memory): string => `${shownName(me)} and ${shownName(other)}`;

type ReadFault = "no-export" | "too-large";
const readWords: Record<ReadFault, string> = {
  "no-export": "There is no bond.json in that folder that can be read. It is what `beside export` writes.",
  "too-large": "That bond.json is larger than any export.",
};

/** A file of the size that it says to be, and no device or pipe. */
const readBounded = async (path: string): Promise<Result<string, ReadFault | "not-an-export">> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size, isFile } = await file.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) return err("no-export");
    if (size > largest) return err("too-large");
    const buffer = new Uint8Array(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return ok(fromUtf8(buffer.subarray(0, bytesRead)));
  } catch (error) {
    if (error instanceof TypeError) return err("not-an-export");
    if (error instanceof Error && "code" in error) return err("no-export");
    throw error;
  } finally {
    await file?.close();
  }
};
