/** What has to hold on the honest side, whatever comes: its own state is its own, and nothing of the other's gets through as more than text. */
import type { Line } from "../src/cli/testing/cli-kit.ts";
import type { Honest } from "./honest.ts";

/** What is wrong with it; empty when nothing is. */
export const wrongsOf = (before: Line, now: Line): readonly string[] => {
  const wrongs: string[] = [];
  const same = (what: string, pick: (line: Line) => unknown): void => {
    const [was, is] = [JSON.stringify(pick(before)), JSON.stringify(pick(now))];
    if (was !== is) wrongs.push(`${what} was ${was}, is ${is}`);
  };
  const mine = (of: string) => (line: Line) => (line[of] as { readonly me?: unknown } | undefined)?.me;
  same("my name", mine("me") && ((line) => (line["me"] as { name: string }).name));
  same("what I give", (line) => line["show"]);
  same("my feeling", mine("feeling"));
  same("my hour", mine("hour"));
  same("compared", (line) => line["compared"]);
  same("my devices", (line) => (line["devices"] as { mine: readonly { index: number }[] } | undefined)?.mine.map(({ index }) => index));
  same("whether something is lost", (line) => line["gap"]);
  same("the bond", (line) => line["bond"]);
  const { name } = now["other"] as { readonly name: string | null };
  if (name === null || name.length > 80 || /[\p{Cc}\u202A-\u202E\u2066-\u2069\u2028\u2029]/u.test(name))
    wrongs.push(`the other's name is ${JSON.stringify(name)}`);
  const { state, trouble, waiting } = now["connection"] as { readonly state: string; readonly trouble: string | null; readonly waiting: number };
  if (state !== "online" || trouble !== null || waiting > 0) wrongs.push(`the connection is ${state}, ${trouble}, ${waiting} waiting`);
  if (now["mending"] !== null) wrongs.push(`the line is being taken up again: ${JSON.stringify(now["mending"])}`);
  return wrongs;
};

const ownKinds: readonly string[] = ["connection", "mending", "name", "thought", "together", "boundary"];

/** What the watch told as done by me that I did not do. */
export const toldWrongs = ({ watching }: Honest): readonly string[] =>
  watching
    .lines()
    .filter((line) => line["from"] === "me" && !ownKinds.includes(String(line.kind)))
    .map((line) => `told of me: ${JSON.stringify(line)}`);
