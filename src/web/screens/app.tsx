/** Which screen is shown: by the stage of the bond, and by the link this page was opened with. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { exhaustive } from "../../base/exhaustive.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { later } from "../later.tsx";
import { Room } from "../parts/room.tsx";
import type { Arrival } from "../arrival.ts";
import { Field } from "./field.tsx";
import { FirstRun } from "./first-run.tsx";
import { Knocking, Making, TurnedAway } from "./waiting.tsx";

const Arriving = later((rooms) => rooms.Arriving);
const Between = later((rooms) => rooms.Between);
const Inviting = later((rooms) => rooms.Inviting);
const MoonText = later((rooms) => rooms.MoonText);

export const AppScreen = ({ arrived }: { readonly arrived: Arrival | undefined }): JSX.Element => {
  const { shown, words } = useApp();
  const link = useSignal(arrived);
  const chosen = useSignal<string | null>(null);
  const bonds = shown.bonds.value;
  const bond = bonds.find((one) => one.id === chosen.value) ?? bonds.at(-1);
  const view = bond && shown.view(bond).value;
  const stage = link.value !== undefined ? "arrived" : (view?.stage ?? "first");

  // For tests, scripts and styles; it says no more than the screen does.
  useEffect(() => {
    document.documentElement.dataset["stage"] = stage;
  }, [stage]);

  if (link.value !== undefined || !bond || !view) return <FirstRun arrived={link.value} onArrivedDone={() => (link.value = undefined)} />;
  return (
    <>
      {bonds.length > 1 && (
        <nav class="lines" aria-label={words.between.lines}>
          {bonds.map((one) => (
            <button type="button" key={one.id} aria-pressed={one === bond} onClick={() => (chosen.value = one.id)}>
              <bdi>{nameOf(shown.view(one).value) || words.inviting.title}</bdi>
            </button>
          ))}
        </nav>
      )}
      <BondScreen key={bond.id} bond={bond} view={view} />
    </>
  );
};

const nameOf = (view: BondView): string => ("other" in view ? view.other.name : "");

const BondScreen = ({ bond, view }: { readonly bond: Bond; readonly view: BondView }): JSX.Element => {
  const { words, shown } = useApp();
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
      return <Field bond={bond} view={view} />;
    case "ended":
      return (
        <Room
          title={words.ended.title}
          lead={view.by === "me" ? words.ended.me : words.ended.other(view.other.name === "" ? words.someone : view.other.name)}
          lights="alone"
        >
          {view.hour.other?.place && (
            <>
              <h2>{words.moon.title}</h2>
              <MoonText hour={view.hour} other={view.other.name} now={shown.now.value} />
            </>
          )}
          <h2>{words.between.title}</h2>
          <Between bond={bond} view={view} />
        </Room>
      );
    default:
      return exhaustive(view);
  }
};
