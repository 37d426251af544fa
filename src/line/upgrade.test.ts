import { describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import { publicKey } from "../protocol/keys.ts";
import { createFakeSealers } from "../testing/fake-sealer.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { bytes, context, state } from "./bond.testing.ts";
import { createHome } from "./create-home.ts";
import type { Ports } from "./driver.ts";
import { decodeDurable, durableOf, encodeDurable } from "./durable.ts";
import { keptKey } from "./entry.ts";
import { encodeHome, newHome } from "./home-record.ts";
import type { Home } from "./home.ts";
import type { State } from "./state.ts";

const at = context.wall - 60_000;
const id = toHex(state().line);
const [person, device] = [new Secret(bytes(32, 9)), new Secret(bytes(32, 10))];
const self: State["self"] = {
  ...state().self,
  person,
  personKey: publicKey(person),
  device,
  certificate: certifyDevice(state().line, person, publicKey(device)),
};
/** No network, and no timer ever comes due. */
const ports: Ports = {
  clock: { now: () => context.wall, monotonic: () => 0 },
  timer: { after: () => () => undefined },
  random: context.random,
  transport: { connect: () => ({ send: () => undefined, close: () => undefined }) },
  argon2id: async () => bytes(32, 1),
  sealers: createFakeSealers({ now: () => context.wall, random: context.random }),
};

type Row = readonly [place: number, id: string, from: "me" | "other", kind: string, body: Cbor];
const rows: readonly Row[] = [
  [3, "2-3", "other", "feeling", { hue: 48, strength: 60, at }],
  [5, "2-4", "other", "thought", { text: "from the future", at }],
  [7, "0-2", "me", "thought", { text: "mine of then", at }],
  [8, "2-5", "other", "hologram", { light: bytes(2, 255) }],
  [9, "2-6", "other", "thought", { text: "and after it", at, feeling: { hue: 300, strength: 20 } }],
];

/** A home as a Beside left it that knew none of `unknown`. */
const leftBy = (unknown: readonly string[]) =>
  createMemoryStore(
    new Map([
      ["home", encodeHome({ ...newHome(new Secret(bytes(16, 1))), bonds: [id], next: 1 })],
      [`bond/${id}/state`, encodeDurable(durableOf(state({ self, outbox: [], mls: null, unknown })))],
      ...rows.map(([seq, entry, from, kind, body]) => [`bond/${id}/${keptKey(seq)}`, encodeCbor({ id: entry, seq, from, kind, at, body })] as const),
    ]),
  );
const open = async (store: ReturnType<typeof createMemoryStore>): Promise<Home> => {
  const home = await createHome(store, ports);
  if (!home.ok) throw new Error(home.error);
  return home.value;
};
const together = (home: Home) => {
  const view = home.bonds()[0]?.view();
  if (view?.stage !== "together") throw new Error("they are together");
  return view;
};
const saved = async (store: ReturnType<typeof createMemoryStore>) => {
  const durable = decodeDurable((await store.get(`bond/${id}/state`)) ?? bytes(0, 0), undefined);
  if (!durable.ok) throw new Error(durable.error);
  return durable.value;
};

describe("After an upgrade", () => {
  it("[DEV5] kinds that are known now are understood, in the order in which they came", async () => {
    const home = await open(leftBy(["thought", "feeling", "hologram"]));
    const view = together(home);
    expect(view.feeling.other).toMatchObject({ hue: 300, strength: 20 });
    expect(view.thoughts.filter(({ from }) => from === "other").map(({ text }) => text)).toEqual(["from the future", "and after it"]);
    await home.stop();
  });

  it("[DEV5] a kind that was known then is not understood twice, and one that is unknown still stays so", async () => {
    const store = leftBy(["feeling", "hologram"]);
    const home = await open(store);
    const view = together(home);
    expect(view.feeling.other).toMatchObject({ hue: 48, strength: 60 });
    expect(view.thoughts).toEqual([]);
    const kept = await home.bonds()[0]?.kept({ limit: 10 });
    expect(kept?.map((one) => one.id)).toEqual(rows.map(([, one]) => one).toReversed());
    await home.bonds()[0]?.act({ do: "devices-seen" });
    await home.stop();
    expect((await saved(store)).unknown).toEqual(["hologram"]);
  });

  it("[DEV5] [MOON1] what was kept only because it was not known, and is not for keeping, is understood and goes", async () => {
    const store = leftBy(["hour"]);
    const body = { zone: "Europe/Vienna", place: { lat: 48, lon: 16 }, at };
    await store.write({ put: [[`bond/${id}/${keptKey(10)}`, encodeCbor({ id: "2-9", seq: 10, from: "other", kind: "hour", at, body })]] });
    const home = await open(store);
    const kept = await home.bonds()[0]?.kept({ limit: 10 });
    expect(kept?.map((one) => one.id)).toEqual(rows.map(([, one]) => one).toReversed());
    await home.stop();
    expect(await store.get(`bond/${id}/${keptKey(10)}`)).toBeUndefined();
    expect((await saved(store)).unknown).toEqual([]);
  });

  it("[DEV5] it is told to nobody as if it came now, and nothing is said because of it", async () => {
    const store = leftBy(["thought", "feeling"]);
    const home = await open(store);
    const heard: unknown[] = [];
    home.bonds()[0]?.listen((happening) => heard.push(happening));
    await home.bonds()[0]?.act({ do: "devices-seen" });
    await home.stop();
    expect(heard).toEqual([]);
    const { outbox, unknown } = await saved(store);
    expect([outbox, unknown]).toEqual([[], []]);
  });

  it("[DEV5] once it is understood, the next start finds it so", async () => {
    const store = leftBy(["feeling"]);
    const first = await open(store);
    await first.bonds()[0]?.act({ do: "devices-seen" });
    await first.stop();
    const second = await open(store);
    expect(together(second).feeling.other).toMatchObject({ hue: 48 });
    await second.stop();
  });
});
