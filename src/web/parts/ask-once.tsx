/** Something that cannot be taken back: it is asked once, and says before what will happen. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../app.ts";

interface AskOnceProps {
  readonly label: string;
  readonly sure: string;
  readonly yes: string;
  /** How the first button looks. */
  readonly look?: "quiet" | "quiet small" | "second";
  readonly onYes: () => void;
}

export const AskOnce = ({ label, sure, yes, look = "quiet", onYes }: AskOnceProps): JSX.Element => {
  const { words } = useApp();
  const asking = useSignal(false);
  if (!asking.value) {
    return (
      <button type="button" class={look} onClick={() => (asking.value = true)}>
        {label}
      </button>
    );
  }
  return (
    <Sure text={sure}>
      <button type="button" class="second" onClick={onYes}>
        {yes}
      </button>
      <button type="button" class="quiet" onClick={() => (asking.value = false)}>
        {words.common.cancel}
      </button>
    </Sure>
  );
};

/** The question itself: it takes the focus that the pressed button had, so that a screen reader reads it. */
export const Sure = ({ text, children }: { readonly text: string; readonly children: JSX.Element | readonly JSX.Element[] }): JSX.Element => {
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => group.current?.focus(), []);
  return (
    <div ref={group} class="stack sure" role="group" tabIndex={-1} aria-label={text}>
      <p>{text}</p>
      <div class="actions">{children}</div>
    </div>
  );
};
