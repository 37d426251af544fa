/** What I give of a sense (BOUND1): mine to change right here. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { GrantView } from "../../line/view.ts";
import { giveWords, labelOf } from "../../senses/boundary/boundary.web.tsx";
import { isSenseName, senses } from "../../senses/index.ts";
import type { Give } from "../../senses/sense.ts";
import { useApp } from "../app.ts";
import { Choices } from "./choices.tsx";

export const GiveChoice = ({ bond, grant: { sense, mine } }: { readonly bond: Bond; readonly grant: GrantView }): JSX.Element => {
  const { words } = useApp();
  const kind = isSenseName(sense) ? senses[sense].grant : "off-full";
  const gives: readonly Give[] = kind === "off-coarse-full" ? ["off", "coarse", "full"] : ["off", "full"];
  return (
    <Choices
      name={`give-${sense}`}
      label={`${words.bounds.mine}: ${labelOf(sense, words)}`}
      choices={gives.map((one) => [one, giveWords(sense, words)[one]] as const)}
      value={mine}
      onChoose={(give) => void bond.act({ do: "boundary", intent: { sense, give } })}
    />
  );
};
