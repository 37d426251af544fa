/** `npm run sabotage`: breaks the source on purpose and checks that a test turns red (docs/sabotage.md). */
import { parseArgs } from "node:util";
import { breaks, type Break } from "../sabotage/breaks.ts";
import { tryBreaks, type Tried } from "../sabotage/harness.ts";
import { finish } from "./checks.ts";
import { root } from "./web.ts";

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, list: { type: "boolean" }, quick: { type: "boolean" } },
});
const unknown = values.only?.filter((name) => !breaks.some((one) => one.name === name)) ?? [];
const chosen = breaks.filter((one) => (values.only?.includes(one.name) ?? true) && (one.quick === true || values.quick !== true));

const width = Math.max(...breaks.map(({ name }) => name.length));
const row = (name: string, rule: string, verdict: string, seconds: string, rest: string): string =>
  `${name.padEnd(width)}  ${rule.padEnd(7)}  ${verdict.padEnd(7)}  ${seconds.padStart(5)}  ${rest}\n`;
const test = ({ test: { file, name } }: Break): string => `${file}: ${name}`;
const tell = ({ one, verdict, why, seconds }: Tried): void => {
  process.stdout.write(row(one.name, one.rule, verdict, seconds.toFixed(1), test(one)));
  if (verdict !== "red") process.stdout.write(`    ${`${one.what}\n${why}`.replaceAll("\n", "\n    ")}\n`);
};

if (unknown.length > 0) {
  process.stderr.write(`There is no break named ${unknown.join(", ")}. --list shows them.\n`);
  process.exitCode = 2;
} else if (values.list) {
  for (const { name, rule, what, quick } of chosen) process.stdout.write(`${name.padEnd(width)}  ${rule.padEnd(7)}  ${quick ? "quick" : "     "}  ${what}\n`);
} else {
  process.stdout.write(row("break", "rule", "verdict", "s", "test"));
  const tried = await tryBreaks(root, chosen, tell);
  const [red, rest] = [tried.filter(({ verdict }) => verdict === "red"), tried.filter(({ verdict }) => verdict !== "red")];
  finish({ passed: red.length, failures: rest.map(({ one, verdict }) => `${one.name} (${verdict})`) });
}
