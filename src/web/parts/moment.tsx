/** A day and a time, as this device's browser asks for one. */
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import { fieldOf } from "../words/days.ts";

const hour: Millis = 3_600_000;
/** Where one begins: some hours on, at the full hour. */
export const soon = (now: Millis): string => fieldOf(Math.ceil(now / hour) * hour + 3 * hour);

interface MomentProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly now: Millis;
  readonly onInput: (value: string) => void;
}

export const Moment = ({ name, label, value, now, onInput }: MomentProps): JSX.Element => (
  <label class="field-label">
    <span>{label}</span>
    <input type="datetime-local" name={name} required min={fieldOf(now)} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
  </label>
);
