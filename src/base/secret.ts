/**
 * Key material that cannot be printed: logging, JSON and string conversion show `[secret]`.
 * `expose()` is the one way to the bytes, and is easy to search for.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  expose(): Uint8Array {
    return this.#bytes;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}
