/**
 * The first screen is small and comes first; the code of the rooms is fetched right after it, once for all of them, and
 * is there before anyone opens one. The field is fetched once a line is begun, and at once by a page that this device keeps; the
 * further rooms once there are two: who wants to end it does so without the relay, too. Where something is not there (the relay went away in between), that is said, and tried again; and the
 * way back is there, as from the room itself.
 */
import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import { Sheet } from "./parts/sheet.tsx";

/** How one leaves a room, whatever it calls that: also one that is not there, or that is within another that has the way back. */
interface Left {
  readonly onClose?: (() => void) | undefined;
  readonly onBack?: (() => void) | undefined;
  readonly onStop?: (() => void) | undefined;
}

const fetched = <Rooms extends object>(load: () => Promise<Rooms>) => {
  const rooms = signal<Rooms | "coming" | "failed">("coming");
  const fetch = async (): Promise<void> => {
    if (typeof rooms.value === "object") return;
    rooms.value = "coming";
    rooms.value = await load().catch(() => "failed" as const);
  };
  return {
    fetch,
    /** A screen among them. `when`: who fetches it. */
    pick:
      (when: "before" | "opened") =>
      <Props extends object>(pick: (rooms: Rooms) => ComponentType<Props>) =>
      (props: Props & Left): JSX.Element | null => {
        useEffect(() => {
          if (when === "opened") void fetch();
        }, []);
        if (rooms.value === "coming") return null;
        if (rooms.value === "failed") return <Missing again={fetch} away={props.onClose ?? props.onBack ?? props.onStop} />;
        const Screen = pick(rooms.value);
        return <Screen {...props} />;
      },
  };
};

const near = fetched(() => import("./screens/rooms.ts"));
const field = fetched(() => import("./screens/field.tsx"));
const far = fetched(() => import("./screens/further-rooms.ts"));

export const fetchRooms = near.fetch;
export const fetchField = field.fetch;
export const fetchFurtherRooms = far.fetch;
export const later = near.pick("before");
export const atField = field.pick("opened");
export const further = far.pick("opened");

const Missing = ({ again, away }: { readonly again: () => Promise<void>; readonly away: (() => void) | undefined }): JSX.Element => {
  const { words } = useApp();
  const retry = (
    <button type="button" class="second" onClick={() => void again()}>
      {words.first.again}
    </button>
  );
  if (away) {
    return (
      <Sheet name="missing" title={words.opening.missingTitle} onClose={away}>
        <p role="alert">{words.opening.missing}</p>
        <div class="actions">{retry}</div>
      </Sheet>
    );
  }
  return (
    <div class="missing" role="alert">
      <p>{words.opening.missing}</p>
      {retry}
    </div>
  );
};
