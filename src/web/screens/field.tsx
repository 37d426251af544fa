/**
 * The field: one glance says whether the other is there and how, one gesture answers. Two skies meet at a horizon; the
 * upper one is the other's, the lower one mine. What is wrong on my side is said in my half, never in the other's.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { FirstQuestion, Given } from "../../senses/boundary/boundary.web.tsx";
import { Feel, feltText } from "../../senses/feeling/feeling.web.tsx";
import { hourThere, useHere } from "../../senses/hour/hour.web.tsx";
import { hourIn } from "../../senses/hour/zone.ts";
import { distanceOf, sentenceOf, TheirLight } from "../../senses/presence/presence.web.tsx";
import { Arc, leftOf, Question, runningOf, standingOf, Vow, vowKey } from "../../senses/promise/promise-field.web.tsx";
import { cleanLine } from "../../senses/text.ts";
import { Said, SayButton, SaySheet } from "../../senses/thought/thought.web.tsx";
import { MyLight, touchOf, touchSentence } from "../../senses/touch/touch.web.tsx";
import { useApp } from "../app.ts";
import type { Wish } from "../arrival.ts";
import { fetchFurtherRooms, further } from "../later.tsx";
import { heavensOver } from "../heavens.ts";
import { BetweenIcon, MoreIcon, PromiseIcon } from "../parts/icons.tsx";
import { SkyMoon } from "../parts/moon.tsx";
import { Name } from "../parts/name.tsx";
import { Paused, pauseSentence } from "../parts/paused.tsx";
import { ProgressLine } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { useThemeColor } from "../theme-color.ts";
import { lightOf, skyOver, skyStyle } from "../sky.ts";
import type { Words } from "../words/en.ts";
import { localHour, type Times } from "../words/time.ts";
import { Notices, stoppedBy } from "./notices.tsx";
import { SixWords } from "./six-words.tsx";

const ApartRoom = further((rooms) => rooms.ApartRoom);
const BetweenUs = further((rooms) => rooms.BetweenUs);
const Boundaries = further((rooms) => rooms.Boundaries);
const EndRoom = further((rooms) => rooms.EndRoom);
const MoonRoom = further((rooms) => rooms.MoonRoom);
const More = further((rooms) => rooms.More);
const Devices = further((rooms) => rooms.Devices);
const PromiseRoom = further((rooms) => rooms.PromiseRoom);
const Stopped = further((rooms) => rooms.Stopped);
const TwelveWords = further((rooms) => rooms.TwelveWords);

type Room = "none" | "say" | "promise" | "words" | "between" | "more" | "boundaries" | "apart" | "moon" | "devices" | "twelve" | "end" | "stopped";

interface FieldProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  /** What the app was opened for, where it was for something. */
  readonly takeWish: () => Wish | undefined;
}

export const Field = ({ bond, view, takeWish }: FieldProps): JSX.Element => {
  const { words, times, shown, hold } = useApp();
  const byPress = hold.value.value === "press";
  // A line that was just made begins with its six words; "later" leaves the calm sign in the corner.
  const [wish] = useState(takeWish);
  const room = useSignal<Room>(!view.compared && !view.presenceAsked ? "words" : wish === "say" && view.presenceAsked ? "say" : "none");
  const problem = useSignal<ActRefusal | null>(null);
  const draft = useSignal("");
  /** A room that was entered from another one leads back there. */
  const from = useSignal<Room>("none");
  const close = (): void => {
    room.value = from.value;
    from.value = "none";
  };
  /** A pause that began, or is over, is seen on the field. */
  const leave = (): void => {
    room.value = "none";
    from.value = "none";
  };
  const enter = (next: Room): void => {
    from.value = room.value;
    room.value = next;
  };

  const pause = view.apart.me;
  const passes = (sense: string): boolean => pause === null || pause.passes.includes(sense);
  const theirPause = view.apart.other;

  useHere(bond, view);
  useEffect(() => void fetchFurtherRooms(), []);

  const wall = shown.now.value;
  const { hour } = view;
  const myHeavens = heavensOver(view.now, hour.place);
  const theirHeavens = heavensOver(view.now, hour.other?.place);
  const mySouth = (hour.place?.lat ?? 0) < 0;
  const theirSouth = (hour.other?.place?.lat ?? 0) < 0;
  // A sky goes on with the minutes; what else happens, a hand held out, draws the field and not the skies.
  const minute = Math.floor(view.now / 60_000);
  const theirZone = hour.other?.zone;
  const theirSky = useMemo(
    () => skyStyle(skyOver(theirHeavens, theirZone === undefined ? undefined : hourIn(theirZone, minute * 60_000)), theirHeavens?.sun, theirSouth),
    [theirHeavens, theirZone, minute, theirSouth],
  );
  const mySky = useMemo(() => skyStyle(skyOver(myHeavens, localHour(wall)), myHeavens?.sun, mySouth), [myHeavens, wall, mySouth]);
  useThemeColor(theirSky["--deep"]);
  const stop = stoppedBy(view.connection.trouble);
  const touch = touchOf(view.touch);
  const { state } = view.other;
  const theirs = lightOf(view.feeling.other, view.now);
  const mine = lightOf(view.feeling.me, view.now);
  const connection = view.connection.state;
  const otherName = view.other.name === "" ? words.someone : view.other.name;
  const [vow] = runningOf(view, "other");
  const [myVow] = runningOf(view, "me");
  const openPromises = (): void => {
    room.value = "promise";
  };
  const myDistance = touch === "met" || state.is === "beside" ? 0.06 : touch === "none" ? 0.3 + distanceOf[state.is] * 0.25 : 0.2;

  return (
    <main
      class="field"
      data-state={state.is}
      data-touch={touch}
      data-connection={connection}
      data-feeling={view.feeling.other?.hue ?? ""}
      data-waiting={view.connection.waiting}
      data-vow={vow?.state}
      data-apart={pause === null ? undefined : pause.announced ? "told" : "quiet"}
    >
      <section
        class="half theirs"
        data-sky={theirHeavens ? "sun" : hour.other ? "hour" : "neutral"}
        style={{
          ...theirSky,
          "--tint": theirs.tint,
          "--warmth": theirs.left.toFixed(3),
        }}
        aria-labelledby="other-name"
      >
        <i class="stars" />
        <header>
          <div class="who">
            <h1 id="other-name">
              <Name of={view.other.name} first />
            </h1>
            <p class="state">{stateSentence(view, words, times)}</p>
            {theirPause && !theirPause.passes.includes("thought") && <p class="felt waits">{words.state.waits(otherName)}</p>}
            {theirs.left > 0 && view.feeling.other && (
              <p class="felt">{words.state.feels(feltText(view.feeling.other, words), times.ago(view.feeling.other.at, view.now))}</p>
            )}
          </div>
          <Vow bond={bond} view={view} owner="other" onOpen={openPromises} onRefused={(why) => (problem.value = why)} />
          {!view.compared && (
            <button type="button" class="chip" aria-label={`${words.six.chip}. ${words.six.chipHint}`} onClick={() => (room.value = "words")}>
              {words.six.chip}
            </button>
          )}
        </header>
        <div class="stage">
          {theirHeavens && <SkyMoon heavens={theirHeavens} south={theirSouth} />}
          <TheirLight state={state} tint={theirs.tint} warmth={theirs.left} around={<Arc one={vow} now={view.now} />} />
          <Said bond={bond} view={view} from="other" onOpen={() => (room.value = "say")} />
        </div>
      </section>
      <Spoken view={view} otherName={otherName} />

      <section
        class="half mine"
        data-sky={myHeavens ? "sun" : "hour"}
        style={{ ...mySky, "--tint": theirs.tint, "--warmth": theirs.left.toFixed(3) }}
        aria-label={view.me.name}
      >
        <div class="water" aria-hidden="true">
          <i class="path" />
        </div>
        <div class="stage">
          {myHeavens && <SkyMoon heavens={myHeavens} south={mySouth} />}
          <MyLight
            bond={bond}
            view={view}
            tint={mine.tint}
            warmth={mine.left}
            distance={myDistance}
            around={<Arc one={myVow} now={view.now} />}
            onRefused={(why) => (problem.value = why)}
          />
          <Said bond={bond} view={view} from="me" onOpen={() => (room.value = "say")} />
        </div>
        <div class="panel">
          {view.transfer && (
            <ProgressLine
              label={view.transfer.what === "fetching" ? words.backup.fetching : words.backup.backingUp}
              done={view.transfer.done}
              total={view.transfer.total}
            />
          )}
          <Notices
            bond={bond}
            view={view}
            problem={problem.value === null ? "" : words.refused(problem.value)}
            onProblemSeen={() => (problem.value = null)}
            onStopped={() => enter("stopped")}
            onDevices={() => enter("devices")}
          />
          {view.presenceAsked ? (
            <>
              <p class="me">
                <span>
                  <bdi>{view.me.name}</bdi> · {times.clock(wall)}
                </span>
                {(touch !== "none" || passes("touch")) && (
                  <span class={touch === "none" ? "hint" : "hint touching"}>
                    {touch === "none" ? (byPress ? words.settings.pressTip : words.touch.hint) : touchSentence(touch, otherName, words, byPress)}
                  </span>
                )}
              </p>
              <Question bond={bond} view={view} onOpen={openPromises} />
              <Vow bond={bond} view={view} owner="me" onOpen={openPromises} onRefused={(why) => (problem.value = why)} />
              {pause ? <Paused bond={bond} view={view} pause={pause} /> : <Given bond={bond} view={view} onOpen={() => (room.value = "boundaries")} />}
              {shown.words.value === "to-keep" && (
                <button type="button" class="to-keep" aria-haspopup="dialog" onClick={() => enter("twelve")}>
                  {words.twelve.note}
                </button>
              )}
              <nav class="tools">
                {passes("feeling") && <Feel bond={bond} current={view.feeling.me} first={wish === "feel"} onRefused={(why) => (problem.value = why)} />}
                {passes("thought") && <SayButton onOpen={() => (room.value = "say")} />}
                <button type="button" class="tool" data-tool="promise" aria-haspopup="dialog" onClick={openPromises}>
                  <PromiseIcon />
                  <span>{words.promise.tool}</span>
                </button>
                <button type="button" class="tool" data-tool="between" aria-haspopup="dialog" onClick={() => (room.value = "between")}>
                  <BetweenIcon />
                  <span>{words.between.open}</span>
                </button>
                <button type="button" class="tool" data-tool="more" aria-haspopup="dialog" onClick={() => (room.value = "more")}>
                  <MoreIcon />
                  <span>{words.more.open}</span>
                </button>
              </nav>
            </>
          ) : (
            <FirstQuestion bond={bond} view={view} />
          )}
        </div>
      </section>

      {room.value === "say" && <SaySheet bond={bond} view={view} draft={draft} onClose={close} />}
      {room.value === "promise" && <PromiseRoom bond={bond} view={view} onClose={close} />}
      {room.value === "words" && (
        <Sheet name="words" title={view.compared ? words.between.words : words.six.title(otherName)} onClose={close}>
          <SixWords bond={bond} view={view} onDone={close} />
        </Sheet>
      )}
      {room.value === "between" && <BetweenUs bond={bond} view={view} onClose={close} />}
      {room.value === "more" && <More bond={bond} view={view} onClose={close} onEnter={enter} />}
      {room.value === "boundaries" && <Boundaries bond={bond} view={view} onClose={close} />}
      {room.value === "apart" && <ApartRoom bond={bond} view={view} onClose={leave} />}
      {room.value === "end" && <EndRoom bond={bond} view={view} onClose={close} />}
      {room.value === "moon" && <MoonRoom bond={bond} view={view} onClose={close} />}
      {room.value === "devices" && <Devices bond={bond} view={view} onClose={close} />}
      {room.value === "twelve" && <TwelveWords onClose={close} />}
      {room.value === "stopped" && stop && <Stopped bond={bond} why={stop} onClose={close} />}
    </main>
  );
};

/** How near, since when, and what time it is there: `near · 5 minutes ago · 23:40 there`. */
const stateSentence = ({ other: { state }, apart, hour, now }: TogetherView, words: Words, times: Times): string =>
  [state.is === "not-let-in" && apart.me ? words.state.whileApart : sentenceOf(state, words, times, now), hourThere(hour, words, times, now)]
    .filter((part) => part !== undefined)
    .join(" · ");

/**
 * What a screen reader hears: the state when it changes (not each time its age does), a feeling when it comes, words as
 * they come, touch at once.
 */
const Spoken = ({ view, otherName }: { readonly view: TogetherView; readonly otherName: string }): JSX.Element => {
  const { words, times, hold } = useApp();
  const { state } = view.other;
  const key = `${state.is} ${view.apart.me?.since ?? ""} ${"since" in state ? state.since : ""} ${view.hour.other?.zone ?? ""}`;
  const said = useRef({ key: "", words, text: "" });
  if (said.current.key !== key || said.current.words !== words)
    said.current = { key, words, text: words.state.live(otherName, stateSentence(view, words, times)) };

  // What was there when the page opened is read by walking through it, not announced.
  const felt = view.feeling.other;
  const firstFelt = useRef(felt?.at);
  const last = view.thoughts.findLast((one) => one.from === "other");
  const firstSaid = useRef(last?.id);
  // A promise as it changes, and not each time its check does.
  const [vow] = runningOf(view, "other");
  const firstVow = useRef(vow && vowKey(vow));
  const [mine] = runningOf(view, "me");
  const vowAt = useRef({ key: "", at: view.now });
  if (vow && vowAt.current.key !== vowKey(vow)) vowAt.current = { key: vowKey(vow), at: view.now };
  const pause = view.apart.me;
  // What is let in without a cue is read by who looks.
  const isQuiet = (sense: string): boolean => view.grants.some((grant) => grant.sense === sense && grant.letIn === "quiet");

  return (
    // Where there is nothing to say there is no text: an empty one is written anew at each look, and that is a frame.
    <div class="unseen">
      <p role="status" data-spoken="state">
        {said.current.text}
      </p>
      <p role="status" data-spoken="feeling">
        {felt && felt.at !== firstFelt.current && !isQuiet("feeling") ? words.feel.other(otherName, feltText(felt, words)) : null}
      </p>
      <p role="status" data-spoken="apart">
        {pause && pauseSentence(pause, words, times, view.now)}
      </p>
      <p role="status" data-spoken="promise">
        {vow && vowKey(vow) !== firstVow.current
          ? words.promise.spoken(otherName, cleanLine(vow.words), standingOf(vow, words, times, vowAt.current.at))
          : null}
      </p>
      <p role="status" data-spoken="remind">
        {mine && leftOf(mine, view.now) !== undefined ? words.promise.remind(cleanLine(mine.words), times.clock(mine.by ?? view.now)) : null}
      </p>
      <p role="status" data-spoken="touch">
        {(!isQuiet("touch") && touchSentence(touchOf(view.touch), otherName, words, hold.value.value === "press")) || null}
      </p>
      <p role="status" data-spoken="thought" data-own dir="auto">
        {last && last.id !== firstSaid.current && !isQuiet("thought") ? `${words.isolate(otherName)}: ${words.isolate(last.text)}` : null}
      </p>
    </div>
  );
};
