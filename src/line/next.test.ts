import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { Secret } from "../base/secret.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import { startLive } from "./live.ts";
import { next } from "./next.ts";
import type { LogItem, OpenLink, State } from "./state.ts";

const work = (before: State) => next(before, context)[1].findLast((effect) => effect.do !== "wake");
const aads = (before: State): unknown => {
  const asked = work(before);
  return asked && "items" in asked ? asked.items.map(({ aad }) => aad && [...aad]) : asked?.do;
};
const link: OpenLink = {
  is: "open",
  since: now,
  failures: 0,
  current: true,
  challenge: { type: "challenge", nonce: bytes(32, 3), relay: bytes(32, 4), now },
  told: { n: 3, generation: 3, epoch: 3, members: state().members },
  goal: { seq: 10, head: bytes(32, 50) },
  sentN: 3,
  cursorSent: 10,
  pingDueAt: now + 1000,
  pingAt: null,
  holdUntil: 0,
};

describe("What is to be done next", () => {
  it("[SEAL4] an entry is opened under the count that its author gave it, and sealed under my own", () => {
    const item = (n: number): LogItem => ({ seq: 10 + n, at: now, device: 2, n, epoch: 3, kind: "entry", body: asSealed(bytes(256, n)), head: bytes(32, n) });
    expect(aads(state({ inbox: [item(1), item(2)] }))).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 2],
    ]);
    const outbox = state().outbox.map((mine) => ({ ...mine, n: 258, sealed: null }));
    expect(aads(state({ outbox, n: 259, link }))).toEqual([[0, 0, 1, 2]]);
  });

  it("[HELLO1] a new epoch gets a secret of its own for what is said live", () => {
    const { stage, selfKey } = state();
    const live = startLive(new Secret(bytes(32, 1)), bytes(16, 1), selfKey);
    // Everything else that it wants for itself is there.
    const settled: Partial<State> = {
      link,
      live,
      stage: { ...stage, words: ["six"] } as State["stage"],
      outbox: [],
      box: { seed: new Secret(bytes(32, 5)), key: bytes(32, 6) },
      lastResort: { keyPackage: bytes(100, 7), pending: bytes(100, 8), told: true, madeAt: now },
    };
    expect(work(state({ ...settled, epoch: 3, liveEpoch: 3 }))?.do).not.toBe("export");
    expect(work(state({ ...settled, epoch: 4, liveEpoch: 3 }))?.do).toBe("export");
  });
});
