/** What each gives, in the same words for both (BOUND1); and, not in the same breath, what I let in, which is mine alone. */
import { senses, type SenseName } from "../senses/index.ts";
import type { Give, Let } from "../senses/sense.ts";
import type { GrantView, TogetherView } from "../line/view.ts";
import type { JsonObject } from "./json.ts";
import { shownName } from "./sentences.ts";
import { rfc3339, type Times } from "./times.ts";

/** What someone can give, or let in. */
export const grantedSenses = (Object.keys(senses) as SenseName[]).filter((name) => senses[name].grant !== "none");
export const isGranted = (typed: string | undefined): typed is SenseName => grantedSenses.some((name) => name === typed);

/** One list for both: what is mine on one side is theirs on the other, letter by letter. */
const given = (give: Give, until: number | null): JsonObject => ({ give, until: give === "off" || until === null ? null : rfc3339(until) });

export const grantJson = ({ sense, mine, myUntil, theirs, theirUntil, letIn }: GrantView): JsonObject => ({
  sense,
  mine: given(mine, myUntil),
  theirs: given(theirs, theirUntil),
  letIn,
});

const giveWords: Record<Give, string> = { off: "off", coarse: "roughly", full: "on" };
const letWords: Record<Let, string> = { on: "on", quiet: "quietly, without a cue", off: "set aside" };

const column = 11;
const givenText = (sense: string, give: Give, until: number | null, now: number, times: Times): string =>
  `  ${sense.padEnd(column)}${giveWords[give]}${give === "off" || until === null ? "" : `, until ${times.at(until, now)}`}`;

export const grantsText = ({ grants, other, now }: TogetherView, times: Times): string =>
  [
    "You give:",
    ...grants.map(({ sense, mine, myUntil }) => givenText(sense, mine, myUntil, now, times)),
    `${shownName(other.name)} gives:`,
    ...grants.map(({ sense, theirs, theirUntil }) => givenText(sense, theirs, theirUntil, now, times)),
    "What you let in is yours alone, and told to nobody: `beside let`.",
  ].join("\n");

export const letsText = ({ grants }: TogetherView): string =>
  ["You let in (yours alone, and told to nobody):", ...grants.map(({ sense, letIn }) => `  ${sense.padEnd(column)}${letWords[letIn]}`)].join("\n");

export const givenSentence = ({ grants, now }: TogetherView, sense: string, times: Times): string => {
  const grant = grants.find((one) => one.sense === sense);
  if (!grant || grant.mine === "off") return `You do not give ${sense}.`;
  return `You give ${sense}${grant.mine === "coarse" ? ", roughly" : ""}${grant.myUntil === null ? "" : `, until ${times.at(grant.myUntil, now)}`}.`;
};

export const letSentence = (sense: string, letIn: Let): string => {
  switch (letIn) {
    case "on":
      return `You let in ${sense}.`;
    case "quiet":
      return `You let in ${sense} without a cue. Nobody is told.`;
    case "off":
      return `You do not let in ${sense}: what comes of it is set aside. Nobody is told.`;
  }
};
