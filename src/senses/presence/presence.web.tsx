/**
 * Presence on the field (PRES1-3): one light whose place, size and shape say how near the other is, and one sentence that
 * says the same. The shapes differ without colour: a disc that touches mine, a disc with a ring, a bare disc, a star, a
 * hollow dashed ring, a line.
 */
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { OtherState } from "../../line/view.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";
import type { Times } from "../../web/words/time.ts";

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
      return state.since === null ? words.state.unheardEver : words.state.unheard(times.at(state.since, now));
    case "closed":
      return state.since === null ? words.state.closedEver : words.state.closed(times.at(state.since, now));
  }
};

/** Where a light stands between the horizon (0) and the far end of its sky (1). */
export const distanceOf: Record<OtherState["is"], number> = { beside: 0, near: 0.24, around: 0.54, far: 0.9, unheard: 0.62, closed: 0.42 };

interface TheirLightProps {
  readonly state: OtherState;
  readonly tint: string;
  /** How much is left of the last feeling, 0 to 1. */
  readonly warmth: number;
}

export const TheirLight = ({ state, tint, warmth }: TheirLightProps): JSX.Element => (
  <div
    class="light theirs"
    data-shape={state.is}
    style={{ "--tint": tint, "--warmth": warmth.toFixed(3), "--distance": String(distanceOf[state.is]) }}
    aria-hidden="true"
  >
    <i class="aura" />
    <i class="glow" />
    <svg viewBox="-60 -60 120 120">{shapeOf(state.is)}</svg>
  </div>
);

const shapeOf = (is: OtherState["is"]): JSX.Element => {
  switch (is) {
    case "beside":
      return <circle class="core" r="11" />;
    case "near":
      return (
        <>
          <circle class="ring" r="21" />
          <circle class="core" r="9" />
        </>
      );
    case "around":
      return <circle class="core" r="6.5" />;
    case "far":
      return <path class="core" d="M0-11Q.9-.9 11 0 .9.9 0 11-.9.9-11 0-.9-.9 0-11Z" />;
    case "unheard":
      return <circle class="hollow" r="22" />;
    case "closed":
      return <path class="shut" d="M-54 0H54" />;
  }
};
