/** Ten thousand promises kept in the last tenth of a second before their note would open, in the simulator: how many went wrong. */
import { race, racesAtOnce } from "../../sim/races.ts";
import type { Row } from "../row.ts";
import { most } from "../table.ts";

export const races: Row = {
  name: "races",
  limit: 3_600_000,
  run: async ({ quick }) => {
    const count = quick ? 200 : 10_000;
    let [kept, released, wrong] = [0, 0, 0];
    for (let seed = 1; seed <= count / racesAtOnce; seed++) {
      const run = await race(seed);
      kept += run.kept;
      released += run.released;
      wrong += run.wrong.length;
    }
    const note = `${kept} kept, ${released} released`;
    return [
      { name: `of ${count.toLocaleString("en")} kept in the last 100 ms, not one of the two for both`, unit: "races", values: [wrong], target: most(0), note },
    ];
  },
};
