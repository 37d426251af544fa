/** What every sense gives the web app besides its own parts of the field. */
import type { Cbor } from "../protocol/cbor.ts";
import type { Words } from "./words/en.ts";

export interface KeptText {
  /** What to read; another person's words stay exactly theirs. */
  readonly text: string;
  /** Whether `text` is the author's own words (set in serif, in any direction) or the app's about it. */
  readonly own: boolean;
  /** Degrees on the wheel, when a feeling came with it. */
  readonly hue?: number;
}

export interface WebHalf {
  /** One kept entry for people to read; `undefined` when it has nothing to show or is not what this version knows. */
  readonly kept: (entry: Cbor, words: Words) => KeptText | undefined;
}
