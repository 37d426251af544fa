/** Paper that rises over the field. A real dialog: the rest is out of reach; Escape, and the back gesture of phone or browser, close it. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../app.ts";

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly name: string;
  readonly children: ComponentChildren;
}

export const Sheet = ({ title, onClose, name, children }: SheetProps): JSX.Element => {
  const { words, back } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onClose);
  close.current = onClose;

  // Within the turn in which another sheet goes: the two share their place in the history.
  useLayoutEffect(() => back.open(() => close.current()), []);

  useEffect(() => {
    const shown = dialog.current;
    const opener = document.activeElement;
    if (shown && !shown.open) shown.showModal();
    return () => {
      shown?.close();
      // The browser would give the focus back, but the dialog is gone from the page by now.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class="sheet"
      data-sheet={name}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // The paper itself fills the dialog: a press on the dialog is one beside the paper.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="paper">
        <button type="button" class="back" onClick={onClose}>
          <span aria-hidden="true">‹</span> {words.common.back}
        </button>
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
};
