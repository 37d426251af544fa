import * as v from "valibot";
import { cliHalf, says } from "../../cli/cli-half.ts";
import type { JsonObject } from "../../cli/json.ts";
import { rfc3339 } from "../../cli/times.ts";
import { cleanLine, cleanText } from "../text.ts";

/** A happening, or what was kept: fields that are not of its kind are absent. */
const schema = v.object({
  what: v.string(),
  id: v.optional(v.string()),
  words: v.optional(v.nullable(v.string())),
  by: v.optional(v.nullable(v.number())),
  when: v.optional(v.nullable(v.string())),
  rung: v.optional(v.string()),
  note: v.optional(v.nullable(v.string())),
});

export const promiseCli = cliHalf(schema, ({ what, id, words, by, when, rung, note }, telling) => {
  const said = words ? cleanLine(words) : "";
  const quoted = said === "" ? "a promise" : `“${said}”`;
  const json: JsonObject = {
    what: rung === undefined ? what : rung === "envelope" ? "released" : rung,
    ...(id === undefined ? {} : { id }),
    ...(words === undefined ? {} : { words: words && cleanText(words) }),
    ...(by === undefined ? {} : { by: by === null ? null : rfc3339(by) }),
    ...(when === undefined ? {} : { when }),
    ...(note ? { note: cleanText(note) } : {}),
  };
  const until = by === undefined || by === null ? (when ? ` (${cleanLine(when)})` : "") : `, by ${telling.time(by)}`;
  const whose = telling.from === "me" ? "Your promise" : `${telling.other}'s promise`;
  const texts: Record<string, string> = {
    made: `${says(telling, "promised", "promised")}: ${quoted}${until}.`,
    extended: `${whose} ${quoted} has a new time${until}.`,
    kept: `${whose} ${quoted} is kept.`,
    withdrawn: `${whose} ${quoted} is withdrawn.`,
    asked: `${says(telling, "asked", "asks")} for a promise${said === "" ? "" : `: ${quoted}`}.`,
    life: `${says(telling, "give", "gives")} a sign of life every day: ${quoted}.`,
    "life-off": `${says(telling, "do not give", "does not give")} a sign of life any more.`,
    remind: `Reminder: ${quoted}.`,
    late: `${whose} is late: ${quoted}.`,
    released: `${whose} was not kept in time: ${quoted}.${note ? " Its note is open." : ""}`,
    farewell: `The farewell that came with ${quoted} is open.`,
    early: `The relay broke its word: it spoke before its time about ${quoted}.`,
    superseded: `The relay spoke about ${quoted} as it was before it was changed. That means nothing any more.`,
  };
  const text = texts[json["what"] as string] ?? `${whose} ${quoted}.`;
  return { json, text: note ? `${text}\n${cleanText(note)}` : text };
});
