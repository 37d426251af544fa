/** Hour on the field (MOON1): the other's half at the other's own hour, and that hour in the sentence. */
import { useEffect, useMemo } from "preact/hooks";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { HourView, TogetherView } from "../../line/view.ts";
import { useApp } from "../../web/app.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";
import type { Times } from "../../web/words/time.ts";
import { offsetIn } from "./zone.ts";

/** An hour is of now, and never kept. */
export const hourHalf: WebHalf = { kept: () => undefined };

/** `23:40 there`, `18:20 for both`; undefined where it is not given, or is a zone that this browser does not know. */
export const hourThere = ({ other, here }: HourView, words: Words, times: Times, now: Millis): string | undefined => {
  const offset = other ? offsetIn(other.zone, now) : undefined;
  if (offset === undefined) return undefined;
  const clock = times.clockAt(now, offset);
  return offset === offsetIn(here, now) ? words.hour.both(clock) : words.hour.there(clock);
};

/** Tells the line which zone this device is in, when that is news; whether it leaves is for the sense and its grant. */
export const useHere = (bond: Bond, view: TogetherView): void => {
  const { zone: findZone, shown } = useApp();
  // Asking is dear, and once a minute is often enough for who travels.
  const minute = shown.now.value;
  const zone = useMemo(findZone, [minute]);
  useEffect(() => {
    if (zone !== view.hour.here) void bond.act({ do: "hour", intent: { zone } });
  }, [bond, zone, view.hour.here]);
};
