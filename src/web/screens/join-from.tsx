/** Joining by a link (PAIR2): nothing happens until Join is pressed. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { err } from "../../base/result.ts";
import { readInvitation } from "../../protocol/invitation.ts";
import { useApp } from "../app.ts";
import { LinkForm } from "../parts/link-form.tsx";
import type { Words } from "../words/en.ts";
import { NameField } from "./first-run.tsx";

interface JoinFromProps {
  /** Absent: it is scanned or pasted here. */
  readonly link?: string;
  readonly name?: string;
  readonly onBack: () => void;
  readonly backLabel: string;
}

export const JoinFrom = ({ link, name: known = "", onBack, backLabel }: JoinFromProps): JSX.Element => {
  const { words, shown, origin } = useApp();
  const name = useSignal(known);
  return (
    <LinkForm<keyof Words["wrong"]>
      wanted="join"
      link={link}
      above={(given) =>
        given
          ? { title: words.arrived.title, lead: words.arrived.text, lights: "apart" }
          : { title: words.first.invited, lead: words.first.invitedText, lights: "alone" }
      }
      texts={{
        label: words.first.paste,
        go: words.arrived.join,
        goHere: words.arrived.joinHere,
        elsewhere: words.arrived.elsewhere,
        wrong: words.wrong,
      }}
      read={(text) => {
        const found = readInvitation(text);
        return !found.ok && found.error === "not-an-invitation" && /device=[\w-]+/.test(text) ? err("device-link") : found;
      }}
      go={(text) => shown.home.join({ name: name.value, link: text, relay: origin })}
      onBack={onBack}
      backLabel={backLabel}
    >
      <NameField value={name.value} onInput={(next) => (name.value = next)} />
    </LinkForm>
  );
};
