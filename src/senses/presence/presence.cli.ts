import * as v from "valibot";
import { cliHalf, says } from "../../cli/cli-half.ts";
import type { PresenceEntry } from "./presence.ts";

const mine: Record<PresenceEntry["what"], string> = { open: "are here", still: "are still here", left: "left" };
const others: Record<PresenceEntry["what"], string> = { open: "is here", still: "is still here", left: "left" };

export const presenceCli = cliHalf(v.object({ what: v.picklist(["open", "still", "left"]) }), ({ what }, telling) => ({
  json: { what },
  text: `${says(telling, mine[what], others[what])}.`,
}));
