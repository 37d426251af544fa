import * as v from "valibot";
import { cliHalf } from "../../cli/cli-half.ts";

const schema = v.object({ what: v.picklist(["offered", "withdrawn", "met", "ended"]) });

export const touchCli = cliHalf(schema, ({ what }, telling) => {
  const texts = {
    offered: `${telling.other} offers a touch. \`beside touch --for 10\` meets it.`,
    withdrawn: `${telling.other} offers no touch any more.`,
    met: `You and ${telling.other} are touching.`,
    ended: "The touch ended.",
  };
  return { json: { what }, text: texts[what] };
});
