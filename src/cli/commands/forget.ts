/** `forget`: takes away an invitation or a knock that came to nothing. */
import { err, ok } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";

export const forget = command({
  usage: "forget --bond ID",
  summary: "take away an invitation, or a knock, that came to nothing",
  repeatable: true,
  read: ({ values }) => (values["bond"] === undefined ? err("--bond says which one: `beside bonds` lists them.") : ok(null)),

  run: async (session) => {
    const bond = chooseBond(session, []);
    if (typeof bond === "number") return bond;
    const { stage } = bond.view();
    if (stage === "together" || stage === "ended") {
      session.output.problem("together", "This bond came to be. What you two made is not forgotten by a command.");
      return exits.refused;
    }
    await session.wishes.forget(bond.id);
    await session.home.forget(bond.id);
    session.output.result({ bond: bond.id, forgotten: true }, "Forgotten on this device.");
    return exits.done;
  },
});
