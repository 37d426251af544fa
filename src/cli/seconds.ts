const most = 24 * 60 * 60;

/** A number of seconds, up to a day, as typed; `undefined` for anything else. */
export const readSeconds = (text: string): number | undefined => {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= most ? seconds : undefined;
};
