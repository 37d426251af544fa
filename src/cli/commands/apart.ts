/** `apart`, `dark` and `back`: a pause with one's own terms, and its end (BOUND4). */
import { err, ok, type Result } from "../../base/result.ts";
import { passable } from "../../senses/apart/apart.ts";
import type { Act } from "../../line/view.ts";
import { command, type Exit, type Session } from "../command.ts";
import { isRunning } from "../promises.ts";
import { pauseSentence, shownName } from "../sentences.ts";
import { otherNameOf, pauseJson } from "../status.ts";
import { momentOf, readWhen, whenUsage, type When } from "../times.ts";
import { finish, perform, togetherBond } from "../waiting.ts";

interface Terms {
  readonly until: When | null;
  readonly dark: boolean;
  readonly announced: boolean;
  readonly passes: readonly string[];
  /** What has to happen first comes on standard input: nothing personal stands in arguments. */
  readonly asksWhen: boolean;
}

export const apart = command({
  usage: "apart [--until T] [--when] [--unannounced] [--pass SENSE,…]   (with --when, what has to happen first on standard input)",
  summary: "take time apart: nothing flows either way but what you let pass",
  flags: { until: { type: "string" }, when: { type: "boolean" }, unannounced: { type: "boolean" }, pass: { type: "string" } },
  repeatable: true,

  read: ({ values: { until, when, unannounced, pass } }): Result<Terms, string> => {
    const end = until === undefined ? null : readWhen(String(until));
    if (end === undefined) return err(`--until wants ${whenUsage}.`);
    const passes = pass === undefined ? [] : String(pass).split(",");
    if (!passes.every((sense) => passable.some((one) => one === sense))) return err(`--pass wants some of ${passable.join(",")}.`);
    if (when === true && unannounced === true) return err("--when is for the other to read: it goes with a pause that is announced.");
    return ok({ until: end, dark: false, announced: unannounced !== true, passes, asksWhen: when === true });
  },

  run: (session, terms) => pause(session, terms),
});

export const dark = command({
  usage: "dark --until T",
  summary: "say that you are out of reach, and when you expect to be back",
  flags: { until: { type: "string" } },
  repeatable: true,

  read: ({ values: { until } }): Result<Terms, string> => {
    const end = until === undefined ? undefined : readWhen(String(until));
    return end ? ok({ until: end, dark: true, announced: true, passes: [], asksWhen: false }) : err(`--until wants ${whenUsage}.`);
  },

  run: (session, terms) => pause(session, terms),
});

const pause = async (session: Session, { until, dark: isDark, announced, passes, asksWhen }: Terms): Promise<Exit> => {
  const bond = await togetherBond(session);
  if (typeof bond === "number") return bond;
  const when = asksWhen ? ((await session.ask("Until what happens: ")) ?? "") : null;
  const before = bond.view();
  const now = before.stage === "together" ? before.now : session.clock.now();
  const end = until && momentOf(until, now, session.zone);
  const act: Act = { do: "apart", announced, dark: isDark, until: end, when, passes };
  const done = await perform(session, bond, act);
  if (typeof done === "number") return done;
  const exit = await finish(session, bond);
  const view = bond.view();
  const mine = view.stage === "together" ? view.apart.me : null;
  const promised = view.stage === "together" && (view.life.me !== null || view.promises.some((one) => one.owner === "me" && one.by !== null && isRunning(one)));
  const text = mine ? `${pauseSentence(mine, shownName(otherNameOf(view)), now, session.times)}${promised ? ` ${promisedText(announced)}` : ""}` : "";
  session.output.result({ bond: bond.id, apart: pauseJson(mine) }, text);
  return exit;
};

const promisedText = (announced: boolean): string =>
  announced
    ? "What you promised, and a sign of life, go on all the same."
    : "What you promised, and a sign of life, go on all the same: kept or given, they show that you are there.";

export const back = command({
  usage: "back",
  summary: "come back from apart or dark; all is as it was",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const done = await perform(session, bond, { do: "back" });
    if (typeof done === "number") return done;
    const exit = await finish(session, bond);
    session.output.result({ bond: bond.id, apart: null }, "You are back.");
    return exit;
  },
});
