/** `knocks` and `accept`: who is at the door, and letting one in. */
import { err, ok, type Result } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { isolate } from "../isolate.ts";
import { rfc3339 } from "../times.ts";
import { perform, sync, tellNotSynced, until } from "../waiting.ts";
import { actWords, troubleCode, troubleText } from "../words.ts";

export const knocks = command({
  usage: "knocks",
  summary: "see who is at the door",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = chooseBond(session, ["inviting"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    const waiting = view.stage === "inviting" ? view.knocks : [];
    const now = session.clock.now();
    const text =
      waiting.length === 0
        ? "Nobody is at the door."
        : `${waiting.map(({ id, name, at }) => `${id}  ${isolate(name)}, knocked ${session.times.at(at, now)}`).join("\n")}\n\`beside accept ID\` lets one in; the six words will tell.`;
    session.output.result({ bond: bond.id, knocks: waiting.map(({ id, name, at }) => ({ id, name, at: rfc3339(at) })) }, text);
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

export const accept = command({
  usage: "accept [ID]",
  summary: "let in the one who knocked",
  words: 1,
  repeatable: false,

  read: ({ words: [id] }): Result<{ readonly id: number | null }, string> => {
    if (id === undefined) return ok({ id: null });
    return /^\d{1,9}$/.test(id) ? ok({ id: Number(id) }) : err("accept wants the number of a knock: `beside knocks` shows it.");
  },

  run: async (session, { id }) => {
    const bond = chooseBond(session, ["inviting"]);
    if (typeof bond === "number") return bond;
    if (!(await sync(session, bond)) && bond.view().stage === "inviting" && bond.view().connection.trouble) return tellNotSynced(session, bond);
    const before = bond.view();
    if (before.stage !== "inviting") {
      session.output.problem("not-inviting", actWords["not-inviting"]);
      return exits.refused;
    }
    const [first] = before.knocks;
    if (id === null && (before.knocks.length > 1 || !first)) {
      session.output.problem(
        first ? "several-knocks" : "no-knock",
        first ? "More than one person is at the door. Choose one: `beside knocks`, then `beside accept ID`." : "Nobody is at the door yet.",
      );
      return first ? exits.usage : exits.refused;
    }
    const knock = id === null ? first : before.knocks.find((one) => one.id === id);
    if (!knock) {
      session.output.problem("no-such-knock", actWords["no-such-knock"]);
      return exits.refused;
    }
    const done = await perform(session, bond, { do: "accept", knock: knock.id });
    if (typeof done === "number") return done;
    await until(session, bond, (view) => (view.stage !== "inviting" || view.accepting === null ? true : undefined), session.patience());
    const view = bond.view();
    if (view.stage === "inviting" && view.accepting === null) {
      const { trouble } = view.connection;
      session.output.problem(trouble ? troubleCode(trouble) : "no-such-knock", trouble ? troubleText(trouble) : actWords["no-such-knock"]);
      return exits.refused;
    }
    const synced = await sync(session, bond);
    const accepted = bond.view().stage === "together";
    const text = accepted
      ? `You and ${isolate(knock.name)} are together. \`beside words\` shows six words to compare.`
      : `${isolate(knock.name)} is let in as soon as the relay can be reached.`;
    session.output.result({ bond: bond.id, accepted, name: knock.name }, text);
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});
