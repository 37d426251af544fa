/** What someone who holds the link puts at the inviter's door: the table of door.ts. */
import { describe, expect, it } from "vitest";
import { asSealed } from "../src/base/brand.ts";
import { invariant } from "../src/base/exhaustive.ts";
import { Secret } from "../src/base/secret.ts";
import { readInvitation, ticketOf } from "../src/protocol/invitation.ts";
import { decodeFrame, encodeFrame, type FrameOf, type RelayFrame } from "../src/protocol/frames.ts";
import { certifyDevice } from "../src/protocol/certificate.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { knockTranscript } from "../src/protocol/transcripts.ts";
import { createFakeSealers } from "../src/testing/fake-sealer.ts";
import { acceptAs, act, diskOf, invited, inviting, knockAs, origin, quietWorld, say, second, stranger, textsOf } from "../sim/stories-kit.ts";
import { settle, until, view } from "../sim/world.ts";
import { isHole, titleOf } from "./cases.ts";
import { personOf } from "./member.ts";
import { doorCases, type DoorCase } from "./door.ts";
import { hang, patiently, type Laps } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";

const run = async (one: DoorCase, laps: Laps): Promise<void> => {
  const watch = watchRejections();
  try {
    const story = quietWorld();
    const { world, ada } = story;
    const link = await invited(story);
    const invitation = readInvitation(link);
    invariant(invitation.ok, "the link can be read");
    const { line } = invitation.value;
    const [person, device] = [new Secret(new Uint8Array(32).fill(98)), new Secret(new Uint8Array(32).fill(97))];
    const sealers = createFakeSealers({ now: () => world.schedule.now(), random: (length) => new Uint8Array(length) });
    const identity = { certificate: certifyDevice(line, person, publicKey(device)), deviceSeed: device };
    const { keyPackage } = await sealers.keyPackage(identity, { line, me: publicKey(person), other: undefined });

    const heard: RelayFrame[] = [];
    const connection = world.network.transport("eve").connect(origin, {
      opened: () => undefined,
      closed: () => undefined,
      message: (message) => {
        const decoded = decodeFrame(message);
        if (decoded.ok) heard.push(decoded.value as RelayFrame);
      },
    });
    const challenge = await until(world, () => heard.find((frame): frame is FrameOf<"challenge"> => frame.type === "challenge"));
    const knock = (body: Uint8Array): void => {
      const fields = { line, key: publicKey(device), ticket: ticketOf(invitation.value), body: asSealed(body) };
      connection.send(encodeFrame({ type: "knock", ...fields, signature: sign(device, "beside/knock/1", knockTranscript(challenge, fields)) }));
    };
    await one.make({ invitation: invitation.value, person, device, keyPackage, adasPerson: personOf(await diskOf(ada)), knock });
    laps.begin();
    await world.runUntil(world.schedule.now() + 3 * second, laps.lap);
    expect(heard.some((frame) => frame.type === "knocked")).toBe(true);
    expect(inviting(ada).knocks.map(({ name }) => name)).toEqual(one.shown === undefined ? [] : [one.shown]);

    if (one.shown !== undefined) {
      await act(world, ada, { do: "accept", knock: inviting(ada).knocks[0]?.id ?? 0 });
      laps.begin();
      await world.runUntil(world.schedule.now() + 3 * second, laps.lap);
      expect([inviting(ada).accepting, inviting(ada).connection.trouble]).toEqual([null, { is: "refused", code: "malformed" }]);
    }
    // The door is still Ben's.
    const ben = await stranger(world, "Ben");
    await knockAs(world, ben, link);
    await acceptAs(world, ada, "Ben");
    expect([view(ada)?.stage, ben.bond?.view().stage]).toEqual(["together", "together"]);
    await say(world, ada, "it is you");
    await settle(world, 2 * second);
    expect(textsOf(ada)).toEqual(["it is you"]);
    expect(heard.some((frame) => frame.type === "knocked" && frame.state === "accepted")).toBe(false);
    expect(watch.failures).toEqual([]);
  } finally {
    watch.stop();
  }
};

describe("what comes to the door", () => {
  for (const one of doorCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      expect(await patiently((laps) => run(one, laps))).toBeLessThan(hang);
    });
  }
});
