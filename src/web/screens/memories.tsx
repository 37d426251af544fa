/** Saved lines (KEEP1): brought in from a file, read like any other, and nothing else. They belong to no line of mine. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Memory, ReadKept } from "../../line/home.ts";
import { useApp } from "../app.ts";
import { AskOnce } from "../parts/ask-once.tsx";
import { Sheet } from "../parts/sheet.tsx";
import type { Words } from "../words/en.ts";
import { KeptList } from "./kept-list.tsx";

/** A file beyond this would hold the page up for longer than anyone waits. Two people write some kilobytes a day. */
const fileCap = 64 * 1024 * 1024;

export const Memories = (): JSX.Element => {
  const { words, shown, times, persist } = useApp();
  const w = words.memories;
  const wrong = useSignal<keyof Words["memories"]["wrong"] | null>(null);
  const busy = useSignal(false);
  const open = useSignal<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const reading = shown.memories.value.find(({ id }) => id === open.value);

  const bring = async (file: File | undefined): Promise<void> => {
    if (!file || busy.value) return;
    wrong.value = null;
    if (file.size > fileCap) {
      wrong.value = "too-big";
      return;
    }
    busy.value = true;
    persist();
    const text = await file.text().catch(() => undefined);
    if (text === undefined) wrong.value = "unreadable";
    else {
      const made = await shown.home.importMemory(text);
      if (!made.ok) wrong.value = made.error;
    }
    busy.value = false;
  };

  return (
    <section class="stack memories bare" aria-busy={busy.value}>
      <p class="aside">{w.text}</p>
      {shown.memories.value.length > 0 && (
        <ul class="rows">
          {shown.memories.value.map((memory) => (
            <li key={memory.id}>
              <button type="button" class="row" data-memory={memory.id} aria-haspopup="dialog" onClick={() => (open.value = memory.id)}>
                <strong>{w.names(memory.me, memory.other)}</strong>
                <small>{w.row(w.count(memory.count), times.day(memory.importedAt))}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {wrong.value && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {w.wrong[wrong.value]}
        </p>
      )}
      <div class="actions">
        <input
          ref={picker}
          type="file"
          name="memory"
          class="unseen"
          accept=".json,application/json"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void bring(event.currentTarget.files?.[0]);
            // The same file may be picked again.
            event.currentTarget.value = "";
          }}
        />
        <button type="button" class="second" disabled={busy.value} onClick={() => picker.current?.click()}>
          <span aria-live="polite">{busy.value ? w.bringing : w.bring}</span>
        </button>
      </div>
      {reading && <MemorySheet memory={reading} onClose={() => (open.value = null)} />}
    </section>
  );
};

const MemorySheet = ({ memory, onClose }: { readonly memory: Memory; readonly onClose: () => void }): JSX.Element => {
  const { words, shown, times } = useApp();
  const w = words.memories;
  const source = useMemo(
    () => ({ kept: (options: Parameters<ReadKept>[0]) => shown.home.remembered(memory.id, options), places: () => shown.home.memoryPlaces(memory.id) }),
    [memory.id],
  );
  return (
    <Sheet name="memory" title={w.names(memory.me, memory.other)} onClose={onClose}>
      <p class="lead">{w.lead(w.count(memory.count), times.day(memory.importedAt))}</p>
      <AskOnce
        label={w.remove}
        sure={w.removeSure}
        yes={w.removeYes}
        onYes={() => {
          onClose();
          void shown.home.forgetMemory(memory.id);
        }}
      />
      <KeptList me={memory.me} other={memory.other} source={source} />
    </Sheet>
  );
};
