/** What a device is called among one's own; a first guess saves the typing. */
import type { JSX } from "preact";
import { nameCap } from "../../senses/name/name.ts";
import { useApp } from "../app.ts";
import type { Words } from "../words/en.ts";

export const DeviceNameField = ({ value, onInput }: { readonly value: string; readonly onInput: (name: string) => void }): JSX.Element => {
  const { words } = useApp();
  return (
    <label class="field-label">
      <span>{words.arrive.name}</span>
      <input
        type="text"
        name="device"
        dir="auto"
        maxLength={nameCap}
        autocomplete="off"
        required
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        aria-describedby="device-hint"
      />
      <small id="device-hint">{words.arrive.nameHint}</small>
    </label>
  );
};

/** By the pointer and the room there is: nothing is read of the device but that. */
export const guessDevice = ({ arrive }: Words, { matchMedia }: Pick<Window, "matchMedia"> = window): string => {
  if (!matchMedia("(pointer: coarse)").matches) return arrive.guess.computer;
  return matchMedia("(min-width: 40rem) and (min-height: 40rem)").matches ? arrive.guess.tablet : arrive.guess.phone;
};
