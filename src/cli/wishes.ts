/**
 * What was said on inviting or joining about a bond that is not there yet: "show when I am here", to be done as soon as
 * the two are together. Kept in the same store as the bonds.
 */
import { utf8, fromUtf8 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Store } from "../ports/store.ts";
import type { Bond } from "../line/home.ts";

export interface Wishes {
  /** Notes it durably; `false` when this device cannot keep it. */
  note(bond: string, show: "on" | "off"): Promise<boolean>;
  /** Does what was noted for a bond that is together now; true when that said something. */
  fulfil(bond: Bond): Promise<boolean>;
  forget(bond: string): Promise<void>;
}

const keyOf = (bond: string): string => `cli/show/${bond}`;

export const createWishes = (store: Store): Wishes => ({
  note: async (bond, show) => (await store.write({ put: [[keyOf(bond), utf8(show)]] })).ok,

  fulfil: async (bond) => {
    const view = bond.view();
    if (view.stage !== "together") return false;
    const noted = await store.get(keyOf(bond.id));
    if (!noted) return false;
    const show = fromUtf8(noted);
    invariant(show === "on" || show === "off", "a wish that nobody could make");
    // What was answered since then is newer than the wish.
    if (!view.presenceAsked) await bond.act({ do: "boundary", intent: { sense: "presence", give: show === "on" ? "full" : "off" } });
    await store.write({ delete: [keyOf(bond.id)] });
    return !view.presenceAsked;
  },

  forget: async (bond) => {
    await store.write({ delete: [keyOf(bond)] });
  },
});
