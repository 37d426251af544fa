import { argon2id as hash } from "hash-wasm";
import type { Argon2id } from "../../ports/words.ts";

/** The parameters are PAIR3's; changing one changes everybody's words. */
export const argon2id: Argon2id = (password, salt) =>
  hash({ password, salt, memorySize: 64 * 1024, iterations: 3, parallelism: 1, hashLength: 32, outputType: "binary" });
