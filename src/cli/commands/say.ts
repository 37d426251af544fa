/** `say` and `feel`: words from standard input, a feeling from the wheel. Kept on this device first, then sent. */
import { err, ok } from "../../base/result.ts";
import { feelingNames, parseHue, type Felt } from "../../senses/feeling/feeling.ts";
import { feltJson, feltText } from "../../senses/feeling/feeling.cli.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import type { Json } from "../json.ts";
import type { Act } from "../../line/view.ts";
import { finish, perform, togetherBond } from "../waiting.ts";

const usualStrength = 60;
const hueUsage = `A feeling is one of ${Object.keys(feelingNames).join(", ")}, or a hue from 0 to 359.`;

export const say = command({
  usage: "say [--fades] [--feel NAME|HUE]   (the words on standard input)",
  summary: "say something short that needs no answer",
  flags: { fades: { type: "boolean" }, feel: { type: "string" } },
  input: { is: "text", what: "What you say" },
  repeatable: false,

  read: ({ values }) => {
    const hue = typeof values["feel"] === "string" ? parseHue(values["feel"]) : null;
    if (hue === undefined) return err(hueUsage);
    return ok({ fades: values["fades"] === true, feeling: hue === null ? null : { hue, strength: usualStrength } });
  },

  run: async (session, { fades, feeling }, text) => {
    const intent = { what: "say" as const, text, ...(fades ? { fades } : {}), ...(feeling ? { feeling } : {}) };
    return tell(session, { do: "thought", intent }, (id) => [{ id }, "Said."]);
  },
});

export const feel = command({
  usage: "feel NAME|HUE [--strength 0-100]",
  summary: "send a feeling",
  flags: { strength: { type: "string" } },
  words: 1,
  repeatable: false,

  read: ({ words: [typed], values }) => {
    const hue = typed === undefined ? undefined : parseHue(typed);
    if (hue === undefined) return err(hueUsage);
    const strength = typeof values["strength"] === "string" ? (/^\d{1,3}$/.test(values["strength"]) ? Number(values["strength"]) : 101) : usualStrength;
    return strength > 100 ? err("--strength wants a number from 0 to 100.") : ok({ hue, strength });
  },

  run: (session, felt: Felt) => tell(session, { do: "feeling", intent: felt }, (id) => [{ id, ...feltJson(felt) }, `Sent: ${feltText(felt)}.`]),
});

const tell = async (session: Session, act: Act, result: (id: string) => readonly [Json, string]): Promise<Exit> => {
  const bond = await togetherBond(session);
  if (typeof bond === "number") return bond;
  const done = await perform(session, bond, act);
  if (typeof done === "number") return done;
  if (done.id === undefined) throw new Error("defect: what was said has no id");
  const [json, text] = result(done.id);
  session.kept(json, text);
  const exit = await finish(session, bond);
  session.output.result(json, exit === exits.done ? text : "");
  return exit;
};
