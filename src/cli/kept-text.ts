/** A kept thing as people read it at a terminal: when, who, what; and how it stands among the rest. */
import type { Kept } from "../line/home.ts";
import { isSenseName } from "../senses/index.ts";
import { cliHalves } from "./cli-halves.ts";
import { shownName, timedText } from "./sentences.ts";
import type { Times } from "./times.ts";

export interface Standing {
  readonly me: string;
  /** Ready to stand in a sentence. */
  readonly other: string;
  /** The last that the other said or felt, in the quiet view (KEEP2). */
  readonly isLast: boolean;
}

export const keptText = ({ kind, from, at, body, aside }: Kept, { me, other, isLast }: Standing, now: number, times: Times): string => {
  const told = isSenseName(kind) ? cliHalves[kind].tell(body, { from, other, time: (time: number) => times.at(time, now) }) : undefined;
  const text = told?.text ?? `${from === "me" ? shownName(me) : other}: something that a newer Beside can read.`;
  const marks = [...(isLast ? ["The last. "] : []), ...(aside ? ["Set aside. "] : [])].join("");
  return at === null ? `${marks}${text}` : timedText(times.at(at, now), `${marks}${text}`);
};
