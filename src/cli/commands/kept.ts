/**
 * `between`: what two people kept, or a memory of it, to read or search at a terminal. The newest, in the order it was
 * said. A search opens all of it here, and is told to nobody.
 */
import { err, ok } from "../../base/result.ts";
import type { Bond, Kept, Memory, ReadKept } from "../../line/home.ts";
import { newestFirst, waitsFor } from "../../line/kept-pages.ts";
import { feelingNames, nameOfHue, type FeelingName } from "../../senses/feeling/feeling.ts";
import type { Cbor } from "../../protocol/cbor.ts";
import { isSenseName } from "../../senses/index.ts";
import { createMatcher, isWanting, type Findable, type Wanted } from "../../senses/search.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { entryJson } from "../export/bond-json.ts";
import { keptText } from "../kept-text.ts";
import { lastThings } from "../../line/last-things.ts";
import { shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { actWords } from "../words.ts";

const usualCount = 50;
const mostAtOnce = 1000;

export const between = command({
  usage: "between [--search WORDS|-] [--by me|other] [--feel NAME] [--last N] [--before SEQ] [--aside] [--earlier] [--memory ID]",
  summary:
    "read or search what you two kept, or a memory of it: the newest, oldest first (--search - asks for the words; --aside shows what you did not let in too, --earlier an ended bond that both recalled)",
  flags: {
    search: { type: "string" },
    by: { type: "string" },
    feel: { type: "string" },
    last: { type: "string" },
    before: { type: "string" },
    aside: { type: "boolean" },
    earlier: { type: "boolean" },
    memory: { type: "string" },
  },
  repeatable: true,

  read: ({ values: { search, by, feel, last, before, aside, earlier, memory } }) => {
    const limit = last === undefined ? usualCount : readCount(last);
    if (limit === undefined || limit < 1 || limit > mostAtOnce) return err(`--last wants a number from 1 to ${mostAtOnce}.`);
    const from = before === undefined ? null : readCount(before);
    if (from === undefined) return err("--before wants the place (seq) of an entry.");
    if (memory !== undefined && !/^[0-9a-f]{1,32}$/.test(String(memory))) return err("--memory wants an id, or its beginning: `beside memories` lists them.");
    if (by !== undefined && by !== "me" && by !== "other") return err("--by wants me or other.");
    const feeling = feel === undefined ? null : readFeeling(String(feel));
    if (feeling === undefined) return err(`--feel wants one of ${Object.keys(feelingNames).join(", ")}.`);
    const looked: Wanted = { words: search === undefined ? "" : String(search), from: by ?? null, feeling };
    return ok({ limit, before: from, aside: aside === true, earlier: earlier === true, memory: memory === undefined ? null : String(memory), looked });
  },

  run: async (session, { memory: wanted, limit, before, aside, earlier, looked }) => {
    const page = { limit, ...(before === null ? {} : { before }) };
    const asked = looked.words === "-" ? { ...looked, words: (await session.ask("What to look for")) ?? "" } : looked;
    const isSearch = isWanting(asked);
    const matches = isSearch ? createMatcher(asked) : () => true;
    // What I did not let in when it came shows when it is asked for, and not before.
    const isLike = (one: Kept): boolean => (aside || one.aside !== true) && matches(findable(one));
    const read = (kept: ReadKept): Promise<readonly Kept[]> => newestLike(kept, isLike, page);
    if (wanted !== null) {
      const memory = chooseMemory(session, wanted);
      if (typeof memory === "number") return memory;
      tellKept(session, await read((options) => session.home.remembered(memory.id, options)), { me: memory.me, other: memory.other, last: [], isSearch });
      return exits.done;
    }
    const bond = chooseBond(session, earlier ? ["together"] : ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    if (view.stage !== "together" && view.stage !== "ended") {
      session.output.problem("not-together", actWords["not-together"]);
      return exits.refused;
    }
    if (earlier) {
      await tellEarlier(session, bond, read, isSearch);
      return synced ? exits.done : tellNotSynced(session, bond);
    }
    const last = (await lastThings(bond)).map(({ seq }) => seq);
    const pause = view.stage === "together" ? view.apart.me : null;
    const found = await newestLike(bond.kept, (one) => !waitsFor(pause, one) && isLike(one), page);
    tellKept(session, found, { me: view.me.name, other: otherNameOf(view) ?? "", last, isSearch });
    if (pause && !session.json) session.output.result({}, "You are apart. What has come since is not shown until you come back.");
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

/** What was kept in ended bonds with the same person, which both took up again (END3). */
const tellEarlier = async (session: Session, bond: Bond, read: (kept: ReadKept) => Promise<readonly Kept[]>, isSearch: boolean): Promise<void> => {
  const recalled = (await session.home.earlier(bond.id)).filter(({ mine, theirs }) => mine && theirs);
  for (const ended of session.home.bonds().filter(({ id }) => recalled.some((one) => one.bond === id))) {
    const view = ended.view();
    tellKept(session, await read(ended.kept), { me: view.me.name, other: otherNameOf(view) ?? "", last: [], isSearch });
  }
  if (recalled.length === 0 && !session.json) session.output.result({}, "Nothing earlier is taken up here: `beside recall`, on each side.");
};

const readFeeling = (typed: string): FeelingName | undefined => (Object.hasOwn(feelingNames, typed) ? (typed as FeelingName) : undefined);

/** The newest that fit, as many as are wanted. */
const newestLike = async (kept: ReadKept, isLike: (one: Kept) => boolean, { limit, before }: Parameters<ReadKept>[0]): Promise<readonly Kept[]> => {
  const found: Kept[] = [];
  for await (const page of newestFirst(kept)) {
    found.push(...page.filter((one) => (before === undefined || one.seq < before) && isLike(one)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
};

/** What an entry says, and not who said it when: for that there are flags. What a newer Beside says cannot be told, nor found. */
const findable = ({ kind, from, body }: Kept): Findable => {
  if (!isSenseName(kind) || !isObject(body)) return { from, text: "" };
  const felt = isObject(body["feeling"]) ? body["feeling"] : body;
  const { hue } = felt;
  const texts = Object.values(body).filter((field) => typeof field === "string");
  return typeof hue === "number" ? { from, text: [...texts, nameOfHue(hue)].join("\n"), hue } : { from, text: texts.join("\n") };
};

const isObject = (value: Cbor | undefined): value is { readonly [field: string]: Cbor } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

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

interface Shown {
  readonly me: string;
  readonly other: string;
  /** The places of the last things, in the quiet view. */
  readonly last: readonly number[];
  readonly isSearch: boolean;
}

const tellKept = (session: Session, newestFirst: readonly Kept[], { me, other, last, isSearch }: Shown): void => {
  const now = session.clock.now();
  for (const kept of newestFirst.toReversed()) {
    const isLast = last.includes(kept.seq);
    session.output.result(
      { ...entryJson(kept), ...(isLast ? { last: true } : {}) },
      keptText(kept, { me, other: shownName(other), isLast }, now, session.times),
    );
  }
  if (newestFirst.length === 0 && !session.json)
    session.output.result({}, isSearch ? "Nothing found. A word is found by how it begins." : "Nothing is kept here yet.");
};
