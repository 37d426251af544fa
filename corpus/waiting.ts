/** Ben's phone waits for a welcome; Ada's group is as it is right after the change that lets it in, Ben at leaf 1. */
import type { ClientState, KeyPackage } from "ts-mls";
import { asSealed } from "../src/base/brand.ts";
import { concat } from "../src/base/bytes.ts";
import { adding, ann as ada, ben, founded, packageOf, pinsOf, sealers, stolen, validCommit } from "../src/mls/hostile.testing.ts";
import { chunk } from "../src/mls/state.ts";

export interface Waiting {
  readonly next: ClientState;
  readonly keyPackage: KeyPackage;
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array;
  /** Why it was refused, or `joined`. */
  join(welcome: Uint8Array): Promise<string>;
}

export const createWaiting = async (): Promise<Waiting> => {
  const phone = await founded(ada, "ann's phone");
  const { keyPackage, keys, bytes } = await packageOf(ben, "ben's phone");
  const pending = concat(new Uint8Array([1]), chunk(bytes), chunk(keys.initPrivateKey), chunk(keys.hpkePrivateKey), chunk(keys.signaturePrivateKey));
  const { body, welcome, next } = await validCommit(stolen(phone), [adding(keyPackage)]);
  return {
    next,
    keyPackage,
    commit: body,
    welcome: welcome as Uint8Array,
    join: async (sealed) => {
      const joined = await sealers.join(pending, asSealed(sealed), pinsOf(ben, ada));
      return joined.ok ? "joined" : joined.error.reason;
    },
  };
};
