/** Name in the web app (NAME1): I change mine; the other's is shown as it was chosen. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import * as v from "valibot";
import type { Bond } from "../../line/home.ts";
import { useApp } from "../../web/app.ts";
import type { WebHalf } from "../../web/web-half.ts";
import { name, nameCap, parseName } from "./name.ts";

export const nameHalf: WebHalf = {
  kept(entry, words) {
    const parsed = v.safeParse(name.entry, entry);
    const chosen = parsed.success ? parseName(parsed.output.name) : undefined;
    return chosen === undefined ? undefined : { text: words.kept.named(chosen), own: false };
  },
};

export const Rename = ({ bond, current }: { readonly bond: Bond; readonly current: string }): JSX.Element => {
  const { words } = useApp();
  const typed = useSignal(current);
  const wrong = useSignal("");
  const rename = async (): Promise<void> => {
    const done = await bond.act({ do: "name", intent: { name: typed.value } });
    wrong.value = done.ok ? "" : words.refused(done.why);
  };
  return (
    <form
      class="stack rename"
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
    >
      <label class="field-label">
        <span>{words.between.yourName}</span>
        <input type="text" name="rename" dir="auto" maxLength={nameCap} value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
      </label>
      <button type="submit" class="second small" disabled={parseName(typed.value) === undefined || parseName(typed.value) === current}>
        {words.between.changeName}
      </button>
      {wrong.value !== "" && (
        <p class="note" role="alert">
          {wrong.value}
        </p>
      )}
    </form>
  );
};
