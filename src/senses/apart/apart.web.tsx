/** Apart among what was kept: that there was a pause, in its owner's words, and that it was over. */
import * as v from "valibot";
import type { WebHalf } from "../../web/web-half.ts";
import { apart, pauseOf } from "./apart.ts";

export const apartHalf: WebHalf = {
  kept(entry, words) {
    const parsed = v.safeParse(apart.entry, entry);
    if (!parsed.success) return undefined;
    const pause = pauseOf(parsed.output, parsed.output.at);
    if (!pause) return { text: words.kept.back, own: false };
    return { text: pause.when === null ? (pause.dark ? words.kept.dark : words.kept.apart) : words.kept.apartUntil(pause.when), own: false };
  },
};
