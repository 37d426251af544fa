import { describe } from "vitest";
import { liveSeeds } from "./seeds.ts";

describe("simulation", () => liveSeeds(101, 200));
