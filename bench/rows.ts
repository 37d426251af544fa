/** Every row, in the order of the table. */
import type { Row } from "./row.ts";
import { kept } from "./rows/kept.ts";
import { live } from "./rows/live.ts";

export const rows: readonly Row[] = [kept, live];
