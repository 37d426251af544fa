/**
 * A line that has ended, for either side: what is so, what was kept, and what can be done with it. And the quiet view of
 * what was kept (KEEP2), for who stays: the last things marked; nothing there asks for anything or speaks for anyone.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Bond, Kept } from "../../line/home.ts";
import { lastThings } from "../../line/last-things.ts";
import type { BondView, TogetherView } from "../../line/view.ts";
import { Swatch } from "../../senses/feeling/feeling.web.tsx";
import { useApp } from "../app.ts";
import { readKept, type ReadableKept } from "../export.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Room } from "../parts/room.tsx";
import { Row } from "../parts/row.tsx";
import { Between } from "./between-us.tsx";
import { HistoryRoom } from "./history.tsx";
import { MoonText } from "./moon.tsx";

type EndedView = Extract<BondView, { readonly stage: "ended" }>;

interface EndedProps {
  readonly bond: Bond;
  readonly view: EndedView;
  readonly onAnew: () => void;
}

export const Ended = ({ bond, view, onAnew }: EndedProps): JSX.Element => {
  const { words, times, shown } = useApp();
  const w = words.ended;
  const other = view.other.name === "" ? words.someone : view.other.name;
  const isHistory = useSignal(false);
  const goesOn = shown.bonds.value.some((one) => shown.view(one).value.stage === "together");
  if (view.wiped) {
    return (
      <Room title={w.title} lead={w.wiped} lights="alone" name="ended">
        <p data-ended="wiped">{view.cannot === "unknown" ? w.wipedUnknown : w.wipedText}</p>
        <Untold bond={bond} view={view} />
        <AskOnce look="quiet" label={w.rest} sure={w.restSure(other)} yes={w.restYes} onYes={() => void shown.home.forget(bond.id)} />
        <Anew onAnew={onAnew} />
      </Room>
    );
  }
  if (view.keeping) return <Keeping bond={bond} view={view} />;
  return (
    <Room title={w.title} lead={`${view.by === "other" ? w.other(other) : view.cannot === "removed" ? w.meHere : w.me} ${w.kept}`} lights="alone" name="ended">
      {view.by === "me" && (
        <div class="ended" data-ended={view.told ? "told" : (view.cannot ?? "untold")} role="status">
          <p>
            <strong>{view.told ? w.told(other) : view.cannot ? w.cannot[view.cannot] : w.untold}</strong>
          </p>
          {!view.told && <p>{view.cannot ? w.cannotText[view.cannot] : w.untoldText(other)}</p>}
          {view.since !== null && <small>{w.since(times.at(view.since, shown.now.value))}</small>}
          <Untold bond={bond} view={view} />
        </div>
      )}
      {view.hour.other?.place && (
        <section>
          <h2>{words.moon.title}</h2>
          <MoonText hour={view.hour} other={view.other.name} now={shown.now.value} />
        </section>
      )}
      <section class="stack">
        <h3>{w.ways}</h3>
        <ul class="rows">
          <Row name="history" title={words.history.row} text={words.history.rowText} onOpen={() => (isHistory.value = true)} />
        </ul>
        {goesOn && <p class="aside">{w.taken(other)}</p>}
        <div class="past-ways">
          <button type="button" class="quiet small" data-keeping onClick={() => void bond.act({ do: "keeping", keeping: true })}>
            {w.quiet}
          </button>
          <Anew onAnew={onAnew} />
          <AskOnce look="quiet small" label={w.wipe} sure={w.wipeSure} yes={w.wipeYes} onYes={() => void shown.home.wipe(bond.id)} />
        </div>
      </section>
      <section>
        <h2>{words.between.title}</h2>
        <Between bond={bond} view={view} />
      </section>
      {isHistory.value && <HistoryRoom bond={bond} view={view} onClose={() => (isHistory.value = false)} />}
    </Room>
  );
};

const Anew = ({ onAnew }: { readonly onAnew: () => void }): JSX.Element => {
  const { words } = useApp();
  return (
    <button type="button" class="quiet small" data-anew onClick={onAnew}>
      {words.ended.anew}
    </button>
  );
};

const Untold = ({ bond, view }: { readonly bond: Bond; readonly view: EndedView }): JSX.Element | null => {
  const { words } = useApp();
  return view.told || view.cannot || view.connection.state === "online" ? null : (
    <button type="button" class="second small" onClick={() => void bond.act({ do: "try-now" })}>
      {words.mine.tryNow}
    </button>
  );
};

export const Keeping = ({ bond, view }: { readonly bond: Bond; readonly view: EndedView | TogetherView }): JSX.Element => {
  const { words } = useApp();
  const w = words.keeping;
  const last = useSignal<readonly Kept[]>([]);
  useEffect(() => {
    let isGone = false;
    void lastThings(bond).then(
      (found) => {
        if (!isGone) last.value = found;
      },
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [bond]);
  const [thought, feeling] = ["thought", "feeling"].map((wanted) => last.value.find(({ kind }) => kind === wanted));
  return (
    <Room title={w.title(view.other.name === "" ? words.someone : view.other.name)} lights="alone" name="keeping">
      {(thought ?? feeling) && (
        <div class="last">
          <Last label={w.words} read={thought && readKept(thought, words)} />
          <Last label={w.feeling} read={feeling && readKept(feeling, words)} />
        </div>
      )}
      <Between bond={bond} view={view}>
        <button type="button" class="quiet small" data-leave onClick={() => void bond.act({ do: "keeping", keeping: false })}>
          {w.leave}
        </button>
      </Between>
    </Room>
  );
};

const Last = ({ label, read }: { readonly label: string; readonly read: ReadableKept | undefined }): JSX.Element | null => {
  const { times } = useApp();
  return read ? (
    <figure data-last={read.kind}>
      <figcaption>
        {label}
        {read.at !== null && <small>{times.day(read.at)}</small>}
      </figcaption>
      <p class="words" dir="auto">
        {read.hue !== undefined && <Swatch hue={read.hue} />}
        {read.text}
      </p>
    </figure>
  ) : null;
};
