/**
 * A relay that lies to Ada's device: it has the relay's own key, and stands between the real relay core and Ada's real
 * engine. Ben and his device are honest.
 */
import { invariant } from "../src/base/exhaustive.ts";
import { Secret } from "../src/base/secret.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type DeviceFrame, type FrameOf, type RelayFrame } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { openedTranscript } from "../src/protocol/transcripts.ts";
import { createChance } from "../sim/chance.ts";
import { act, bondOf, quietWorld, say, second, type Story } from "../sim/stories-kit.ts";
import { pairUp, settle } from "../sim/world.ts";

export interface Liar extends Story {
  /** The line's id. */
  readonly line: Uint8Array;
  /** Says this to Ada's device, on the connection it has. */
  tell(frame: RelayFrame): void;
  tellRaw(message: Uint8Array): void;
  /** From now on Ada hears this instead of what the relay says; undefined is nothing at all. Without it, the truth again. */
  twist(how?: (frame: RelayFrame) => RelayFrame | Uint8Array | undefined): void;
  /** While it withholds, the real relay and Ben hear nothing that Ada's device says on the line. */
  withhold(on: boolean): void;
  /** `opened` as the relay would sign it, for the connection that Ada has. */
  signed(opened: FrameOf<"opened">): FrameOf<"opened">;
  /** Everything that Ada's device sent since the last `forget`. */
  readonly left: DeviceFrame[];
  /** Every message that Ada heard since then, as it was before any lie. */
  readonly truths: Uint8Array[];
  /** How often Ada connected since then. */
  connects(): number;
  forget(): void;
  /** Ada's connection dies, and she makes another. */
  drop(): Promise<void>;
}

const seed = 1;

export const createLiar = async (): Promise<Liar> => {
  const story = quietWorld(seed);
  const { world, ada, ben } = story;
  // The first chance of a world is its relay's key.
  const relaySeed = new Secret(createChance(seed).bytes(32));
  const left: DeviceFrame[] = [];
  const truths: Uint8Array[] = [];
  let connects = 0;
  let how: ((frame: RelayFrame) => RelayFrame | Uint8Array | undefined) | undefined;
  let withheld = false;
  let hear: ((message: Uint8Array) => void) | undefined;
  let challenge: FrameOf<"challenge"> | undefined;
  let open: FrameOf<"open"> | undefined;

  const transport = world.network.transport.bind(world.network);
  world.network.transport = (device) => {
    const honest = transport(device);
    if (device !== ada.name) return honest;
    return {
      connect: (origin, handlers) => {
        connects++;
        hear = handlers.message;
        const connection = honest.connect(origin, {
          ...handlers,
          message: (message) => {
            truths.push(message);
            const decoded = decodeFrame(message);
            invariant(decoded.ok && isRelayFrame(decoded.value), "the real relay sends frames");
            if (decoded.value.type === "challenge") challenge = decoded.value;
            const told = how ? how(decoded.value) : message;
            if (told) handlers.message(told instanceof Uint8Array ? told : encodeFrame(told));
          },
        });
        return {
          close: () => connection.close(),
          send: (message) => {
            const decoded = decodeFrame(message);
            invariant(decoded.ok && !isRelayFrame(decoded.value), "devices send frames");
            left.push(decoded.value);
            if (decoded.value.type === "open") open = decoded.value;
            if (!withheld || (decoded.value.type !== "append" && decoded.value.type !== "refound")) connection.send(message);
          },
        };
      },
    };
  };

  await pairUp(world);
  await settle(world, 3 * second);
  await say(world, ada, "from ada");
  await say(world, ben, "from ben", { feeling: { hue: 45, strength: 60 } });
  await act(world, ada, { do: "feeling", intent: { hue: 120, strength: 30 } });
  await settle(world, 2 * second);

  return {
    ...story,
    line: Uint8Array.from(bondOf(ada).id.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
    left,
    truths,
    connects: () => connects,
    tellRaw: (message) => hear?.(message),
    tell: (frame) => hear?.(encodeFrame(frame)),
    twist: (next) => void (how = next),
    withhold: (on) => void (withheld = on),
    signed: (opened) => {
      invariant(challenge && open && open.line.length === 16, "Ada opened the line");
      invariant(
        publicKey(relaySeed).every((byte, at) => byte === challenge?.relay[at]),
        "the relay's key is the world's first chance",
      );
      const { type: _, signature: __, ...fields } = opened;
      return { ...opened, signature: sign(relaySeed, "beside/opened/1", openedTranscript(challenge, open, fields)) };
    },
    forget: () => {
      left.length = 0;
      truths.length = 0;
      connects = 0;
    },
    drop: async () => {
      world.network.drop(ada.name);
      await settle(world, 5 * second);
    },
  };
};
