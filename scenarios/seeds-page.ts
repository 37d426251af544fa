/** `docs/seeds.md`, made from the scenarios: what of each seed works, and which file shows it. */
import { isRun, type Beat, type Scenario } from "./beat.ts";
import { count } from "./play.ts";

export const seedsPage = (scenarios: readonly Scenario[]): string =>
  [
    "# The five seeds, beat by beat",
    "",
    "Made from `scenarios/` by `node scenarios/run.ts --write-docs`; do not edit it by hand. Each seed is one scenario on a real",
    "relay process and real clients, driven from outside only. `npm run scenario -- all` plays them; `npm test` plays them as",
    "tests named by their rules. The rules are those of the bond; what of them is built is in [bond-coverage.md](bond-coverage.md).",
    "",
    `All five together: ${count(scenarios.flatMap(({ beats }) => beats()))}.`,
    ...scenarios.flatMap(sectionOf),
    "",
  ].join("\n");

const sectionOf = (scenario: Scenario): string[] => {
  const beats = scenario.beats();
  return [
    "",
    `## ${scenario.seed}`,
    "",
    `${scenario.about} ${count(beats).replace("beats:", "Beats:")}.`,
    "",
    "<!-- oxfmt-ignore -->",
    "| beat | rule | test | state |",
    "| --- | --- | --- | --- |",
    ...beats.map((beat) => rowOf(beat, scenario.seed)),
  ];
};

const rowOf = (beat: Beat, seed: string): string => {
  const says = `${beat.says.charAt(0).toUpperCase()}${beat.says.slice(1)}`.replaceAll("|", "\\|");
  return `| ${says} | ${beat.rules.join(", ")} | ${isRun(beat) ? `\`scenarios/${seed}.ts\`` : ""} | ${isRun(beat) ? "works" : "not yet"} |`;
};
