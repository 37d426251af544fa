/** `words backup`: the twelve words, shown to be written down, and three of them asked back. Then they leave this device. */
import { ok } from "../../base/result.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { startWords } from "../words.ts";

export const wordsBackup = command({
  usage: "words backup [--show]",
  summary: "twelve words to write down: with them, losing this device does not lose the bond",
  flags: { show: { type: "boolean" } },
  repeatable: false,
  read: ({ values }) => ok({ show: values["show"] === true }),

  run: async (session, { show }) => {
    const { home, output } = session;
    const words = home.showWords();
    if (!words) {
      if (home.words() === "kept") output.problem("kept", "The twelve words are with you: you showed that you have them, and this device forgot them.");
      else
        output.problem(
          "elsewhere",
          "This device never had the twelve words, or it was let in by another one of yours. They are where the bond began, or with you already.",
        );
      return exits.refused;
    }
    if (!session.json && !session.terminal && !show) {
      output.problem("not-a-terminal", "The twelve words are shown at a terminal only, for you alone to read. --show prints them wherever this goes.");
      return exits.usage;
    }
    const ask = home.askWords();
    output.result({ words, ask }, shownText(words));
    const answers = await readAnswers(session, ask);
    if (!answers) {
      output.result({ kept: false }, "Not confirmed yet: the words stay on this device as well, until you show that you have them.");
      return exits.done;
    }
    return tellKept(session, answers);
  },
});

const shownText = (words: readonly string[]): string => {
  const cells = words.map((word, at) => `${String(at + 1).padStart(2)} ${word.padEnd(10)}`);
  const rows = [0, 4, 8].map(
    (from) =>
      `  ${cells
        .slice(from, from + 4)
        .join("  ")
        .trimEnd()}`,
  );
  return `Write these twelve words on paper, in this order, and keep it where you would look after losing this device. Whoever has them can be you in your bonds; without them, and without another device of yours, what is lost with this one stays lost. Beside never asks for them but in \`beside restore\`.\n\n${rows.join("\n")}\n`;
};

/** One answer for each place; several may stand in one line. `undefined` when standard input ended before. */
const readAnswers = async (session: Session, ask: readonly number[]): Promise<readonly string[] | undefined> => {
  const answers: string[] = [];
  while (answers.length < ask.length) {
    const line = await session.ask(`Word ${ask[answers.length]}: `);
    if (line === undefined) return undefined;
    answers.push(...(line.match(/[^\s,]+/g) ?? []));
  }
  return answers;
};

const tellKept = async (session: Session, answers: readonly string[]): Promise<Exit> => {
  const { home, output } = session;
  const kept = await home.keepWords(answers);
  if (kept.ok) {
    output.result({ kept: true }, "You have them. This device has forgotten them now: only you can come back with them. Clear this screen.");
    return exits.done;
  }
  switch (kept.error) {
    case "wrong":
    case "not-asked":
      output.problem("wrong", "One of these is not the word at its place. Nothing was changed: look at your paper, then `beside words backup` once more.");
      return exits.refused;
    case "full":
    case "gone":
      output.problem(kept.error, startWords[kept.error]);
      return exits.refused;
  }
};
