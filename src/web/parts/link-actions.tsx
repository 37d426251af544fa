/** A link to hand on: to share where the device can, to copy, to read. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { useApp } from "../app.ts";

interface LinkActionsProps {
  readonly link: string;
  readonly label: string;
  /** Said with the link on the share sheet; absent: it is not for sharing. */
  readonly shareText?: string;
  /** Whether this is what the room is about; by itself, when it is for sharing. */
  readonly main?: boolean;
  /** Other ways to hand it on. */
  readonly children?: ComponentChildren;
}

export const LinkActions = ({ link, label, shareText, main = shareText !== undefined, children }: LinkActionsProps): JSX.Element => {
  const { words } = useApp();
  const done = useSignal<"nothing" | "copied" | "selected">("nothing");
  const field = useRef<HTMLInputElement>(null);
  const shares = shareText !== undefined && "share" in navigator;
  const first = main ? "main" : "second";

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      done.value = "copied";
    } catch {
      // No clipboard on this origin, or it was refused: the link is selected for the person's own copy.
      field.current?.focus();
      field.current?.select();
      done.value = "selected";
    }
  };
  const share = async (): Promise<void> => {
    try {
      await navigator.share({ text: shareText ?? "", url: link });
    } catch (error) {
      // A share sheet that is closed again is no failure; one that does not open leaves the copy.
      if (!(error instanceof Error && error.name === "AbortError")) await copy();
    }
  };

  return (
    <div class="stack">
      <div class="actions">
        {shares && (
          <button type="button" class={first} onClick={() => void share()}>
            {words.inviting.share}
          </button>
        )}
        <button type="button" class={shares ? "second" : first} onClick={() => void copy()}>
          <span aria-live="polite">{done.value === "copied" ? words.common.copied : words.common.copy}</span>
        </button>
        {children}
      </div>
      <label class="field-label quiet-field">
        <span>{label}</span>
        <input ref={field} type="text" name="link" dir="ltr" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <p role="status" class="aside link-said">
        {done.value === "selected" ? words.scan.selected : ""}
      </p>
    </div>
  );
};
