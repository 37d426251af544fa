import * as v from "valibot";
import { cliHalf, says } from "../../cli/cli-half.ts";
import type { JsonObject } from "../../cli/json.ts";
import { feltSchema, nameOfHue, type Felt } from "./feeling.ts";

export const feelingCli = cliHalf(v.object({ ...feltSchema.entries, id: v.optional(v.string()) }), ({ id, ...felt }, telling) => ({
  json: { ...(id === undefined ? {} : { id }), ...feltJson(felt) },
  text: `${says(telling, "feel", "feels")} ${feltText(felt)}.`,
}));

export const feltJson = (felt: Felt): JsonObject => ({ hue: felt.hue, name: nameOfHue(felt.hue), strength: felt.strength });

/** "calm, strongly". */
export const feltText = ({ hue, strength }: Felt): string => {
  const degree = strength < 34 ? ", softly" : strength < 67 ? "" : ", strongly";
  return `${nameOfHue(hue)}${degree}`;
};
