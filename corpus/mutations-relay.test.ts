/**
 * Mutations of what a device sends, into the real relay core, with Ada's real engine behind it. The relay refuses what is
 * no frame or not to be sent; what it cannot know to be wrong (a changed body) Ada's seal refuses.
 */
import { expect, it } from "vitest";
import { asSealed } from "../src/base/brand.ts";
import { Secret } from "../src/base/secret.ts";
import { encodeFrame, type DeviceFrame } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { createTranscript, knockTranscript } from "../src/protocol/transcripts.ts";
import { crash, diskOf, keptOf, say, second, textsOf, together } from "../sim/stories-kit.ts";
import { settle } from "../sim/world.ts";
import { deviceFrames } from "./frames.ts";
import { withMember } from "./member.ts";
import { describe as tell, mutationOf, seedFrom, share, type Original } from "./mutate.ts";
import { createSockets } from "./socket.ts";
import { hang, worked } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";
import { expectNoGrowth, wholeOf } from "./whole.ts";

/** Of someone who is neither. */
const seed = new Secret(new Uint8Array(32).fill(77));
const body = (length: number, fill = 3): Uint8Array => new Uint8Array(length).fill(fill);

it("[BOUND3] corpus: mutations of what a device sends: refused by the relay, or by Ada's seal", async () => {
  const watch = watchRejections();
  const { world, ada, member } = await withMember();
  const { disk } = member;
  const sockets = createSockets(world);
  const before = await wholeOf(ada);
  const count = share(3500);
  const answers: Record<string, number> = {};
  const note = (what: string): void => void (answers[what] = (answers[what] ?? 0) + 1);

  /** What Ben's session could honestly say next. */
  const ofSession = (n: number): readonly Original[] => {
    const sealed = member.sealed(member.entryOf("thought", { text: "honest", at: 1 }), { n: n + 1, generation: 400 });
    const frames: readonly DeviceFrame[] = [
      { type: "append", n: n + 1, epoch: disk.epoch, body: sealed },
      { type: "append", n: n + 1, epoch: disk.epoch, body: asSealed(body(1024)) },
      { type: "cursor", seq: 3 },
      { type: "live", body: asSealed(body(200)) },
      { type: "ping" },
      // Of another epoch, so that no mutation of it is a change: a change of noise is a hole of its own (see README.md).
      {
        type: "change",
        n: n + 1,
        generation: disk.generation,
        epoch: disk.epoch + 7,
        commit: asSealed(body(256)),
        welcome: null,
        enrol: [body(32)],
        revoke: [0],
      },
      { type: "end", certificate: body(140) },
    ];
    return frames.map((frame) => ({ name: frame.type, bytes: encodeFrame(frame) }));
  };

  let session = sockets.opened(disk);
  let stranger = sockets.fresh();
  for (let i = 0; i < count; i++) {
    const number = seedFrom + i;
    // One in ten comes from someone who proved nothing: with good signatures over its own challenge, then changed.
    const asStranger = i % 10 === 9;
    if (session.closed()) session = sockets.opened(disk);
    if (stranger.closed()) stranger = sockets.fresh();
    const socket = asStranger ? stranger : session;
    const originals = asStranger
      ? i % 20 === 9
        ? [createFor(stranger.challenge), knockFor(stranger.challenge, disk.line)]
        : deviceFrames
      : i % 3 === 0
        ? deviceFrames
        : ofSession(session.n());
    const mutation = mutationOf(number, originals, true);
    const at = socket.heard.length;
    const begun = worked();
    try {
      socket.send(mutation.bytes);
    } catch (error) {
      throw new Error(`the relay throws ${String(error)}; ${tell(mutation)}`, { cause: error });
    }
    const took = worked() - begun;
    if (took >= hang) throw new Error(`the relay takes ${took} ms; ${tell(mutation)}`);
    const answer = socket.heard.slice(at);
    note(answer.length === 0 ? "nothing" : answer.map((frame) => (frame.type === "refused" ? frame.code : frame.type)).join());
    // Well-formed in between, so that malformed ones in a row do not end every socket at the tenth.
    if (i % 4 === 0) socket.send(encodeFrame({ type: "ping" }));
    if (i % 50 === 49) {
      await settle(world, second);
      if (together(ada).connection.trouble !== null)
        throw new Error(`Ada is told ${JSON.stringify(together(ada).connection.trouble)}; at or before ${tell(mutation)}`);
    }
  }
  stranger.drop();
  session.drop();
  await settle(world, 5 * second);

  const after = await wholeOf(ada);
  const taken = after.seq - before.seq;
  expect(taken).toBeGreaterThan(count / 50);
  // Everything that the relay took for an entry of Ben's was refused by the seal: nothing of it is in Ada's bond.
  expect(after.refused - before.refused).toBe(taken);
  expect([after.view, after.kept, after.durable]).toEqual([before.view, before.kept, before.durable]);
  expectNoGrowth(before, after, Math.min(taken, 128));
  expect((answers["malformed"] ?? 0) > count / 3).toBe(true);

  // The bond goes on: Ben's device says something, and so does Ada.
  const last = sockets.opened(disk);
  last.send(
    encodeFrame({
      type: "append",
      n: last.n() + 1,
      epoch: disk.epoch,
      body: member.sealed(member.entryOf("thought", { text: "after all", at: 1 }), { n: last.n() + 1 }),
    }),
  );
  await say(world, ada, "indeed");
  await settle(world, 3 * second);
  expect(textsOf(ada).slice(-2).sort()).toEqual(["after all", "indeed"]);
  expect((await keptOf(ada)).length).toBe(before.kept.length + 2);
  expect(last.heard.some((frame) => frame.type === "entries")).toBe(true);
  await crash(world, ada);
  await world.startPerson(ada);
  await settle(world, 3 * second);
  expect([together(ada).connection.state, (await diskOf(ada)).fault]).toEqual(["online", null]);
  expect(watch.failures).toEqual([]);
  watch.stop();
});

const createFor = (challenge: Parameters<typeof createTranscript>[0]): Original => {
  const fields = { line: body(16, 9), key: publicKey(seed), ticketHash: body(32), recovery: body(32), token: "" };
  return { name: "create", bytes: encodeFrame({ type: "create", ...fields, signature: sign(seed, "beside/create/1", createTranscript(challenge, fields)) }) };
};
const knockFor = (challenge: Parameters<typeof knockTranscript>[0], line: Uint8Array): Original => {
  const fields = { line, key: publicKey(seed), ticket: body(32), body: body(8192) };
  return { name: "knock", bytes: encodeFrame({ type: "knock", ...fields, signature: sign(seed, "beside/knock/1", knockTranscript(challenge, fields)) }) };
};
