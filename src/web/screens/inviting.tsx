/** The invitation stands open: QR, link, and whoever knocks, each to be let in by one explicit press. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { Name } from "../parts/name.tsx";
import { Qr } from "../parts/qr.tsx";
import { ConnectionNote, Room } from "../parts/room.tsx";

type View = Extract<BondView, { readonly stage: "inviting" }>;

export const Inviting = ({ bond, view }: { readonly bond: Bond; readonly view: View }): JSX.Element => {
  const { words, times, shown } = useApp();
  const w = words.inviting;
  return (
    <Room title={w.title} lead={w.text(times.at(view.expires, shown.now.value))} lights={view.knocks.length > 0 ? "apart" : "alone"}>
      <ConnectionNote connection={view.connection} />
      <section class="knocks" aria-live="polite" aria-label={w.knocks}>
        {view.knocks.length === 0 ? (
          <p class="waiting">
            <strong>{w.waiting}</strong>
            <small>{w.waitingHint}</small>
          </p>
        ) : (
          <>
            {view.knocks.length > 1 && <p class="lead">{w.several}</p>}
            <ul>
              {view.knocks.map((knock) => (
                <li key={knock.id} data-knock={knock.id}>
                  <span class="who">
                    <strong>
                      <Name of={knock.name} />
                    </strong>
                    <small>{view.accepting === knock.id ? w.accepting(knock.name) : w.knockedAt(times.at(knock.at, shown.now.value))}</small>
                  </span>
                  <button
                    type="button"
                    class="main small"
                    aria-label={w.acceptName(knock.name)}
                    disabled={view.accepting !== null}
                    onClick={() => void bond.act({ do: "accept", knock: knock.id })}
                  >
                    {w.accept}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <Qr text={view.link} label={w.qr} />
      <LinkActions link={view.link} />
      <TakeBack bond={bond} />
    </Room>
  );
};

const LinkActions = ({ link }: { readonly link: string }): JSX.Element => {
  const { words } = useApp();
  const copied = useSignal(false);
  const field = useRef<HTMLInputElement>(null);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
    } catch {
      // No clipboard on this origin: the link is selected for the person's own copy.
      field.current?.focus();
      field.current?.select();
    }
  };
  const share = (): void => {
    // A share sheet that is closed again is no failure.
    navigator.share({ text: words.inviting.shareText, url: link }).catch(() => {});
  };

  return (
    <div class="stack">
      <label class="field-label">
        <span>{words.inviting.link}</span>
        <input ref={field} type="text" name="link" dir="ltr" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class="actions">
        {"share" in navigator && (
          <button type="button" class="main" onClick={share}>
            {words.inviting.share}
          </button>
        )}
        <button type="button" class={"share" in navigator ? "second" : "main"} onClick={() => void copy()}>
          <span aria-live="polite">{copied.value ? words.common.copied : words.common.copy}</span>
        </button>
      </div>
    </div>
  );
};

/** Ends an invitation, or a knock that is no longer wanted, after asking once. */
const TakeBack = ({ bond }: { readonly bond: Bond }): JSX.Element => {
  const { words, shown } = useApp();
  const sure = useSignal(false);
  if (!sure.value) {
    return (
      <button type="button" class="quiet" onClick={() => (sure.value = true)}>
        {words.inviting.takeBack}
      </button>
    );
  }
  return (
    <div class="stack" role="group">
      <p>{words.inviting.takeBackSure}</p>
      <div class="actions">
        <button type="button" class="second" onClick={() => void shown.home.forget(bond.id)}>
          {words.inviting.takeBackYes}
        </button>
        <button type="button" class="quiet" onClick={() => (sure.value = false)}>
          {words.common.cancel}
        </button>
      </div>
    </div>
  );
};
