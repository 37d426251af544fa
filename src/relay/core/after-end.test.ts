import { describe, expect, it } from "vitest";
import { certifyEnd } from "../../protocol/certificate.ts";
import type { DeviceFrameName, RelayFrame } from "../../protocol/frames.ts";
import { everyFrame } from "../../testing/every-frame.ts";
import type { BlobId } from "./shelf.ts";
import { flatHex, lineIdOf } from "./state.ts";
import { World, blobOf, keyOf, lineOf, seedOf, type Peer } from "./test-kit.ts";

const line = lineOf("line");
const id = lineIdOf(line);
const words = "ben's words";
/** Of Ben's own door. */
const ownTicket = new Uint8Array(32).fill(11);
const framesOf = (peer: Peer) => everyFrame(peer.challenge, { line, ticket: ownTicket, who: "ben", words });
const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const every = Object.keys(framesOf(new World().connect())) as DeviceFrameName[];

/** Ana and Ben with all that a line can have: words of both, blobs, an archive, packages, someone at a door. */
const full = (): { readonly world: World; readonly ana: Peer; readonly ben: Peer; readonly restoring: Peer; readonly knocking: Peer } => {
  const world = new World();
  const { ana, ben } = world.pair();
  ben.one("done", ben.verifier(words));
  ben.store(1);
  ben.one("done", ben.keep(new Uint8Array(10), 1));
  for (const peer of [ana, ben]) peer.one("done", peer.send({ type: "package", body: new Uint8Array(100) }));
  const restoring = world.connect();
  restoring.one("recovered", restoring.recover(words));
  ben.one("done", ben.send({ type: "offer", hash: framesOf(ben).offer.hash }));
  const knocking = world.connect();
  knocking.one("knocked", knocking.knock("ben anew", { ticket: ownTicket }));
  for (const peer of [ana, ben, restoring, knocking]) peer.take();
  return { world, ana, ben, restoring, knocking };
};

/** Everything that is written from now on. */
const writesOf = (world: World): string[] => {
  const kinds: string[] = [];
  const write = world.log.write.bind(world.log);
  world.log.write = (batch) => {
    kinds.push(...batch.map(({ kind }) => kind));
    return write(batch);
  };
  return kinds;
};

const on = (world: World, peer: Peer, name: DeviceFrameName): readonly RelayFrame[] => {
  peer.take();
  peer.push(framesOf(peer)[name]);
  world.settle();
  return peer.take();
};

/** What a socket that says it anew hears. All else is `forbidden`. */
const told: Partial<Record<DeviceFrameName, string>> = { open: "ended", recover: "ended", create: "taken", knock: "unknown", ping: "pong" };

describe("After the end, of the other's modified client", () => {
  it.each(every)("[END1] `%s` on a socket that was open at the moment of the end does nothing and learns nothing", (name) => {
    const { world, ana, ben, restoring, knocking } = full();
    ana.end();
    for (const peer of [ben, restoring]) expect([names(peer.take()), peer.closed]).toEqual([["ended"], "ended"]);
    // Who waited at the door learns no more than a stranger.
    expect(names(knocking.take())).toEqual(["unknown"]);
    const writes = writesOf(world);
    for (const peer of [ben, restoring]) expect(on(world, peer, name)).toEqual([]);
    if (name !== "recover") expect(names(on(world, knocking, name))).toEqual([told[name] ?? "forbidden"]);
    expect([writes, ana.take()]).toEqual([[], []]);
  });

  it.each(every)("[END1] `%s` in the same moment, behind the end, does nothing and learns nothing", (name) => {
    const { world, ana, ben, restoring } = full();
    const writes = writesOf(world);
    ana.push({ type: "end", certificate: certifyEnd(line, seedOf("ana person")) });
    for (const peer of [ben, restoring]) peer.push(framesOf(peer)[name]);
    world.settle();
    expect(writes).toEqual(["wipe", "line"]);
    const allowed = ["forbidden", "ended", "unavailable", "unknown", ...(name === "ping" ? ["pong"] : [])];
    for (const peer of [ben, restoring]) expect(names(peer.take()).filter((one) => !allowed.includes(one))).toEqual([]);
    expect(names(ana.take())).toEqual(["ended"]);
  });

  it.each(every)("[END1] `%s` on a new socket does nothing and learns that it ended, also after a restart of the relay", (name) => {
    const { world, ana } = full();
    ana.end();
    world.crash();
    const writes = writesOf(world);
    const peer = world.connect();
    expect(names(on(world, peer, name))).toEqual([told[name] ?? "forbidden"]);
    expect([writes, peer.closed]).toEqual([[], told[name] === "ended" ? "ended" : undefined]);
  });

  it.each(every)("[END1] `%s` after it proved a device or the words anew does nothing and learns no more than that", (name) => {
    const { world, ana } = full();
    ana.end();
    const writes = writesOf(world);
    for (const first of ["open", "recover"] as const) {
      const peer = world.connect();
      expect(names(on(world, peer, first))).toEqual(["ended"]);
      expect([on(world, peer, name), writes]).toEqual([[], []]);
    }
  });

  it("[END1] the ended line's id is never created anew, by whom ever and with whatever words, nor its words given to another line", () => {
    const { world, ana } = full();
    ana.end();
    for (const who of ["ana", "ben", "mallory"]) {
      expect(names(world.connect().create(who))).toEqual(["taken"]);
      expect(names(world.connect().create(who, { recovery: keyOf(`${who} fresh`), ticketHash: new Uint8Array(32) }))).toEqual(["taken"]);
    }
    expect(names(world.connect().create("ben", { line: lineOf("next"), recovery: keyOf(words) }))).toEqual(["forbidden"]);
    expect(names(world.connect().open("mallory"))).toEqual(["unknown"]);
  });

  it("[END1] what was there is not there any more: no record, no blob, no archive, no package, no knock, no welcome", () => {
    const { world, ana } = full();
    ana.one("acked", ana.append(2, 1));
    const { log } = world;
    const blob = flatHex(blobOf(1)) as BlobId;
    const left = (): unknown[] => {
      const [records, packages, knocks, archive, welcome, piece] = [
        log.read(id, 0, { items: 9, bytes: 1e6 }),
        log.packages(id),
        log.knocks(id),
        log.archive(id, 1),
        log.welcome(id, 1),
        log.piece(id, blob, 0),
      ];
      if (!records.ok || !packages.ok || !knocks.ok || !archive.ok || !welcome.ok || !piece.ok) throw new Error("unreadable");
      return [records.value.length, packages.value.size, knocks.value.size, archive.value.ids.length, welcome.value?.length, piece.value?.length];
    };
    expect(left()).toEqual([2, 2, 1, 1, 256, 1024]);
    ana.end();
    expect(left()).toEqual([0, 0, 0, 0, undefined, undefined]);
  });
});
