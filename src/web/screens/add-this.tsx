/**
 * This device becomes one more of a person's own (DEV1): with the link that a device of theirs shows, pasted or arrived
 * with. Nothing happens until the button is pressed, and nobody is let in but from that other screen.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { readDeviceLink } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { DeviceNameField, guessDevice } from "../parts/device-name.tsx";
import { isSameRelay } from "../same-relay.ts";
import type { Words } from "../words/en.ts";

interface AddThisProps {
  /** Absent: it is pasted here. */
  readonly link?: string;
  readonly onBack: () => void;
  readonly backLabel: string;
}

export const AddThis = ({ link, onBack, backLabel }: AddThisProps): JSX.Element => {
  const { words, shown, origin, persist } = useApp();
  const w = words.arrive;
  const device = useSignal(guessDevice(words));
  const pasted = useSignal(link ?? "");
  const wrong = useSignal<keyof Words["arrive"]["wrong"] | null>(null);
  const busy = useSignal(false);
  const elsewhere = useSignal<{ readonly relay: string; readonly address: string } | null>(null);

  const go = async (here: boolean): Promise<void> => {
    if (busy.value) return;
    wrong.value = null;
    const read = readDeviceLink(pasted.value);
    if (!read.ok) {
      wrong.value = read.error === "not-an-invitation" && /join=[\w-]+/.test(pasted.value) ? "invitation" : read.error;
      return;
    }
    const { relay } = read.value;
    const same = isSameRelay(relay, origin);
    if (same === undefined) {
      wrong.value = "not-an-invitation";
      return;
    }
    if (!here && !same) {
      const fragment = /device=[\w-]+/.exec(pasted.value)?.[0] ?? "";
      elsewhere.value = { relay, address: `${relay}/#${fragment}` };
      return;
    }
    busy.value = true;
    persist();
    const made = await shown.home.arrive({ link: pasted.value, device: device.value, relay: origin });
    busy.value = false;
    if (!made.ok) wrong.value = made.error;
    else onBack();
  };

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void go(false);
      }}
    >
      {link === undefined && (
        <label class="field-label">
          <span>{w.link}</span>
          <textarea
            name="link"
            dir="ltr"
            rows={3}
            required
            autocomplete="off"
            spellcheck={false}
            value={pasted.value}
            aria-describedby="paste-hint"
            onInput={(event) => {
              pasted.value = event.currentTarget.value;
              elsewhere.value = null;
            }}
          />
          <small id="paste-hint">{words.first.pasteHint}</small>
        </label>
      )}
      <DeviceNameField value={device.value} onInput={(name) => (device.value = name)} />
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {w.wrong[wrong.value]}
        </p>
      )}
      {elsewhere.value && (
        <p class="note" role="alert" data-wrong="elsewhere">
          {w.elsewhere(elsewhere.value.relay)}
        </p>
      )}
      {link !== undefined && <p class="aside">{w.onlyYours}</p>}
      <div class="actions">
        {elsewhere.value ? (
          <>
            <a class="main" href={elsewhere.value.address} rel="noreferrer">
              {words.arrived.openThere}
            </a>
            <button type="button" class="second" disabled={busy.value} onClick={() => void go(true)}>
              {w.goHere}
            </button>
          </>
        ) : (
          <button type="submit" class="main" disabled={busy.value}>
            {w.go}
          </button>
        )}
        <button type="button" class="quiet" onClick={onBack}>
          {backLabel}
        </button>
      </div>
    </form>
  );
};
