import * as v from "valibot";
import { cliHalf, says } from "../../cli/cli-half.ts";
import { rfc3339 } from "../../cli/times.ts";
import { cleanLine } from "../text.ts";

const schema = v.variant("what", [
  v.object({
    what: v.literal("apart"),
    dark: v.boolean(),
    until: v.nullable(v.number()),
    when: v.nullable(v.string()),
    passes: v.array(v.string()),
  }),
  v.object({ what: v.literal("back") }),
]);

export const apartCli = cliHalf(schema, (said, telling) => {
  if (said.what === "back") return { json: { what: "back" }, text: `${says(telling, "are back", "is back")}.` };
  const { dark, until, when, passes } = said;
  const json = { what: "apart", dark, until: until === null ? null : rfc3339(until), when, passes: passes.map(cleanLine) };
  const ends = until === null ? "" : `, until ${telling.time(until)}`;
  const words = when === null ? "" : ` (${cleanLine(when)})`;
  return { json, text: `${dark ? says(telling, "go dark", "goes dark") : says(telling, "are apart", "is apart")}${ends}${words}.` };
});
