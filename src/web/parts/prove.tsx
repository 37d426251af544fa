/**
 * Asks for what opens the lock: the passphrase, or a passkey where there is one. Wrong is said kindly and as often as it
 * happens: nobody is shut out for it, since each try costs its time.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Result } from "../../base/result.ts";
import type { Opener } from "../adapters/data-key.ts";
import { useApp } from "../app.ts";
import type { Words } from "../words/en.ts";

interface ProveProps {
  /** On the button. */
  readonly go: string;
  readonly onOpener: (opener: Opener) => Promise<Result<unknown, keyof Words["lock"]["wrong"]>>;
}

export const Prove = ({ go, onOpener }: ProveProps): JSX.Element => {
  const { words, lock } = useApp();
  const w = words.lock;
  const passphrase = useSignal("");
  const wrong = useSignal<keyof Words["lock"]["wrong"] | null>(null);
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const passkeys = lock.canPasskey ? (lock.unlockers.value?.passkeys.length ?? 0) : 0;

  useEffect(() => {
    if (passkeys === 0) input.current?.focus();
  }, []);

  const tryWith = async (ask: () => Promise<Result<Opener, keyof Words["lock"]["wrong"]>>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = null;
    const opener = await ask();
    const done = opener.ok ? await onOpener(opener.value) : opener;
    busy.value = false;
    if (done.ok) return;
    wrong.value = done.error;
    input.current?.select();
  };

  return (
    <form
      class="stack prove"
      aria-busy={busy.value}
      onSubmit={(event) => {
        event.preventDefault();
        void tryWith(async () => ({ ok: true, value: { by: "passphrase", passphrase: passphrase.value } }));
      }}
    >
      {passkeys > 0 && (
        <div class="actions">
          <button type="button" class="main" data-by="passkey" aria-disabled={busy.value} onClick={() => void tryWith(lock.askPasskey)}>
            {w.usePasskey}
          </button>
        </div>
      )}
      <PassphraseField
        label={w.passphrase}
        autocomplete="current-password"
        field={input}
        autofocus={passkeys === 0}
        value={passphrase.value}
        onInput={(typed) => (passphrase.value = typed)}
      />
      <p class="aside" role="status">
        {busy.value ? w.trying : ""}
      </p>
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {w.wrong[wrong.value]}
        </p>
      )}
      <div class="actions">
        <button type="submit" class={passkeys > 0 ? "second" : "main"} aria-disabled={busy.value}>
          {go}
        </button>
      </div>
    </form>
  );
};

interface PassphraseFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly autocomplete: "current-password" | "new-password";
  readonly name?: string;
  readonly field?: { current: HTMLInputElement | null };
  /** In a sheet: the focus is here as it opens. */
  readonly autofocus?: boolean;
  readonly value: string;
  readonly onInput: (typed: string) => void;
}

export const PassphraseField = ({
  label,
  hint,
  autocomplete,
  name = "passphrase",
  field,
  autofocus = false,
  value,
  onInput,
}: PassphraseFieldProps): JSX.Element => (
  <label class="field-label">
    <span>{label}</span>
    <input
      {...(field ? { ref: field } : {})}
      type="password"
      name={name}
      dir="auto"
      autocomplete={autocomplete}
      required
      autofocus={autofocus}
      maxLength={200}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
      {...(hint === undefined ? {} : { "aria-describedby": `${name}-hint` })}
    />
    {hint !== undefined && <small id={`${name}-hint`}>{hint}</small>}
  </label>
);
