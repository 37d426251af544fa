/**
 * Boundaries (BOUND1): what flows, in the same words on both devices, each line of mine to be turned down right there. From here one
 * goes to what I let in, which nobody is told, to a pause, and to the history of all of it.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { GrantView, TogetherView } from "../../line/view.ts";
import { giveWords, labelOf } from "../../senses/boundary/boundary.web.tsx";
import { isSenseName, senses } from "../../senses/index.ts";
import { useApp } from "../app.ts";
import { GiveChoice } from "../parts/give-choice.tsx";
import { pauseSentence, pauseTerms } from "../parts/paused.tsx";
import { Row } from "../parts/row.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { ApartRoom } from "./apart.tsx";
import { HistoryRoom } from "./history.tsx";
import { LetInRoom } from "./let-in.tsx";

interface BoundariesProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const Boundaries = ({ bond, view, onClose }: BoundariesProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.bounds;
  const room = useSignal<"none" | "let-in" | "apart" | "history">("none");
  const back = (): void => {
    room.value = "none";
  };
  if (room.value === "let-in") return <LetInRoom bond={bond} view={view} onClose={back} />;
  if (room.value === "apart") return <ApartRoom bond={bond} view={view} onClose={back} />;
  if (room.value === "history") return <HistoryRoom bond={bond} view={view} onClose={back} />;
  return (
    <Sheet name="boundaries" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      {/* A pause that nobody was told of is not on the list that both see; the field says it. */}
      {view.apart.me?.announced && (
        <p class="note calm" data-pause>
          {pauseSentence(view.apart.me, words, times, view.now)} {pauseTerms(view.apart.me, view.other.name === "" ? words.someone : view.other.name, words)}
        </p>
      )}
      <ul class="flows">
        {view.grants.map((grant) => (
          <Flow key={grant.sense} bond={bond} view={view} grant={grant} />
        ))}
      </ul>
      <ul class="rows">
        <Row name="let-in" title={w.letTitle} text={w.letRow} onOpen={() => (room.value = "let-in")} />
        <Row name="apart" title={words.pause.row} text={words.pause.rowText} onOpen={() => (room.value = "apart")} />
        <Row name="history" title={words.history.row} text={words.history.rowText} onOpen={() => (room.value = "history")} />
      </ul>
    </Sheet>
  );
};

/** It flows by itself: it always has an end. */
const flowsByItself = (sense: string): boolean => isSenseName(sense) && senses[sense].followed === true;

const Flow = ({ bond, view, grant }: { readonly bond: Bond; readonly view: TogetherView; readonly grant: GrantView }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.bounds;
  const { sense, mine, theirs, theirUntil } = grant;
  const other = view.other.name === "" ? words.someone : view.other.name;
  return (
    <li data-sense={sense} data-mine={mine} data-theirs={theirs}>
      <h3>{labelOf(sense, words)}</h3>
      <p class="aside">{w.about[sense]}</p>
      <dl>
        <div>
          <dt>{w.mine}</dt>
          <dd>
            <GiveChoice bond={bond} grant={grant} />
            {mine !== "off" && <Ends bond={bond} view={view} grant={grant} />}
          </dd>
        </div>
        <div>
          <dt>{w.theirs(other)}</dt>
          <dd data-gives="other">
            {giveWords(sense, words)[theirs]}
            {theirs !== "off" && theirUntil !== null && ` · ${w.until(times.by(theirUntil, view.now))}`}
          </dd>
        </div>
      </dl>
      {sense === "goodbye" && mine !== "off" && <NoBattery />}
    </li>
  );
};

const hour = 3_600_000;

/** When it ends by itself, and to end sooner, or as usual. */
const Ends = ({
  bond,
  view,
  grant: { sense, mine, myUntil },
}: {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly grant: GrantView;
}): JSX.Element => {
  const { words, times } = useApp();
  const w = words.bounds;
  const usual = flowsByItself(sense) ? w.endings.usual : w.endings.never;
  /** Keys go through the list one by one: what they pass on the way is not chosen. It is, with Enter or on leaving. */
  const passing = useSignal("");
  const byKey = useRef(false);
  const choose = (value: string): void => {
    passing.value = "";
    byKey.current = false;
    if (value === "") return;
    const after = Number(value);
    void bond.act({ do: "boundary", intent: { sense, give: mine, until: after === 0 ? null : view.now + after } });
  };
  return (
    <select
      name={`ends-${sense}`}
      aria-label={`${w.ends}: ${labelOf(sense, words)}`}
      value={passing.value}
      onKeyDown={({ key }) => {
        if (key === "Enter") choose(passing.value);
        else if (key === "Escape") passing.value = "";
        else byKey.current = key !== " ";
      }}
      onPointerDown={() => (byKey.current = false)}
      onBlur={() => choose(passing.value)}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (byKey.current) passing.value = value;
        else {
          event.currentTarget.value = "";
          choose(value);
        }
      }}
    >
      <option value="">{myUntil === null ? w.endings.never : w.until(times.by(myUntil, view.now))}</option>
      <option value={hour}>{w.endings.hour}</option>
      <option value={24 * hour}>{w.endings.day}</option>
      <option value={7 * 24 * hour}>{w.endings.week}</option>
      {(flowsByItself(sense) || myUntil !== null) && <option value={0}>{usual}</option>}
    </select>
  );
};

/** Where the browser tells nothing of a battery, the grant is as it is, and nothing can be said. */
const NoBattery = (): JSX.Element | null => {
  const { words, measure } = useApp();
  const is = useSignal(true);
  useEffect(() => {
    void measure().then(({ battery }) => (is.value = battery));
  }, []);
  return is.value ? null : (
    <p class="aside" data-battery="no">
      {words.abilities.lines.battery.no}
    </p>
  );
};
