/** `hour` and `moon`: what time it is for each, as far as that is given, and the moon over both (MOON1). */
import { err, ok } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import type { Act } from "../../line/view.ts";
import type { Heavens, SharedMoon } from "../../senses/hour/heavens.ts";
import { roundPlace, type HourEntry, type Place } from "../../senses/hour/hour.ts";
import { offsetIn } from "../../senses/hour/zone.ts";
import { hourJson } from "../../senses/hour/hour.cli.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import type { JsonObject } from "../json.ts";
import { hourSentence, shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { rfc3339, type Times } from "../times.ts";
import { finish, perform, togetherBond } from "../waiting.ts";
import { actWords } from "../words.ts";

export const hour = command({
  usage: "hour on|off [--place LAT,LON]",
  summary: "show what time it is for you; --place (whole degrees) for the moon",
  flags: { place: { type: "string" } },
  words: 1,
  repeatable: true,

  read: ({ words: [asked], values: { place: typed } }) => {
    if (asked !== "on" && asked !== "off") return err("hour wants on or off.");
    const place = typed === undefined ? null : readPlace(String(typed));
    if (place === undefined) return err("--place wants degrees, north and east positive, as in --place 48,16 or --place=-34,151.");
    return ok({ give: asked === "off" ? ("off" as const) : place ? ("full" as const) : ("coarse" as const), place });
  },

  run: async (session, { give, place }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const grant: Act = { do: "boundary", intent: { sense: "hour", give } };
    const told: Act = { do: "hour", intent: { zone: session.zone, ...(place ? { place } : {}) } };
    // A new place before its grant, so that no earlier one leaves under it; and after it once more, because only now it may.
    for (const act of give === "off" ? [grant] : [told, grant, told]) {
      const done = await perform(session, bond, act);
      if (typeof done === "number") return done;
    }
    const exit = await finish(session, bond);
    const view = bond.view();
    const text = view.stage === "together" ? hourSentence(view, session.times) : "";
    session.output.result(
      { bond: bond.id, hour: give, me: view.stage === "together" ? hourJson(view.hour.me) : null },
      text === "" ? "You do not show what time it is for you." : text,
    );
    return exit;
  },
});

const readPlace = (typed: string): Place | undefined => {
  const parts = /^(-?\d{1,3}(?:\.\d{1,10})?),(-?\d{1,3}(?:\.\d{1,10})?)$/.exec(typed);
  return parts ? roundPlace(Number(parts[1]), Number(parts[2])) : undefined;
};

/** Asks nobody: it works closed, ended and offline, from what this device was given before. Where the moon is, is read in only then. */
export const moon = command({
  usage: "moon",
  summary: "the moon over you two, and both local times; works offline",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = chooseBond(session, ["together", "ended"]);
    if (typeof bond === "number") return bond;
    const view = bond.view();
    if (view.stage !== "together" && view.stage !== "ended") {
      session.output.problem("not-together", actWords["not-together"]);
      return exits.refused;
    }
    const now = view.stage === "together" ? view.now : session.clock.now();
    const { me, other } = view.hour;
    const { heavensAt, sharedMoon } = await import("../../senses/hour/heavens.ts");
    const over = (place: Place | null): MoonOver | null => place && heavensAt(now, place).moon;
    // Of me what I know myself; of the other what was given; of the two together what both gave.
    const mine = { zone: session.zone, place: view.hour.place };
    const shared = me?.place && other?.place ? sharedMoon(now, me.place, other.place) : null;
    session.output.result(
      {
        bond: bond.id,
        me: whereJson(mine, over(mine.place), now),
        other: other && whereJson(other, over(other.place), now),
        both: shared && { up: shared.both, next: shared.next === null ? null : rfc3339(shared.next) },
      },
      moonText(session.times, now, shownName(otherNameOf(view)), [mine, over(mine.place)], other && [other, over(other.place)], shared),
    );
    return exits.done;
  },
});

type Whereabouts = Pick<HourEntry, "zone" | "place">;
type MoonOver = Heavens["moon"];

const whereJson = (where: Whereabouts, moonOver: MoonOver | null, now: Millis): JsonObject => ({
  ...hourJson(where),
  offset: offsetIn(where.zone, now) ?? null,
  moon: moonOver && { up: moonOver.altitude > 0, altitude: Math.round(moonOver.altitude), lit: Math.round(moonOver.lit * 100) },
});

type Over = readonly [Whereabouts, MoonOver | null];

const moonText = (times: Times, now: Millis, other: string, mine: Over, theirs: Over | null, shared: SharedMoon | null): string => {
  const told = (who: string, [{ zone }, moonOver]: Over): string => {
    const offset = offsetIn(zone, now);
    const clock = offset === undefined ? `the hour of ${zone}` : times.clock(now, offset);
    return `For ${who} it is ${clock}${moonOver ? `, and the moon is ${moonOver.altitude > 0 ? "up" : "down"}` : ""}.`;
  };
  const lines = [told("you", mine), theirs ? told(other, theirs) : `${other} does not show the hour there.`];
  if (!shared) lines.push("For the moon over both, each of you shows a rough place: `beside hour on --place LAT,LON`.");
  else if (shared.both) lines.push("It is up for both of you now.");
  else lines.push(shared.next === null ? "It is not up for both of you within a month." : `It is next up for both of you at ${times.at(shared.next, now)}.`);
  return lines.join("\n");
};
