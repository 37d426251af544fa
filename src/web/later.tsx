/**
 * The first screen is small and comes first; the code of the rooms is fetched right after it, once for all of them, and
 * is there before anyone opens one. Where it is not (the relay went away in between), that is said, and tried again.
 */
import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useApp } from "./app.ts";
import type * as AllRooms from "./screens/rooms.ts";

type Rooms = typeof AllRooms;

const rooms = signal<Rooms | "coming" | "failed">("coming");

export const fetchRooms = async (): Promise<void> => {
  if (typeof rooms.value === "object") return;
  rooms.value = "coming";
  rooms.value = await import("./screens/rooms.ts").catch(() => "failed" as const);
};

/** A screen among the rooms. */
export const later =
  <Props extends object>(pick: (rooms: Rooms) => ComponentType<Props>) =>
  (props: Props): JSX.Element | null => {
    if (rooms.value === "coming") return null;
    if (rooms.value === "failed") return <Missing />;
    const Screen = pick(rooms.value);
    return <Screen {...props} />;
  };

const Missing = (): JSX.Element => {
  const { words } = useApp();
  return (
    <div class="missing" role="alert">
      <p>{words.opening.missing}</p>
      <button type="button" class="second" onClick={() => void fetchRooms()}>
        {words.first.again}
      </button>
    </div>
  );
};
