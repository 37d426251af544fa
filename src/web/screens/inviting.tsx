/** The invitation stands open: QR, link, and whoever knocks, each to be let in by one explicit press. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { LinkActions } from "../parts/link-actions.tsx";
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
      <LinkActions link={view.link} label={w.link} shareText={w.shareText} />
      <AskOnce label={w.takeBack} sure={w.takeBackSure} yes={w.takeBackYes} onYes={() => void shown.home.forget(bond.id)} />
    </Room>
  );
};
