import { describe, expect, it } from "vitest";
import { asPlain, asSealed } from "../src/base/brand.ts";
import { Secret } from "../src/base/secret.ts";
import { encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { decodeFrame, encodeFrame } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import { settle, until, view } from "./world.ts";
import {
  act,
  beside,
  crash,
  diskOf,
  hostileAs,
  keptOf,
  lieTo,
  minute,
  origin,
  paired,
  restart,
  say,
  second,
  textsOf,
  together,
  type Hostile,
  type Story,
} from "./stories-kit.ts";

/** Ada, and Ben whose device now runs other code: what is said is well sealed, and meant badly. */
const withHostileBen = async (): Promise<Story & { readonly hostile: Hostile }> => {
  const story = await paired();
  const { world, ben } = story;
  await say(world, ben, "before");
  await settle(world, 2 * second);
  const disk = await diskOf(ben);
  await crash(world, ben);
  return { ...story, hostile: await hostileAs(world, ben, disk) };
};

const refusedBy = async ({ ada }: Story): Promise<number> => (await diskOf(ada)).refused;

/** The bond goes on: what both say is said. */
const goesOn = async ({ world, ada, hostile }: Story & { readonly hostile: Hostile }): Promise<void> => {
  hostile.say("thought", { text: "still here", at: world.schedule.now() });
  await say(world, ada, "so am I");
  await settle(world, 2 * second);
  expect(textsOf(ada).slice(-2).sort()).toEqual(["so am I", "still here"]);
  expect([together(ada).connection.state, together(ada).connection.trouble, together(ada).connection.waiting]).toEqual(["online", null, 0]);
  await restart(world, ada);
  expect(textsOf(ada).slice(-2).sort()).toEqual(["so am I", "still here"]);
};

describe("A hostile member", () => {
  it.each<readonly [string, (hostile: Hostile) => void]>([
    ["bytes that are no entry", (hostile) => hostile.sayPlain(new Uint8Array(40).fill(255))],
    ["an empty entry", (hostile) => hostile.sayPlain(new Uint8Array())],
    ["an entry that is no list", (hostile) => hostile.sayPlain(encodeCbor({ kind: "thought" }))],
    ["a body of another shape", (hostile) => hostile.say("thought", [1, 2, 3])],
    ["a huge text", (hostile) => hostile.say("thought", { text: "x".repeat(60_000), at: 1 })],
    ["a time before all time", (hostile) => hostile.say("thought", { text: "x", at: -1 })],
    ["a feeling off the wheel", (hostile) => hostile.say("feeling", { hue: 720, strength: 100, at: 1 })],
    ["a name over the cap", (hostile) => hostile.say("name", { name: "x".repeat(5000), at: 1 })],
    ["a grant under a name that is none", (hostile) => hostile.say("boundary", { sense: "__proto__", give: "full", until: null, at: 1 })],
    ["a touch to be kept", (hostile) => hostile.say("touch", { hold: true })],
    ["a second first entry, naming another relay", (hostile) => hostile.say("bond", { relay: new Uint8Array(32) })],
    ["a first entry of nothing", (hostile) => hostile.say("bond", null)],
  ])("[BOUND3] %s is refused, and the bond goes on", async (_what, says) => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    const before = [await refusedBy(story), await keptOf(ada), together(ada).other.name, together(ada).feeling.other];
    says(hostile);
    await settle(world, 2 * second);
    expect([await refusedBy(story), await keptOf(ada), together(ada).other.name, together(ada).feeling.other]).toEqual([
      (before[0] as number) + 1,
      ...before.slice(1),
    ]);
    await goesOn(story);
  });

  it("[BOUND3] the same entry again, word for word, counts once", async () => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    hostile.say("thought", { text: "once", at: 1 });
    const [body] = hostile.said;
    hostile.append(body ?? asSealed(new Uint8Array(256)));
    await settle(world, 2 * second);
    expect(textsOf(ada)).toEqual(["before", "once"]);
    expect(await refusedBy(story)).toBe(1);
    await goesOn(story);
  });

  it("[BOUND3] bytes that nothing opens, of every size, are passed over", async () => {
    const story = await withHostileBen();
    for (const size of [256, 1024, 4096, 16_384, 65_536]) story.hostile.append(asSealed(new Uint8Array(size).fill(7)));
    await settle(story.world, 3 * second);
    expect(await refusedBy(story)).toBe(5);
    await goesOn(story);
  });

  it("[BOUND3] a flood of rubbish does not take the other's room, and words among it arrive", async () => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    for (let i = 0; i < 500; i++) {
      if (i % 100 === 50) hostile.say("thought", { text: `among it ${i}`, at: 1 });
      else hostile.append(asSealed(new Uint8Array(256).fill(i)));
    }
    await settle(world, 10 * second);
    expect(textsOf(ada)).toEqual(["before", ...[50, 150, 250, 350, 450].map((i) => `among it ${i}`)]);
    expect(await refusedBy(story)).toBe(495);
    await goesOn(story);
  });

  it("[BOUND3] times that no calendar holds are of now, in the field and in what is kept", async () => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    const at = Number.MAX_SAFE_INTEGER;
    hostile.say("thought", { text: "from the end of time", at, feeling: { hue: 1, strength: 1 } });
    hostile.say("feeling", { hue: 1, strength: 1, at });
    hostile.say("name", { name: "Benno", at });
    hostile.say("boundary", { sense: "presence", give: "full", until: at, at });
    hostile.say("boundary", { sense: "touch", give: "full", until: at, at });
    hostile.say("presence", { what: "open", at });
    hostile.say("sight", { at });
    await settle(world, 2 * second);
    const now = world.schedule.now();
    const seen = together(ada);
    const grants = seen.grants.flatMap(({ theirUntil }) => theirUntil ?? []);
    const state = seen.other.state;
    const times = [
      ...seen.thoughts.map((one) => one.at),
      seen.feeling.other?.at ?? at,
      ...(await keptOf(ada)).map((one) => one.at ?? 0),
      "since" in state ? (state.since ?? 0) : 0,
    ];
    expect(times.filter((time) => time > now)).toEqual([]);
    expect(grants.filter((time) => time > now + 30 * 24 * 60 * minute)).toEqual([]);
    expect(await refusedBy(story)).toBe(0);
  });

  it("[BOUND3] a text that would turn or end the lines around it is only text", async () => {
    const { world, ada, hostile } = await withHostileBen();
    hostile.say("thought", { text: "\u202e\u0000<script>alert(1)</script>\u2028\u001b[2J\u2066", at: 1 });
    hostile.say("name", { name: "\u202eneB\n\n", at: 1 });
    await settle(world, 2 * second);
    expect([textsOf(ada).at(-1), together(ada).other.name]).toEqual(["<script>alert(1)</script>[2J", "neB"]);
  });

  it("[BOUND2] Ben cannot say, name or give anything in Ada's name, whatever his entries hold", async () => {
    const { world, ada, hostile } = await withHostileBen();
    const before = [together(ada).me.name, together(ada).grants.map(({ mine }) => mine)];
    for (const [kind, body] of [
      ["name", { name: "Adele", at: 1, from: "me", of: "ada" }],
      ["boundary", { sense: "presence", give: "full", until: null, at: 1, who: "me" }],
      ["thought", { text: "I, Ada, promise", at: 1, from: "me", id: "0-9" }],
      ["feeling", { hue: 1, strength: 1, at: 1, from: "me" }],
    ] as readonly (readonly [string, Cbor])[])
      hostile.say(kind, body);
    await settle(world, 2 * second);
    expect([together(ada).me.name, together(ada).grants.map(({ mine }) => mine)]).toEqual(before);
    expect(together(ada).thoughts.filter(({ from }) => from === "me")).toEqual([]);
    expect(together(ada).feeling.me).toBeNull();
    expect((await keptOf(ada)).filter(({ from, kind }) => from === "me" && kind !== "name")).toEqual([]);
  });

  it("[PAIR1] a device that is neither's is refused, whatever place it claims: a third one, Ada's own, Ben's under another key", async () => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    const third = publicKey(new Secret(new Uint8Array(32).fill(99)));
    const adas = publicKey((await diskOf(ada)).self.device);
    for (const [leaf, device] of [
      [2, third],
      [1, third],
      [0, adas],
      [0, third],
      [1, adas],
    ] as const)
      hostile.sayAs(leaf, device, "thought", { text: "let me in", at: 1 });
    await settle(world, 2 * second);
    expect([textsOf(ada), await refusedBy(story)]).toEqual([["before"], 5]);
    await goesOn(story);
  });

  it("[PAIR1] a third device that goes to the relay itself is told that it is unknown, and hears nothing", async () => {
    const { world, ada, ben } = await paired();
    const { line } = await diskOf(ada);
    const third = new Secret(new Uint8Array(32).fill(99));
    const told: string[] = [];
    const connection = world.network.transport("eve").connect(origin, {
      opened: () => undefined,
      closed: () => undefined,
      message: (message) => {
        const decoded = decodeFrame(message);
        if (!decoded.ok) return;
        told.push(decoded.value.type === "refused" ? decoded.value.code : decoded.value.type);
        if (decoded.value.type !== "challenge") return;
        const open = { line, key: publicKey(third), nonce: new Uint8Array(32), cursor: 0 };
        connection.send(encodeFrame({ type: "open", ...open, signature: sign(third, "beside/open/1", openTranscript(decoded.value, open)) }));
      },
    });
    await say(world, ada, "between us");
    await settle(world, 5 * second);
    expect(told).toEqual(["challenge", "unknown"]);
    expect(textsOf(ben)).toEqual(["between us"]);
  });

  it("[BOUND1] thirty days is the most that presence is given for, whatever the other's app says", async () => {
    const { world, ada, hostile } = await withHostileBen();
    hostile.say("boundary", { sense: "presence", give: "full", until: world.schedule.now() + 400 * 24 * 60 * minute, at: world.schedule.now() });
    await settle(world, 2 * second);
    const until30 = together(ada).grants.find(({ sense }) => sense === "presence")?.theirUntil ?? Infinity;
    expect(until30 - world.schedule.now()).toBeLessThanOrEqual(30 * 24 * 60 * minute);
  });

  it("[DEV5] an entry of a kind that nobody knows here is kept as it came, counted as nothing wrong, and survives", async () => {
    const story = await withHostileBen();
    const { world, ada, hostile } = story;
    const body = { what: "a sunset", at: 5, bytes: new Uint8Array([1, 2, 3]), more: [null, true, { deep: "yes" }] };
    hostile.say("sight", body);
    await settle(world, 2 * second);
    expect((await keptOf(ada)).at(-1)).toMatchObject({ kind: "sight", from: "other", at: 5, body });
    expect(await refusedBy(story)).toBe(0);
    await goesOn(story);
    expect((await keptOf(ada)).find(({ kind }) => kind === "sight")?.body).toEqual(body);
  });

  it("[BOUND3] live rubbish is dropped without a word: the two stay beside each other", async () => {
    const { world, ada, ben } = await beside();
    lieTo(world, 0, (frame) =>
      frame.type === "liveFrom" && world.schedule.now() % 2 === 0
        ? { ...frame, body: asSealed(frame.body.map((byte, at) => (at > 30 ? byte ^ 1 : byte))) }
        : frame,
    );
    world.network.drop("ada");
    await settle(world, 10 * second);
    for (let i = 0; i < 5; i++) {
      await settle(world, 10 * second);
      expect(together(ada).connection.trouble).toBeNull();
    }
    expect(view(ben)?.stage).toBe("together");
    await act(world, ben, { do: "touch", intent: { hold: true } });
    await until(world, () => (together(ada).touch.offered ? true : undefined));
  });

  it("[BOUND3] a nonsense frame from the relay costs the connection and nothing else", async () => {
    const { world, ada, ben } = await paired();
    let lies = 3;
    const { outlet } = world.network;
    const honest = outlet.send.bind(outlet);
    outlet.send = (connection, message) => honest(connection, lies-- > 0 ? asPlain(new Uint8Array([1, 2, 3])) : message);
    await say(world, ben, "hello");
    await settle(world, minute);
    expect(textsOf(ada)).toEqual(["hello"]);
    expect([together(ada).connection.trouble, together(ben).connection.trouble]).toEqual([null, null]);
  });
});
