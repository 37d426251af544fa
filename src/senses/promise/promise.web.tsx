/** Promises among what was kept: what was promised, and how it went, as it was said and as the relay signed it. */
import * as v from "valibot";
import type { WebHalf } from "../../web/web-half.ts";
import { cleanLine } from "../text.ts";
import { promise } from "./promise.ts";

export const promiseHalf: WebHalf = {
  kept(entry, words) {
    const parsed = v.safeParse(promise.entry, entry);
    if (!parsed.success) return undefined;
    const said = parsed.output;
    switch (said.what) {
      case "made":
        return { text: words.kept.promised(cleanLine(said.words)), own: false };
      case "fired": {
        const line = said.rung === "late" ? words.kept.promiseLate(cleanLine(said.words)) : words.kept.promiseOpened(cleanLine(said.words));
        return { text: said.note === null || said.note === "" ? line : `${line}\n\n${said.note}`, own: false };
      }
      case "extended":
        return { text: words.kept.promiseExtended, own: false };
      case "kept":
        return { text: words.kept.promiseKept, own: false };
      case "withdrawn":
        return { text: words.kept.promiseWithdrawn, own: false };
      case "life":
        return { text: words.kept.lifeBegan(cleanLine(said.words)), own: false };
      case "life-off":
        return { text: words.kept.lifeEnded, own: false };
      case "key":
      case "windows":
      case "asked":
        return undefined;
    }
  },
};
