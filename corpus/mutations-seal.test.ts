/** Mutations of valid MLS messages, into the real seal: none is taken, none throws, and the group stays byte for byte. */
import { expect, it } from "vitest";
import { encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { asPlain, asSealed } from "../src/base/brand.ts";
import { toHex, u32 } from "../src/base/bytes.ts";
import {
  adding,
  ben,
  entryContent,
  line,
  packageOf,
  protectRaw,
  removing,
  seal,
  sealers,
  validCommit,
  value,
  welcomeWith,
  type Device,
} from "../src/mls/hostile.testing.ts";
import type { Incoming } from "../src/ports/sealer.ts";
import { createGroup, goesOn } from "./group.ts";
import { describe as tell, mutationOf, seedFrom, share, type Mutation, type Original } from "./mutate.ts";
import { bestOf, hang, worked } from "./stopwatch.ts";
import { createWaiting } from "./waiting.ts";

const under = u32(3);

/** Every mutation of the originals; `take` answers what became of it, and throws on its own account if it is wrong. */
const each = async (count: number, originals: readonly Original[], take: (mutation: Mutation) => Promise<string>): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const mutation = mutationOf(seedFrom + i, originals, false);
    let outcome: string;
    let took = 0;
    try {
      ({ value: outcome, took } = await bestOf(worked, () => take(mutation)));
    } catch (error) {
      outcome = `throws ${String(error)}`;
    }
    if (outcome !== "refused" || took >= hang) throw new Error(`${outcome} in ${took} ms; ${tell(mutation)}`);
  }
};

const receiveAs =
  (reader: Device, kind: Incoming["kind"], change: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array> = (bytes) => bytes) =>
  async ({ bytes }: Mutation): Promise<string> => {
    const before = toHex(reader.state);
    const { results, state } = await reader.sealer.receive([{ kind, body: asSealed(await change(bytes)), aad: under }]);
    if (toHex(state) !== before) return "changed the group";
    return results[0]?.kind === "malformed" ? "refused" : `taken: ${results[0]?.kind}`;
  };

const whole = Array.from({ length: 6 }, () => "entry");

it("[BOUND3] corpus: mutations of entries", async () => {
  const group = await createGroup();
  const originals: Original[] = [];
  for (const length of [0, 5, 90, 500, 3000])
    originals.push({ name: `an entry of ${length} bytes`, bytes: value(await group.ben.sealer.seal(asPlain(new Uint8Array(length).fill(5)), under)).body });
  await each(share(1600), originals, receiveAs(group.ada, "entry"));
  expect(await goesOn(group)).toEqual(whole);
});

it("[BOUND3] corpus: mutations of entries, sealed as they then are", async () => {
  const group = await createGroup();
  const state = group.state();
  const originals = await Promise.all(
    ["", "hello", "a longer word than that"].map(async (text) => ({ name: `content "${text}"`, bytes: await entryContent(state, text) })),
  );
  await each(
    share(700),
    originals,
    receiveAs(group.ada, "entry", (bytes) => protectRaw(state, "application", bytes)),
  );
  expect(await goesOn(group)).toEqual(whole);
});

it("[BOUND3] corpus: mutations of changes", async () => {
  const group = await createGroup();
  const state = group.state();
  const originals = [
    { name: "a change of keys", bytes: (await validCommit(state, [])).body },
    { name: "a change that lets a device in", bytes: (await validCommit(state, [adding((await packageOf(ben, "ben's laptop")).keyPackage)])).body },
    { name: "a change that takes a device out", bytes: (await validCommit(state, [removing(3)])).body },
  ];
  await each(share(1200), originals, receiveAs(group.ada, "change"));
  expect(await goesOn(group)).toEqual(whole);
  const { results } = await group.ada.sealer.receive([{ kind: "change", body: asSealed(originals[1]?.bytes ?? new Uint8Array()), aad: under }]);
  expect(results[0]?.kind).toBe("change");
});

it("[BOUND3] corpus: mutations of welcomes", async () => {
  const waiting = await createWaiting();
  await each(share(400), [{ name: "a welcome", bytes: waiting.welcome }], async ({ bytes }) => {
    const reason = await waiting.join(bytes);
    return reason === "joined" ? "joined" : "refused";
  });
  expect(await waiting.join(waiting.welcome)).toBe("joined");
});

it("[SEAL5] corpus: mutations of the tree in a welcome, sealed and signed as they then are", async () => {
  const waiting = await createWaiting();
  const tree = encodeRatchetTree(waiting.next.ratchetTree);
  await each(share(300), [{ name: "a tree", bytes: tree }], async ({ bytes }) =>
    (await waiting.join(await welcomeWith(waiting.next, waiting.keyPackage, { tree: bytes }))) === "joined" ? "joined" : "refused",
  );
  expect(await waiting.join(waiting.welcome)).toBe("joined");
});

it("[BOUND3] corpus: mutations of key packages", async () => {
  const group = await createGroup();
  const originals = await Promise.all(["ben's laptop", "ben's watch"].map(async (device) => ({ name: device, bytes: (await packageOf(ben, device)).bytes })));
  await each(share(700), originals, async ({ bytes }) => ((await sealers.inspect(bytes, line)).ok ? "taken" : "refused"));
  expect(await goesOn(group)).toEqual(whole);
  await seal(group.ben);
  for (const { bytes } of originals) expect((await sealers.inspect(bytes, line)).ok).toBe(true);
});
