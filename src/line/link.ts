/** The connection ends for this device: nothing that was asked on it will be answered. */
import type { Link, State } from "./state.ts";

export const linkDown = (state: State, link: Extract<Link, { is: "down" }>): State => ({
  ...state,
  live: null,
  scan: null,
  adding: state.adding && { ...state.adding, told: false },
  asked: { package: false, verifier: false, packages: false, end: false },
  // What was asked is asked anew; what was sealed and never left is sealed anew.
  vigils: { ...state.vigils, asked: {}, ready: [], checkAt: 0, checking: false, known: false },
  link,
});
