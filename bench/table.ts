/** What a row answers, and how it is printed. Every number of the bench passes through here. */

/** One line of the table. `values` holds one number per run, in `unit`. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  /** What issue or design asks for; absent for what is only shown for scale. */
  readonly target?: Target;
  /** The same work by what runs beside it, one number per run. */
  readonly beside?: { readonly name: string; readonly values: readonly number[] };
  /** Of the disk that the row wrote to: p50 of write + fsync of 256 B, in milliseconds. */
  readonly fsync?: number;
  /** Of all cores, what went to other processes while the row ran; 0 to 1. */
  readonly others?: number;
  /** What is worth knowing of this figure, in a few words. */
  readonly note?: string;
}

type Unit = "/s" | "ms" | "s" | "KB" | "MB" | "µs" | "races";

export interface Target {
  readonly at: "least" | "most";
  readonly value: number;
}

export const least = (value: number): Target => ({ at: "least", value });
export const most = (value: number): Target => ({ at: "most", value });

/** The smallest value that at least this share of them does not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const reached = ({ values, target }: Figure): boolean | undefined => {
  if (!target) return undefined;
  return target.at === "least" ? median(values) >= target.value : median(values) <= target.value;
};

/** As `--json` gives it. */
export const summary = (figure: Figure) => ({
  ...figure,
  median: median(figure.values),
  min: Math.min(...figure.values),
  max: Math.max(...figure.values),
  reached: reached(figure) ?? null,
});

const number = (value: number, unit: Unit): string => {
  if (!Number.isFinite(value)) return "-";
  if (unit === "/s") return `${Math.round(value).toLocaleString("en")}/s`;
  if (unit === "races") return `${value.toLocaleString("en")} races`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
};

const bare = (value: number, unit: Unit): string => number(value, unit).replace(/ ?(\/s|[a-zµ]+)$/i, "");

const cells = (figure: Figure): readonly string[] => {
  const { name, unit, values, target, beside, fsync, others, note } = figure;
  const besideMedian = beside && median(beside.values);
  return [
    name,
    number(median(values), unit),
    `${bare(Math.min(...values), unit)} - ${bare(Math.max(...values), unit)}`,
    target ? `${target.at === "least" ? ">=" : "<="} ${number(target.value, unit)}` : "",
    { true: "yes", false: "NO", undefined: "" }[String(reached(figure))] ?? "",
    beside && besideMedian !== undefined ? `${beside.name} ${number(besideMedian, unit)}` : "",
    besideMedian === undefined ? "" : `${(median(values) / besideMedian).toFixed(2)}x`,
    fsync === undefined ? "" : `${fsync.toFixed(2)} ms`,
    others === undefined ? "" : `${Math.round(others * 100)}%`,
    note ?? "",
  ];
};

const heads = ["row", "median", "min - max", "target", "met", "beside it", "ratio", "fsync p50", "others", "note"];
/** Names and notes read from the left, numbers from the right. */
const leftAligned = new Set([0, 5, 9]);

export const renderTable = (figures: readonly Figure[]): string => {
  const rows = [heads, ...figures.map(cells)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (leftAligned.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return `${[line(heads), rule, ...rows.slice(1).map(line)].join("\n")}\n`;
};
