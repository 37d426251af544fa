/** How far something is that takes a while: a thin line, and nothing that moves when it does not. */
import type { JSX } from "preact";

interface ProgressLineProps {
  readonly label: string;
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
}

/** Its share in hundredths; null while it is not known. */
export const shareOf = ({ done, total }: { readonly done: number; readonly total: number }): number | null =>
  total > 0 ? Math.min(1, Math.floor((done / total) * 100) / 100) : null;

export const ProgressLine = ({ label, done, total }: ProgressLineProps): JSX.Element => {
  const share = shareOf({ done, total });
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
      data-share={share ?? ""}
      style={{ "--share": share ?? 0.5 }}
    />
  );
};
