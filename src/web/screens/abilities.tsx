/** What this device can do and what it cannot, as it was measured when this was opened. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { abilitiesOf, type Ability } from "../abilities.ts";
import { useApp } from "../app.ts";
import { Sheet } from "../parts/sheet.tsx";
import type { Words } from "../words/en.ts";

export const Abilities = ({ onClose }: { readonly onClose: () => void }): JSX.Element => {
  const { words } = useApp();
  const w = words.abilities;
  const found = useAbilities();
  return (
    <Sheet name="abilities" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      {(["no", "yes", "unknown"] as const).map((verdict) => {
        const these = found.filter((ability) => ability.verdict === verdict);
        return (
          these.length > 0 && (
            <section key={verdict} class="abilities" data-verdict={verdict}>
              <h3>{w.verdicts[verdict]}</h3>
              <ul>
                {these.map((ability) => (
                  <li key={ability.name} data-ability={ability.name} data-state={ability.state}>
                    {sentenceOf(ability, words)}
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </Sheet>
  );
};

/** While someone waits anyway: the one thing about this device that is worth knowing first, and the way to the rest. */
export const AbilitiesRow = (): JSX.Element => {
  const { words } = useApp();
  const open = useSignal(false);
  const first = useAbilities().find(({ verdict }) => verdict === "no");
  return (
    <>
      <button type="button" class="row" data-row="abilities" aria-haspopup="dialog" onClick={() => (open.value = true)}>
        <strong>{words.abilities.title}</strong>
        <small>{first && sentenceOf(first, words)}</small>
      </button>
      {open.value && <Abilities onClose={() => (open.value = false)} />}
    </>
  );
};

/** Empty until the browser has answered. */
const useAbilities = (): readonly Ability[] => {
  const { measure } = useApp();
  const found = useSignal<readonly Ability[]>([]);
  useEffect(() => {
    let over = false;
    void measure().then((measured) => {
      if (!over) found.value = abilitiesOf(measured);
    });
    return () => {
      over = true;
    };
  }, []);
  return found.value;
};

const sentenceOf = ({ name, state }: Ability, { abilities }: Words): string => (abilities.lines[name] as Readonly<Record<string, string>>)[state] ?? "";
