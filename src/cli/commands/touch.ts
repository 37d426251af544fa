/** `touch`: offers a touch and holds it; says whether it was met. Nothing of it is kept. */
import { err, ok } from "../../base/result.ts";
import { command, exits } from "../command.ts";
import { isolate } from "../isolate.ts";
import { otherNameOf } from "../status.ts";
import { readSeconds } from "../seconds.ts";
import { perform, sync, tellNotSynced, togetherBond, until } from "../waiting.ts";

export const touch = command({
  usage: "touch --for SECONDS",
  summary: "offer a touch, and feel whether it is met",
  flags: { for: { type: "string" } },
  serves: true,
  repeatable: false,

  read: ({ values }) => {
    const seconds = typeof values["for"] === "string" ? readSeconds(values["for"]) : undefined;
    return seconds === undefined || seconds === 0 ? err("--for wants a number of seconds.") : ok({ seconds });
  },

  run: async (session, { seconds }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    // A touch is only now: it does not wait for a relay.
    if (!(await sync(session, bond))) return tellNotSynced(session, bond);
    let met = false;
    const stopWatching = bond.watch(() => {
      const view = bond.view();
      met ||= view.stage === "together" && view.touch.met;
    });
    const held = await perform(session, bond, { do: "touch", intent: { hold: true } });
    if (typeof held === "number") {
      stopWatching();
      return held;
    }
    const lasts = (): boolean => {
      const view = bond.view();
      return view.stage === "together" && view.touch.holding;
    };
    await until(session, bond, () => (lasts() ? undefined : true), seconds * 1000);
    stopWatching();
    const view = bond.view();
    const other = otherNameOf(view);
    if (lasts()) await perform(session, bond, { do: "touch", intent: { hold: false } });
    session.output.result({ met }, met ? `You and ${other === null ? "the other" : isolate(other)} touched.` : "The touch was not met. That needs no reason.");
    return exits.done;
  },
});
