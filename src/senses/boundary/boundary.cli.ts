import * as v from "valibot";
import { cliHalf, says } from "../../cli/cli-half.ts";
import { rfc3339 } from "../../cli/times.ts";
import type { Give } from "../sense.ts";
import { cleanLine } from "../text.ts";

const schema = v.object({ sense: v.string(), give: v.picklist(["off", "coarse", "full"]), until: v.nullable(v.number()) });

const gives: Record<Give, string> = { off: "off", coarse: "roughly", full: "on" };

export const boundaryCli = cliHalf(schema, ({ sense, give, until }, telling) => {
  const json = { sense, give, until: until === null ? null : rfc3339(until) };
  const ends = until === null ? "" : `, until ${telling.time(until)}`;
  if (sense !== "presence") return { json, text: `${says(telling, "give", "gives")} ${cleanLine(sense)}: ${gives[give]}${ends}.` };
  if (give === "off") return { json, text: telling.from === "me" ? "You do not show when you are here." : `${telling.other} does not show when here.` };
  return {
    json,
    text: `${telling.from === "me" ? "You show when you are here" : `${telling.other} shows when here`}${give === "coarse" ? ", roughly" : ""}${ends}.`,
  };
});
