/** Comparing what was seen with what a beat says. What does not fit is thrown with what was seen, for whoever reads it. */

/** Every field that is wanted is there and alike; a pattern fits text, a function decides by itself. */
export const isLike = (seen: unknown, wanted: unknown): boolean => {
  if (wanted instanceof RegExp) return typeof seen === "string" && wanted.test(seen);
  if (typeof wanted === "function") return Boolean((wanted as (value: unknown) => unknown)(seen));
  if (Array.isArray(wanted)) return Array.isArray(seen) && seen.length === wanted.length && wanted.every((one, at) => isLike(seen[at], one));
  if (typeof wanted === "object" && wanted !== null) {
    return typeof seen === "object" && seen !== null && Object.entries(wanted).every(([key, one]) => isLike((seen as Record<string, unknown>)[key], one));
  }
  return Object.is(seen, wanted);
};

export const mustBeLike = (seen: unknown, wanted: unknown): void => {
  if (!isLike(seen, wanted)) throw new Error(`wanted ${show(wanted)}\nseen   ${show(seen)}`);
};

/** `what` is a sentence that should be true; `seen` is shown when it is not. */
export const must = (isSo: boolean, what: string, seen: unknown): void => {
  if (!isSo) throw new Error(`not so: ${what}\nseen   ${show(seen)}`);
};

const show = (value: unknown): string =>
  typeof value === "string"
    ? value
    : (JSON.stringify(value, (_, one: unknown) => (one instanceof RegExp ? String(one) : typeof one === "function" ? "(a condition)" : one)) ?? String(value));

/** How long anything is waited for. Generous: only what never comes takes that long. */
const longest = 30_000;

/** Asks again until the answer fits. */
export const until = async <T>(ask: () => Promise<T>, wanted: unknown): Promise<T> => {
  const end = performance.now() + longest;
  for (;;) {
    const answer = await ask();
    if (isLike(answer, wanted)) return answer;
    if (performance.now() > end) mustBeLike(answer, wanted);
  }
};

/** Ends a wait that takes too long, with what was there instead. */
export const bounded = <T>(promise: Promise<T>, instead: () => string): Promise<T> => {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(instead())), longest);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timeout));
};
