/**
 * The field: one glance says whether the other is there and how, one gesture answers. Two skies meet at a horizon; the
 * upper one is the other's, the lower one mine. What is wrong on my side is said in my half, never in the other's.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { FirstQuestion, Given } from "../../senses/boundary/boundary.web.tsx";
import { Feel, feltText } from "../../senses/feeling/feeling.web.tsx";
import { hourThere, useHere } from "../../senses/hour/hour.web.tsx";
import { hourIn } from "../../senses/hour/zone.ts";
import { distanceOf, sentenceOf, TheirLight } from "../../senses/presence/presence.web.tsx";
import { Said, SayButton, SaySheet } from "../../senses/thought/thought.web.tsx";
import { MyLight, touchOf, touchSentence } from "../../senses/touch/touch.web.tsx";
import { useApp } from "../app.ts";
import { later } from "../later.tsx";
import { heavensOver } from "../heavens.ts";
import { BetweenIcon, MoreIcon } from "../parts/icons.tsx";
import { SkyMoon } from "../parts/moon.tsx";
import { Name } from "../parts/name.tsx";
import { ProgressLine } from "../parts/progress.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { Stars } from "../parts/stars.tsx";
import { lightOf, skyOver, skyStyle } from "../sky.ts";
import type { Words } from "../words/en.ts";
import { localHour, type Times } from "../words/time.ts";
import { Notices, stoppedBy } from "./notices.tsx";
import { SixWords } from "./six-words.tsx";

const BetweenUs = later((rooms) => rooms.BetweenUs);
const MoonRoom = later((rooms) => rooms.MoonRoom);
const More = later((rooms) => rooms.More);
const Devices = later((rooms) => rooms.Devices);
const Stopped = later((rooms) => rooms.Stopped);
const TwelveWords = later((rooms) => rooms.TwelveWords);

type Room = "none" | "say" | "words" | "between" | "more" | "moon" | "devices" | "twelve" | "stopped";

export const Field = ({ bond, view }: { readonly bond: Bond; readonly view: TogetherView }): JSX.Element => {
  const { words, times, shown, hold } = useApp();
  const byPress = hold.value.value === "press";
  // A line that was just made begins with its six words; "later" leaves the calm sign in the corner.
  const room = useSignal<Room>(!view.compared && !view.presenceAsked ? "words" : "none");
  const problem = useSignal<ActRefusal | null>(null);
  /** A room that was entered from another one leads back there. */
  const from = useSignal<Room>("none");
  const close = (): void => {
    room.value = from.value;
    from.value = "none";
  };
  const enter = (next: Room): void => {
    from.value = room.value;
    room.value = next;
  };

  useHere(bond, view);

  const wall = shown.now.value;
  const { hour } = view;
  const myHeavens = heavensOver(view.now, hour.place);
  const theirHeavens = heavensOver(view.now, hour.other?.place);
  const mySouth = (hour.place?.lat ?? 0) < 0;
  const theirSouth = (hour.other?.place?.lat ?? 0) < 0;
  const stop = stoppedBy(view.connection.trouble);
  const touch = touchOf(view.touch);
  const { state } = view.other;
  const theirs = lightOf(view.feeling.other, view.now);
  const mine = lightOf(view.feeling.me, view.now);
  const connection = view.connection.state;
  const otherName = view.other.name === "" ? words.someone : view.other.name;
  const myDistance = touch === "met" || state.is === "beside" ? 0.06 : touch === "none" ? 0.3 + distanceOf[state.is] * 0.25 : 0.2;

  return (
    <main
      class="field"
      data-state={state.is}
      data-touch={touch}
      data-connection={connection}
      data-feeling={view.feeling.other?.hue ?? ""}
      data-waiting={view.connection.waiting}
    >
      <section
        class="half theirs"
        data-sky={theirHeavens ? "sun" : hour.other ? "hour" : "neutral"}
        style={{
          ...skyStyle(skyOver(theirHeavens, hour.other ? hourIn(hour.other.zone, view.now) : undefined), theirHeavens?.sun, theirSouth),
          "--tint": theirs.tint,
          "--warmth": theirs.left.toFixed(3),
        }}
        aria-labelledby="other-name"
      >
        <Stars />
        <header>
          <div class="who">
            <h1 id="other-name">
              <Name of={view.other.name} first />
            </h1>
            <p class="state">{stateSentence(view, words, times)}</p>
            {theirs.left > 0 && view.feeling.other && (
              <p class="felt">{words.state.feels(feltText(view.feeling.other, words), times.ago(view.feeling.other.at, view.now))}</p>
            )}
          </div>
          {!view.compared && (
            <button type="button" class="chip" aria-label={`${words.six.chip}. ${words.six.chipHint}`} onClick={() => (room.value = "words")}>
              {words.six.chip}
            </button>
          )}
        </header>
        <div class="stage">
          {theirHeavens && <SkyMoon heavens={theirHeavens} south={theirSouth} />}
          <TheirLight state={state} tint={theirs.tint} warmth={theirs.left} />
          <Said bond={bond} view={view} from="other" onOpen={() => (room.value = "say")} />
        </div>
      </section>
      <Spoken view={view} otherName={otherName} />

      <section
        class="half mine"
        data-sky={myHeavens ? "sun" : "hour"}
        style={{ ...skyStyle(skyOver(myHeavens, localHour(wall)), myHeavens?.sun, mySouth), "--tint": theirs.tint, "--warmth": theirs.left.toFixed(3) }}
        aria-label={view.me.name}
      >
        <Water />
        <div class="stage">
          {myHeavens && <SkyMoon heavens={myHeavens} south={mySouth} />}
          <MyLight bond={bond} view={view} tint={mine.tint} warmth={mine.left} distance={myDistance} onRefused={(why) => (problem.value = why)} />
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
                <bdi>{view.me.name}</bdi> · {times.clock(wall)} ·{" "}
                <span class={touch === "none" ? "" : "touching"}>
                  {touch === "none" ? (byPress ? words.settings.pressTip : words.touch.hint) : touchSentence(touch, otherName, words, byPress)}
                </span>
              </p>
              <Given bond={bond} view={view} />
              {shown.words.value === "to-keep" && (
                <button type="button" class="to-keep" aria-haspopup="dialog" onClick={() => enter("twelve")}>
                  {words.twelve.note}
                </button>
              )}
              <nav class="tools">
                <Feel bond={bond} current={view.feeling.me} />
                <SayButton onOpen={() => (room.value = "say")} />
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

      {room.value === "say" && <SaySheet bond={bond} view={view} onClose={close} />}
      {room.value === "words" && (
        <Sheet name="words" title={view.compared ? words.between.words : words.six.title(otherName)} onClose={close}>
          <SixWords bond={bond} view={view} onDone={close} />
        </Sheet>
      )}
      {room.value === "between" && <BetweenUs bond={bond} view={view} onClose={close} />}
      {room.value === "more" && (
        <More
          bond={bond}
          view={view}
          onClose={close}
          onWords={() => enter("words")}
          onTwelve={() => enter("twelve")}
          onDevices={() => enter("devices")}
          onMoon={() => enter("moon")}
        />
      )}
      {room.value === "moon" && <MoonRoom bond={bond} view={view} onClose={close} />}
      {room.value === "devices" && <Devices bond={bond} view={view} onClose={close} />}
      {room.value === "twelve" && <TwelveWords onClose={close} />}
      {room.value === "stopped" && stop && <Stopped bond={bond} why={stop} onClose={close} />}
    </main>
  );
};

/** How near, since when, and what time it is there: `near · 5 minutes ago · 23:40 there`. */
const stateSentence = ({ other: { state }, hour, now }: TogetherView, words: Words, times: Times): string =>
  [sentenceOf(state, words, times, now), hourThere(hour, words, times, now)].filter((part) => part !== undefined).join(" · ");

/**
 * What a screen reader hears: the state when it changes (not each time its age does), a feeling when it comes, words as
 * they come, touch at once.
 */
const Spoken = ({ view, otherName }: { readonly view: TogetherView; readonly otherName: string }): JSX.Element => {
  const { words, times, hold } = useApp();
  const { state } = view.other;
  const key = `${state.is} ${"since" in state ? state.since : ""} ${view.hour.other?.zone ?? ""}`;
  const said = useRef({ key: "", words, text: "" });
  if (said.current.key !== key || said.current.words !== words)
    said.current = { key, words, text: words.state.live(otherName, stateSentence(view, words, times)) };

  // What was there when the page opened is read by walking through it, not announced.
  const felt = view.feeling.other;
  const firstFelt = useRef(felt?.at);
  const last = view.thoughts.findLast((one) => one.from === "other");
  const firstSaid = useRef(last?.id);

  return (
    // Where there is nothing to say there is no text: an empty one is written anew at each look, and that is a frame.
    <div class="unseen">
      <p role="status" data-spoken="state">
        {said.current.text}
      </p>
      <p role="status" data-spoken="feeling">
        {felt && felt.at !== firstFelt.current ? words.feel.other(otherName, feltText(felt, words)) : null}
      </p>
      <p role="status" data-spoken="touch">
        {touchSentence(touchOf(view.touch), otherName, words, hold.value.value === "press") || null}
      </p>
      <p role="status" data-spoken="thought" data-own dir="auto">
        {last && last.id !== firstSaid.current ? `${words.isolate(otherName)}: ${words.isolate(last.text)}` : null}
      </p>
    </div>
  );
};

/** Ripples, and the other's light on them. Always the same lines: water that is still while nothing happens. */
const ripples = Array.from({ length: 22 }, (_, at) => {
  const part = (at * 0.6180339887) % 1;
  return { y: 1.5 + (at / 22) ** 1.7 * 62, x: part * 100 - 8, width: 9 + ((at * 0.381966) % 1) * 30, opacity: 0.16 - at * 0.0055 };
});
const Water = (): JSX.Element => (
  <div class="water" aria-hidden="true">
    <i class="path" />
    <svg width="100%" height="100%">
      {ripples.map(({ y, x, width, opacity }) => (
        <rect key={y} x={`${x.toFixed(1)}%`} y={`${y.toFixed(1)}%`} width={`${width.toFixed(1)}%`} height="1" rx="0.5" opacity={opacity.toFixed(3)} />
      ))}
    </svg>
  </div>
);
