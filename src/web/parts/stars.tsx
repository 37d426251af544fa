/** The stars: always the same ones, in the same places, and only where a sky is dark enough to show them. */
import type { JSX } from "preact";

interface Star {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly o: number;
}

/** A fixed scatter (Weyl sequence on two irrationals): even, without clumps or lines. */
const scatter = (count: number): readonly Star[] =>
  Array.from({ length: count }, (_, at) => {
    const x = (at * 0.7548776662466927 + 0.37) % 1;
    const y = (at * 0.5698402909980532 + 0.11) % 1;
    const size = (at * 0.381966 + 0.2) % 1;
    return { x: x * 100, y: y ** 1.25 * 100, r: 0.35 + size ** 3 * 0.95, o: 0.22 + size * 0.6 };
  });
const stars = scatter(110);

export const Stars = (): JSX.Element => (
  <svg class="stars" aria-hidden="true" width="100%" height="100%">
    {stars.map(({ x, y, r, o }) => (
      <circle key={`${x}`} cx={`${x.toFixed(2)}%`} cy={`${y.toFixed(2)}%`} r={r.toFixed(2)} opacity={o.toFixed(2)} />
    ))}
  </svg>
);
