/**
 * `promise`, `keep`, `extend`, `withdraw`, `promises` and `ask` (PROM1 to PROM7). What is promised is durable here first, then in
 * the log, then guarded: each command waits for the relay's word, within its patience, and says what it is.
 */
import type { Millis } from "../../base/brand.ts";
import { utf8 } from "../../base/bytes.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond } from "../../line/home.ts";
import type { PromiseView, TogetherView } from "../../line/view.ts";
import { graceAtMost } from "../../senses/promise/promise.ts";
import { noteCap, openAtOnce, promiseCap } from "../../senses/promise/promised.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import type { JsonObject } from "../json.ts";
import { isRunning, lifeSentences, livesJson, promiseJson, promiseSentence, toldPromises, untilAnswered } from "../promises.ts";
import { shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { momentOf, readSpan, readWhen, spanUsage, whenUsage, type When } from "../times.ts";
import { finish, perform, sync, tellNotSynced, togetherBond } from "../waiting.ts";
import { actWords, guardWords, sealedNoteText } from "../words.ts";

const minute: Millis = 60_000;
const usualGrace = 10 * minute;
const usualRelease = 5 * minute;
const farewellAtMost = 30 * 24 * 60 * minute;
const farewellCap = 2000;

export interface Ladder {
  readonly grace: Millis;
  readonly release: Millis;
}

export const ladderFlags = { grace: { type: "string" }, release: { type: "string" }, note: { type: "boolean" } } as const;

/** How long after the deadline it is late, and how long after that the note opens. */
export const readLadder = (grace: string | boolean | undefined, release: string | boolean | undefined): Result<Ladder, string> => {
  const [first, second] = [typeof grace === "string" ? readSpan(grace) : usualGrace, typeof release === "string" ? readSpan(release) : usualRelease];
  if (first === undefined || first > graceAtMost) return err(`--grace wants ${spanUsage}, 7d at most.`);
  if (second === undefined || second > graceAtMost) return err(`--release wants ${spanUsage}, 7d at most.`);
  return ok({ grace: first, release: second });
};

interface Terms extends Ladder {
  /** Null: when something happens. */
  readonly by: When | null;
  readonly note: boolean;
  readonly farewell: Millis | null;
  readonly yes: boolean;
}

const divider = "---";
const wordToType = "farewell";

export const promise = command({
  usage: `promise --by T|--when [--grace D] [--release D] [--note] [--farewell D [--yes]]
  Standard input: what you promise, in one line; with --when, when, in the next; with --note, the note. With --farewell, a line
  ${divider}, the farewell, a line ${divider}, and the word ${wordToType} (--yes does without it).`,
  summary: "promise something until a time, or when something happens; with a note that opens if you do not keep it",
  flags: { by: { type: "string" }, when: { type: "boolean" }, farewell: { type: "string" }, yes: { type: "boolean" }, ...ladderFlags },
  repeatable: false,

  read: ({ values }): Result<Terms, string> => {
    const by = values["by"] === undefined ? null : readWhen(String(values["by"]));
    if (by === undefined) return err(`--by wants ${whenUsage}.`);
    if ((by === null) === (values["when"] !== true)) return err("promise wants --by T or --when.");
    const ladder = readLadder(values["grace"], values["release"]);
    if (!ladder.ok) return ladder;
    if (values["note"] !== true && values["release"] !== undefined) return err("--release goes with --note: it is how long after *late* that opens.");
    const [note, typed] = [values["note"] === true, values["farewell"]];
    if (note && by === null) return err("--note goes with --by: nothing opens without a time.");
    const farewell = typed === undefined ? null : readSpan(String(typed));
    if (farewell === undefined || (farewell ?? 0) > farewellAtMost) return err(`--farewell wants ${spanUsage}, 30d at most: how long after the note.`);
    if (farewell !== null && !note) return err("--farewell goes with --note: it comes after it.");
    return ok({ by, note, farewell, yes: values["yes"] === true, ...ladder.value });
  },

  run: async (session, terms) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const view = bond.view();
    // A window that was missed, and has no note to open, takes no room.
    const isMissed = (one: PromiseView): boolean => one.life !== null && one.state === "late" && !one.hasNote;
    const mine = view.stage === "together" ? view.promises.filter((one) => one.owner === "me" && isRunning(one) && !isMissed(one)) : [];
    if (mine.length >= openAtOnce) return refuse(session, "too-many", `${openAtOnce} promises can be open at a time. Keep or withdraw one first.`);
    const texts = await readTexts(session, terms);
    if (typeof texts === "number") return texts;
    const { by, grace, release, farewell } = terms;
    const due = by && momentOf(by, view.stage === "together" ? view.now : session.clock.now(), session.zone);
    const done = await perform(session, bond, {
      do: "promise",
      intent: {
        what: "make",
        words: texts.words,
        by: due,
        when: texts.when,
        grace,
        release,
        note: texts.note,
        farewell: texts.farewell === null || farewell === null ? null : { text: texts.farewell, after: farewell },
      },
    });
    if (typeof done === "number") return done;
    const limits = texts.note === null ? "" : `\n${sealedNoteText(shownName(otherNameOf(view)))}`;
    return tellDone(session, bond, done.id ?? "", limits);
  },
});

interface Texts {
  readonly words: string;
  readonly when: string | null;
  readonly note: string | null;
  readonly farewell: string | null;
}

const readTexts = async (session: Session, terms: Terms): Promise<Texts | Exit> => {
  const words = await session.ask("What you promise: ");
  const when = terms.by === null ? ((await session.ask("When: ")) ?? "") : null;
  if (isTooLong(words, promiseCap) || isTooLong(when, promiseCap)) return refuse(session, "too-long", `A promise holds ${promiseCap} bytes.`);
  const ends = terms.farewell === null ? "Ctrl-D" : `a line ${divider}`;
  const note = terms.note ? await readNote(session, `The note, then ${ends}:\n`, terms.farewell !== null) : null;
  if (typeof note === "number") return note;
  const farewell = terms.farewell === null ? null : await readLines(session, `The farewell, then a line ${divider}:\n`, true);
  if (isTooLong(farewell, farewellCap)) return refuse(session, "too-long", `A farewell holds ${farewellCap} bytes.`);
  if (farewell?.trim() === "") return refuse(session, "empty", `The farewell is what follows a line ${divider}, and there was nothing to read in it.`);
  if (farewell !== null && !terms.yes) {
    const typed = await session.ask(`It opens for the other by itself, for good. Type ${wordToType} to arm it: `);
    if (typed?.trim().toLowerCase() !== wordToType)
      return refuse(session, "not-confirmed", `Nothing was promised. A farewell wants the word ${wordToType} after it; --yes does without it.`);
  }
  return { words: words ?? "", when, note, farewell };
};

const isTooLong = (text: string | null | undefined, cap: number): boolean => utf8(text ?? "").length > cap;

const refuse = (session: Session, code: string, text: string): Exit => {
  session.output.problem(code, text);
  return exits.refused;
};

/** Lines up to a divider, where there can be one, or to the end. */
const readLines = async (session: Session, prompt: string, isDivided: boolean): Promise<string> => {
  const lines: string[] = [];
  for (;;) {
    const line = await session.ask(lines.length === 0 ? prompt : "");
    if (line === undefined || (isDivided && line.trim() === divider) || lines.length > noteCap) return lines.join("\n").trim();
    lines.push(line);
  }
};

/** A note for an envelope: never empty, never longer than it holds. */
export const readNote = async (session: Session, prompt: string, isDivided = false): Promise<string | Exit> => {
  const note = await readLines(session, prompt, isDivided);
  if (note === "") return refuse(session, "empty", "There was no note on standard input, so nothing was promised.");
  return isTooLong(note, noteCap) ? refuse(session, "too-long", `A note holds ${noteCap} bytes.`) : note;
};

const viewOfPromise = (bond: Bond, id: string): { readonly view: TogetherView; readonly one: PromiseView } | undefined => {
  const view = bond.view();
  const one = view.stage === "together" ? view.promises.find((promised) => promised.id === id) : undefined;
  return view.stage === "together" && one ? { view, one } : undefined;
};

/** After something about a promise was said: whether the relay has it, and what it says of it. */
const tellDone = async (session: Session, bond: Bond, id: string, more = ""): Promise<Exit> => {
  const said = viewOfPromise(bond, id);
  if (said) session.kept(promiseJson(said.one), textOf(session, said));
  const exit = await finish(session, bond);
  if (exit === exits.done) await untilAnswered(session, bond);
  const found = viewOfPromise(bond, id);
  if (!found) throw new Error("defect: what was promised is not there");
  session.output.result(promiseJson(found.one), `${textOf(session, found)}${more}`);
  if (exit !== exits.done) return exit;
  const { state, why, unconfirmed } = found.one;
  if (state !== "arming" && state !== "unguarded" && !unconfirmed) return exits.done;
  session.output.problem(
    "not-guarded",
    why === null ? "The relay has not confirmed it yet. This goes on with the next command." : `Not guarded: ${guardWords[why]}.`,
  );
  return exits.later;
};

const textOf = (session: Session, { view, one }: { readonly view: TogetherView; readonly one: PromiseView }): string =>
  promiseSentence(one, shownName(view.other.name), view.now, session.times);

/** Which of my promises is meant: an id, or its beginning; one that is open goes first. */
const chooseMine = (session: Session, bond: Bond, wanted: string): PromiseView | Exit => {
  const view = bond.view();
  const named = view.stage === "together" ? view.promises.filter(({ id, owner }) => owner === "me" && id.startsWith(wanted)) : [];
  const open = named.filter(isRunning);
  const [only, ...others] = open.length > 0 ? open : named;
  if (!only) return refuse(session, "no-such-promise", actWords["no-such-promise"]);
  if (others.length === 0) return only;
  session.output.problem("no-such-promise", "Several of your promises begin with this. Give more of the id.");
  return exits.usage;
};

const readId = (typed: string | undefined): string | undefined => (typed !== undefined && /^[0-9a-f]{1,32}$/.test(typed) ? typed : undefined);
const wantsId = "This wants the id of a promise of yours, or its beginning: `beside promises` lists them.";

const settling = (what: "keep" | "withdraw", summary: string): ReturnType<typeof command> =>
  command({
    usage: `${what} ID`,
    summary,
    words: 1,
    repeatable: true,
    read: ({ words: [typed] }) => {
      const id = readId(typed);
      return id === undefined ? err(wantsId) : ok({ id });
    },

    run: (session, { id }) => settle(session, id, (promised) => ({ what, id: promised })),
  });

export const keep = settling("keep", "say that a promise of yours is kept");
export const withdraw = settling("withdraw", "take a promise of yours back: its note is destroyed");

export const extend = command({
  usage: "extend ID --by T",
  summary: "give a promise of yours a new time",
  words: 1,
  flags: { by: { type: "string" } },
  repeatable: false,
  read: ({ words: [typed], values: { by } }) => {
    const [id, when] = [readId(typed), typeof by === "string" ? readWhen(by) : undefined];
    if (id === undefined) return err(wantsId);
    return when ? ok({ id, by: when }) : err(`--by wants ${whenUsage}.`);
  },

  run: (session, { id, by }) => settle(session, id, (promised, now) => ({ what: "extend", id: promised, by: momentOf(by, now, session.zone) })),
});

type Settling = { readonly what: "keep" | "withdraw"; readonly id: string } | { readonly what: "extend"; readonly id: string; readonly by: Millis };

const settle = async (session: Session, wanted: string, intentOf: (id: string, now: Millis) => Settling): Promise<Exit> => {
  const bond = await togetherBond(session);
  if (typeof bond === "number") return bond;
  if (mayKnowLess(bond, wanted)) await sync(session, bond);
  const one = chooseMine(session, bond, wanted);
  if (typeof one === "number") return one;
  const view = bond.view();
  const intent = intentOf(one.id, view.stage === "together" ? view.now : session.clock.now());
  if (intent.what === "extend" && one.by === null)
    return refuse(session, "no-deadline", "It waits for something to happen, not for a time. Keep it, or withdraw it and promise anew.");
  const done = await perform(session, bond, { do: "promise", intent });
  return typeof done === "number" ? done : tellDone(session, bond, one.id);
};

/** Another device of mine may have promised it, or vouched for this one. Otherwise nothing comes before the word. */
const mayKnowLess = (bond: Bond, wanted: string): boolean => {
  const view = bond.view();
  if (view.stage !== "together") return false;
  return (
    view.devices.mine.some(({ here, newUntil }) => here && newUntil !== null) || !view.promises.some(({ id, owner }) => owner === "me" && id.startsWith(wanted))
  );
};

export const promises = command({
  usage: "promises",
  summary: "what you two promised, how it stands, and the signs of life",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    if (synced) await untilAnswered(session, bond);
    const view = bond.view();
    if (view.stage !== "together") return tellNotSynced(session, bond);
    const told = toldPromises(view);
    const other = shownName(view.other.name);
    const json: JsonObject = { bond: bond.id, promises: told.map(promiseJson), life: livesJson(view) };
    const lines = [
      ...told.map((one) => `${one.id.slice(0, 8)}  ${promiseSentence(one, other, view.now, session.times).replaceAll("\n", "\n          ")}`),
      ...lifeSentences(view, other, session.times),
    ];
    session.output.result(json, lines.length === 0 ? "Nothing is promised." : lines.join("\n"));
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

export const ask = command({
  usage: "ask   (words for it on standard input, or none)",
  summary: "ask the other for a promise; once an hour at most",
  repeatable: false,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const words = (await session.ask("What for (or nothing): "))?.trim() ?? "";
    if (isTooLong(words, promiseCap)) return refuse(session, "too-long", `That is too long: it holds ${promiseCap} bytes.`);
    const view = bond.view();
    const again = view.stage === "together" ? view.askAgainAt : null;
    if (again !== null) return tooSoon(session, again);
    const done = await perform(session, bond, { do: "promise", intent: { what: "ask", words: words === "" ? null : words } });
    if (typeof done === "number") return done;
    const json = { bond: bond.id, asked: true, words: words === "" ? null : words };
    const text = `Asked. Whether ${shownName(otherNameOf(bond.view()))} promises anything needs no reason.`;
    session.kept(json, text);
    const exit = await finish(session, bond);
    session.output.result(json, exit === exits.done ? text : "");
    return exit;
  },
});

const tooSoon = (session: Session, again: Millis): Exit =>
  refuse(session, "too-often", `You asked within the hour, so nothing was sent. From ${session.times.at(again, session.clock.now())} on you can ask again.`);
