/**
 * Earlier lines (END3): one that ended stays ended. After a new pairing each may say that it was the line of these two, and once both did,
 * what was kept there is read here. It is said to the other for good, so it is asked once, with what it tells.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Bond, EarlierBond } from "../../line/home.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { useReadAlong } from "../read-along.ts";
import { KeptList } from "./kept-list.tsx";

interface EarlierProps {
  readonly bond: Bond;
  readonly other: string;
  readonly onClose: () => void;
}

export const EarlierRoom = ({ bond, other, onClose }: EarlierProps): JSX.Element => {
  const { words, shown } = useApp();
  const w = words.earlier;
  const lines = useReadAlong<readonly EarlierBond[]>(bond, [], () => shown.home.earlier(bond.id));
  const open = useSignal<string | null>(null);
  const name = other === "" ? words.someone : other;
  const ended = (id: string): Bond | undefined => shown.bonds.value.find((one) => one.id === id);
  const reading = ended(open.value ?? "");
  return (
    <Sheet name="earlier" title={w.title} onClose={onClose}>
      <p class="lead">{w.text(name)}</p>
      <ul class="earlier">
        {lines.value.toReversed().map((line) => {
          const before = ended(line.bond);
          return before && <Line key={line.bond} bond={bond} before={before} line={line} name={name} onRead={() => (open.value = line.bond)} />;
        })}
      </ul>
      {reading && <ReadEarlier before={reading} onClose={() => (open.value = null)} />}
    </Sheet>
  );
};

interface LineProps {
  readonly bond: Bond;
  readonly before: Bond;
  readonly line: EarlierBond;
  /** Of the other here. */
  readonly name: string;
  readonly onRead: () => void;
}

const Line = ({ bond, before, line: { bond: id, mine, theirs }, name, onRead }: LineProps): JSX.Element => {
  const { words, shown, times } = useApp();
  const w = words.earlier;
  const failed = useSignal(false);
  const told = useRef<HTMLParagraphElement>(null);
  const view = shown.view(before).value;
  const with_ = ("other" in view && view.other.name) || words.someone;
  const since = view.stage === "ended" ? view.since : null;
  const say = async (): Promise<void> => {
    const done = await shown.home.recall(bond.id, id);
    failed.value = !done.ok;
    // The button that asked is gone.
    told.current?.focus();
  };
  const state = mine && theirs ? "both" : mine ? "mine" : theirs ? "theirs" : "none";
  return (
    <li data-earlier={state}>
      <h3 dir="auto">{w.line(with_)}</h3>
      {since !== null && <small>{w.since(times.day(since))}</small>}
      <p ref={told} role="status" tabIndex={-1}>
        {w.state[state](name)}
      </p>
      {failed.value && (
        <p class="note" role="alert">
          {words.refused("not-together")}
        </p>
      )}
      {state === "both" ? (
        <button type="button" class="second" aria-haspopup="dialog" onClick={onRead}>
          {w.read}
        </button>
      ) : (
        !mine && <AskOnce look="second" label={w.say(name)} sure={w.sure(name)} yes={w.yes} onYes={() => void say()} />
      )}
    </li>
  );
};

const ReadEarlier = ({ before, onClose }: { readonly before: Bond; readonly onClose: () => void }): JSX.Element => {
  const { words, shown } = useApp();
  const view = shown.view(before).value;
  const other = "other" in view ? view.other.name : "";
  return (
    <Sheet name="earlier-kept" title={words.earlier.line(other === "" ? words.someone : other)} onClose={onClose}>
      <p class="lead">{words.earlier.readText}</p>
      <KeptList me={view.me.name} other={other} source={before} />
    </Sheet>
  );
};
