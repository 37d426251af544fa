/**
 * The Home as a page has it. Another tab may hold the real one: what is secret in it is asked for at the moment it is to
 * be shown, and is never part of what the tabs tell each other all the time.
 */
import type { Home } from "../line/home.ts";

export type PageHome = Omit<Home, "showWords" | "askWords" | "signKey"> & {
  /** The twelve words, while they are on this device. */
  showWords(): Promise<ReturnType<Home["showWords"]>>;
  askWords(): Promise<ReturnType<Home["askWords"]>>;
};
