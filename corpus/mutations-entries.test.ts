/**
 * Mutations of what an entry holds, sealed as Ben's device seals: they reach Ada's schemas. Some are still something that
 * Ben may say, so what is asserted is what nothing of Ben's may ever touch.
 */
import { expect, it } from "vitest";
import { utf8 } from "../src/base/bytes.ts";
import { encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { createChance } from "../sim/chance.ts";
import { second } from "../sim/stories-kit.ts";
import { changeValue, mutationOf, seedFrom, share } from "./mutate.ts";
import { runMember } from "./run-member.ts";
import { hang } from "./stopwatch.ts";
import type { Whole } from "./whole.ts";

const entries: readonly (readonly [kind: string, body: Cbor])[] = [
  ["thought", { text: "hello", at: 1_800_000_000_000 }],
  ["thought", { text: "hello", at: 5, fades: true, feeling: { hue: 3, strength: 4 } }],
  ["feeling", { hue: 30, strength: 50, at: 1_800_000_000_000 }],
  ["name", { name: "Benno", at: 1_800_000_000_000 }],
  ["presence", { what: "open", at: 1_800_000_000_000 }],
  ["boundary", { sense: "presence", give: "full", until: 1_800_000_900_000, at: 1_800_000_000_000 }],
  ["touch", { hold: true }],
  ["bond", { relay: new Uint8Array(32) }],
  ["sight", { what: ["a", { sunset: true }], at: 5, bytes: new Uint8Array(9) }],
];

/** What is Ada's, and what was there before. */
const adas = ({ view, kept }: Whole, old: Whole) => [
  [view.stage, view.me, view.feeling.me, view.words, view.compared, view.presenceAsked, view.trouble, view.waiting, view.gapAt, view.latecomerAt],
  view.grants.map(({ sense, mine, myUntil }) => [sense, mine, myUntil]),
  kept.slice(0, old.kept.length),
  kept.filter(({ from }) => from === "me").length,
];

it("[BOUND3] corpus: mutations of what entries hold, well sealed, touch nothing of Ada's", async () => {
  const count = share(1500);
  const took = await runMember({
    make: (member) => {
      for (let i = 0; i < count; i++) {
        const chance = createChance(seedFrom + i);
        const [kind, body] = chance.pick(entries);
        // Half by value; half by bytes, of the body alone: a place or head that lies is another matter (CHAIN2).
        if (chance.hit(0.6)) {
          const named = chance.hit(0.1) ? `${kind}${chance.pick(["s", "\u0000", " "])}` : kind;
          member.say(named, changeValue(chance, body, 0)[1]);
        } else {
          const { bytes } = mutationOf(seedFrom + i, [{ name: kind, bytes: encodeCbor(body) }], false);
          const head = encodeCbor(member.disk.head.slice(0, 16));
          const plain = new Uint8Array([0x84, ...encodeCbor(kind), ...bytes, ...encodeCbor(member.disk.seq), ...head]);
          member.sayPlain(plain.length > 65_000 ? utf8("too long") : plain);
        }
      }
    },
    time: 30 * second,
    goesOn: true,
    check: ({ before, after, opened }) => {
      expect(opened.length).toBe(count);
      expect(new Set(opened)).toEqual(new Set(["entry"]));
      expect(after.seq - before.seq).toBe(count);
      expect(after.refused - before.refused).toBeGreaterThan(count / 4);
      expect(adas(after, before)).toEqual(adas(before, before));
      expect(after.view.thoughts.length).toBeLessThanOrEqual(30);
    },
  });
  expect(took).toBeLessThan(hang);
});
