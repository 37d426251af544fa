/**
 * Everything lost (LOSE1): twelve words and the relay's address bring the lines back. A page speaks with its own relay
 * only, so another one is named and opened instead.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Progress } from "../../line/home.ts";
import { isOrigin } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { DeviceNameField, guessDevice } from "../parts/device-name.tsx";
import { ProgressLine, shareOf } from "../parts/progress.tsx";
import { isSameRelay } from "../same-relay.ts";
import { relayIn, unknownIn, wordsIn } from "../typed.ts";
import type { Words } from "../words/en.ts";

type Wrong = { readonly is: keyof Words["lost"]["wrong"]; readonly unknown: readonly string[] };

export const Lost = ({ onBack }: { readonly onBack: () => void }): JSX.Element => {
  const { words, shown, origin, persist } = useApp();
  const w = words.lost;
  const typed = useSignal("");
  const relay = useSignal(origin);
  const device = useSignal(guessDevice(words));
  const wrong = useSignal<Wrong | null>(null);
  const elsewhere = useSignal<string | null>(null);
  const progress = useSignal<Progress | null>(null);
  const count = wordsIn(typed.value).length;

  const go = async (): Promise<void> => {
    if (progress.value) return;
    wrong.value = null;
    elsewhere.value = null;
    const unknown = unknownIn(typed.value);
    if (count !== 12 || unknown.length > 0) {
      wrong.value = { is: "not-words", unknown };
      return;
    }
    const asked = relayIn(relay.value);
    const same = isOrigin(asked) ? isSameRelay(asked, origin) : undefined;
    if (same === undefined) {
      wrong.value = { is: "bad-relay", unknown: [] };
      return;
    }
    if (!same) {
      elsewhere.value = asked;
      return;
    }
    progress.value = { what: "finding", done: 0, total: 0 };
    persist();
    const back = await shown.home.restore({
      words: typed.value,
      relay: origin,
      device: device.value,
      progress: (next) => (progress.value = next),
    });
    progress.value = null;
    if (back.ok) onBack();
    else wrong.value = { is: back.error, unknown: [] };
  };

  return (
    <form
      class="stack"
      autocomplete="off"
      aria-busy={progress.value !== null}
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <label class="field-label">
        <span>{w.words}</span>
        <textarea
          name="words"
          class="words"
          lang="en"
          dir="ltr"
          rows={4}
          required
          autocomplete="off"
          autocapitalize="none"
          // Nothing may send the words off to be corrected.
          spellcheck={false}
          data-gramm="false"
          value={typed.value}
          aria-describedby="words-hint words-count"
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            wrong.value = null;
          }}
        />
        <small id="words-hint">{w.wordsHint}</small>
        <small id="words-count">{w.counted(count)}</small>
      </label>
      <label class="field-label">
        <span>{w.relay}</span>
        <input
          type="text"
          name="relay"
          dir="ltr"
          inputMode="url"
          maxLength={255}
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={relay.value}
          aria-describedby="relay-hint"
          onInput={(event) => {
            relay.value = event.currentTarget.value;
            elsewhere.value = null;
          }}
        />
        <small id="relay-hint">{w.relayHint}</small>
      </label>
      <DeviceNameField value={device.value} onInput={(name) => (device.value = name)} />
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value.is}>
          {wrong.value.unknown.length > 0 ? w.unknown(wrong.value.unknown.slice(0, 12).map((word) => word.slice(0, 24))) : w.wrong[wrong.value.is]}
        </p>
      )}
      {elsewhere.value && (
        <p class="note" role="alert" data-wrong="elsewhere">
          {w.elsewhere(elsewhere.value)}
        </p>
      )}
      {progress.value && <Under progress={progress.value} />}
      <div class="actions">
        {elsewhere.value ? (
          <a class="main" href={`${elsewhere.value}/`} rel="noreferrer">
            {w.openThere}
          </a>
        ) : (
          <button type="submit" class="main" disabled={progress.value !== null}>
            {w.go}
          </button>
        )}
        <button type="button" class="quiet" disabled={progress.value !== null} onClick={onBack}>
          {words.common.back}
        </button>
      </div>
    </form>
  );
};

const Under = ({ progress }: { readonly progress: Progress }): JSX.Element => {
  const { words } = useApp();
  const w = words.lost.progress;
  const text = progress.what === "finding" ? w.finding(progress.done) : progress.what === "fetching" ? w.fetching(shareOf(progress)) : w.keeping();
  return (
    <div class="under-way" data-progress={progress.what}>
      <p role="status">{text}</p>
      <ProgressLine label={text} done={progress.done} total={progress.what === "fetching" ? progress.total : 0} />
    </div>
  );
};
