import * as v from "valibot";
import { cliHalf } from "../../cli/cli-half.ts";
import { feltSchema } from "../feeling/feeling.ts";
import { feltJson, feltText } from "../feeling/feeling.cli.ts";
import { cleanText } from "../text.ts";

const schema = v.object({ id: v.optional(v.string()), text: v.string(), fades: v.optional(v.boolean()), feeling: v.optional(feltSchema) });

export const thoughtCli = cliHalf(schema, ({ id, text, fades = false, feeling }, telling) => {
  // Kept entries are as their author's app wrote them.
  const words = cleanText(text);
  const notes = [...(feeling ? [feltText(feeling)] : []), ...(fades ? ["fades"] : [])];
  return {
    json: { ...(id === undefined ? {} : { id }), text: words, fades, ...(feeling ? { feeling: feltJson(feeling) } : {}) },
    text: `${telling.from === "me" ? "You" : telling.other}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}: ${words}`,
  };
});
