/**
 * Argon2id by WebAssembly, with the parameters that PAIR3 fixes. Its code is fetched when it is first asked for, once a
 * line, and as often as it takes: a network that is away for a moment is no reason to have no six words.
 */
import type { argon2id as Hash } from "hash-wasm";
import type { Millis } from "../../base/brand.ts";
import type { Timer } from "../../ports/timer.ts";
import type { Argon2id } from "../../ports/words.ts";

const fetchAgain: Millis = 3000;

export const createArgon2id =
  (timer: Timer): Argon2id =>
  async (password, salt) => {
    const hash = await fetched(timer);
    return hash({ password, salt, iterations: 3, memorySize: 65_536, parallelism: 1, hashLength: 32, outputType: "binary" });
  };

const fetched = async (timer: Timer): Promise<typeof Hash> => {
  for (;;) {
    try {
      // Named at once: the bundler then leaves out the library's other hashes.
      const { argon2id } = await import("hash-wasm");
      return argon2id;
    } catch {
      await new Promise<void>((resolve) => timer.after(fetchAgain, resolve));
    }
  }
};
