/** The five stories, in their order. */
import { scenario as first } from "./000.ts";
import { scenario as second } from "./001.ts";
import { scenario as third } from "./002.ts";
import { scenario as fourth } from "./003.ts";
import { scenario as fifth } from "./004.ts";
import type { Scenario } from "./beat.ts";

export const scenarios: readonly Scenario[] = [first, second, third, fourth, fifth];
