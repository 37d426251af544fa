/** A link to hand on: to read, to copy, to share where the device can. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useApp } from "../app.ts";

interface LinkActionsProps {
  readonly link: string;
  readonly label: string;
  /** Said with the link on the share sheet; absent: it is not for sharing. */
  readonly shareText?: string;
}

export const LinkActions = ({ link, label, shareText }: LinkActionsProps): JSX.Element => {
  const { words } = useApp();
  const copied = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const shares = shareText !== undefined && "share" in navigator;

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
    } catch {
      // No clipboard on this origin: the link is selected for the person's own copy.
      field.current?.focus();
      field.current?.select();
    }
  };
  const share = (): void => {
    // A share sheet that is closed again is no failure.
    if (shareText !== undefined) navigator.share({ text: shareText, url: link }).catch(() => {});
  };

  return (
    <div class="stack">
      <label class="field-label">
        <span>{label}</span>
        <input ref={field} type="text" name="link" dir="ltr" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="actions">
        {shares && (
          <button type="button" class="main" onClick={share}>
            {words.inviting.share}
          </button>
        )}
        <button type="button" class={shares || shareText === undefined ? "second" : "main"} onClick={() => void copy()}>
          <span aria-live="polite">{copied.value ? words.common.copied : words.common.copy}</span>
        </button>
      </div>
    </div>
  );
};
