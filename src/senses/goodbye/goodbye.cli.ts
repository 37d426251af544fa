import * as v from "valibot";
import { cliHalf } from "../../cli/cli-half.ts";

export const goodbyeCli = cliHalf(v.object({ going: v.boolean() }), ({ going }, telling) => ({
  json: { going },
  text: going
    ? `The battery of ${telling.from === "me" ? "yours" : `${telling.other}'s device`} is nearly empty.`
    : `${telling.other}'s device is not about to go any more.`,
}));
