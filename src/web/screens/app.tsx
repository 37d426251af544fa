/** Which screen is shown: by the stage of the bond, and by the invitation this page was opened with. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { exhaustive } from "../../base/exhaustive.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { Room } from "../parts/room.tsx";
import { KeptList, TakeAlong } from "./between-us.tsx";
import { Field } from "./field.tsx";
import { FirstRun } from "./first-run.tsx";
import { Inviting } from "./inviting.tsx";
import { Knocking, Making, TurnedAway } from "./waiting.tsx";

export const AppScreen = ({ arrived }: { readonly arrived: string | undefined }): JSX.Element => {
  const { shown, words } = useApp();
  const invitation = useSignal(arrived);
  const chosen = useSignal<string | null>(null);
  const bonds = shown.bonds.value;
  const bond = bonds.find((one) => one.id === chosen.value) ?? bonds.at(-1);
  const view = bond && shown.view(bond).value;
  const stage = invitation.value !== undefined ? "arrived" : (view?.stage ?? "first");

  // For tests, scripts and styles; it says no more than the screen does.
  useEffect(() => {
    document.documentElement.dataset["stage"] = stage;
  }, [stage]);

  if (invitation.value !== undefined || !bond || !view) return <FirstRun arrived={invitation.value} onArrivedDone={() => (invitation.value = undefined)} />;
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
  const { words } = useApp();
  switch (view.stage) {
    case "making":
      return <Making bond={bond} view={view} />;
    case "inviting":
      return <Inviting bond={bond} view={view} />;
    case "knocking":
      return <Knocking bond={bond} view={view} />;
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
          <h2>{words.between.title}</h2>
          <KeptList bond={bond} view={view} />
          <TakeAlong bond={bond} view={view} />
        </Room>
      );
    default:
      return exhaustive(view);
  }
};
