import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { knockSize } from "../protocol/sizes.ts";
import { nameCap } from "../senses/name/name.ts";
import { openKnock, sealKnock } from "./knock.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026, numRuns: 50 });

const mailbox = new Secret(new Uint8Array(32).fill(1));
const line = new Uint8Array(16).fill(2);
const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
const knock = { certificate: new Uint8Array(140).fill(4), keyPackage: new Uint8Array(2779).fill(5), name: "Ben" };

describe("Knock", () => {
  it("[PAIR2] who I am comes out as it went in, and its length says nothing", () => {
    const bytes = (least: number, most: number) => fc.uint8Array({ minLength: least, maxLength: most });
    const name = fc.constantFrom("B", "Ben", "שרה", "x".repeat(nameCap));
    fc.assert(
      fc.property(bytes(1, 256), bytes(1, 7000), name, (certificate, keyPackage, called) => {
        const sealed = sealKnock({ certificate, keyPackage, name: called }, mailbox, line, random);
        expect(sealed.length).toBe(knockSize);
        expect(openKnock(sealed, mailbox, line)).toEqual({ certificate, keyPackage, name: called });
      }),
    );
  });

  it("[PAIR2] it opens under this invitation's mailbox key and line only", () => {
    const sealed = sealKnock(knock, mailbox, line, random);
    expect(openKnock(sealed, new Secret(new Uint8Array(32)), line)).toBeUndefined();
    expect(openKnock(sealed, mailbox, new Uint8Array(16))).toBeUndefined();
    expect(openKnock(sealed, mailbox, line)).toEqual(knock);
  });

  it("[BOUND3] any change of it, and any bytes, are no knock and never throw", () => {
    const sealed = sealKnock(knock, mailbox, line, random);
    fc.assert(
      fc.property(fc.nat(knockSize - 1), fc.nat(7), (at, bit) => {
        const changed = sealed.slice();
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(openKnock(changed, mailbox, line)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(openKnock(bytes, mailbox, line)).toBeUndefined();
      }),
    );
    expect(openKnock(sealed.slice(0, -1), mailbox, line)).toBeUndefined();
  });

  it.each(["", " ", "\u202e", "\u200d", "x".repeat(nameCap + 1)])("[NAME1] with %j for a name it is no knock", (name) => {
    expect(openKnock(sealKnock({ ...knock, name }, mailbox, line, random), mailbox, line)).toBeUndefined();
  });

  it("[NAME1] its name is cleaned as it is opened", () => {
    expect(openKnock(sealKnock({ ...knock, name: " \u202eBen\n" }, mailbox, line, random), mailbox, line)?.name).toBe("Ben");
  });
});
