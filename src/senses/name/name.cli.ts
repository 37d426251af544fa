import * as v from "valibot";
import { cliHalf } from "../../cli/cli-half.ts";
import { cleanLine } from "../text.ts";

export const nameCli = cliHalf(v.object({ name: v.string() }), ({ name: chosen }, telling) => {
  const name = cleanLine(chosen);
  return { json: { name }, text: telling.from === "me" ? `You are called ${name} from now on.` : `The other is called ${name} from now on.` };
});
