/**
 * A modified client of the other person: it holds Ben's real keys and speaks to a real relay core, and Ada's device runs
 * the real engine. Entries are sealed by the simulator's sealer, whose `forge` makes what a member with the group's secret
 * can make; that real MLS opens the same plain bytes is proved in seal.test.ts.
 */
import { invariant } from "../src/base/exhaustive.ts";
import type { Plain, Sealed } from "../src/base/brand.ts";
import type { Secret } from "../src/base/secret.ts";
import { encodeEntry } from "../src/line/entry.ts";
import { aadOf } from "../src/line/next.ts";
import type { Durable } from "../src/line/state.ts";
import type { Connection } from "../src/ports/transport.ts";
import type { Cbor } from "../src/protocol/cbor.ts";
import { decodeFrame, encodeFrame, isRelayFrame, type DeviceFrame, type RelayFrame } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import { epochSecret, forge, readEntry } from "../src/testing/fake-sealer.ts";
import { act, beside, crash, diskOf, origin, paired, say, second, type Story } from "../sim/stories-kit.ts";
import { settle, until, type World } from "../sim/world.ts";

export interface Member {
  readonly world: World;
  /** Ben's disk, as his engine left it. */
  readonly disk: Durable;
  /** Every frame of the relay since the last `forget`. */
  readonly heard: RelayFrame[];
  /** Records that the relay was asked to keep since the last `forget`, each with its count. */
  readonly appended: { readonly n: number; readonly body: Sealed }[];
  /** The last own count that the relay was asked to take. */
  n(): number;
  forget(): void;
  /** Opens the line with Ben's device key (again). */
  connect(): Promise<void>;
  hangUp(): void;
  /** Anything at all, as one message. */
  raw(message: Uint8Array): void;
  send(frame: DeviceFrame): void;
  /** A sealed body under the next count. */
  append(body: Sealed): void;
  /** Plain bytes, well sealed by Ben's device. */
  sayPlain(plain: Uint8Array): void;
  say(kind: string, body: Cbor, over?: { readonly seq?: number; readonly head?: Uint8Array }): void;
  /** The same as `append` would send, for who wants to send something else with it. */
  sealed(
    plain: Uint8Array,
    over?: { readonly n?: number; readonly leaf?: number; readonly device?: Uint8Array; readonly epoch?: number; readonly generation?: number },
  ): Sealed;
  entryOf(kind: string, body: Cbor): Plain;
  /** Whether an entry with this text came from Ada since the last `forget`. */
  hears(text: string): boolean;
}

/** A device that never showed the twelve words still has its person's key. */
export const personOf = ({ self }: Durable): Secret => {
  invariant(self.person, "the person key is on this device");
  return self.person;
};

export interface Hostile extends Story {
  readonly member: Member;
}

/** Ada and Ben have a bond in the middle of its life; then Ben's device runs other code. */
export const withMember = async ({ together: apart = false }: { readonly together?: boolean } = {}): Promise<Hostile> => {
  // What a receiver does with a flood is asked here: the relay's count of appends stays out of the way (LOG11).
  const unpaced = { append: { perSecond: 1e9, burst: 1e9 } };
  const story = apart ? await beside(1, unpaced) : await paired(1, unpaced);
  const { world, ada, ben } = story;
  await say(world, ada, "from ada");
  await say(world, ben, "from ben", { feeling: { hue: 45, strength: 60 } });
  await act(world, ada, { do: "feeling", intent: { hue: 120, strength: 30 } });
  await act(world, ben, { do: "boundary", intent: { sense: "thought", give: "full" } });
  await settle(world, 2 * second);
  const disk = await diskOf(ben);
  await crash(world, ben);
  const member = createMember(world, disk);
  await member.connect();
  // Ada has seen that Ben's other process is gone.
  await settle(world, 2 * second);
  return { ...story, member };
};

const createMember = (world: World, disk: Durable): Member => {
  const { line, self, mls, seq, head, epoch } = disk;
  invariant(mls, "Ben has a group");
  const secret = epochSecret(mls);
  const device = publicKey(self.device);
  const heard: RelayFrame[] = [];
  const appended: { n: number; body: Sealed }[] = [];
  let connection: Connection | undefined;
  let n = 0;
  // Past what Ben's engine may have used; what lies between is as if it had been lost.
  let generation = 100;

  const connect = async (): Promise<void> => {
    connection?.close();
    let current = false;
    const mine: Connection = world.network.transport("ben").connect(origin, {
      opened: () => undefined,
      closed: () => undefined,
      message: (message) => {
        const decoded = decodeFrame(message);
        invariant(decoded.ok && isRelayFrame(decoded.value), "an honest relay sends frames");
        const frame = decoded.value;
        heard.push(frame);
        if (frame.type === "challenge") {
          const open = { line, key: device, nonce: new Uint8Array(32), cursor: seq };
          mine.send(encodeFrame({ type: "open", ...open, signature: sign(self.device, "beside/open/1", openTranscript(frame, open)) }));
        }
        if (frame.type === "opened") n = frame.n;
        if (frame.type === "current") current = true;
      },
    });
    connection = mine;
    await until(world, () => (current ? true : undefined));
  };

  const sealed: Member["sealed"] = (plain, over = {}) =>
    forge(
      { line, epoch: over.epoch ?? epoch, leaf: over.leaf ?? disk.index, generation: over.generation ?? generation++, aad: aadOf(over.n ?? n + 1), plain },
      secret,
      over.device ?? device,
    );
  const send = (frame: DeviceFrame): void => connection?.send(encodeFrame(frame));
  const append = (body: Sealed): void => {
    appended.push({ n: ++n, body });
    send({ type: "append", n, epoch, body });
  };
  const sayPlain = (plain: Uint8Array): void => append(sealed(plain));

  return {
    world,
    disk,
    heard,
    appended,
    n: () => n,
    forget: () => {
      heard.length = 0;
      appended.length = 0;
    },
    connect,
    hangUp: () => connection?.close(),
    raw: (message) => connection?.send(message),
    send,
    append,
    sayPlain,
    say: (kind, body, over = {}) => sayPlain(encodeEntry({ kind, body, seq: over.seq ?? seq, head: over.head ?? head })),
    sealed,
    entryOf: (kind, body) => encodeEntry({ kind, body, seq, head }),
    hears: (text) =>
      heard.some(
        (frame) =>
          frame.type === "entries" && frame.items.some(({ body }) => new TextDecoder().decode(readEntry(body)?.plain ?? new Uint8Array()).includes(text)),
      ),
  };
};
