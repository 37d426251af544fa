/** `take-up`: after a trouble that stopped the line, go on with what the relay has now. */
import { ok } from "../../base/result.ts";
import type { Trouble } from "../../line/state.ts";
import { command, exits } from "../command.ts";
import { perform, sync, tellNotSynced, togetherBond, until } from "../waiting.ts";

const stopping: ReadonlySet<Trouble["is"]> = new Set<Trouble["is"]>(["forked", "rewound", "twin"]);

export const takeUp = command({
  usage: "take-up",
  summary: "go on, after the line stopped because the relay lost something, told two stories, or a copy of this device was in use",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const { trouble } = bond.view().connection;
    if (!trouble || !stopping.has(trouble.is)) {
      session.output.result({ bond: bond.id, takenUp: false }, "This line has not stopped: there is nothing to take up.");
      return synced ? exits.done : tellNotSynced(session, bond);
    }
    const done = await perform(session, bond, { do: "take-up" });
    if (typeof done === "number") return done;
    const isUp = await until(session, bond, (view) => (view.stage === "together" && view.mending === null ? true : undefined), session.patience());
    if (!isUp || !(await sync(session, bond))) return tellNotSynced(session, bond);
    session.output.result(
      { bond: bond.id, takenUp: true },
      "The line goes on with what the relay has now. What either of you has and the other may not is said again, each thing once. Both of you are shown that the line was taken up.",
    );
    return exits.done;
  },
});
