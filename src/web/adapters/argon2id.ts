/** Argon2id by WebAssembly, with the parameters that PAIR3 fixes. */
import { argon2id as hash } from "hash-wasm";
import type { Argon2id } from "../../ports/words.ts";

export const argon2id: Argon2id = (password, salt) =>
  hash({ password, salt, iterations: 3, memorySize: 65_536, parallelism: 1, hashLength: 32, outputType: "binary" });
