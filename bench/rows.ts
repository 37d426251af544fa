/** Every row, in the order of the table. */
import type { Row } from "./row.ts";
import { blob } from "./rows/blob.ts";
import { end } from "./rows/end.ts";
import { field } from "./rows/field.ts";
import { flood } from "./rows/flood.ts";
import { gesture } from "./rows/gesture.ts";
import { idle } from "./rows/idle.ts";
import { kept } from "./rows/kept.ts";
import { live } from "./rows/live.ts";
import { paint } from "./rows/paint.ts";
import { long } from "./rows/long.ts";
import { past } from "./rows/past.ts";
import { races } from "./rows/races.ts";
import { returning } from "./rows/return.ts";
import { seal } from "./rows/seal.ts";
import { size } from "./rows/size.ts";
import { start } from "./rows/start.ts";
import { vigils } from "./rows/vigils.ts";

export const rows: readonly Row[] = [kept, live, idle, start, returning, vigils, races, seal, gesture, field, blob, past, long, size, paint, end, flood];
