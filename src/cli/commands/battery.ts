/** `battery`: for a script of the system. What this device sees of its battery goes to whoever is given that (PRES4). */
import { err, ok } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits, type Exit } from "../command.ts";
import { finish, perform, sync, tellNotSynced } from "../waiting.ts";
import { actWords } from "../words.ts";

export const battery = command({
  usage: "battery low|fine",
  summary: "for a script: this device's battery is nearly empty, or is not; told only where you give goodbye",
  words: 1,
  repeatable: true,
  read: ({ words: [asked] }) => (asked === "low" || asked === "fine" ? ok({ going: asked === "low" }) : err("battery wants low or fine.")),

  /** A battery is a device's, not a bond's: without --bond every bond learns of it as far as it is given there. */
  run: async (session, { going }) => {
    const chosen = session.bond === undefined ? session.home.bonds().filter((bond) => bond.view().stage === "together") : [chooseBond(session, ["together"])];
    let exit: Exit = exits.done;
    let given = 0;
    for (const bond of chosen) {
      if (typeof bond === "number") return bond;
      if (bond.view().stage !== "together" && !(await sync(session, bond))) return tellNotSynced(session, bond);
      const done = await perform(session, bond, { do: "goodbye", intent: { going } });
      if (typeof done === "number") return done;
      const view = bond.view();
      const isGiven = view.stage === "together" && view.grants.some(({ sense, mine }) => sense === "goodbye" && mine !== "off");
      if (!isGiven) continue;
      given++;
      const finished = await finish(session, bond);
      if (finished !== exits.done) exit = finished;
      session.output.result({ bond: bond.id, battery: going ? "low" : "fine" }, going ? "Said that this device's battery is nearly empty." : "Taken back.");
    }
    if (given > 0) return exit;
    session.output.problem(
      "not-given",
      chosen.length === 0 ? actWords["not-together"] : "You do not give goodbye, so nothing was told. `beside give goodbye full` does.",
    );
    return exits.refused;
  },
});
