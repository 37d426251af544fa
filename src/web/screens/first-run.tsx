/** First run: what this is, your name, and one of two ways to begin. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../app.ts";
import { nameCap } from "../../senses/name/name.ts";
import { Room } from "../parts/room.tsx";
import { JoinFrom } from "./join-from.tsx";

export const NameField = ({ value, onInput }: { readonly value: string; readonly onInput: (name: string) => void }): JSX.Element => {
  const { words } = useApp();
  return (
    <label class="field-label">
      <span>{words.first.name}</span>
      <input
        type="text"
        name="name"
        dir="auto"
        maxLength={nameCap}
        autocomplete="nickname"
        required
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        aria-describedby="name-hint"
      />
      <small id="name-hint">{words.first.nameHint}</small>
    </label>
  );
};

type WrongWord = keyof ReturnType<typeof useApp>["words"]["wrong"];
export const Wrong = ({ why }: { readonly why: WrongWord | null }): JSX.Element | null => {
  const { words } = useApp();
  return (
    why && (
      <p class="note" role="alert" data-wrong={why}>
        {words.wrong[why]}
      </p>
    )
  );
};

export const FirstRun = ({ arrived, onArrivedDone }: { readonly arrived: string | undefined; readonly onArrivedDone: () => void }): JSX.Element => {
  const { words, shown, origin, persist } = useApp();
  const name = useSignal("");
  const wrong = useSignal<WrongWord | null>(null);
  const busy = useSignal(false);
  const pasting = useSignal(false);

  const invite = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = null;
    persist();
    const made = await shown.home.invite({ name: name.value, relay: origin });
    busy.value = false;
    if (!made.ok) wrong.value = made.error;
  };

  if (arrived !== undefined) {
    return (
      <Room title={words.arrived.title} lead={words.arrived.text}>
        <JoinFrom link={arrived} onBack={onArrivedDone} backLabel={words.arrived.notNow} />
      </Room>
    );
  }
  return (
    <Room title={words.first.title} lead={words.first.what}>
      {pasting.value ? (
        <JoinFrom name={name.value} onBack={() => (pasting.value = false)} backLabel={words.common.back} />
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void invite();
          }}
        >
          <NameField value={name.value} onInput={(next) => (name.value = next)} />
          <Wrong why={wrong.value} />
          <div class="actions">
            <button type="submit" class="main" disabled={busy.value}>
              {words.first.invite}
            </button>
            <button type="button" class="second" onClick={() => (pasting.value = true)}>
              {words.first.invited}
            </button>
          </div>
        </form>
      )}
    </Room>
  );
};
