/**
 * What a home keeps of itself: the twelve words' entropy until its owner has the words, keys for bonds still to be made,
 * and which bonds there are. Versioned like everything that is stored.
 */
import * as v from "valibot";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import { decodeCbor, encodeCbor } from "../protocol/cbor.ts";
import { bytes, uint } from "../protocol/schema.ts";
import type { WordsState } from "./home.ts";
import { bondKeys, type BondKeys } from "./twelve-words.ts";

export interface HomeRecord {
  readonly words: WordsState;
  /** 16 bytes; null once only their owner has the words, and where they never were. */
  readonly entropy: Secret | null;
  /** The number of the next bond of these words. */
  readonly next: number;
  /** When the words left: the keys of the bonds that may still come, from `next` on. They open nothing that exists. */
  readonly spares: readonly BondKeys[];
  /** In the order they were made. */
  readonly bonds: readonly string[];
}

const version = 2;
/** Two people have one bond; a person rarely has more than a few. */
export const sparesKept = 8;

export const newHome = (entropy: Secret): HomeRecord => ({ words: "to-keep", entropy, next: 0, spares: [], bonds: [] });

/** The words leave the device. */
export const withoutWords = (home: HomeRecord, entropy: Secret): HomeRecord => ({
  ...home,
  words: "kept",
  entropy: null,
  spares: Array.from({ length: sparesKept }, (_, i) => bondKeys(entropy, home.next + i)),
});

/** The keys of the next bond, and the home without them; `undefined` where only the words could make more. */
export const takeKeys = (home: HomeRecord): { readonly keys: BondKeys; readonly home: HomeRecord } | undefined => {
  const next = home.next + 1;
  if (home.entropy) return { keys: bondKeys(home.entropy, home.next), home: { ...home, next } };
  const [keys, ...spares] = home.spares;
  return keys && { keys, home: { ...home, next, spares } };
};

export const encodeHome = ({ words, entropy, next, spares, bonds }: HomeRecord): Uint8Array =>
  encodeCbor({
    version,
    words,
    entropy: entropy && entropy.expose(),
    next,
    spares: spares.map(({ person, verifier, boxSeed }) => [person.expose(), verifier, boxSeed.expose()]),
    bonds: [...bonds],
  });

const version1 = v.object({ entropy: bytes(16), bonds: v.array(v.string()) });
const version2 = v.object({
  words: v.picklist(["to-keep", "kept", "elsewhere"]),
  entropy: v.nullable(bytes(16)),
  next: uint(),
  spares: v.array(v.strictTuple([bytes(32), bytes(32), bytes(32)])),
  bonds: v.array(v.string()),
});

export const decodeHome = (written: Uint8Array): Result<HomeRecord, "newer" | "damaged"> => {
  const decoded = decodeCbor(written);
  const value = decoded.ok && typeof decoded.value === "object" && decoded.value !== null && "version" in decoded.value ? decoded.value : undefined;
  if (!value || typeof value.version !== "number") return err("damaged");
  if (value.version > version) return err("newer");
  if (value.version === 1) {
    const parsed = v.safeParse(version1, value);
    if (!parsed.success) return err("damaged");
    const { entropy, bonds } = parsed.output;
    return ok({ words: "to-keep", entropy: new Secret(entropy), next: bonds.length, spares: [], bonds });
  }
  const parsed = v.safeParse(version2, value);
  if (!parsed.success) return err("damaged");
  const { entropy, spares, ...rest } = parsed.output;
  return ok({
    ...rest,
    entropy: entropy && new Secret(entropy),
    spares: spares.map(([person, verifier, boxSeed]) => ({ person: new Secret(person), verifier, boxSeed: new Secret(boxSeed) })),
  });
};
