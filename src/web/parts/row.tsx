/** A way to a further room, and in a line what is there. */
import type { JSX } from "preact";

interface RowProps {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** Something there is still to be done. */
  readonly open?: boolean;
  readonly onOpen: () => void;
}

export const Row = ({ name, title, text, open = false, onOpen }: RowProps): JSX.Element => (
  <li>
    <button type="button" class="row" data-row={name} aria-haspopup="dialog" onClick={onOpen}>
      <strong>{title}</strong>
      <small class={open ? "open" : ""}>{text}</small>
    </button>
  </li>
);
