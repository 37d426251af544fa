/** Keeps the screen from dimming while something is shown to another's camera; where the browser cannot, nothing happens. */
export const keepAwake = (): (() => void) => {
  const lock = navigator.wakeLock?.request("screen").catch(() => undefined);
  return () => void lock?.then((held) => held?.release());
};
