/** The connection ends for this device: nothing that was asked on it will be answered. */
import type { Link, State } from "./state.ts";

export const linkDown = (state: State, link: Extract<Link, { is: "down" }>): State => ({
  ...state,
  live: null,
  scan: null,
  adding: state.adding && { ...state.adding, told: false },
  asked: { package: false, verifier: false, packages: false },
  link,
});
