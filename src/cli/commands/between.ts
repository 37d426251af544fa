/** `words`, `name` and `show`: what is agreed between the two, and what each gives. */
import { err, ok } from "../../base/result.ts";
import { name as nameSense, parseName } from "../../senses/name/name.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { presenceGrant, showSentence } from "../sentences.ts";
import { rfc3339 } from "../times.ts";
import { finish, needTogether, perform, sync, tellNotSynced, togetherBond, until } from "../waiting.ts";
import { startWords } from "../words.ts";

/** Argon2id is slow on purpose, and slower on a small machine. */
const wordsWithin = 60_000;

export const words = command({
  usage: "words [--compared]",
  summary: "six words to compare in person; --compared notes that you did",
  flags: { compared: { type: "boolean" } },
  repeatable: true,
  read: ({ values }) => ok({ compared: values["compared"] === true }),

  run: async (session, { compared }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    if (compared) {
      const done = await perform(session, bond, { do: "compared", compared: true });
      if (typeof done === "number") return done;
    }
    const made = await until(
      session,
      bond,
      (view) => (view.stage === "together" && view.words ? { words: view.words, compared: view.compared } : undefined),
      wordsWithin,
    );
    if (!made) {
      session.output.problem("no-words", "The words are not made yet. Ask again in a moment.");
      return exits.refused;
    }
    const text = made.compared
      ? "You compared these in person."
      : "Read them to each other, side by side or on a call where you know the voice. If they are the same, nobody stands between you: then `beside words --compared`. If they differ, make a new bond by a way you trust.";
    session.output.result({ bond: bond.id, words: made.words, compared: made.compared }, `${made.words.join("  ")}\n\n${text}`);
    return (await sync(session, bond)) ? exits.done : tellNotSynced(session, bond);
  },
});

export const name = command({
  usage: "name   (the new name on standard input)",
  summary: "choose how you are called",
  input: { is: "line", what: "Your new name" },
  repeatable: true,
  read: () => ok(null),

  run: async (session, _, typed) => {
    const bond = chooseBond(session, ["together"]);
    if (typeof bond === "number") return bond;
    const chosen = parseName(typed);
    if (chosen === undefined) {
      session.output.problem("bad-name", startWords["bad-name"]);
      return exits.usage;
    }
    if (!(await needTogether(session, bond))) return exits.refused;
    const done = await perform(session, bond, { do: nameSense.name as "name", intent: { name: chosen } });
    if (typeof done === "number") return done;
    const exit = await finish(session, bond);
    session.output.result({ bond: bond.id, name: chosen }, `You are called ${chosen} from now on.`);
    return exit;
  },
});

export const show = command({
  usage: "show on|off",
  summary: "show when you are here, or do not",
  words: 1,
  repeatable: true,
  read: ({ words: [asked] }) => (asked === "on" || asked === "off" ? ok({ asked }) : err("show wants on or off.")),

  run: async (session, { asked }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const done = await perform(session, bond, { do: "boundary", intent: { sense: "presence", give: asked === "on" ? "full" : "off" } });
    if (typeof done === "number") return done;
    const exit = await finish(session, bond);
    const view = bond.view();
    const grant = view.stage === "together" ? presenceGrant(view) : undefined;
    const until = grant && grant.mine !== "off" && grant.myUntil !== null ? rfc3339(grant.myUntil) : null;
    session.output.result({ bond: bond.id, show: asked, until }, view.stage === "together" ? showSentence(view, session.times) : "");
    return exit;
  },
});
