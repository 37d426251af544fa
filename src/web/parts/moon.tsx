/** The moon as it looks from a place: its lit part with a real limb, turned the way that it stands there. */
import type { JSX } from "preact";
import { acrossOf } from "../sky.ts";
import type { Heavens } from "../../senses/hour/heavens.ts";

const radius = 10;

/** Outer edge of the lit half, then back along the terminator, which is half an ellipse. */
const litPath = (lit: number): string => {
  const across = (radius * Math.abs(1 - 2 * lit)).toFixed(2);
  return `M${-radius} 0A${radius} ${radius} 0 0 1 ${radius} 0A${radius} ${across} 0 0 ${lit < 0.5 ? 0 : 1} ${-radius} 0Z`;
};

export const MoonDisc = ({ moon: { lit, limb } }: { readonly moon: Pick<Heavens["moon"], "lit" | "limb"> }): JSX.Element => (
  <svg class="moon-disc" viewBox="-12 -12 24 24" aria-hidden="true">
    <circle class="earthshine" r={radius} />
    <path class="lit" d={litPath(lit)} transform={`rotate(${limb.toFixed(0)})`} />
  </svg>
);

/**
 * In a half of the field, between the horizon and the far end of its sky by its altitude, and across by where it stands:
 * rising on one hand, setting on the other. In my half it lies on the water.
 */
export const SkyMoon = ({ heavens: { moon }, south }: { readonly heavens: Heavens; readonly south: boolean }): JSX.Element | null => {
  if (moon.altitude <= 0) return null;
  return (
    <div
      class="moon"
      data-altitude={Math.round(moon.altitude)}
      aria-hidden="true"
      style={{ "--up": ((moon.altitude / 90) ** 0.7).toFixed(3), "--lit": moon.lit.toFixed(2), "--across": acrossOf(moon, south).toFixed(3) }}
    >
      <MoonDisc moon={moon} />
    </div>
  );
};
