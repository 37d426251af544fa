/** Which screen is shown: by the stage of the bond, and by the link this page was opened with. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { exhaustive } from "../../base/exhaustive.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { atField, fetchField, further, later } from "../later.tsx";
import type { Arrival, Wish } from "../arrival.ts";
import { FirstRun } from "./first-run.tsx";
import { Knocking, Making, TurnedAway } from "./waiting.tsx";

const Arriving = later((rooms) => rooms.Arriving);
const Field = atField((module) => module.Field);
const Ended = further((rooms) => rooms.Ended);
const Inviting = later((rooms) => rooms.Inviting);
const Keeping = further((rooms) => rooms.Keeping);

export const AppScreen = ({ arrived }: { readonly arrived: Arrival | Wish | undefined }): JSX.Element => {
  const { shown, words } = useApp();
  const link = useSignal(typeof arrived === "string" ? undefined : arrived);
  const wish = useRef(typeof arrived === "string" ? arrived : undefined);
  /** The first field that is shown does it, and no later one. */
  const takeWish = (): Wish | undefined => {
    const taken = wish.current;
    wish.current = undefined;
    return taken;
  };
  const chosen = useSignal<string | null>(null);
  /** A new line is begun beside so many; it is over when there is one more. */
  const anew = useSignal<number | null>(null);
  const bonds = shown.bonds.value;
  const bond = bonds.find((one) => one.id === chosen.value) ?? bonds.at(-1);
  const view = bond && shown.view(bond).value;
  const stage = link.value !== undefined ? "arrived" : (view?.stage ?? "first");

  // For tests, scripts and styles; it says no more than the screen does.
  useEffect(() => {
    document.documentElement.dataset["stage"] = stage;
  }, [stage]);

  if (link.value !== undefined || !bond || !view || anew.value === bonds.length) {
    const back = anew.value === bonds.length && bond ? () => (anew.value = null) : undefined;
    return <FirstRun arrived={link.value} onArrivedDone={() => (link.value = undefined)} onBack={back} />;
  }
  return (
    <>
      {bonds.length > 1 && (
        <nav class="lines" aria-label={words.between.lines}>
          {bonds.map((one) => (
            <button type="button" key={one.id} aria-pressed={one === bond} onClick={() => (chosen.value = one.id)}>
              <bdi>{nameOf(shown.view(one).value) || words.inviting.title}</bdi>
              {shown.view(one).value.stage === "ended" && <small> {words.between.ended}</small>}
            </button>
          ))}
        </nav>
      )}
      <BondScreen
        key={bond.id}
        bond={bond}
        view={view}
        takeWish={takeWish}
        onAnew={() => {
          chosen.value = null;
          anew.value = bonds.length;
        }}
      />
    </>
  );
};

const nameOf = (view: BondView): string => ("other" in view ? view.other.name : "");

interface BondScreenProps {
  readonly bond: Bond;
  readonly view: BondView;
  readonly takeWish: () => Wish | undefined;
  readonly onAnew: () => void;
}

const BondScreen = ({ bond, view, takeWish, onAnew }: BondScreenProps): JSX.Element => {
  useEffect(() => void fetchField(), []);
  switch (view.stage) {
    case "making":
      return <Making bond={bond} view={view} />;
    case "inviting":
      return <Inviting bond={bond} view={view} />;
    case "knocking":
      return <Knocking bond={bond} view={view} />;
    case "arriving":
      return <Arriving bond={bond} view={view} />;
    case "turned-away":
      return <TurnedAway bond={bond} view={view} />;
    case "together":
      return view.keeping ? <Keeping bond={bond} view={view} /> : <Field bond={bond} view={view} takeWish={takeWish} />;
    case "ended":
      return <Ended bond={bond} view={view} onAnew={onAnew} />;
    default:
      return exhaustive(view);
  }
};
