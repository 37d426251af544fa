import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { Secret } from "../base/secret.ts";
import { nextHead } from "../protocol/chain.ts";
import { sign, verify } from "../protocol/keys.ts";
import { buckets } from "../protocol/sizes.ts";
import { createNobleCrypto } from "./core/noble-crypto.ts";
import { createNodeCrypto } from "./node-crypto.ts";

const seed = new Secret(new Uint8Array(32).fill(5));
const native = createNodeCrypto(seed);
const plain = createNobleCrypto(seed);

describe("the relay's native signatures and hashes", () => {
  it("has the same key, signatures and hashes as the plain ones", () => {
    const message = new Uint8Array(100).fill(3);
    expect(native.relayKey).toEqual(plain.relayKey);
    expect(native.sign("beside/opened/1", message)).toEqual(plain.sign("beside/opened/1", message));
    expect(new Uint8Array(native.sha256(message))).toEqual(plain.sha256(message));
  });

  it("accepts what is signed, and neither another label, key nor message", () => {
    const message = new Uint8Array(10);
    const signature = sign(seed, "beside/open/1", message);
    expect(native.verify(plain.relayKey, "beside/open/1", message, signature)).toBe(true);
    expect(native.verify(plain.relayKey, "beside/knock/1", message, signature)).toBe(false);
    expect(native.verify(plain.relayKey, "beside/open/1", new Uint8Array(11), signature)).toBe(false);
    expect(native.verify(new Uint8Array(32), "beside/open/1", message, signature)).toBe(false);
    expect(native.verify(new Uint8Array(5), "beside/open/1", message, new Uint8Array(2))).toBe(false);
    expect(verify(plain.relayKey, "beside/opened/1", message, native.sign("beside/opened/1", message))).toBe(true);
  });

  it("[CHAIN1] heads are those of the protocol", () => {
    const record = fc.record({
      seq: fc.maxSafeNat(),
      at: fc.maxSafeNat(),
      device: fc.nat(255),
      n: fc.nat(),
      epoch: fc.nat(),
      kind: fc.constantFrom("entry" as const, "change" as const),
      body: fc.constantFrom(...buckets).map((length) => asSealed(new Uint8Array(length).fill(length % 255))),
    });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), record, (head, of) => {
        expect(new Uint8Array(native.nextHead(head, of))).toEqual(nextHead(head, of));
      }),
      { numRuns: 60 },
    );
  });
});
