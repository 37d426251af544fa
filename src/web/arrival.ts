/** The invitation this page was opened with, if any: taken over from first.js, which erased it from the address bar. */
export const takeArrival = (): string | undefined => {
  const holder = globalThis as { besideArrival?: string };
  const link = holder.besideArrival;
  delete holder.besideArrival;
  return link;
};
