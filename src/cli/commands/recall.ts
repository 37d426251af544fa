/** `recall`: after a new pairing, each says that it is the same two; what both kept before is then read here too (END3). */
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond } from "../../line/home.ts";
import { titleOf } from "../bond-choice.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { finish, togetherBond, until } from "../waiting.ts";
import { actWords } from "../words.ts";

export const recall = command({
  usage: "recall [EARLIER]   (the id of an ended bond, or its beginning)",
  summary: "after pairing anew: say that an ended bond was with the same person, for good; once both did, what you two kept is read again",
  words: 1,
  repeatable: true,
  read: ({ words: [earlier] }): Result<{ readonly earlier: string | null }, string> =>
    earlier === undefined || /^[0-9a-f]{1,32}$/.test(earlier) ? ok({ earlier: earlier ?? null }) : err("recall wants an id: `beside bonds` lists them."),

  run: async (session, { earlier: wanted }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const called = await until(session, bond, (view) => otherNameOf(view) ?? undefined, session.patience());
    const earlier = chooseEnded(session, wanted, called ?? null);
    if (typeof earlier === "number") return earlier;
    const told = await session.home.recall(bond.id, earlier.id);
    if (!told.ok) {
      session.output.problem(told.error, told.error === "not-ended" ? notEnded : actWords["not-together"]);
      return exits.refused;
    }
    const exit = await finish(session, bond);
    const recalled = (await session.home.earlier(bond.id)).some((one) => one.bond === earlier.id && one.theirs);
    const other = shownName(otherNameOf(bond.view()));
    const text = recalled
      ? "Both of you said so: `beside between --earlier` reads it."
      : `${other} is told. Once both said so, \`beside between --earlier\` reads it.`;
    session.output.result({ bond: bond.id, earlier: earlier.id, recalled }, text);
    return exit;
  },
});

const notEnded = "There is no ended bond like that here. `beside bonds` lists them.";

/** Without a word the only one with somebody called so: whom it is said to learns that there was that bond. */
const chooseEnded = (session: Session, wanted: string | null, other: string | null): Bond | Exit => {
  const ended = session.home.bonds().filter((bond) => bond.view().stage === "ended" && bond.id.startsWith(wanted ?? ""));
  const likely = wanted === null ? ended.filter((bond) => otherNameOf(bond.view()) === other) : ended;
  const [only] = likely;
  if (only && likely.length === 1) return only;
  if (ended.length === 0) {
    session.output.problem("not-ended", notEnded);
    return exits.refused;
  }
  const list = ended.map((bond) => `  ${bond.id.slice(0, 8)}  ${titleOf(bond.view())}`).join("\n");
  const why = only ? "Several bonds ended." : `No bond that ended here was with somebody called ${shownName(other)}.`;
  session.output.problem(
    only ? "several-bonds" : "name-it",
    `${why} Name the one that was with the same person, and no other: whoever else it is said to learns that you had it.\n${list}`,
  );
  return exits.usage;
};
