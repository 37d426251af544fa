import { describe, expect, test } from "vitest";
import { asPlain } from "../base/brand.ts";
import { u32, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import type { Pins, Sealer } from "../ports/sealer.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import { publicKey, sha256 } from "../protocol/keys.ts";
import { createFakeSealers, epochSecret, forge, readEntry, type SealedEvent } from "./fake-sealer.ts";
import { sealerContract } from "./sealer-contract.ts";

const counted = () => {
  let count = 0;
  return (n: number) => sha256(u32(count++)).slice(0, n);
};

sealerContract("a fake sealer", ({ now }) => createFakeSealers({ now, random: counted() }));

describe("what only the fake does", () => {
  const line = new Uint8Array(16).fill(1);
  const [ann, ben] = [new Secret(new Uint8Array(32).fill(2)), new Secret(new Uint8Array(32).fill(3))];
  const identity = (person: Secret) => ({ certificate: certifyDevice(line, person, publicKey(person)), deviceSeed: person });
  const pins = (me: Secret, other: Secret): Pins => ({ line, me: publicKey(me), other: publicKey(other) });
  const aad = u32(1);

  const pair = async (observe?: (event: SealedEvent) => void) => {
    const sealers = createFakeSealers({ now: () => 0, random: counted(), ...(observe && { observe }) });
    const a = await sealers.found(identity(ann), pins(ann, ben));
    const { keyPackage, state } = await sealers.keyPackage(identity(ben), pins(ben, ann));
    const added = await a.sealer.change({ add: [keyPackage], remove: [] });
    if (!added.ok) throw new Error(added.error.reason);
    if (added.value.welcome === null) throw new Error("an add without a welcome");
    const { state: annState } = await a.sealer.receive([{ kind: "change", body: added.value.commit, aad: new Uint8Array() }]);
    const joined = await sealers.join(state, added.value.welcome, pins(ben, ann));
    if (!joined.ok) throw new Error(joined.error.reason);
    return { sealers, a: a.sealer, annState, b: joined.value.sealer, welcome: added.value.welcome };
  };

  const seal = async (sealer: Sealer, text: string) => {
    const sealed = await sealer.seal(asPlain(utf8(text)), aad);
    if (!sealed.ok) throw new Error(sealed.error);
    return sealed.value;
  };

  test("the same inputs give the same bytes", async () => {
    const [one, two] = [await pair(), await pair()];
    expect(one.welcome).toEqual(two.welcome);
    expect(await seal(one.a, "hello")).toEqual(await seal(two.a, "hello"));
  });

  test("every entry sealed is observed, and a writer that goes back in time is seen to use a generation twice", async () => {
    const seen: SealedEvent[] = [];
    const { sealers, a, annState } = await pair((event) => seen.push(event));
    await seal(a, "one");
    const restored = await sealers.restore(annState, pins(ann, ben));
    if (!restored.ok) throw new Error(restored.error.reason);
    await seal(restored.value, "two");
    expect(seen.map(({ epoch, generation, plain }) => [epoch, generation, String.fromCharCode(...plain)])).toEqual([
      [1, 0, "one"],
      [1, 0, "two"],
    ]);
  });

  test("a body can be read, and forged by who holds the epoch's secret", async () => {
    const { a, b, annState } = await pair();
    const { body } = await seal(a, "real");
    const entry = readEntry(body);
    if (entry === undefined) throw new Error("unreadable");
    expect(entry).toMatchObject({ epoch: 1, leaf: 0, generation: 0, plain: utf8("real") });
    const forged = forge({ ...entry, plain: utf8("made up") }, epochSecret(annState), publicKey(ann));
    const guessed = forge({ ...entry, plain: utf8("guessed") }, new Uint8Array(16), publicKey(ann));
    const { results } = await b.receive([guessed, forged, body].map((bytes) => ({ kind: "entry", body: bytes, aad })));
    expect(results.map(({ kind }) => kind)).toEqual(["malformed", "entry", "malformed"]);
  });
});
