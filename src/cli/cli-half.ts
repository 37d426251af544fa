/** How the terminal tells what a sense brought: to people as a sentence, to programs as fields. One half per sense. */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import type { Who } from "../senses/sense.ts";
import type { JsonObject } from "./json.ts";

export interface Telling {
  readonly from: Who;
  /** The other's name, ready to stand in a sentence. */
  readonly other: string;
  time(at: Millis): string;
}

export interface Told {
  readonly json: JsonObject;
  readonly text: string;
}

export interface CliHalf {
  /** A happening or a kept entry of the sense; `undefined` when it is not what this version knows. */
  tell(fields: unknown, telling: Telling): Told | undefined;
}

/** `fields` beyond kind, from and at; whoever wrote them, they are checked once more here. */
export const cliHalf = <Fields>(schema: v.GenericSchema<unknown, Fields>, tell: (fields: Fields, telling: Telling) => Told): CliHalf => ({
  tell: (fields, telling) => {
    const parsed = v.safeParse(schema, fields);
    return parsed.success ? tell(parsed.output, telling) : undefined;
  },
});

/** "You show", "Ada shows". */
export const says = (telling: Telling, mine: string, others: string): string => (telling.from === "me" ? `You ${mine}` : `${telling.other} ${others}`);
