/**
 * Brands: values that look alike but must never be mixed up get a type of their own.
 * Each brand has exactly one parser (or maker), next to its type.
 */
declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds: since the Unix epoch for instants, plain for durations. */
export type Millis = number;

/** Bytes that only the two people may read: an entry or a live message before sealing. */
export type Plain = Brand<Uint8Array, "Plain">;

/** Bytes that the relay may see: a sealed entry, commit, welcome or frame. */
export type Sealed = Brand<Uint8Array, "Sealed">;

export const asPlain = (bytes: Uint8Array): Plain => bytes as Plain;
export const asSealed = (bytes: Uint8Array): Sealed => bytes as Sealed;
