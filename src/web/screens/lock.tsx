/**
 * The room of the lock: to set it, shut it, change what opens it, and take it off; and the neutral page, with how to come
 * back from it. What it protects, and what not, is said before anything is set.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { exhaustive } from "../../base/exhaustive.ts";
import type { Result } from "../../base/result.ts";
import { toHex } from "../../base/bytes.ts";
import { useApp } from "../app.ts";
import type { Proof } from "../device-lock.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { PassphraseField, Prove } from "../parts/prove.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { shutAfters, type ShutAfter } from "../shut-when-hidden.ts";
import type { Words } from "../words/en.ts";

type Wrong = keyof Words["lock"]["wrong"];
type Outcome = "passkeyAdded" | "passkeyRemoved" | "changed" | "isOff";
/** What needs a proof that the lock can be opened. */
type Change = "passphrase" | "passkey" | "off";
type Step = { readonly at: "room" } | { readonly at: "prove"; readonly to: Change } | { readonly at: "new"; readonly proof: Proof };

/** Short enough to be typed each day; Argon2id makes up for a little, not for a guess out of ten. */
const shortest = 8;

export const LockRoom = ({ onClose }: { readonly onClose: () => void }): JSX.Element => {
  const { words, lock } = useApp();
  const w = words.lock;
  const step = useSignal<Step>({ at: "room" });
  const wrong = useSignal<Wrong | null>(null);
  const outcome = useSignal<Outcome | null>(null);
  const unlockers = lock.unlockers.value;
  const room = (): void => {
    step.value = { at: "room" };
  };

  const finish = (done: Result<unknown, Wrong>, what: Outcome): void => {
    room();
    wrong.value = done.ok ? null : done.error;
    outcome.value = done.ok ? what : null;
  };
  const changeWith = async (to: Change, proof: Proof): Promise<void> => {
    switch (to) {
      case "passphrase":
        step.value = { at: "new", proof };
        return;
      case "passkey":
        return finish(await lock.addPasskey(proof), "passkeyAdded");
      case "off":
        return finish(await lock.remove(proof), "isOff");
      default:
        return exhaustive(to);
    }
  };

  switch (step.value.at) {
    case "prove": {
      const { to } = step.value;
      return (
        <Sheet name="lock" key="prove" title={w.change[to].title} onClose={room}>
          <p class="lead">{w.change[to].text}</p>
          <Prove
            go={w.change[to].go}
            onOpener={async (opener) => {
              const proved = await lock.prove(opener);
              if (proved.ok) await changeWith(to, proved.value);
              return proved;
            }}
          />
        </Sheet>
      );
    }
    case "new": {
      const { proof } = step.value;
      return (
        <Sheet name="lock" key="new" title={w.newTitle} onClose={room}>
          <NewPassphrase
            go={w.newGo}
            autofocus
            onPassphrase={async (passphrase) => {
              const done = await lock.changePassphrase(proof, passphrase);
              if (done.ok) finish(done, "changed");
              return done;
            }}
          />
        </Sheet>
      );
    }
    case "room":
      return (
        <Sheet name="lock" key="room" title={w.title} onClose={onClose}>
          <p class="lead">{w.text}</p>
          <p class="aside">{w.limits}</p>
          <p class="aside">{w.ways}</p>
          <p class="outcome" role="status">
            {outcome.value === null ? "" : w[outcome.value]}
          </p>
          {wrong.value && (
            <p class="note" role="alert" data-wrong={wrong.value}>
              {w.wrong[wrong.value]}
            </p>
          )}
          <section class="stack">
            {unlockers ? (
              <IsSet onChange={(to) => (step.value = { at: "prove", to })} onDone={finish} passkeys={unlockers.passkeys} />
            ) : (
              <>
                <h3>{w.setTitle}</h3>
                <p>{w.setText}</p>
                <NewPassphrase go={w.setGo} onPassphrase={lock.set} />
              </>
            )}
          </section>
          <NeutralPage />
        </Sheet>
      );
  }
};

interface IsSetProps {
  readonly passkeys: readonly { readonly id: Uint8Array }[];
  readonly onChange: (to: Change) => void;
  readonly onDone: (done: Result<unknown, Wrong>, what: Outcome) => void;
}

const IsSet = ({ passkeys, onChange, onDone }: IsSetProps): JSX.Element => {
  const { words, lock, shutWhen } = useApp();
  const w = words.lock;
  return (
    <>
      <div class="actions">
        <button type="button" class="main" data-lock="now" onClick={lock.shut}>
          {w.now}
        </button>
      </div>
      <fieldset class="choices">
        <legend>{w.after}</legend>
        {(Object.keys(shutAfters) as ShutAfter[]).map((after) => (
          <label key={after} class="switch">
            <input type="radio" name="shut-after" value={after} checked={shutWhen.after.value === after} onChange={() => shutWhen.choose(after)} />
            <span>{w.afters[after]}</span>
          </label>
        ))}
      </fieldset>
      <h3>{w.opens}</h3>
      <ul class="rows">
        <li>
          <button type="button" class="row" data-lock="passphrase" onClick={() => onChange("passphrase")}>
            <strong>{w.passphrase}</strong>
            <small>{w.changeRow}</small>
          </button>
        </li>
        {passkeys.map(({ id }, at) => (
          <li key={toHex(id)} class="passkey" data-passkey={at + 1}>
            <strong>{w.passkey(at + 1)}</strong>
            <AskOnce
              label={w.removePasskey}
              sure={w.removePasskeySure}
              yes={w.removePasskeyYes}
              onYes={() => void lock.removePasskey(id).then((done) => onDone(done, "passkeyRemoved"))}
            />
          </li>
        ))}
      </ul>
      {lock.canPasskey ? (
        <div class="actions">
          <button type="button" class="second" data-lock="passkey" onClick={() => onChange("passkey")}>
            {w.addPasskey}
          </button>
        </div>
      ) : (
        <p class="aside">{w.noPasskeys}</p>
      )}
      <div class="actions">
        <button type="button" class="quiet" data-lock="off" onClick={() => onChange("off")}>
          {w.off}
        </button>
      </div>
    </>
  );
};

interface NewPassphraseProps {
  readonly go: string;
  /** It is all that there is to do. */
  readonly autofocus?: boolean;
  readonly onPassphrase: (passphrase: string) => Promise<Result<unknown, Wrong>>;
}

const NewPassphrase = ({ go, autofocus = false, onPassphrase }: NewPassphraseProps): JSX.Element => {
  const { words } = useApp();
  const w = words.lock;
  const once = useSignal("");
  const twice = useSignal("");
  const wrong = useSignal<Wrong | null>(null);
  const busy = useSignal(false);

  const take = async (): Promise<void> => {
    if (busy.value) return;
    wrong.value = once.value.length < shortest ? "too-short" : once.value === twice.value ? null : "not-same";
    if (wrong.value) return;
    busy.value = true;
    const done = await onPassphrase(once.value);
    busy.value = false;
    if (!done.ok) wrong.value = done.error;
  };

  return (
    <form
      class="stack"
      aria-busy={busy.value}
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <PassphraseField
        name="new-passphrase"
        label={w.choose}
        hint={w.chooseHint}
        autocomplete="new-password"
        autofocus={autofocus}
        value={once.value}
        onInput={(typed) => (once.value = typed)}
      />
      <PassphraseField name="again-passphrase" label={w.again} autocomplete="new-password" value={twice.value} onInput={(typed) => (twice.value = typed)} />
      <p class="aside" role="status">
        {busy.value ? w.trying : ""}
      </p>
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {w.wrong[wrong.value]}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="main" aria-disabled={busy.value}>
          {go}
        </button>
      </div>
    </form>
  );
};

const NeutralPage = (): JSX.Element => {
  const { words, cover } = useApp();
  const w = words.neutral;
  return (
    <section class="stack" data-neutral={cover.armed.value}>
      <h3>{w.heading}</h3>
      <p>{w.text}</p>
      <p>
        <strong>{w.back}</strong>
      </p>
      <label class="switch">
        <input type="checkbox" name="hide" checked={cover.armed.value} onChange={(event) => cover.arm(event.currentTarget.checked)} />
        <span>
          {w.armed}
          <small>{w.armedHint}</small>
        </span>
      </label>
      <div class="actions">
        <button type="button" class="second" data-lock="hide" onClick={cover.hide}>
          {w.now}
        </button>
      </div>
    </section>
  );
};
