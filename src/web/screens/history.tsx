/** The history of my devices and of what I gave (BOUND6), by day. It is read here, and changed nowhere. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { PastEvent } from "../../line/history.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { linesOf } from "../history.ts";
import { Choices } from "../parts/choices.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { useReadAlong } from "../read-along.ts";

interface HistoryProps {
  readonly bond: Bond;
  readonly view: Extract<BondView, { readonly other: object }>;
  readonly onClose: () => void;
}

export const HistoryRoom = ({ bond, view, onClose }: HistoryProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.history;
  const events = useReadAlong<readonly PastEvent[] | null>(bond, null, () => bond.history());
  const order = useSignal<"newest" | "oldest">("newest");
  const other = view.other.name === "" ? words.someone : view.other.name;
  const lines = linesOf(events.value ?? [], "devices" in view ? view.devices.mine : [], other, words, times);
  let day = "";
  return (
    <Sheet name="history" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      <Choices
        name="order"
        label={w.order}
        value={order.value}
        choices={(["newest", "oldest"] as const).map((one) => [one, w.orders[one]] as const)}
        onChoose={(chosen) => (order.value = chosen)}
      />
      {events.value?.length === 0 && <p class="aside">{w.nothing}</p>}
      <ol class="kept past-lines">
        {(order.value === "newest" ? lines.toReversed() : lines).map((line, at) => {
          const isNewDay = line.day !== day;
          day = line.day;
          return (
            <li key={at}>
              {isNewDay && <h3>{line.day}</h3>}
              <p class="about" dir="auto">
                {line.text}
              </p>
              {line.by !== null && (
                <small>
                  {line.clock} · {w.by(line.by)}
                </small>
              )}
            </li>
          );
        })}
      </ol>
    </Sheet>
  );
};
