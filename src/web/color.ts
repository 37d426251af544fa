/** Colours in OKLCH (lightness, chroma, hue): even steps look even, which HSL does not give. */

export interface Oklch {
  readonly l: number;
  readonly c: number;
  /** Degrees. */
  readonly h: number;
}

const turn = (degrees: number): number => (degrees * Math.PI) / 180;

/** Between two colours, by way of OKLab, so that no grey or foreign hue lies on the way. */
export const mix = (from: Oklch, to: Oklch, part: number): Oklch => {
  const between = (a: number, b: number): number => a + (b - a) * part;
  const a = between(from.c * Math.cos(turn(from.h)), to.c * Math.cos(turn(to.h)));
  const b = between(from.c * Math.sin(turn(from.h)), to.c * Math.sin(turn(to.h)));
  return { l: between(from.l, to.l), c: Math.hypot(a, b), h: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360 };
};

export const css = ({ l, c, h }: Oklch): string => `oklch(${l.toFixed(4)} ${c.toFixed(4)} ${h.toFixed(2)})`;

/** Linear sRGB, clipped to what a screen shows. Matrices: Björn Ottosson, OKLab, 2020. */
export const toLinear = ({ l, c, h }: Oklch): readonly [number, number, number] => {
  const a = c * Math.cos(turn(h));
  const b = c * Math.sin(turn(h));
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
};

/** Relative luminance, WCAG 2.2. */
export const luminance = (color: Oklch): number => {
  const [red, green, blue] = toLinear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** The wheel's degrees, which are those of the familiar colour circle, as OKLCH hues. */
const circle = [
  [0, 22],
  [30, 55],
  [60, 100],
  [120, 150],
  [180, 195],
  [240, 264],
  [300, 325],
  [360, 382],
] as const;

export const okHue = (degrees: number): number => {
  const at = circle.findIndex(([to]) => to >= degrees);
  const [toDegrees, toHue] = circle[Math.max(1, at)] ?? [360, 382];
  const [fromDegrees, fromHue] = circle[Math.max(1, at) - 1] ?? [0, 22];
  return (fromHue + ((degrees - fromDegrees) / (toDegrees - fromDegrees)) * (toHue - fromHue)) % 360;
};
