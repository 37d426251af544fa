/** `grants`, `give` and `let`: what each gives, which both see alike, and what I let in, which is mine alone (BOUND1). */
import { err, ok, type Result } from "../../base/result.ts";
import type { SenseName } from "../../senses/index.ts";
import type { Give, Let } from "../../senses/sense.ts";
import type { Act } from "../../line/view.ts";
import { command, exits } from "../command.ts";
import { givenSentence, grantedSenses, grantJson, grantsText, isGranted, letSentence, letsText } from "../grants.ts";
import { momentOf, readWhen, whenUsage, type When } from "../times.ts";
import { finish, perform, sync, tellNotSynced, togetherBond } from "../waiting.ts";

const senseUsage = `one of ${grantedSenses.join(", ")}`;
const gives: readonly Give[] = ["off", "coarse", "full"];
const lets: readonly Let[] = ["on", "quiet", "off"];

export const grants = command({
  usage: "grants",
  summary: "list what each of you gives",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = bond.view();
    if (view.stage === "together") session.output.result({ bond: bond.id, grants: view.grants.map(grantJson) }, grantsText(view, session.times));
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

interface Giving {
  readonly sense: SenseName;
  readonly give: Give;
  readonly until: When | null;
}

export const give = command({
  usage: "give SENSE off|coarse|full [--until T]",
  summary: "give a sense or take it back; both of you see it (T: 21:15, 2h, 3d, or with a date)",
  flags: { until: { type: "string" } },
  words: 2,
  repeatable: true,

  read: ({ words: [sense, typed], values: { until } }): Result<Giving, string> => {
    if (!isGranted(sense)) return err(`give wants ${senseUsage}.`);
    const asked = gives.find((one) => one === typed);
    if (asked === undefined) return err("give wants off, coarse or full after the sense.");
    const when = until === undefined ? null : readWhen(String(until));
    if (when === undefined) return err(`--until wants ${whenUsage}.`);
    if (asked === "off" && when !== null) return err("What is off has no end: --until goes with coarse or full.");
    return ok({ sense, give: asked, until: when });
  },

  run: async (session, { sense, give: asked, until }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const view = bond.view();
    const now = view.stage === "together" ? view.now : session.clock.now();
    const grant: Act = { do: "boundary", intent: { sense, give: asked, until: until && momentOf(until, now, session.zone) } };
    // The hour flows by itself from the zone that this device is in.
    const acts: Act[] = sense === "hour" && asked !== "off" ? [grant, { do: "hour", intent: { zone: session.zone } }] : [grant];
    for (const act of acts) {
      const done = await perform(session, bond, act);
      if (typeof done === "number") return done;
    }
    const exit = await finish(session, bond);
    const after = bond.view();
    if (after.stage !== "together") return exit;
    const mine = after.grants.filter((one) => one.sense === sense).map((one) => grantJson(one)["mine"] ?? null);
    session.output.result({ bond: bond.id, sense, mine: mine[0] ?? null }, givenSentence(after, sense, session.times));
    return exit;
  },
});

export const letIn = command({
  usage: "let [SENSE on|quiet|off]   (without words, what you let in)",
  summary: "choose how a sense comes to you: that is yours alone, and told to nobody",
  words: 2,
  repeatable: true,

  read: ({ words: [sense, typed] }): Result<{ readonly sense: SenseName; readonly letIn: Let } | null, string> => {
    if (sense === undefined) return ok(null);
    if (!isGranted(sense)) return err(`let wants ${senseUsage}.`);
    const asked = lets.find((one) => one === typed);
    return asked === undefined ? err("let wants on, quiet or off after the sense.") : ok({ sense, letIn: asked });
  },

  run: async (session, chosen) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    if (!chosen) {
      const view = bond.view();
      if (view.stage === "together")
        session.output.result({ bond: bond.id, lets: view.grants.map(({ sense, letIn: how }) => ({ sense, letIn: how })) }, letsText(view));
      return exits.done;
    }
    const { sense, letIn: asked } = chosen;
    const done = await perform(session, bond, { do: "let", sense, letIn: asked });
    if (typeof done === "number") return done;
    const exit = await finish(session, bond);
    session.output.result({ bond: bond.id, sense, letIn: asked }, letSentence(sense, asked));
    return exit;
  },
});
