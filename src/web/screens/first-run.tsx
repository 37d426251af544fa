/**
 * First run: what this is, your name, and one of two ways to begin; below, quietly, the ways back to what is there already.
 * On an iPhone or iPad in a tab, the Home Screen comes before all of it.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../app.ts";
import { nameCap } from "../../senses/name/name.ts";
import type { Arrival } from "../arrival.ts";
import { LanguageChoice } from "../parts/language-choice.tsx";
import { Room } from "../parts/room.tsx";
import { JoinFrom } from "./join-from.tsx";
import { further, later } from "../later.tsx";

const InstallFirst = later((rooms) => rooms.InstallFirst);
const AddThis = later((rooms) => rooms.AddThis);
const Lost = further((rooms) => rooms.Lost);
const Memories = further((rooms) => rooms.Memories);

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
const Wrong = ({ why }: { readonly why: WrongWord | null }): JSX.Element | null => {
  const { words } = useApp();
  return (
    why && (
      <p class="note" role="alert" data-wrong={why}>
        {words.wrong[why]}
      </p>
    )
  );
};

interface FirstRunProps {
  readonly arrived: Arrival | undefined;
  readonly onArrivedDone: () => void;
  /** Where there is a line already, the way back to it. */
  readonly onBack?: (() => void) | undefined;
}

export const FirstRun = ({ arrived, onArrivedDone, onBack }: FirstRunProps): JSX.Element => {
  const { words, shown, origin, persist, appleTab } = useApp();
  const staysHere = useSignal(!appleTab);
  const name = useSignal("");
  const wrong = useSignal<WrongWord | null>(null);
  const busy = useSignal(false);
  const way = useSignal<"begin" | "join" | "device" | "lost" | "saved">("begin");
  const back = (): void => {
    way.value = "begin";
  };

  const invite = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = null;
    persist();
    const made = await shown.home.invite({ name: name.value, relay: origin });
    busy.value = false;
    if (!made.ok) wrong.value = made.error;
  };

  if (!staysHere.value) return <InstallFirst arrived={arrived} onGoOn={() => (staysHere.value = true)} />;
  if (arrived?.is === "join") {
    return <JoinFrom link={arrived.link} onBack={onArrivedDone} backLabel={words.arrived.notNow} />;
  }
  if (arrived?.is === "device") {
    return <AddThis link={arrived.link} onBack={onArrivedDone} backLabel={words.arrived.notNow} />;
  }
  switch (way.value) {
    case "join":
      return <JoinFrom name={name.value} onBack={back} backLabel={words.common.back} />;
    case "device":
      return <AddThis onBack={back} backLabel={words.common.back} />;
    case "lost":
      return (
        <Room title={words.lost.title} lead={words.lost.text} lights="alone">
          <Lost onBack={back} />
        </Room>
      );
    case "saved":
      return (
        <Room title={words.memories.title}>
          <Memories onBack={back} />
          <div class="actions">
            <button type="button" class="quiet" onClick={back}>
              {words.common.back}
            </button>
          </div>
        </Room>
      );
    case "begin":
      return (
        <Room title={words.first.title} lead={words.first.what}>
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
              <button type="button" class="second" onClick={() => (way.value = "join")}>
                {words.first.invited}
              </button>
            </div>
          </form>
          <section class="ways" aria-label={words.first.other}>
            <p class="aside" aria-hidden="true">
              {words.first.other}
            </p>
            {(["device", "lost", "saved"] as const).map((one) => (
              <button type="button" key={one} class="quiet" onClick={() => (way.value = one)}>
                {words.first[one]}
              </button>
            ))}
          </section>
          <LanguageChoice />
          {onBack && (
            <button type="button" class="quiet" data-line-back onClick={onBack}>
              {words.common.back}
            </button>
          )}
        </Room>
      );
  }
};
