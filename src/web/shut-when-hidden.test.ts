import { expect, test } from "vitest";
import { createMovableClock } from "../testing/movable-clock.ts";
import { createShutWhen, shutWhenHidden, type ShutAfter } from "./shut-when-hidden.ts";
