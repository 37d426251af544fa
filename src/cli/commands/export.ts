/** `export`: what two people made is theirs. Writes it into an empty folder, readable by its owner alone. */
import { mkdir, open, readdir, rename, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { err, ok } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { jsonEntry, jsonHead, jsonTail, type ExportedPair } from "../export/bond-json.ts";
import { htmlEntry, htmlHead, htmlTail } from "../export/page-html.ts";
import type { Bond } from "../../line/home.ts";
import { oldestFirst } from "../../line/kept-pages.ts";
import { lastThings } from "../../line/last-things.ts";
import type { Times } from "../times.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { actWords } from "../words.ts";

export const exportBond = command({
  usage: "export DIR",
  summary: "write what you two kept into an empty folder: index.html and bond.json",
  words: 1,
  repeatable: false,
  read: ({ words: [folder], resolve }) =>
    folder === undefined || folder === "" ? err("export wants a folder to write into.") : ok({ folder: resolve(folder) }),

  run: async (session, { folder }) => {
    const bond = chooseBond(session, ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    if (view.stage !== "together" && view.stage !== "ended") {
      session.output.problem("not-together", actWords["not-together"]);
      return exits.refused;
    }
    const taken = await makeEmptyFolder(folder);
    if (taken !== undefined) {
      session.output.problem("folder", taken);
      return exits.refused;
    }
    const pair: ExportedPair = { bond: bond.id, me: view.me.name, other: otherNameOf(view) ?? "", exported: session.clock.now() };
    const entries = await writeBond(bond, folder, pair, session.times).catch(diskWords);
    if (typeof entries === "string") {
      session.output.problem("folder", entries);
      return exits.refused;
    }
    session.output.result(
      { bond: bond.id, dir: folder, entries },
      `Written: ${join(folder, "index.html")} and bond.json, ${entries} ${entries === 1 ? "entry" : "entries"}.`,
    );
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

/** Why not, in a sentence; `undefined` when the folder is there and empty. */
const makeEmptyFolder = async (folder: string): Promise<string | undefined> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return (await readdir(folder)).length === 0 ? undefined : "That folder is not empty. Choose one that is, or a new one.";
  } catch (error) {
    return diskWords(error);
  }
};

/** The disk's own no. Anything else is a defect. */
const diskWords = (error: unknown): string => {
  if (error instanceof Error && "syscall" in error && "code" in error) return `That folder cannot be written (${String(error.code)}). Choose another.`;
  throw error;
};

/** Under their names only once they are whole. */
const writeBond = async (bond: Bond, folder: string, pair: ExportedPair, times: Times): Promise<number> => {
  const names = ["index.html", "bond.json"] as const;
  const files: FileHandle[] = [];
  try {
    for (const name of names) files.push(await open(join(folder, `${name}.part`), "wx", 0o600));
    const [page, json] = files as [FileHandle, FileHandle];
    await page.writeFile(htmlHead(pair, times));
    await json.writeFile(jsonHead(pair));
    const last = (await lastThings(bond)).map(({ seq }) => seq);
    let count = 0;
    for await (const entries of oldestFirst(bond)) {
      await page.writeFile(entries.map((kept) => htmlEntry(kept, pair, times, last.includes(kept.seq))).join(""));
      await json.writeFile(entries.map((kept, at) => jsonEntry(kept, count + at === 0)).join(""));
      count += entries.length;
    }
    const history = await bond.history();
    await page.writeFile(htmlTail(history, pair, times));
    await json.writeFile(jsonTail(history));
    for (const file of files) await file.sync();
    for (const name of names) await rename(join(folder, `${name}.part`), join(folder, name));
    return count;
  } finally {
    for (const file of files) await file.close();
  }
};
