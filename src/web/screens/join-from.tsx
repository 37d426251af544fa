/**
 * Joining by a link: scanned, pasted or arrived with. The link comes first, then the name; nothing happens until Join is
 * pressed. The link's own relay must be the one that serves this page; the same relay under another local address is fine,
 * any other is named and left to the person.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { readInvitation } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { GivenLink } from "../parts/given-link.tsx";
import { Room } from "../parts/room.tsx";
import { isSameRelay } from "../same-relay.ts";
import { NameField, Wrong } from "./first-run.tsx";

type Wrongs = Parameters<typeof Wrong>[0]["why"];

interface JoinFromProps {
  /** Absent: it is scanned or pasted here. */
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

  /** It came by the camera, and nothing is wrong with it yet: then there is nothing to paste. */
  const scanned = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const hasLink = pasted.value.trim() !== "";

  // What was pressed last is gone; the focus goes to what is to be done next.
  useEffect(() => {
    if (scanned.value) form.current?.querySelector<HTMLElement>(name.value === "" ? "input" : "[type=submit]")?.focus();
  }, [scanned.value]);

  /** What is wrong with a link is said beside the link, where another one can be given. */
  const say = (why: Wrongs): void => {
    wrong.value = why;
    if (why !== "bad-name") scanned.value = false;
  };

  const join = async (here: boolean): Promise<void> => {
    if (busy.value) return;
    wrong.value = null;
    const invitation = readInvitation(pasted.value);
    if (!invitation.ok) {
      return say(invitation.error === "not-an-invitation" && /device=[\w-]+/.test(pasted.value) ? "device-link" : invitation.error);
    }
    const { relay } = invitation.value;
    const same = isSameRelay(relay, origin);
    if (same === undefined) return say("not-an-invitation");
    if (!here && !same) {
      const fragment = /join=[\w-]+/.exec(pasted.value)?.[0] ?? "";
      elsewhere.value = { relay, address: `${relay}/#${fragment}` };
      return;
    }
    busy.value = true;
    persist();
    const made = await shown.home.join({ name: name.value, link: pasted.value, relay: origin });
    busy.value = false;
    if (!made.ok) say(made.error);
    else onBack();
  };

  const invited = link !== undefined || scanned.value;
  return (
    <Room
      title={invited ? words.arrived.title : words.first.invited}
      lead={<span aria-live="polite">{invited ? words.arrived.text : words.first.invitedText}</span>}
      lights={invited ? "apart" : "alone"}
    >
      <form
        ref={form}
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void join(false);
        }}
      >
        {link === undefined && !scanned.value && (
          <GivenLink
            wanted="join"
            label={words.first.paste}
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
        {hasLink && <NameField value={name.value} onInput={(next) => (name.value = next)} />}
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
            hasLink && (
              <button type="submit" class="main" disabled={busy.value}>
                {words.arrived.join}
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
