/** `between`: what two people kept, or a memory of it, to read at a terminal. The newest, in the order it was said. */
import { err, ok } from "../../base/result.ts";
import type { Kept, Memory } from "../../line/home.ts";
import { isSenseName } from "../../senses/index.ts";
import { chooseBond } from "../bond-choice.ts";
import { cliHalves } from "../cli-halves.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { entryJson } from "../export/bond-json.ts";
import { shownName, timedText } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { actWords } from "../words.ts";

const usualCount = 50;
const mostAtOnce = 1000;

export const between = command({
  usage: "between [--last N] [--before SEQ] [--memory ID]",
  summary: "read what you two kept, or a memory of it: the newest, oldest first",
  flags: { last: { type: "string" }, before: { type: "string" }, memory: { type: "string" } },
  repeatable: true,

  read: ({ values: { last, before, memory } }) => {
    const limit = last === undefined ? usualCount : readCount(last);
    if (limit === undefined || limit < 1 || limit > mostAtOnce) return err(`--last wants a number from 1 to ${mostAtOnce}.`);
    const from = before === undefined ? null : readCount(before);
    if (from === undefined) return err("--before wants the place (seq) of an entry.");
    if (memory !== undefined && !/^[0-9a-f]{1,32}$/.test(String(memory))) return err("--memory wants an id, or its beginning: `beside memories` lists them.");
    return ok({ limit, before: from, memory: memory === undefined ? null : String(memory) });
  },

  run: async (session, { memory: wanted, limit, before }) => {
    const page = { limit, ...(before === null ? {} : { before }) };
    if (wanted !== null) {
      const memory = chooseMemory(session, wanted);
      if (typeof memory === "number") return memory;
      tellKept(session, await session.home.remembered(memory.id, page), memory.me, memory.other);
      return exits.done;
    }
    const bond = chooseBond(session, ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    if (view.stage !== "together" && view.stage !== "ended") {
      session.output.problem("not-together", actWords["not-together"]);
      return exits.refused;
    }
    tellKept(session, await bond.kept(page), view.me.name, otherNameOf(view) ?? "");
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

const readCount = (typed: string | boolean): number | undefined => (typeof typed === "string" && /^\d{1,10}$/.test(typed) ? Number(typed) : undefined);

export const chooseMemory = (session: Session, wanted: string): Memory | Exit => {
  const found = session.home.memories().filter(({ id }) => id.startsWith(wanted));
  const [only] = found;
  if (found.length === 1 && only) return only;
  session.output.problem(
    "no-such-memory",
    found.length === 0 ? "There is no memory with this id. `beside memories` lists them." : "Several memories begin with this. Give more of the id.",
  );
  return exits.usage;
};

const tellKept = (session: Session, newestFirst: readonly Kept[], me: string, other: string): void => {
  const now = session.clock.now();
  for (const kept of newestFirst.toReversed()) {
    const { kind, from, at, body } = kept;
    const telling = { from, other: shownName(other), time: (time: number) => session.times.at(time, now) };
    const told = isSenseName(kind) ? cliHalves[kind].tell(body, telling) : undefined;
    const text = told?.text ?? `${from === "me" ? shownName(me) : shownName(other)}: something that a newer Beside can read.`;
    session.output.result(entryJson(kept), at === null ? text : timedText(session.times.at(at, now), text));
  }
  if (newestFirst.length === 0 && !session.json) session.output.result({}, "Nothing is kept here yet.");
};
