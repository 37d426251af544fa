/**
 * Sun and moon for the screens. What calculates them is not on the first screen: it is fetched once a place is known,
 * and until it is there the clock's hour stands in. Asked again within a minute, the answer is the same object.
 */
import { signal } from "@preact/signals";
import type { Millis } from "../base/brand.ts";
import type * as Calculated from "../senses/hour/heavens.ts";
import type { Heavens, SharedMoon } from "../senses/hour/heavens.ts";
import type { Place } from "../senses/hour/hour.ts";

type Almanac = typeof Calculated;

const almanac = signal<Almanac | null>(null);
const minute: Millis = 60_000;
let triedAt = -Infinity;

/** At most once a minute, where the relay does not answer. */
const fetchAlmanac = (now: Millis): void => {
  if (Math.abs(now - triedAt) < minute) return;
  triedAt = now;
  void import("../senses/hour/heavens.ts").then(
    (come) => (almanac.value = come),
    () => undefined,
  );
};

/** Remembers the last few answers, each of one minute and its places. */
const remembered = <Answer>(calculate: (from: Almanac, now: Millis, places: readonly Place[]) => Answer) => {
  let known: readonly { readonly key: string; readonly answer: Answer }[] = [];
  return (now: Millis, ...places: readonly Place[]): Answer | undefined => {
    const from = almanac.value;
    if (!from) {
      fetchAlmanac(now);
      return undefined;
    }
    const at = now - (now % minute);
    const key = `${at} ${places.map(({ lat, lon }) => `${lat},${lon}`).join(" ")}`;
    const found = known.find((one) => one.key === key);
    if (found) return found.answer;
    const answer = calculate(from, at, places);
    known = [...known.slice(-3), { key, answer }];
    return answer;
  };
};

const over = remembered((from, now, [place]): Heavens | undefined => place && from.heavensAt(now, place));
const shared = remembered((from, now, [mine, theirs]): SharedMoon | undefined => (mine && theirs ? from.sharedMoon(now, mine, theirs) : undefined));

/** Undefined without a place, and until it can be told. */
export const heavensOver = (now: Millis, place: Place | null | undefined): Heavens | undefined => (place ? over(now, place) : undefined);

export const moonOverBoth = (now: Millis, mine: Place, theirs: Place): SharedMoon | undefined => shared(now, mine, theirs);
