/**
 * `end` and `keeping`: leaving (END1, END2), and how one looks at what stays (KEEP2). An end is told as soon as it is durable
 * here: whatever happens to this process afterwards, it stands, and the relay is told by the next one.
 */
import type { Millis } from "../../base/brand.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond } from "../../line/home.ts";
import type { EndUntold } from "../../line/state.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { isRunning, lifeSentences, promiseTitle, toldPromises } from "../promises.ts";
import { shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { momentOf, readWhen, rfc3339, whenUsage, type When } from "../times.ts";
import { finish, needTogether, perform, sync, tellNotSynced, until } from "../waiting.ts";
import { actWords, endCannot } from "../words.ts";

const wordToType = "end";
/** For a relay to answer that this device was removed. */
const aMoment: Millis = 2000;

interface Ending {
  readonly yes: boolean;
  /** `off` calls off an end that was planned. */
  readonly later: When | "off" | null;
  readonly wipe: boolean;
}

export const end = command({
  usage: "end [--yes] [--later T|off] [--wipe]   (without --yes, the word `end` on standard input)",
  summary: "end the bond, alone and for good: now or at T; --wipe takes all of it off this device, also afterwards",
  flags: { yes: { type: "boolean" }, later: { type: "string" }, wipe: { type: "boolean" } },
  repeatable: true,

  read: ({ values: { yes, later, wipe } }): Result<Ending, string> => {
    const when = later === undefined ? null : later === "off" ? "off" : readWhen(String(later));
    if (when === undefined) return err(`--later wants ${whenUsage}; or off, which calls it off.`);
    if (when !== null && wipe === true) return err("--wipe goes with the end itself, or comes after it.");
    return ok({ yes: yes === true, later: when, wipe: wipe === true });
  },

  run: async (session, { yes, later, wipe }) => {
    const bond = chooseBond(session, ["together"]);
    if (typeof bond === "number") return bond;
    if (bond.view().stage === "ended") return wipe ? wipeEnded(session, bond, yes) : tellEnded(session);
    if (!(await needTogether(session, bond))) return exits.refused;
    if (later === "off") return callOff(session, bond);
    // What is said before it happens is to be true; what happens waits for nobody.
    if (!yes || later !== null)
      await until(session, bond, ({ connection: { state, trouble } }) => (trouble || state !== "connecting" ? true : undefined), aMoment);
    const view = bond.view();
    const now = view.stage === "together" ? view.now : session.clock.now();
    const at = later && momentOf(later, now, session.zone);
    const other = shownName(otherNameOf(view));
    const running = view.stage === "together" ? toldPromises(view).filter(isRunning) : [];
    const promised = [
      ...running.map((one) => `    ${promiseTitle(one, other, (time) => session.times.at(time, now))}.`),
      ...(view.stage === "together" ? lifeSentences(view, other, session.times).map((sentence) => `    ${sentence}`) : []),
    ];
    const isRemoved = view.connection.trouble?.is === "revoked";
    if (isRemoved && at !== null) {
      session.output.problem("revoked", removedText);
      return exits.refused;
    }
    const text = isRemoved ? endHereText(wipe) : whatHappens(other, at === null ? null : session.times.at(at, now), wipe, promised);
    if (!yes && !(await isTyped(session, text))) return exits.refused;
    const lifted = running.map(({ id }) => id);
    return at === null ? endNow(session, bond, other, wipe, lifted) : endLater(session, bond, at);
  },
});

const wipeLine = "  Everything of it is taken off this device, what you two kept too. If you may need it later, also as proof, `beside export` saves it first.";

/** `promised`: what runs is settled knowingly (END2). */
const whatHappens = (other: string, at: string | null, wipe: boolean, promised: readonly string[]): string =>
  [
    at === null
      ? "This ends the bond at once and for good. You need no reason."
      : `This ends the bond for good at ${at}. Until then \`beside end --later off\` calls it off.`,
    "  Presence and everything else that you give stops first. Nobody can say anything on this line any more.",
    `  ${other} is told that you ended it, and neither when nor why.`,
    ...(promised.length === 0 ? [] : ["  These promises are lifted: nothing of them opens, and nobody watches over them any more.", ...promised]),
    wipe ? wipeLine : "  What you two kept stays on this device, to read and to export.",
    "  It never opens again. A new invitation makes a new bond.",
  ].join("\n");

const removedText =
  "This device was taken out of the line: it cannot end the bond for the two of you. Another device of yours can, or this one after `beside restore` with the twelve words.";

const endHereText = (wipe: boolean): string =>
  [
    removedText,
    "  It ends on this device alone, and nobody is told.",
    wipe ? wipeLine : "  What you two kept stays on this device, to read and to export.",
  ].join("\n");

/** Nothing that one presses by habit. */
const isTyped = async (session: Session, text: string): Promise<boolean> => {
  if (!session.json) session.output.result({}, text);
  const typed = await session.ask(`Type ${wordToType} to do it: `);
  if (typed?.trim().toLowerCase() === wordToType) return true;
  session.output.problem("not-confirmed", `Nothing was changed. The word is \`${wordToType}\`, on standard input; --yes does without it.`);
  return false;
};

const tellEnded = (session: Session): Exit => {
  session.output.problem("ended", actWords.ended);
  return exits.refused;
};

const endNow = async (session: Session, bond: Bond, other: string, wipe: boolean, lifted: readonly string[]): Promise<Exit> => {
  const done = await perform(session, bond, { do: "end", at: null });
  if (typeof done === "number") return done;
  await session.wishes.forget(bond.id);
  if (wipe) await session.home.wipe(bond.id);
  const json = { bond: bond.id, ended: true, wiped: wipe, lifted };
  const text = wipe ? "Ended, and taken off this device." : "Ended. What you two kept stays here: `beside between`, `beside export`.";
  session.kept({ ...json, told: false }, text);
  session.output.result({ ...json, ...toldOf(bond) }, text);
  if (!(await sync(session, bond))) return tellNotSynced(session, bond);
  const { told, cannot } = toldOf(bond);
  session.output.result({ ...json, told, cannot }, cannot ? endCannot[cannot] : `The relay has it, and tells ${other}.`);
  return exits.done;
};

const toldOf = (bond: Bond): { readonly told: boolean; readonly cannot: EndUntold | null } => {
  const view = bond.view();
  return view.stage === "ended" ? { told: view.told, cannot: view.cannot } : { told: false, cannot: null };
};

const endLater = async (session: Session, bond: Bond, at: number): Promise<Exit> => {
  const done = await perform(session, bond, { do: "end", at });
  if (typeof done === "number") return done;
  const exit = await finish(session, bond);
  session.output.result(
    { bond: bond.id, endAt: rfc3339(at) },
    `This bond ends at ${session.times.at(at, session.clock.now())}, when Beside runs on this device or as soon as it does then. Nobody is told before. \`beside end --later off\` calls it off.`,
  );
  return exit;
};

const callOff = async (session: Session, bond: Bond): Promise<Exit> => {
  const done = await perform(session, bond, { do: "end-not" });
  if (typeof done === "number") return done;
  const exit = await finish(session, bond);
  session.output.result({ bond: bond.id, endAt: null }, "Called off: this bond goes on.");
  return exit;
};

const wipeEnded = async (session: Session, bond: Bond, yes: boolean): Promise<Exit> => {
  const text =
    "Everything of this bond, what you two kept too, is taken off this device. It is not anywhere else unless you exported it, or have another device: if you may need it later, also as proof, `beside export` saves it first.";
  if (!yes && !(await isTyped(session, text))) return exits.refused;
  await session.home.wipe(bond.id);
  session.output.result({ bond: bond.id, wiped: true }, "Taken off this device.");
  return (await sync(session, bond)) ? exits.done : tellNotSynced(session, bond);
};

export const keeping = command({
  usage: "keeping on|off",
  summary: "a quiet view of what you two kept: the last things marked, nothing asked; yours alone",
  words: 1,
  repeatable: true,
  read: ({ words: [asked] }) => (asked === "on" || asked === "off" ? ok({ asked }) : err("keeping wants on or off.")),

  run: async (session, { asked }) => {
    const bond = chooseBond(session, ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const done = await perform(session, bond, { do: "keeping", keeping: asked === "on" });
    if (typeof done === "number") return done;
    const exit = await finish(session, bond);
    session.output.result(
      { bond: bond.id, keeping: asked === "on" },
      asked === "on" ? "Kept quietly: `beside between` marks the last things. Nobody is told." : "As before.",
    );
    return exit;
  },
});
