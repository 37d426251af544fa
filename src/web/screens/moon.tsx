/** "The moon" (MOON1): both hours, whether it is up for each and for both, and what I give for that. Asks nobody. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { ActRefusal } from "../../line/state.ts";
import type { HourView, TogetherView } from "../../line/view.ts";
import { roundPlace, type Place } from "../../senses/hour/hour.ts";
import { offsetIn } from "../../senses/hour/zone.ts";
import { useApp } from "../app.ts";
import { heavensOver, moonOverBoth } from "../heavens.ts";
import { GiveChoice } from "../parts/give-choice.tsx";
import { MoonDisc } from "../parts/moon.tsx";
import { Name } from "../parts/name.tsx";
import { Sheet } from "../parts/sheet.tsx";

interface MoonRoomProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const MoonRoom = ({ bond, view, onClose }: MoonRoomProps): JSX.Element => {
  const { words } = useApp();
  const grant = view.grants.find(({ sense }) => sense === "hour");
  const other = view.other.name === "" ? words.someone : view.other.name;
  return (
    <Sheet name="moon" title={words.moon.title} onClose={onClose}>
      <MoonText hour={view.hour} other={view.other.name} now={view.now} />
      {grant && (
        <section class="stack">
          <h3>{words.moon.give}</h3>
          <p class="aside">{words.moon.giveText(other)}</p>
          <GiveChoice bond={bond} grant={grant} />
          <PlaceForm bond={bond} hour={view.hour} />
        </section>
      )}
    </Sheet>
  );
};

/** Also where the line has ended: for as long as what was given for it lasts. */
export const MoonText = ({
  hour: { me, other, place },
  other: name,
  now,
}: {
  readonly hour: HourView;
  readonly other: string;
  readonly now: Millis;
}): JSX.Element => {
  const { words, times, zone } = useApp();
  const w = words.moon;
  const [mine, theirs] = [heavensOver(now, place), heavensOver(now, other?.place)];
  const both = me?.place && other?.place ? moonOverBoth(now, me.place, other.place) : undefined;
  const seen = mine ?? theirs;

  const moonOf = (where: Place | null | undefined, heavens: typeof mine): string =>
    !where ? w.noPlace : !heavens ? w.coming : heavens.moon.altitude > 0 ? w.up : w.down;
  const offset = other ? offsetIn(other.zone, now) : undefined;
  const together = both && (both.both ? w.both : both.next === null ? w.never : w.next(times.at(both.next, now)));
  return (
    <div class="moon-room">
      <p class="lead">{w.text}</p>
      {seen && <MoonDisc moon={seen.moon} />}
      <dl>
        <div data-moon="me">
          <dt>{w.me}</dt>
          <dd>
            <strong>{times.clockAt(now, offsetIn(zone(), now) ?? 0)}</strong> · {moonOf(place, mine)}
          </dd>
        </div>
        <div data-moon="other">
          <dt>
            <Name of={name} first />
          </dt>
          <dd>
            {offset === undefined ? (
              w.noHour
            ) : (
              <>
                <strong>{times.clockAt(now, offset)}</strong> · {moonOf(other?.place, theirs)}
              </>
            )}
          </dd>
        </div>
      </dl>
      <p data-moon="both">{together ?? (me?.place && other?.place ? w.coming : w.needs)}</p>
    </div>
  );
};

/** Typed, or asked of this device once: whole degrees either way, before anything is kept or leaves. */
const PlaceForm = ({ bond, hour }: { readonly bond: Bond; readonly hour: HourView }): JSX.Element => {
  const { words, zone } = useApp();
  const w = words.moon;
  const lat = useSignal(hour.place ? String(hour.place.lat) : "");
  const lon = useSignal(hour.place ? String(hour.place.lon) : "");
  const wrong = useSignal<"wrong" | "notHere" | ActRefusal | null>(null);

  const choose = async (place: Place | undefined): Promise<void> => {
    wrong.value = place ? null : "wrong";
    if (!place) return;
    lat.value = String(place.lat);
    lon.value = String(place.lon);
    // The place first, so that no earlier one leaves under the grant.
    const chosen = await bond.act({ do: "hour", intent: { zone: zone(), place } });
    const done = chosen.ok ? await bond.act({ do: "boundary", intent: { sense: "hour", give: "full" } }) : chosen;
    if (!done.ok) wrong.value = done.why;
  };
  const typed = (): Place | undefined =>
    lat.value.trim() === "" || lon.value.trim() === "" ? undefined : roundPlace(numberOf(lat.value), numberOf(lon.value));
  const ask = (): void =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // It may come long after the press: giving it is an act of its own.
        const place = roundPlace(coords.latitude, coords.longitude);
        if (!place) return;
        lat.value = String(place.lat);
        lon.value = String(place.lon);
        wrong.value = null;
      },
      () => (wrong.value = "notHere"),
      { enableHighAccuracy: false, maximumAge: 3_600_000, timeout: 20_000 },
    );

  return (
    <form
      class="stack place"
      onSubmit={(event) => {
        event.preventDefault();
        void choose(typed());
      }}
    >
      <h4>{w.place}</h4>
      <p class="aside">{w.placeText}</p>
      <div class="degrees">
        <Degrees name="lat" label={w.lat} value={lat.value} onInput={(text) => (lat.value = text)} />
        <Degrees name="lon" label={w.lon} value={lon.value} onInput={(text) => (lon.value = text)} />
      </div>
      <div class="actions row">
        <button type="submit" class="second">
          {w.save}
        </button>
        {"geolocation" in navigator && (
          <button type="button" class="second" onClick={ask}>
            {w.here}
          </button>
        )}
      </div>
      {wrong.value !== null && (
        <p class="note" role="alert" data-wrong={wrong.value}>
          {wrong.value === "wrong" || wrong.value === "notHere" ? w[wrong.value] : words.refused(wrong.value)}
        </p>
      )}
    </form>
  );
};

/** With a comma as well; anything else is no number, and so no place. */
const numberOf = (typed: string): number => Number(typed.trim().replace(",", ".").replace("−", "-"));

interface DegreesProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
}

const Degrees = ({ name, label, value, onInput }: DegreesProps): JSX.Element => (
  <label class="field-label">
    <span>{label}</span>
    <input
      type="text"
      name={name}
      inputMode="text"
      autoComplete="off"
      dir="ltr"
      maxLength={12}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  </label>
);
