/**
 * This device becomes one more of a person's own (DEV1): with the link that a device of theirs shows. Nobody is let in but
 * from that other screen.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { err } from "../../base/result.ts";
import { readDeviceLink } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { DeviceNameField, guessDevice } from "../parts/device-name.tsx";
import { LinkForm } from "../parts/link-form.tsx";
import type { Words } from "../words/en.ts";

interface AddThisProps {
  /** Absent: it is scanned or pasted here. */
  readonly link?: string;
  readonly onBack: () => void;
  readonly backLabel: string;
}

export const AddThis = ({ link, onBack, backLabel }: AddThisProps): JSX.Element => {
  const { words, shown, origin } = useApp();
  const w = words.arrive;
  const device = useSignal(guessDevice(words));
  return (
    <LinkForm<keyof Words["arrive"]["wrong"]>
      wanted="device"
      link={link}
      above={(given) => ({ title: w.title, lead: given ? w.arrived : w.text, lights: "alone" })}
      texts={{ label: w.link, go: w.go, goHere: w.goHere, elsewhere: w.elsewhere, wrong: w.wrong, given: w.onlyYours }}
      read={(text) => {
        const found = readDeviceLink(text);
        return !found.ok && found.error === "not-an-invitation" && /join=[\w-]+/.test(text) ? err("invitation") : found;
      }}
      go={(text) => shown.home.arrive({ link: text, device: device.value, relay: origin })}
      onBack={onBack}
      backLabel={backLabel}
    >
      <DeviceNameField value={device.value} onInput={(name) => (device.value = name)} />
    </LinkForm>
  );
};
