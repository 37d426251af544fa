/** The halves of all senses: a new sense does not compile until the terminal can tell it. */
import type { SenseName } from "../senses/index.ts";
import { apartCli } from "../senses/apart/apart.cli.ts";
import { boundaryCli } from "../senses/boundary/boundary.cli.ts";
import { feelingCli } from "../senses/feeling/feeling.cli.ts";
import { goodbyeCli } from "../senses/goodbye/goodbye.cli.ts";
import { hourCli } from "../senses/hour/hour.cli.ts";
import { nameCli } from "../senses/name/name.cli.ts";
import { presenceCli } from "../senses/presence/presence.cli.ts";
import { promiseCli } from "../senses/promise/promise.cli.ts";
import { thoughtCli } from "../senses/thought/thought.cli.ts";
import { touchCli } from "../senses/touch/touch.cli.ts";
import type { CliHalf } from "./cli-half.ts";

export const cliHalves: Record<SenseName, CliHalf> = {
  boundary: boundaryCli,
  hour: hourCli,
  name: nameCli,
  presence: presenceCli,
  feeling: feelingCli,
  touch: touchCli,
  thought: thoughtCli,
  apart: apartCli,
  goodbye: goodbyeCli,
  promise: promiseCli,
};
