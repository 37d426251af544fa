/**
 * Feeling on the field (FEEL1): press Feel, slide onto the wheel, let go: one gesture, no typing. The same by keyboard and
 * screen reader with two sliders and Enter. What is sent shows at once in my own light.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import * as v from "valibot";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import { useApp } from "../../web/app.ts";
import { css } from "../../web/color.ts";
import { FeelIcon } from "../../web/parts/icons.tsx";
import { feelingColor } from "../../web/sky.ts";
import { vibrate } from "../../web/vibrate.ts";
import type { WebHalf } from "../../web/web-half.ts";
import type { Words } from "../../web/words/en.ts";
import { feeling, feelingNames, nameOfHue, type FeelingName, type Felt } from "./feeling.ts";

export const feltText = ({ hue, strength }: Felt, words: Words): string =>
  words.feel.said(words.feel.names[nameOfHue(hue)], words.feel.strengths[strength < 34 ? 0 : strength < 75 ? 1 : 2]);

export const feelingHalf: WebHalf = {
  kept(entry, words) {
    const parsed = v.safeParse(feeling.entry, entry);
    return parsed.success ? { text: words.kept.feeling(feltText(parsed.output, words)), own: false, hue: parsed.output.hue } : undefined;
  },
};

export const Swatch = ({ hue, strength = 80 }: { readonly hue: number; readonly strength?: number }): JSX.Element => (
  <i class="swatch" aria-hidden="true" style={{ "--swatch": css(feelingColor(hue, strength)) }} />
);

/** Nearer to the middle than this share of the radius is no feeling: letting go there sends nothing. */
const nothingWithin = 0.16;
/** A press on Feel that did not slide this far (CSS pixels) only opens the wheel. */
const slideFrom = 14;
const names = Object.keys(feelingNames) as FeelingName[];

interface FeelProps {
  readonly bond: Bond;
  readonly current: Felt | null;
  /** The wheel is open from the first. */
  readonly first: boolean;
  readonly onRefused: (why: ActRefusal) => void;
}

export const Feel = ({ bond, current, first, onRefused }: FeelProps): JSX.Element => {
  const { words } = useApp();
  const open = useSignal<"no" | "tap" | "slide">(first ? "tap" : "no");
  const sent = useSignal<Felt | null>(null);
  const start = useRef({ x: 0, y: 0 });
  const button = useRef<HTMLButtonElement>(null);

  const close = (felt: Felt | null): void => {
    open.value = "no";
    button.current?.focus({ preventScroll: true });
    if (!felt) return;
    vibrate(12);
    void bond.act({ do: "feeling", intent: felt }).then((done) => {
      if (done.ok) sent.value = felt;
      else onRefused(done.why);
    });
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class="tool"
        data-tool="feel"
        aria-haspopup="dialog"
        aria-expanded={open.value !== "no"}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          // A touch belongs to the element it began on; released, it can slide on to the wheel.
          if (event.currentTarget.hasPointerCapture(event.pointerId)) event.currentTarget.releasePointerCapture(event.pointerId);
          start.current = { x: event.clientX, y: event.clientY };
          open.value = "slide";
        }}
        onClick={() => {
          if (open.value === "no") open.value = "tap";
        }}
      >
        <FeelIcon />
        <span>{words.feel.open}</span>
      </button>
      <span class="unseen" role="status">
        {sent.value && words.feel.sent(feltText(sent.value, words))}
      </span>
      {open.value !== "no" && <Wheel from={open.value} start={start.current} current={current} onDone={close} />}
    </>
  );
};

interface WheelProps {
  readonly from: "tap" | "slide";
  readonly start: { readonly x: number; readonly y: number };
  readonly current: Felt | null;
  readonly onDone: (felt: Felt | null) => void;
}

const Wheel = ({ from, start, current, onDone }: WheelProps): JSX.Element => {
  const { words, back } = useApp();
  const felt = useSignal<Felt>({ hue: current?.hue ?? feelingNames.warmth, strength: current?.strength ?? 60 });
  const nothing = useSignal(false);
  const disc = useRef<HTMLDivElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const sliding = useRef(from === "slide");
  const begun = useRef<"button" | "wheel">(from === "slide" ? "button" : "wheel");
  /** It stays open without a hand on it: then Back closes it. A slide that never rests has no time for the history. */
  const resting = useSignal(from === "tap");
  const done = useRef(onDone);
  done.current = onDone;
  useLayoutEffect(() => (resting.value ? back.open(() => done.current(null)) : undefined), [resting.value]);

  /** Where a pointer is on the wheel: `null` beside it. */
  const read = (event: PointerEvent): { readonly felt: Felt; readonly middle: boolean } | null => {
    const box = disc.current?.getBoundingClientRect();
    if (!box) return null;
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    const far = Math.hypot(x, y) / (box.width / 2);
    if (far > 1.12) return null;
    const hue = Math.round((Math.atan2(x, -y) * 180) / Math.PI + 360) % 360;
    return { felt: { hue, strength: Math.round(Math.min(1, far) * 100) }, middle: far < nothingWithin };
  };

  useEffect(() => slider.current?.focus({ preventScroll: true }), []);

  // Before anything is painted: a quick tap is let go of by then.
  useLayoutEffect(() => {
    const slidOff = (event: PointerEvent): boolean => begun.current === "wheel" || Math.hypot(event.clientX - start.x, event.clientY - start.y) > slideFrom;
    const move = (event: PointerEvent): void => {
      const at = sliding.current && slidOff(event) ? read(event) : null;
      if (!at) return;
      nothing.value = at.middle;
      if (!at.middle) felt.value = at.felt;
    };
    const up = (event: PointerEvent): void => {
      if (!sliding.current) return;
      sliding.current = false;
      const at = slidOff(event) ? read(event) : null;
      if (at) onDone(at.middle ? null : at.felt);
      else resting.value = true;
    };
    const cancel = (): void => {
      sliding.current = false;
      resting.value = true;
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", cancel);
    return () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", cancel);
    };
  }, []);

  const turn = (by: number): void => {
    const at = names.indexOf(nameOfHue(felt.value.hue));
    const next = names[(at + by + names.length) % names.length] as FeelingName;
    felt.value = { ...felt.value, hue: feelingNames[next] };
  };
  const strengthen = (by: number): void => {
    felt.value = { ...felt.value, strength: Math.min(100, Math.max(20, felt.value.strength + by)) };
  };

  const { hue, strength } = felt.value;
  const text = feltText(felt.value, words);
  const angle = (hue * Math.PI) / 180;

  return (
    <div
      class="feel"
      role="dialog"
      aria-modal="true"
      aria-label={words.feel.title}
      onPointerDown={(event) => {
        const at = read(event);
        const isControl = event.target instanceof Element && event.target.closest("button, input") !== null;
        if (isControl) return;
        if (!at) {
          onDone(null);
          return;
        }
        begun.current = "wheel";
        sliding.current = true;
        nothing.value = at.middle;
        if (!at.middle) felt.value = at.felt;
      }}
      onKeyDown={(event) => {
        const act = {
          ArrowLeft: () => turn(-1),
          ArrowRight: () => turn(1),
          ArrowUp: () => strengthen(20),
          ArrowDown: () => strengthen(-20),
          Escape: () => onDone(null),
        }[event.key];
        if (act) {
          event.preventDefault();
          act();
        } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
          event.preventDefault();
          onDone(felt.value);
        } else if (event.key === "Tab") keepInside(event);
      }}
    >
      <div class="feel-inner">
        <p class="feel-name" style={{ "--swatch": css(feelingColor(hue, strength)) }} data-feeling={nothing.value ? "" : nameOfHue(hue)}>
          {nothing.value ? words.feel.middle : text}
        </p>
        <div class="wheel" ref={disc} aria-hidden="true">
          <i
            class="wheel-mark"
            data-off={nothing.value}
            style={{
              left: `${50 + Math.sin(angle) * strength * 0.5}%`,
              top: `${50 - Math.cos(angle) * strength * 0.5}%`,
              "--swatch": css(feelingColor(hue, strength)),
            }}
          />
        </div>
        <p class="feel-hint">{words.feel.hint}</p>
        <div class="feel-keys">
          <input
            ref={slider}
            class="unseen"
            type="range"
            min={0}
            max={names.length - 1}
            value={names.indexOf(nameOfHue(hue))}
            aria-label={words.feel.title}
            aria-valuetext={text}
            aria-description={words.feel.keys}
            onInput={(event) => turn(event.currentTarget.valueAsNumber - names.indexOf(nameOfHue(hue)))}
          />
          <button type="button" class="pill" onClick={() => onDone(felt.value)}>
            {words.say.send} <Swatch hue={hue} strength={strength} />
          </button>
          <button type="button" class="pill quiet" onClick={() => onDone(null)}>
            {words.common.cancel}
          </button>
        </div>
      </div>
    </div>
  );
};

/** Tab goes round inside the wheel while it is open. */
const keepInside = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, button")];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (event.target !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
};
