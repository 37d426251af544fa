/**
 * The invitation stands open: its QR code and link, until someone knocks. Then the knock is what this room is about, and
 * each one is let in by one explicit press; the code steps back, and is still there for the one who was meant.
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { LinkActions } from "../parts/link-actions.tsx";
import { Name } from "../parts/name.tsx";
import { LargerQr, Qr } from "../parts/qr.tsx";
import { ConnectionNote, Room } from "../parts/room.tsx";
import { vibrate } from "../vibrate.ts";
import { AbilitiesRow } from "./abilities.tsx";

type View = Extract<BondView, { readonly stage: "inviting" }>;

export const Inviting = ({ bond, view }: { readonly bond: Bond; readonly view: View }): JSX.Element => {
  const { words, times, shown } = useApp();
  const w = words.inviting;
  const { knocks } = view;
  const [only] = knocks.length === 1 ? knocks : [];
  const knocked = knocks.length > 0;

  // It is felt in the hand as well: two knocks.
  useEffect(() => {
    if (knocked) vibrate([35, 90, 35]);
  }, [knocks.length]);

  const lead = only ? w.knockedText : knocked ? w.several : w.text(times.at(view.expires, shown.now.value));
  return (
    <Room
      name="inviting"
      title={only ? w.knock : knocked ? w.knocks : w.title}
      lead={<span aria-live="polite">{lead}</span>}
      lights={knocked ? "apart" : "alone"}
    >
      <ConnectionNote connection={view.connection} />
      {!knocked && <Qr text={view.link} label={w.qr} />}
      <section class="knocks" aria-live="polite" aria-label={w.knocks}>
        {knocked ? (
          <ul>
            {knocks.map((knock) => (
              <li key={knock.id} data-knock={knock.id}>
                <span class="who">
                  <strong>
                    <Name of={knock.name} first />
                  </strong>
                  <small>{view.accepting === knock.id ? w.accepting(knock.name) : w.knockedAt(times.at(knock.at, shown.now.value))}</small>
                </span>
                <button
                  type="button"
                  class={only ? "main" : "main small"}
                  aria-label={w.acceptName(knock.name)}
                  disabled={view.accepting !== null}
                  onClick={() => void bond.act({ do: "accept", knock: knock.id })}
                >
                  {w.accept}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p class="waiting">
            <strong>{w.waiting}</strong>
            <small>{w.waitingHint}</small>
          </p>
        )}
      </section>
      {knocked ? (
        <details>
          <summary>{w.stillOpen}</summary>
          <HandOn link={view.link} main={false} />
        </details>
      ) : (
        <HandOn link={view.link} main />
      )}
      <AbilitiesRow />
      <AskOnce label={w.takeBack} sure={w.takeBackSure} yes={w.takeBackYes} onYes={() => void shown.home.forget(bond.id)} />
    </Room>
  );
};

const HandOn = ({ link, main }: { readonly link: string; readonly main: boolean }): JSX.Element => {
  const { words } = useApp();
  const w = words.inviting;
  return (
    <LinkActions link={link} label={w.link} shareText={w.shareText} main={main}>
      <LargerQr text={link} label={w.qr} />
    </LinkActions>
  );
};
