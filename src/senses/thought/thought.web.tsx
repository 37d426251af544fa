/**
 * Thoughts on the field (SAY1): what is said appears as it comes, drifts, and goes; lately said words are in the Say sheet.
 * What was on the screen is marked as seen on this device only, which starts its fading, and tells nobody.
 */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import * as v from "valibot";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../../web/app.ts";
import { SayIcon } from "../../web/parts/icons.tsx";
import { Name } from "../../web/parts/name.tsx";
import { Sheet } from "../../web/parts/sheet.tsx";
import type { WebHalf } from "../../web/web-half.ts";
import { utf8 } from "../../base/bytes.ts";
import { feelingNames, type FeelingName, type Felt } from "../feeling/feeling.ts";
import { feltText, Swatch } from "../feeling/feeling.web.tsx";
import type { Who } from "../sense.ts";
import { cleanText } from "../text.ts";
import { thought, thoughtCap } from "./thought.ts";

export const thoughtHalf: WebHalf = {
  kept(entry) {
    const parsed = v.safeParse(thought.entry, entry);
    if (!parsed.success) return undefined;
    const { text, feeling } = parsed.output;
    return { text: cleanText(text), own: true, ...(feeling ? { hue: feeling.hue } : {}) };
  },
};

type Shown = TogetherView["thoughts"][number];

/** How long words stay in the sky, and how many at once: my own I know, and one says that they are there. */
const drifts = 22_000;
const atOnce: Record<Who, number> = { other: 2, me: 1 };
/** A glance: what stood there for a shorter time was not seen. */
const glance = 1200;

/** The words of one side that have just come, over that side's half. */
export const Said = ({
  bond,
  view,
  from,
  onOpen,
}: {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly from: Who;
  readonly onOpen: () => void;
}): JSX.Element => {
  const { timer, words } = useApp();
  const all = view.thoughts.filter((one) => one.from === from);
  // What was seen before this page was opened does not come again; what was not seen, does.
  const known = useRef<Set<string> | null>(null);
  known.current ??= new Set(all.filter((one) => one.seen).map((one) => one.id));
  const drifting = useSignal<readonly string[]>([]);
  const sky = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const fresh = all.filter((one) => !known.current?.has(one.id)).map((one) => one.id);
    if (fresh.length === 0) return;
    for (const id of fresh) known.current?.add(id);
    drifting.value = [...drifting.value, ...fresh];
    const goLater = (): void =>
      void timer.after(drifts, () => {
        // Whose focus is on them is reading: gone with them it would be nowhere.
        if (sky.current?.querySelector(":focus-visible")) return goLater();
        drifting.value = drifting.value.filter((id) => !fresh.includes(id));
      });
    goLater();
  });

  const shown = all.filter((one) => drifting.value.includes(one.id));
  const unseen = shown.filter((one) => !one.seen).map((one) => one.id);
  useEffect(() => {
    if (unseen.length === 0) return;
    return timer.after(glance, () => {
      if (document.visibilityState === "visible") void bond.act({ do: "thought", intent: { what: "seen", ids: unseen } });
    });
  }, [unseen.join()]);

  const latest = shown.slice(-atOnce[from]);
  return (
    <div ref={sky} class="said" data-from={from}>
      {latest.map((one) => (
        <button type="button" key={one.id} class="drift" data-thought={one.id} onClick={onOpen}>
          {one.feeling && <Swatch hue={one.feeling.hue} strength={one.feeling.strength} />}
          <span dir="auto">{one.text}</span>
        </button>
      ))}
      {from === "other" && shown.length > latest.length && (
        <button type="button" class="drift more" onClick={onOpen}>
          {words.say.more(shown.length - latest.length)}
        </button>
      )}
    </div>
  );
};

export const SayButton = ({ onOpen }: { readonly onOpen: () => void }): JSX.Element => {
  const { words } = useApp();
  return (
    <button type="button" class="tool" data-tool="say" aria-haspopup="dialog" onClick={onOpen}>
      <SayIcon />
      <span>{words.say.open}</span>
    </button>
  );
};

interface SayProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  /** What was begun and not said: it is there again when the sheet is, and goes with the field. */
  readonly draft: Signal<string>;
  readonly onClose: () => void;
}

export const SaySheet = ({ bond, view, draft, onClose }: SayProps): JSX.Element => {
  const { words } = useApp();
  const { trouble } = view.connection;
  const unkept = trouble?.is === "storage-full" || trouble?.is === "storage-gone" ? words.trouble(trouble) : "";
  const fades = useSignal(false);
  const carried = useSignal<FeelingName | null>(null);
  const wrong = useSignal<ActRefusal | null>(null);
  const busy = useSignal(false);
  const { me: pause } = view.apart;
  const isFeelingGiven = view.grants.some(({ sense, mine }) => sense === "feeling" && mine !== "off") && (pause?.passes.includes("feeling") ?? true);

  const say = async (): Promise<void> => {
    if (busy.value) return;
    if (utf8(draft.value).length > thoughtCap) {
      wrong.value = "too-long";
      return;
    }
    busy.value = true;
    const feeling: Felt | undefined = carried.value === null || !isFeelingGiven ? undefined : { hue: feelingNames[carried.value], strength: 70 };
    const said = await bond.act({
      do: "thought",
      intent: { what: "say", text: draft.value, ...(fades.value ? { fades: true } : {}), ...(feeling ? { feeling } : {}) },
    });
    busy.value = false;
    // The words stay in the box until they are safe on this device.
    if (!said.ok) {
      wrong.value = said.why;
      return;
    }
    draft.value = "";
    onClose();
  };

  return (
    <Sheet name="say" title={words.say.title(view.other.name === "" ? words.someone : view.other.name)} onClose={onClose}>
      <form
        class="stack say"
        onSubmit={(event) => {
          event.preventDefault();
          void say();
        }}
      >
        <label>
          <span class="unseen">{words.say.box}</span>
          <textarea
            name="thought"
            class="words"
            dir="auto"
            rows={3}
            placeholder={words.say.hint}
            value={draft.value}
            autofocus
            onInput={(event) => {
              draft.value = event.currentTarget.value;
              wrong.value = null;
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void say();
            }}
          />
        </label>
        {(wrong.value !== null || unkept !== "") && (
          <p class="note" role="alert">
            {wrong.value === null ? unkept : words.refused(wrong.value)}
          </p>
        )}
        {isFeelingGiven && (
          <fieldset class="carry">
            <legend>{words.say.carry}</legend>
            <label>
              <input type="radio" name="carry" checked={carried.value === null} onChange={() => (carried.value = null)} />
              <span>{words.say.none}</span>
            </label>
            {(Object.keys(feelingNames) as FeelingName[]).map((name) => (
              <label key={name}>
                <input type="radio" name="carry" checked={carried.value === name} onChange={() => (carried.value = name)} />
                <span>
                  <Swatch hue={feelingNames[name]} />
                  {words.feel.names[name]}
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <label class="switch">
          <input type="checkbox" name="fades" checked={fades.value} onChange={(event) => (fades.value = event.currentTarget.checked)} />
          <span>
            {words.say.fades}
            <small>{words.say.fadesHint}</small>
          </span>
        </label>
        <div class="actions">
          <button type="submit" class="main" disabled={busy.value || draft.value.trim() === ""}>
            {words.say.send}
          </button>
        </div>
      </form>
      {view.thoughts.length > 0 && (
        <section class="lately" aria-label={words.say.recent}>
          <h3>{words.say.recent}</h3>
          <ul>
            {view.thoughts.toReversed().map((one) => (
              <Lately key={one.id} one={one} other={view.other.name} now={view.now} />
            ))}
          </ul>
        </section>
      )}
    </Sheet>
  );
};

const Lately = ({ one, other, now }: { readonly one: Shown; readonly other: string; readonly now: number }): JSX.Element => {
  const { words, times } = useApp();
  return (
    <li data-from={one.from} data-waiting={one.waiting}>
      <p class="words" dir="auto">
        {one.text}
      </p>
      <small>
        {one.from === "me" ? words.say.me : <Name of={other} />} · {one.waiting ? words.say.waiting : times.at(one.at, now)}
        {one.feeling && (
          <>
            {" · "}
            <Swatch hue={one.feeling.hue} strength={one.feeling.strength} /> {feltText(one.feeling, words)}
          </>
        )}
        {one.fades && <> · {words.say.fades}</>}
      </small>
    </li>
  );
};
