/**
 * The live lane's sessions (docs/protocol.md, HELLO rules). Pure.
 *
 * A frame is 200 bytes: version (1), session (16), counter (8), sealed (175). Key = HKDF(exporter secret of the epoch,
 * sender's device key, session). A session is a fresh random of the sender's process, so a reload never reuses a key;
 * it is accepted once its hello echoed my own session random, so a recording of an old one is worth nothing.
 *
 * A hello shows that its device is in use, and so does an answer to one. Where that is not given (PRES2) a device says neither, and
 * hears by the stamps of what is said: nobody learns whether anyone listened.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import * as v from "valibot";
import { asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { concat, equalBytes, toHex, u64 } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { derive } from "../protocol/keys.ts";
import { bytes, text, uint } from "../protocol/schema.ts";
import { liveSize } from "../protocol/sizes.ts";

const version = 1;
const sessionLength = 16;
const headerLength = 1 + sessionLength + 8;
const plainLength = liveSize - headerLength - 16;
/** At most so often a hello to one device, however often it asks; sooner to one that just came anew. */
const helloEvery: Millis = 1000;
const helloToNew: Millis = 250;
/** While something live is to be said and nobody has answered yet. */
const helloAgain: Millis = 5000;
/** A device that cannot ask for a proof hears what was said within so long of its own time. */
const saidWithin: Millis = 15_000;

interface Peer {
  readonly session: Uint8Array;
  /** Of this session's frames: reckoned once, not for each. */
  readonly key: Secret;
  /** Whether it proved to be of now, by echoing my session. */
  readonly accepted: boolean;
  /** The highest counter seen, and the latest stamp. */
  readonly counter: number;
  readonly saidAt: Millis;
  /** The last hello of mine to this device, and the session it echoed. */
  readonly helloAt: Millis;
  readonly helloTo: Uint8Array | null;
}

export interface LiveState {
  readonly secret: Secret;
  readonly session: Uint8Array;
  /** Of my own frames. */
  readonly key: Secret;
  readonly counter: number;
  /** By device key, hex. */
  readonly peers: { readonly [device: string]: Peer };
  readonly helloAt: Millis;
  /** When a session was last newly accepted: from then on someone hears. */
  readonly acceptedAt: Millis | null;
  /** Whether this device says hello, and answers one. */
  readonly speaks: boolean;
}

const messageSchema = v.variant("is", [
  /** To one device or to all; `echo` proves that the sender is of now, `ask` says that it waits for the same proof. */
  v.object({ is: v.literal("hello"), to: v.nullable(bytes(4)), echo: v.nullable(bytes(sessionLength)), ask: v.boolean() }),
  /** `at`: when it was said; absent where an earlier Beside said it. */
  v.object({ is: v.literal("sense"), sense: text(32, 1), body: v.custom<Cbor>(() => true), at: v.optional(uint()) }),
]);
type Message = v.InferOutput<typeof messageSchema>;

export interface LiveMessage {
  readonly sense: string;
  readonly body: Cbor;
}

export interface LiveStep {
  readonly live: LiveState;
  readonly frames: readonly Sealed[];
  /** What a device of the pair said, when the frame carried something. */
  readonly heard?: LiveMessage;
}

/** A new session: it says nothing yet. `me` is my device key. */
export const startLive = (secret: Secret, session: Uint8Array, me: Uint8Array): LiveState => ({
  secret,
  session,
  key: keyOf(secret, me, session),
  counter: 0,
  peers: {},
  helloAt: 0,
  acceptedAt: null,
  speaks: false,
});

/** The session goes on under a new epoch's secret: whoever speaks says hello again. */
export const rekeyLive = (live: LiveState, secret: Secret, me: Uint8Array): LiveState => ({
  ...startLive(secret, live.session, me),
  counter: live.counter,
});

/** Begins to say hello, with one to whoever is there; or stops, without a word. */
export const speakLive = (live: LiveState, speaks: boolean, now: Millis): LiveStep => {
  if (speaks === live.speaks) return { live, frames: [] };
  return speaks ? hello({ ...live, speaks, helloAt: now }, null, null, true) : { live: { ...live, speaks }, frames: [] };
};

/** Seals a sense's message; and asks again who is there when nobody is accepted. Too long a message is a defect of the sense. */
export const sayLive = (live: LiveState, message: LiveMessage, now: Millis): LiveStep => {
  const isHeard = Object.values(live.peers).some((peer) => peer.accepted);
  const asked = isHeard || !live.speaks || now - live.helloAt < helloAgain ? { live, frames: [] } : hello({ ...live, helloAt: now }, null, null, true);
  const said = seal(asked.live, { is: "sense", ...message, at: now });
  return { live: said.live, frames: [...asked.frames, ...said.frames] };
};

/** A frame the relay says came from `device`. Anything wrong with it is dropped without a word. */
export const hearLive = (live: LiveState, me: Uint8Array, device: Uint8Array, frame: Sealed, now: Millis): LiveStep => {
  const nothing = { live, frames: [] };
  if (frame.length !== liveSize || frame[0] !== version) return nothing;
  const session = frame.slice(1, 1 + sessionLength);
  const counter = Number(new DataView(frame.buffer, frame.byteOffset + 1 + sessionLength, 8).getBigUint64(0));
  const name = toHex(device);
  const known = live.peers[name];
  const sameSession = known !== undefined && equalBytes(known.session, session);
  if (sameSession && counter <= known.counter) return nothing;
  const key = sameSession ? known.key : keyOf(live.secret, device, session);
  const message = open(key, frame);
  if (!message) return nothing;

  const forMe = message.is === "hello" && message.to !== null && equalBytes(message.to, me.subarray(0, 4));
  const echoesMe = forMe && message.echo !== null && equalBytes(message.echo, live.session);
  const accepted = (sameSession && known.accepted) || echoesMe;
  const saidAt = message.is === "sense" ? (message.at ?? 0) : 0;
  // Who asks nobody for a proof goes by the stamps, which only rise from one session to the next.
  const isOfNow = !live.speaks && Math.abs(now - saidAt) <= saidWithin && (sameSession || saidAt > (known?.saidAt ?? 0));
  // A session nobody has proved fresh must not push out one that is: it is asked for its proof, and no more.
  if (!accepted && !isOfNow && (!live.speaks || (!sameSession && known?.accepted))) return answer(live, device, session, true, now);
  const fresh = accepted && !(sameSession && known.accepted);
  const peer: Peer = {
    session,
    key,
    accepted,
    counter,
    saidAt: Math.max(saidAt, known?.saidAt ?? 0),
    helloAt: known?.helloAt ?? 0,
    helloTo: known?.helloTo ?? null,
  };
  const heard = { ...live, peers: { ...live.peers, [name]: peer }, acceptedAt: fresh ? now : live.acceptedAt };
  if (message.is === "sense") return accepted || isOfNow ? { live: heard, frames: [], heard: message } : answer(heard, device, session, true, now);
  // Who asks is answered; who is not proved yet is asked. When both are proved nobody says more.
  const asks = message.ask && (message.to === null || forMe);
  return asks || !accepted ? answer(heard, device, session, !accepted, now) : { live: heard, frames: [] };
};

/** A hello to one device with the echo of its session, at most one a second to the same one; of a device that says none, nothing. */
const answer = (live: LiveState, device: Uint8Array, session: Uint8Array, ask: boolean, now: Millis): LiveStep => {
  if (!live.speaks) return { live, frames: [] };
  const name = toHex(device);
  const peer = live.peers[name];
  const every = peer?.helloTo && equalBytes(peer.helloTo, session) ? helloEvery : helloToNew;
  if (peer?.helloTo && now - peer.helloAt < every) return { live, frames: [] };
  const noted = peer ? { ...live, peers: { ...live.peers, [name]: { ...peer, helloAt: now, helloTo: session } } } : live;
  return hello(noted, device, session, ask);
};

const hello = (live: LiveState, to: Uint8Array | null, echo: Uint8Array | null, ask: boolean): LiveStep =>
  seal(live, { is: "hello", to: to?.slice(0, 4) ?? null, echo, ask });

const keyOf = (secret: Secret, device: Uint8Array, session: Uint8Array): Secret => derive(secret.expose(), concat(device, session), "beside/live/1");

const nonceOf = (counter: Uint8Array): Uint8Array => concat(new Uint8Array(4), counter);

const seal = (live: LiveState, message: Message): LiveStep => {
  const encoded = encodeCbor(message as unknown as Cbor);
  if (encoded.length > plainLength - 1) throw new Error("defect: a live message is too long for its frame");
  const plain = new Uint8Array(plainLength);
  plain[0] = encoded.length;
  plain.set(encoded, 1);
  const counter = live.counter + 1;
  const header = concat(new Uint8Array([version]), live.session, u64(counter));
  const sealed = chacha20poly1305(live.key.expose(), nonceOf(u64(counter)), header).encrypt(plain);
  return { live: { ...live, counter }, frames: [asSealed(concat(header, sealed))] };
};

const open = (key: Secret, frame: Sealed): Message | undefined => {
  const header = frame.subarray(0, headerLength);
  try {
    const plain = chacha20poly1305(key.expose(), nonceOf(header.subarray(1 + sessionLength)), header).decrypt(frame.subarray(headerLength));
    const decoded = decodeCbor(plain.slice(1, 1 + (plain[0] as number)));
    const parsed = decoded.ok ? v.safeParse(messageSchema, decoded.value) : undefined;
    return parsed?.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};
