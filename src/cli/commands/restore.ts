/** `restore`: everything lost, the twelve words at hand. Brings the bonds back to this device, and shuts the earlier ones out. */
import { err, ok } from "../../base/result.ts";
import type { Progress } from "../../line/home.ts";
import { titleOf } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { restoreWords, startWords } from "../words.ts";
import { defaultRelay, readRelay } from "./invite.ts";

const usualName = "terminal";

export const restore = command({
  usage: "restore [--relay URL] [--name NAME]   (the twelve words on standard input)",
  summary: "after losing every device: bring your bonds back with the twelve words",
  flags: { relay: { type: "string" }, name: { type: "string" } },
  input: { is: "line", what: "The twelve words, in their order" },
  serves: true,
  repeatable: false,

  read: ({ values: { relay: typed, name }, relay: usual }) => {
    const relay = readRelay(typeof typed === "string" ? typed : (usual ?? defaultRelay));
    return relay === undefined ? err(startWords["bad-relay"]) : ok({ relay, device: typeof name === "string" ? name : usualName });
  },

  run: async (session, { relay, device }, words) => {
    let told: Progress["what"] | undefined;
    const progress = (now: Progress): void => {
      if (now.what === told) return;
      told = now.what;
      session.output.result({ doing: now.what }, doingText[now.what]);
    };
    const restored = await session.home.restore({ words, relay, device, progress });
    if (!restored.ok) {
      const { text, exit } = restoreWords[restored.error];
      session.output.problem(restored.error, text);
      return restored.error === "not-words" || restored.error === "bad-name" ? exits.usage : exits[exit];
    }
    const bonds = restored.value;
    const synced = await Promise.all(bonds.map((bond) => sync(session, bond)));
    const views = bonds.map((bond) => bond.view());
    session.output.result(
      { bonds: views.map((view) => ({ bond: view.bond, other: { name: otherNameOf(view) } })) },
      `${views.map((view) => `Back: ${titleOf(view)}.`).join("\n")}\nEvery earlier device of yours is shut out: it keeps what it has, and learns nothing more. Both of you are shown that. What was not backed up yet comes back as the other's devices and yours say it again.`,
    );
    const behind = bonds.find((_, at) => !synced[at]);
    return behind ? tellNotSynced(session, behind) : exits.done;
  },
});

const doingText: Record<Progress["what"], string> = {
  finding: "Looking for your bonds…",
  fetching: "Getting what was kept…",
  keeping: "Taking your place in the line…",
};
