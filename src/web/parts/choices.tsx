/** One of a few, side by side: radio buttons in the shape of one. */
import type { JSX } from "preact";

interface ChoicesProps<Value extends string> {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly (readonly [value: Value, text: string])[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

export const Choices = <Value extends string>({ name, label, choices, value, onChoose }: ChoicesProps<Value>): JSX.Element => (
  <div class="choice" role="radiogroup" aria-label={label}>
    {choices.map(([one, text]) => (
      <label key={one}>
        <input type="radio" name={name} data-choice={one} checked={value === one} onChange={() => onChoose(one)} />
        <span>{text}</span>
      </label>
    ))}
  </div>
);
