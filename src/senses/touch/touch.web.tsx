/**
 * Touch on the field (TOUCH1): my light is the thing to hold, by pointer or with Space or Enter. Letting go, losing the
 * focus, or leaving the page ends it at once. Who cannot keep holding lets one press begin it and the next one end it
 * (a switch in More); leaving the page ends that too. While both hold, both feel it: light, a low tone, vibration where
 * there is one.
 */
import type { ButtonHTMLAttributes, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../../web/app.ts";
import { Core } from "../presence/presence.web.tsx";
import { vibrate } from "../../web/vibrate.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";

/** Nothing of a touch is kept. */
export const touchHalf: WebHalf = { kept: () => undefined };

export type TouchShown = "none" | "mine" | "offered" | "met";
export const touchOf = ({ holding, offered, met }: TogetherView["touch"]): TouchShown => (met ? "met" : offered ? "offered" : holding ? "mine" : "none");

/** `byPress`: how my light is held on this device. */
export const touchSentence = (shown: TouchShown, name: string, words: Words, byPress: boolean): string => {
  switch (shown) {
    case "none":
      return "";
    case "mine":
      return words.touch.mine;
    case "offered":
      return byPress ? words.settings.pressOffered(name) : words.touch.offered(name);
    case "met":
      return words.touch.met;
  }
};

/** A pulse like a slow heart, for as long as the touch lasts. */
const pulse = [45, 140, 45];
const pulseEvery = 1100;

interface MyLightProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly tint: string;
  readonly warmth: number;
  readonly distance: number;
  /** What is drawn around it. */
  readonly around?: JSX.Element | null;
  readonly onRefused: (why: ActRefusal) => void;
}

export const MyLight = ({ bond, view, tint, warmth, distance, around, onRefused }: MyLightProps): JSX.Element => {
  const { words, sound, timer, hold: way } = useApp();
  const byPress = way.value.value === "press";
  const name = view.other.name === "" ? words.someone : view.other.name;
  const holding = useRef(false);
  const shown = touchOf(view.touch);
  // Let in quietly, a hand is to be seen, and neither heard nor felt.
  const isQuiet = view.grants.some(({ sense, letIn }) => sense === "touch" && letIn === "quiet");

  const hold = (on: boolean): void => {
    if (holding.current === on) return;
    holding.current = on;
    void bond.act({ do: "touch", intent: { hold: on } }).then((done) => {
      if (!done.ok && on) onRefused(done.why);
    });
    // A browser's first sound takes a while to prepare: the hold is on its way by then.
    if (on) sound.prepare();
  };

  useEffect(() => {
    const letGo = (): void => hold(false);
    const hidden = (): void => {
      if (document.visibilityState !== "visible") letGo();
    };
    document.addEventListener("visibilitychange", hidden);
    // Who goes from control to control with one switch passes the browser's own on the way, and lets go of nothing.
    if (!byPress) window.addEventListener("blur", letGo);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("blur", letGo);
      letGo();
    };
  }, [bond, byPress]);

  useEffect(() => {
    if (shown === "none" || shown === "offered") sound.end();
    else sound.hold(shown === "met" && !isQuiet);
    if (shown !== "met" || isQuiet) return;
    let cancel = (): void => {};
    const beat = (): void => {
      vibrate(pulse);
      cancel = timer.after(pulseEvery, beat);
    };
    beat();
    return () => {
      cancel();
      vibrate(0);
    };
  }, [shown, isQuiet]);
  useEffect(() => () => sound.end(), []);
  // A hand that comes again and again comes without a cue: the engine says which.
  useEffect(
    () =>
      bond.listen(({ kind, what, quiet }) => {
        if (kind === "touch" && what === "offered" && quiet !== true) vibrate(20);
      }),
    [bond],
  );

  const isHoldKey = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";

  const whileHeld: ButtonHTMLAttributes<HTMLButtonElement> = {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      hold(true);
    },
    onPointerUp: () => hold(false),
    onPointerCancel: () => hold(false),
    onLostPointerCapture: () => hold(false),
    onKeyDown: (event) => {
      if (!isHoldKey(event)) return;
      event.preventDefault();
      if (!event.repeat) hold(true);
    },
    onKeyUp: (event) => {
      if (isHoldKey(event)) hold(false);
    },
    onBlur: () => hold(false),
  };

  return (
    <div class="rail mine" style={{ "--distance": distance.toFixed(2) }}>
      <button
        type="button"
        class="light mine"
        data-touch={shown}
        style={{ "--tint": tint, "--warmth": warmth.toFixed(3) }}
        aria-label={byPress ? words.settings.pressLight(name) : words.touch.hold(name)}
        aria-pressed={view.touch.holding}
        onContextMenu={(event) => event.preventDefault()}
        {...(byPress ? { onClick: () => hold(!holding.current) } : whileHeld)}
      >
        <i class="glow">
          <i class="shine" />
        </i>
        <svg viewBox="-60 -60 120 120" aria-hidden="true">
          <circle class="hold-ring" r="30" />
          <Core r={9} />
          {around}
        </svg>
      </button>
    </div>
  );
};
