/** Which bond a command is about: the one named by `--bond`, or the only one that it could mean. */
import type { Bond } from "../line/home.ts";
import type { BondView } from "../line/view.ts";
import { exits, type Exit, type Session } from "./command.ts";
import { isolate } from "./isolate.ts";

type StageName = BondView["stage"];

/** `meant` are the stages a command makes sense in; others are taken only where nothing else is there. */
export const chooseBond = (session: Session, meant: readonly StageName[]): Bond | Exit => {
  const bonds = session.home.bonds();
  const { bond: wanted } = session;
  if (wanted !== undefined) {
    const named = bonds.filter((bond) => bond.id.startsWith(wanted));
    if (named.length === 1) return named[0] as Bond;
    session.output.problem(
      "no-such-bond",
      named.length === 0 ? "There is no bond with this id. `beside bonds` lists them." : "Several bonds begin with this. Give more of the id.",
    );
    return exits.usage;
  }
  const likely = bonds.filter((bond) => meant.includes(bond.view().stage));
  const only = likely.length === 0 ? bonds : likely;
  if (only.length === 1) return only[0] as Bond;
  if (only.length === 0) {
    session.output.problem("no-bond", "There is no bond here yet. `beside invite --name NAME` makes an invitation, `beside join --name NAME` takes one.");
    return exits.refused;
  }
  session.output.problem(
    "several-bonds",
    `There are several bonds. Choose one with --bond:\n${only.map((bond) => `  ${bond.id.slice(0, 8)}  ${titleOf(bond.view())}`).join("\n")}`,
  );
  return exits.usage;
};

/** A bond in a few words. */
export const titleOf = (view: BondView): string => {
  switch (view.stage) {
    case "making":
      return "an invitation that the relay has not made yet";
    case "inviting":
      return view.knocks.length === 0
        ? "an invitation, nobody at the door"
        : `an invitation, at the door: ${view.knocks.map((knock) => isolate(knock.name)).join(", ")}`;
    case "knocking":
      return view.delivered ? "knocked, waiting to be let in" : "a knock on its way";
    case "arriving":
      return view.step === "fetching" ? "let in, fetching what was kept" : "a device of yours, waiting to be let in";
    case "turned-away":
      return view.me.name === "" ? "a device that was not let in" : "an invitation that did not open";
    case "together":
      return `with ${isolate(view.other.name)}`;
    case "ended":
      return `ended, with ${isolate(view.other.name)}`;
  }
};
