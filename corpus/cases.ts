/**
 * What a case of the corpus is. A case is data: what someone who means harm does, the rule that protects the other from
 * it, and who refuses it. The runners (run-*.ts) assert for every case alike that nothing else happened.
 */

/** Who stops it. What a case expects is proved, not taken from where it happens to stop. */
export type Stop =
  /** The relay answers with a refusal, and no record comes of it. */
  | "relay"
  /** The relay cannot know; the receiver's seal does not open it. */
  | "seal"
  /** The seal opens it: it is well sealed by who says so. The receiver's schemas refuse it. */
  | "schema"
  /** Kept as it came, shown as from a newer Beside, and nothing else moves (DEV5). */
  | "kept as unknown"
  /** It is what its author may say; what was meant badly in it is cut off, cleaned or capped. */
  | "tamed"
  /** Dropped without a word: a live frame, or a word of the relay that means nothing now. */
  | "dropped"
  /** The connection is given up and made again; then all is as it was. */
  | "asked again"
  /** The person is told that something is wrong, nothing is lost, and nothing more is sent until that is settled. */
  | "told";

export interface Case<Given> {
  /** Completes the sentence "a hostile end sends …". */
  readonly name: string;
  /** The rule of the bond or protocol that protects. */
  readonly rule: string;
  readonly expect: Stop;
  readonly make: (given: Given) => void | Promise<void>;
}

/** The title of a case: rules come first, so that `scripts/house.test.ts` and people find them. */
export const titleOf = ({ rule, name, expect }: Pick<Case<never>, "rule" | "name" | "expect">): string =>
  `[${rule}] corpus: ${name}: ${expect === "relay" || expect === "seal" || expect === "schema" ? `refused by the ${expect}` : expect}`;

/**
 * Cases that found a real hole, by name, with what is wrong. The runners skip them and print the reason. A case leaves
 * this list in the same change that mends the product. The list is empty when all is well.
 */
const holes: Readonly<Record<string, string>> = {};

export const isHole = ({ name }: { readonly name: string }): boolean => Object.hasOwn(holes, name);
