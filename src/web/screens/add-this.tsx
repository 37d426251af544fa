/**
 * This device becomes one more of a person's own (DEV1): with the link that a device of theirs shows: scanned, pasted or
 * arrived with. Nothing happens until the button is pressed, and nobody is let in but from that other screen.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { readDeviceLink } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { DeviceNameField, guessDevice } from "../parts/device-name.tsx";
import { GivenLink } from "../parts/given-link.tsx";
import { Room } from "../parts/room.tsx";
import { isSameRelay } from "../same-relay.ts";
import type { Words } from "../words/en.ts";

interface AddThisProps {
  /** Absent: it is scanned or pasted here. */
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

  /** It came by the camera, and nothing is wrong with it yet: then there is nothing to paste. */
  const scanned = useSignal(false);
  const form = useRef<HTMLFormElement>(null);

  // What was pressed last is gone; the focus goes to what is to be done next.
  useEffect(() => {
    if (scanned.value) form.current?.querySelector<HTMLElement>("[type=submit]")?.focus();
  }, [scanned.value]);

  /** What is wrong with a link is said beside the link, where another one can be given. */
  const say = (why: keyof Words["arrive"]["wrong"]): void => {
    wrong.value = why;
    if (why !== "bad-name") scanned.value = false;
  };

  const go = async (here: boolean): Promise<void> => {
    if (busy.value) return;
    wrong.value = null;
    const read = readDeviceLink(pasted.value);
    if (!read.ok) {
      return say(read.error === "not-an-invitation" && /join=[\w-]+/.test(pasted.value) ? "invitation" : read.error);
    }
    const { relay } = read.value;
    const same = isSameRelay(relay, origin);
    if (same === undefined) return say("not-an-invitation");
    if (!here && !same) {
      const fragment = /device=[\w-]+/.exec(pasted.value)?.[0] ?? "";
      elsewhere.value = { relay, address: `${relay}/#${fragment}` };
      return;
    }
    busy.value = true;
    persist();
    const made = await shown.home.arrive({ link: pasted.value, device: device.value, relay: origin });
    busy.value = false;
    if (!made.ok) say(made.error);
    else onBack();
  };

  const hasLink = pasted.value.trim() !== "";
  const given = link !== undefined || scanned.value;
  return (
    <Room title={w.title} lead={<span aria-live="polite">{given ? w.arrived : w.text}</span>} lights="alone">
      <form
        ref={form}
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void go(false);
        }}
      >
        {link === undefined && !scanned.value && (
          <GivenLink
            wanted="device"
            label={w.link}
            value={pasted.value}
            onInput={(text) => {
              pasted.value = text;
              elsewhere.value = null;
            }}
            onScanned={(text) => {
              pasted.value = text;
              wrong.value = null;
              elsewhere.value = null;
              scanned.value = true;
            }}
          />
        )}
        {hasLink && <DeviceNameField value={device.value} onInput={(name) => (device.value = name)} />}
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
        {given && <p class="aside">{w.onlyYours}</p>}
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
            hasLink && (
              <button type="submit" class="main" disabled={busy.value}>
                {w.go}
              </button>
            )
          )}
          <button type="button" class="quiet" onClick={onBack}>
            {backLabel}
          </button>
        </div>
      </form>
    </Room>
  );
};
