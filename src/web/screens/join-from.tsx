/**
 * Joining by a link, pasted or arrived with. Nothing happens until Join is pressed. The link's own relay must be the one
 * that serves this page; the same relay under another local address is fine, any other is named and left to the person.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { readInvitation } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { isSameRelay } from "../same-relay.ts";
import { NameField, Wrong } from "./first-run.tsx";

type Wrongs = Parameters<typeof Wrong>[0]["why"];

interface JoinFromProps {
  /** Absent: it is pasted here. */
  readonly link?: string;
  readonly name?: string;
  readonly onBack: () => void;
  readonly backLabel: string;
}

export const JoinFrom = ({ link, name: given = "", onBack, backLabel }: JoinFromProps): JSX.Element => {
  const { words, shown, origin, persist } = useApp();
  const name = useSignal(given);
  const pasted = useSignal(link ?? "");
  const wrong = useSignal<Wrongs>(null);
  const busy = useSignal(false);
  const elsewhere = useSignal<{ readonly relay: string; readonly address: string } | null>(null);

  const join = async (here: boolean): Promise<void> => {
    if (busy.value) return;
    wrong.value = null;
    const invitation = readInvitation(pasted.value);
    if (!invitation.ok) {
      wrong.value = invitation.error === "not-an-invitation" && /device=[\w-]+/.test(pasted.value) ? "device-link" : invitation.error;
      return;
    }
    const { relay } = invitation.value;
    const same = isSameRelay(relay, origin);
    if (same === undefined) {
      wrong.value = "not-an-invitation";
      return;
    }
    if (!here && !same) {
      const fragment = /join=[\w-]+/.exec(pasted.value)?.[0] ?? "";
      elsewhere.value = { relay, address: `${relay}/#${fragment}` };
      return;
    }
    busy.value = true;
    persist();
    const made = await shown.home.join({ name: name.value, link: pasted.value, relay: origin });
    busy.value = false;
    if (!made.ok) wrong.value = made.error;
    else onBack();
  };

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void join(false);
      }}
    >
      <NameField value={name.value} onInput={(next) => (name.value = next)} />
      {link === undefined && (
        <label class="field-label">
          <span>{words.first.paste}</span>
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
      <Wrong why={wrong.value} />
      {elsewhere.value && (
        <p class="note" role="alert" data-wrong="elsewhere">
          {words.arrived.elsewhere(elsewhere.value.relay)}
        </p>
      )}
      <div class="actions">
        {elsewhere.value ? (
          <>
            <a class="main" href={elsewhere.value.address} rel="noreferrer">
              {words.arrived.openThere}
            </a>
            <button type="button" class="second" disabled={busy.value} onClick={() => void join(true)}>
              {words.arrived.joinHere}
            </button>
          </>
        ) : (
          <button type="submit" class="main" disabled={busy.value}>
            {words.arrived.join}
          </button>
        )}
        <button type="button" class="quiet" onClick={onBack}>
          {backLabel}
        </button>
      </div>
    </form>
  );
};
