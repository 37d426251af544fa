/**
 * Presence on the field (PRES1-3): one light whose place, size and shape say how near the other is, and one sentence that
 * says the same. The shapes differ without colour: a disc that touches mine, a disc with a ring, a bare disc, a star, a
 * hollow dashed ring, a disc behind a shutter (away, as announced), a line.
 */
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { OtherState } from "../../line/view.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";
import type { Times } from "../../web/words/time.ts";
import { cleanLine } from "../text.ts";

/** Presence moves the light and is never kept. */
export const presenceHalf: WebHalf = { kept: () => undefined };

export const sentenceOf = (state: OtherState, words: Words, times: Times, now: Millis): string => {
  switch (state.is) {
    case "beside":
      return words.state.beside;
    case "near":
    case "around":
    case "far":
      return words.state[state.is](times.ago(state.since, now));
    case "unheard":
      if (state.since === null) return words.state.unheardEver;
      return state.expected === undefined
        ? words.state.unheard(times.at(state.since, now))
        : words.state.unheardExpected(times.at(state.since, now), times.at(state.expected, now));
    case "away":
      return awaySentence(state, words, times, now);
    case "not-let-in":
      return words.state.notLetIn;
    case "closed":
      return state.since === null ? words.state.closedEver : words.state.closed(times.at(state.since, now));
  }
};

const awaySentence = ({ why, since, until, when }: Extract<OtherState, { is: "away" }>, words: Words, times: Times, now: Millis): string => {
  switch (why) {
    case "battery":
      return words.state.battery(times.at(since, now));
    case "dark":
      return words.state.dark(times.at(until ?? since, now));
    case "apart":
      if (until !== null) return words.state.apartUntil(times.at(until, now));
      return when === null ? words.state.apart(times.at(since, now)) : words.state.apartWhen(cleanLine(when));
  }
};

/** Where a light stands between the horizon (0) and the far end of its sky (1). */
export const distanceOf: Record<OtherState["is"], number> = {
  beside: 0,
  near: 0.24,
  around: 0.54,
  far: 0.9,
  unheard: 0.62,
  closed: 0.42,
  away: 0.42,
  "not-let-in": 0.42,
};

interface TheirLightProps {
  readonly state: OtherState;
  readonly tint: string;
  /** How much is left of the last feeling, 0 to 1. */
  readonly warmth: number;
  /** What is drawn around it. */
  readonly around?: JSX.Element | null;
}

export const TheirLight = ({ state, tint, warmth, around }: TheirLightProps): JSX.Element => (
  <div class="rail theirs" style={{ "--distance": String(distanceOf[state.is]) }} aria-hidden="true">
    <div class="light theirs" data-shape={state.is} style={{ "--tint": tint, "--warmth": warmth.toFixed(3) }}>
      <i class="aura" />
      <i class="glow">
        <i class="shine" />
      </i>
      <svg viewBox="-60 -60 120 120">
        {shapeOf(state.is)}
        {around}
      </svg>
    </div>
  </div>
);

/** Its radius, and how much it grows where the two touch: every disc to the same size. */
export const Core = ({ r }: { readonly r: number }): JSX.Element => <circle class="core" r={r} style={{ "--met": (13 / r).toFixed(3) }} />;

/** Closed, and light between them. */
const slats = "M-30-24H30M-30-12H30M-30 0H30M-30 12H30M-30 24H30";

const shapeOf = (is: OtherState["is"]): JSX.Element => {
  switch (is) {
    case "beside":
      return <Core r={11} />;
    case "near":
      return (
        <>
          <circle class="ring" r="21" />
          <Core r={9} />
        </>
      );
    case "around":
      return <Core r={6.5} />;
    case "far":
      return <path class="core" d="M0-11Q.9-.9 11 0 .9.9 0 11-.9.9-11 0-.9-.9 0-11Z" />;
    case "unheard":
      return <circle class="hollow" r="22" />;
    case "away":
      return (
        <>
          <circle class="core" r="18" />
          <path class="slat" d={slats} />
          <path class="shutter" d={slats} />
        </>
      );
    case "closed":
    case "not-let-in":
      return <path class="shut" d="M-54 0H54" />;
  }
};
