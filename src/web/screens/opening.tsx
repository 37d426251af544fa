/** While the Home opens: nothing for a moment, then what is going on. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "../app.ts";

export const Opening = (): JSX.Element => {
  const { words, timer } = useApp();
  const slow = useSignal(false);
  useEffect(() => timer.after(6000, () => (slow.value = true)), []);
  return (
    <main class="opening" aria-busy="true">
      <p role="status">{slow.value ? words.opening.slow : words.opening.text}</p>
    </main>
  );
};
