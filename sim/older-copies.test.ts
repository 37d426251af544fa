/** What an older copy of a device, a relay put back and a grant taken back may not do together (found by trying to break it). */
import { describe, expect, it } from "vitest";
import { asPlain } from "../src/base/brand.ts";
import { toHex } from "../src/base/bytes.ts";
import { decodeEntry } from "../src/line/entry.ts";
import { decodeFrame } from "../src/protocol/frames.ts";
import { lineIdOf } from "../src/relay/core/state.ts";
import { readEntry } from "../src/testing/fake-sealer.ts";
import { act, addDeviceOf, bondOf, diskOf, hour, minute, paired, say, second, textsOf, together } from "./stories-kit.ts";
import { settle, type Person, type World } from "./world.ts";

const withoutSeal = async (world: World, who: Person): Promise<void> => {
  const key = `bond/${bondOf(who).id}/mls`;
  world.crashPerson(who);
  await who.disk.write({ put: [[key, new Uint8Array([1, 2, 3])]] });
};

/** Every key of the group under which two different things left. */
const reusedKeys = (world: World): readonly string[] => {
  const bodies = new Map<string, string>();
  const reused: string[] = [];
  world.network.onLeaving = (_, message) => {
    const frame = decodeFrame(message);
    const entry = frame.ok && frame.value.type === "append" ? readEntry(frame.value.body) : undefined;
    if (!frame.ok || frame.value.type !== "append" || !entry) return;
    const key = `${toHex(entry.group)} ${entry.epoch} ${entry.leaf} ${entry.generation}`;
    const body = toHex(frame.value.body);
    if ((bodies.get(key) ?? body) !== body) reused.push(key);
    bodies.set(key, body);
  };
  return reused;
};

describe("An older copy put back", () => {
  it.each([
    [1, false],
    [2, false],
    [3, false],
    [1, true],
    [2, true],
  ])("[SEAL10] [RESYNC1] from before a group in which the newer one spoke, with %i said offline, past the log's end: %s", async (count, gap) => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await settle(world, minute);
    if (!gap) world.network.cut(tablet.name);
    await say(world, ada, "one");
    await settle(world, 10 * second);
    const image = await ada.disk.list("");
    if (gap) {
      await say(world, ben, "passed by all");
      await settle(world, minute);
      world.network.cut(tablet.name);
    }
    const reused = reusedKeys(world);
    await withoutSeal(world, ben);
    await world.startPerson(ben);
    await settle(world, 2 * minute);
    await say(world, ada, "in the group made anew");
    await settle(world, minute);

    world.putBack(ada, image);
    world.network.cut("ada");
    await world.startPerson(ada);
    const older = Array.from({ length: count }, (_, at) => `older ${at}`);
    for (const text of older) await say(world, ada, text);
    world.network.mend("ada");
    await settle(world, 3 * minute);
    await say(world, ada, "and on");
    await settle(world, 2 * minute);
    expect(reused).toEqual([]);
    expect([together(ada).connection.trouble, together(ben).connection.trouble]).toEqual([null, null]);
    expect(textsOf(ben).toSorted()).toEqual(["one", "in the group made anew", ...older, "and on", ...(gap ? ["passed by all"] : [])].toSorted());
  });

  it(
    "[RESYNC3] with hundreds of things waiting that were said since: nothing is sealed twice, and the other goes on hearing",
    { timeout: 120_000 },
    async () => {
      const { world, ada, ben } = await paired();
      world.network.cut("ada");
      for (let at = 0; at < 300; at++) await say(world, ada, `t${at}`);
      const image = await ada.disk.list("");
      world.network.mend("ada");
      await settle(world, 5 * minute);
      await say(world, ada, "newest");
      await settle(world, minute);
      const { refused } = await diskOf(ben);
      world.putBack(ada, image);
      await world.startPerson(ada);
      await settle(world, 10 * minute);
      for (const text of ["after", "and after that"]) await say(world, ada, text);
      await settle(world, 5 * minute);
      expect((await diskOf(ben)).refused).toBe(refused);
      expect(textsOf(ben).slice(-2)).toEqual(["after", "and after that"]);
    },
  );
});

describe("The simulator", () => {
  it("puts nothing on an older copy's disk that the process that died was still writing", async () => {
    const { world, ben } = await paired();
    const image = await ben.disk.list("");
    // Whether the disk had it when the process died is chance.
    for (let times = 0; times < 8; times++) {
      ben.writing = { put: [["bond/later", new Uint8Array([1])]] };
      world.putBack(ben, image);
      await settle(world, second);
      expect(await ben.disk.list("")).toEqual(image);
      await world.startPerson(ben);
    }
  });
});

describe("A relay put back to before it had anyone's last resort", () => {
  it("[REF2] two devices that both lost their seals tell it again, and go on", async () => {
    const { world, ada, ben } = await paired();
    await say(world, ada, "one");
    await settle(world, minute);
    const line = lineIdOf((await diskOf(ada)).line);
    for (const who of [ada, ben]) await withoutSeal(world, who);
    world.log.write([
      { kind: "unpackage", line, device: 0 },
      { kind: "unpackage", line, device: 1 },
    ]);
    for (const who of [ada, ben]) await world.startPerson(who);
    await settle(world, 2 * hour);
    await say(world, ada, "two");
    await settle(world, minute);
    expect([together(ada).mending, together(ben).mending]).toEqual([null, null]);
    expect(textsOf(ben)).toEqual(["one", "two"]);
  });
});

describe("A grant taken back before there was a connection", () => {
  it("[BOUND1] [MOON1] a place that was chosen while it was given does not leave afterwards", async () => {
    const { world, ada } = await paired();
    await act(world, ada, { do: "hour", intent: { zone: "UTC" } });
    await act(world, ada, { do: "boundary", intent: { sense: "hour", give: "full" } });
    await settle(world, minute);
    const left: string[] = [];
    world.network.onLeaving = (_, message) => {
      const frame = decodeFrame(message);
      const entry = frame.ok && frame.value.type === "append" ? readEntry(frame.value.body) : undefined;
      const said = entry && decodeEntry(asPlain(entry.plain));
      if (said) left.push(JSON.stringify(said.body));
    };
    world.network.cut("ada");
    await settle(world, 2 * minute);
    await act(world, ada, { do: "hour", intent: { zone: "Europe/Vienna", place: { lat: 48, lon: 16 } } });
    await act(world, ada, { do: "boundary", intent: { sense: "hour", give: "off" } });
    await settle(world, minute);
    world.network.mend("ada");
    await settle(world, 2 * minute);
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((body) => body.includes('"lat"'))).toEqual([]);
  });
});
