/** What this page was opened with. */
export interface Arrival {
  /** `join`: an invitation from another person; `device`: the link that another device of one's own shows. */
  readonly is: "join" | "device";
  readonly link: string;
}

/** What the app's icon was asked for directly (the shortcuts of the manifest): a sheet of the field. */
export type Wish = "feel" | "say";

/** Taken over from first.js, which erased it from the address bar: once, and nothing else knows of it. */
export const takeArrival = (): Arrival | Wish | undefined => {
  const holder = globalThis as { besideArrival?: string };
  const link = holder.besideArrival;
  delete holder.besideArrival;
  if (link === "#feel" || link === "#say") return link === "#feel" ? "feel" : "say";
  return link === undefined ? undefined : { is: link.startsWith("#device=") ? "device" : "join", link };
};
