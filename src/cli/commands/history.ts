/** `history`: my devices and what I gave, when and from which of them (BOUND6). It only ever grows. */
import { ok } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { pastJson, pastSentence } from "../history.ts";
import { shownName, timedText } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { actWords } from "../words.ts";

export const history = command({
  usage: "history",
  summary: "what you gave, when and from which device, and what happened to devices: oldest first",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = chooseBond(session, ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    if (view.stage !== "together" && view.stage !== "ended") {
      session.output.problem("not-together", actWords["not-together"]);
      return exits.refused;
    }
    const past = await bond.history();
    const now = session.clock.now();
    const other = shownName(otherNameOf(view));
    for (const event of past)
      session.output.result(pastJson(event), timedText(session.times.at(event.at, now), pastSentence(event, other, session.times.dated)));
    if (past.length === 0 && !session.json) session.output.result({}, "Nothing was given yet.");
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});
