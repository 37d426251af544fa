/**
 * The end of a line (END1, END2): what happens is said before it happens, once, and without a plea. Now, or at a time that
 * is shown and called off here and nowhere else; taking it off this device is a choice of its own.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { cleanLine } from "../../senses/text.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Moment, soon } from "../parts/moment.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { momentOf } from "../words/days.ts";

interface EndRoomProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const EndRoom = ({ bond, view, onClose }: EndRoomProps): JSX.Element => {
  const { words, shown, cover } = useApp();
  const w = words.ending;
  const wipes = useSignal(false);
  const failed = useSignal<string>("");
  const other = view.other.name === "" ? words.someone : view.other.name;
  const isRemoved = view.connection.trouble?.is === "revoked";
  // A sign of life once, and not each of its windows.
  const running = view.promises
    .filter(({ state }) => state !== "kept" && state !== "withdrawn" && state !== "released")
    .filter(({ life }, at, all) => life === null || all.findIndex((one) => one.life === life) === at);

  const end = async (): Promise<void> => {
    const done = await bond.act({ do: "end", at: null });
    if (!done.ok) failed.value = words.refused(done.why);
    else if (wipes.value) await shown.home.wipe(bond.id);
  };

  return (
    <Sheet name="end" title={w.title} onClose={onClose}>
      <p class="lead" data-removed={isRemoved || undefined}>
        {isRemoved ? w.removed : w.text}
      </p>
      <div class="hide">
        <button type="button" class="second small" data-hide onClick={cover.hide}>
          {w.hide}
        </button>
        <small>{w.hideText}</small>
      </div>
      <section>
        <h3>{w.happens}</h3>
        <ul class="happens">
          {!isRemoved && (
            <>
              <li>{w.first}</li>
              <li>{w.sees(other)}</li>
              <li>{w.waits(view.connection.waiting)}</li>
            </>
          )}
          {!isRemoved && running.length > 0 && (
            <li data-running={running.length}>
              {w.promises(running.length)}
              <ul>
                {running.map((one) => (
                  <li key={one.id} class="words" dir="auto">
                    {cleanLine(one.words)}
                  </li>
                ))}
              </ul>
            </li>
          )}
          <li>{w.kept}</li>
          {!isRemoved && <li>{w.again}</li>}
        </ul>
        <p class="note calm">{w.limits}</p>
      </section>
      <section class="stack" data-end="now">
        <label class="switch">
          <input type="checkbox" name="wipe" checked={wipes.value} onChange={(event) => (wipes.value = event.currentTarget.checked)} />
          <span>
            {w.wipe}
            <small>{w.wipeText}</small>
          </span>
        </label>
        <AskOnce look="second" label={w.now} sure={wipes.value ? `${w.sure} ${w.wipeText}` : w.sure} yes={w.yes} onYes={() => void end()} />
        {failed.value !== "" && (
          <p class="note" role="alert">
            {failed.value}
          </p>
        )}
      </section>
      {!isRemoved && <Later bond={bond} view={view} />}
      <section class="stack" data-end="quiet">
        <h3>{w.quiet}</h3>
        <p class="aside">{w.quietText(other)}</p>
        <button type="button" class="quiet" onClick={() => void bond.act({ do: "keeping", keeping: true })}>
          {w.quietGo}
        </button>
      </section>
    </Sheet>
  );
};

const Later = ({ bond, view }: { readonly bond: Bond; readonly view: TogetherView }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.ending;
  const time = useSignal(soon(view.now));
  const isWrong = useSignal(false);
  const set = async (): Promise<void> => {
    const at = momentOf(time.value);
    isWrong.value = at === undefined || !(await bond.act({ do: "end", at })).ok;
  };
  return (
    <section class="stack" data-end="later">
      <h3>{w.later}</h3>
      <p class="aside">{w.laterText}</p>
      {view.endAt === null ? (
        <form
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void set();
          }}
        >
          <Moment name="end-at" label={w.at} value={time.value} now={view.now} onInput={(typed) => (time.value = typed)} />
          {isWrong.value && (
            <p class="note" role="alert" data-wrong="bad-time">
              {w.wrong}
            </p>
          )}
          <button type="submit" class="second">
            {w.set}
          </button>
        </form>
      ) : (
        <>
          <p role="status" data-end-at>
            {w.planned(times.at(view.endAt, view.now))}
          </p>
          <button type="button" class="second" onClick={() => void bond.act({ do: "end-not" })}>
            {w.off}
          </button>
        </>
      )}
    </section>
  );
};
