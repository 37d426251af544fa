/**
 * Where a link that was given comes in: scanned with the camera, or pasted. Both end in the same text, and whoever asks
 * for it checks it the same way. Scanning is the one main button until there is a text.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { canAskForCamera } from "../adapters/camera.ts";
import { useApp } from "../app.ts";
import { later } from "../later.tsx";
import type { LinkKind } from "../scanned.ts";

const Scanner = later((rooms) => rooms.Scanner);

interface GivenLinkProps {
  readonly wanted: LinkKind;
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly onScanned: (link: string) => void;
}

export const GivenLink = ({ wanted, label, value, onInput, onScanned }: GivenLinkProps): JSX.Element => {
  const { words } = useApp();
  const scanning = useSignal(false);
  const open = useRef<HTMLButtonElement>(null);
  const stopped = useRef(false);
  const stop = (): void => {
    stopped.current = true;
    scanning.value = false;
  };
  // The button that stopped it is gone; the focus goes back to the one that began it.
  useEffect(() => {
    if (!scanning.value && stopped.current) open.current?.focus();
  }, [scanning.value]);
  return (
    <>
      {scanning.value && <Scanner wanted={wanted} onFound={onScanned} onStop={stop} />}
      {!scanning.value && canAskForCamera() && (
        <button ref={open} type="button" class={value === "" ? "main" : "second"} onClick={() => (scanning.value = true)}>
          {words.scan.open}
        </button>
      )}
      <label class="field-label">
        <span>{label}</span>
        <textarea
          name="link"
          dir="ltr"
          rows={2}
          required
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={value}
          aria-describedby="paste-hint"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <small id="paste-hint">{words.first.pasteHint}</small>
      </label>
    </>
  );
};
