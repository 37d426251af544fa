/**
 * A screen for a link that someone was given: scanned, pasted or arrived with. The link comes first, then what else is
 * asked; nothing happens until the button is pressed. The link's own relay must be the one that serves this page; the same
 * relay under another local address is fine, any other is named and left to the person.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Result } from "../../base/result.ts";
import { useApp } from "../app.ts";
import { isSameRelay } from "../same-relay.ts";
import { GivenLink } from "./given-link.tsx";
import { Room } from "./room.tsx";

interface LinkFormProps<Wrong extends string> {
  readonly wanted: "join" | "device";
  /** Absent: it is scanned or pasted here. */
  readonly link: string | undefined;
  /** What stands above it: before there is a link, and once there is one. */
  readonly above: (given: boolean) => { readonly title: string; readonly lead: string; readonly lights: "apart" | "alone" };
  readonly texts: {
    readonly label: string;
    readonly go: string;
    readonly goHere: string;
    readonly elsewhere: (relay: string) => string;
    readonly wrong: Readonly<Record<Wrong | "not-an-invitation" | "bad-name", string>>;
    /** Said of a link that is there. */
    readonly given?: string;
  };
  readonly read: (text: string) => Result<{ readonly relay: string }, Wrong>;
  readonly go: (link: string) => Promise<Result<unknown, Wrong>>;
  readonly onBack: () => void;
  readonly backLabel: string;
  /** What is asked besides, once there is a link. */
  readonly children: ComponentChildren;
}

export const LinkForm = <Wrong extends string>({ wanted, link, above, texts, read, go, onBack, backLabel, children }: LinkFormProps<Wrong>): JSX.Element => {
  const { words, origin, persist } = useApp();
  const pasted = useSignal(link ?? "");
  const wrong = useSignal<Wrong | "not-an-invitation" | null>(null);
  const busy = useSignal(false);
  const elsewhere = useSignal<{ readonly relay: string; readonly address: string } | null>(null);
  /** It came by the camera, and nothing is wrong with it yet: then there is nothing to paste. */
  const scanned = useSignal(false);
  const form = useRef<HTMLFormElement>(null);

  // What was pressed last is gone; the focus goes to what is to be done next.
  useEffect(() => {
    if (!scanned.value) return;
    const [empty] = [...(form.current?.querySelectorAll("input") ?? [])].filter(({ value }) => value === "");
    (empty ?? form.current?.querySelector<HTMLElement>("[type=submit]"))?.focus();
  }, [scanned.value]);

  /** What is wrong with a link is said beside the link, where another one can be given. */
  const say = (why: Wrong | "not-an-invitation"): void => {
    wrong.value = why;
    if (why !== "bad-name") scanned.value = false;
  };

  const submit = async (here: boolean): Promise<void> => {
    if (busy.value) return;
    wrong.value = null;
    const found = read(pasted.value);
    if (!found.ok) return say(found.error);
    const { relay } = found.value;
    const same = isSameRelay(relay, origin);
    if (same === undefined) return say("not-an-invitation");
    if (!here && !same) {
      const fragment = new RegExp(`${wanted}=[\\w-]+`).exec(pasted.value)?.[0] ?? "";
      elsewhere.value = { relay, address: `${relay}/#${fragment}` };
      return;
    }
    busy.value = true;
    persist();
    const done = await go(pasted.value);
    busy.value = false;
    if (done.ok) onBack();
    else say(done.error);
  };

  const hasLink = pasted.value.trim() !== "";
  const given = link !== undefined || scanned.value;
  const { title, lead, lights } = above(given);
  return (
    <Room title={title} lead={<span aria-live="polite">{lead}</span>} lights={lights}>
      <form
        ref={form}
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(false);
        }}
      >
        {!given && (
          <GivenLink
            wanted={wanted}
            label={texts.label}
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
        {hasLink && children}
        {wrong.value && (
          <p class="note" role="alert" data-wrong={wrong.value}>
            {texts.wrong[wrong.value]}
          </p>
        )}
        {elsewhere.value && (
          <p class="note" role="alert" data-wrong="elsewhere">
            {texts.elsewhere(elsewhere.value.relay)}
          </p>
        )}
        {given && texts.given !== undefined && <p class="aside">{texts.given}</p>}
        <div class="actions">
          {elsewhere.value ? (
            <>
              <a class="main" href={elsewhere.value.address} rel="noreferrer">
                {words.arrived.openThere}
              </a>
              <button type="button" class="second" disabled={busy.value} onClick={() => void submit(true)}>
                {texts.goHere}
              </button>
            </>
          ) : (
            hasLink && (
              <button type="submit" class="main" disabled={busy.value}>
                {texts.go}
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
