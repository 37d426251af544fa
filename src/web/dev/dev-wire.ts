/** What the development page and its two sides say to each other: messages within one origin. */
import type { Millis } from "../../base/brand.ts";

export type ToSide =
  | { readonly dev: "invite"; readonly name: string }
  | { readonly dev: "join"; readonly name: string; readonly link: string }
  | { readonly dev: "accept" }
  | { readonly dev: "clock"; readonly offset: Millis }
  /** As if a newer version of the app waited to be used. */
  | { readonly dev: "newer" };

export interface FromSide {
  readonly dev: "stage";
  readonly stage: string;
  readonly link: string | null;
  readonly knocks: number;
  /** The relay does not know what this side kept: it was started with other data. */
  readonly lost: boolean;
}
