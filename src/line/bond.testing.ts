/** A bond in the middle of its life, made by hand: Ada's phone at place 10 of a line with four devices. For tests. */
import { asSealed } from "../base/brand.ts";
import { Secret } from "../base/secret.ts";
import type { Member } from "../ports/sealer.ts";
import { fresh } from "./durable.ts";
import type { Context } from "./event.ts";
import { initialSenses } from "./senses.ts";
import type { State } from "./state.ts";
import { noVigils } from "./vigils.ts";

export const now = 1_800_000_000_000;
export const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
export const context: Context = { wall: now, monotonic: 0, random: (length) => bytes(length, 0) };
const [ada, ben] = [bytes(32, 100), bytes(32, 200)];
const device = (person: Uint8Array, fill: number): Member => ({ person, device: bytes(32, fill), by: null });
const phone = device(ada, 1);
export const laptop = device(ada, 2);
export const bens = device(ben, 3);
const bensOld = device(ben, 4);
export const head = bytes(32, 50);

/** Ada's phone (index 0) at place 10; her laptop is 1, Ben's devices are 2 and 3. */
export const state = (over: Partial<State> = {}): State => ({
  line: bytes(16, 7),
  relay: { origin: "http://relay.test", hash: bytes(32, 8) },
  self: {
    person: new Secret(bytes(32, 9)),
    device: new Secret(bytes(32, 10)),
    certificate: bytes(140, 1),
    name: "Ada",
    personKey: ada,
    end: bytes(100, 2),
    deviceName: "phone",
  },
  stage: { at: "together", other: ben, since: now, words: null, compared: false, latecomerAt: null },
  mls: bytes(1, 1),
  epoch: 3,
  generation: 3,
  members: [phone, laptop, bens, bensOld].map((member, index) => ({
    index,
    key: member.device,
    mine: member.person === ada,
    revoked: false,
    since: now,
    newUntil: null,
  })),
  index: 0,
  seq: 10,
  head,
  heads: [
    [9, bytes(32, 49)],
    [10, head],
  ],
  n: 4,
  outbox: [
    { n: 3, content: { is: "entry", said: { kind: "thought", body: { text: "mine", at: now } } }, sealed: { body: asSealed(bytes(256, 33)), epoch: 3 } },
  ],
  ahead: null,
  senses: initialSenses,
  offset: 0,
  savedAt: now,
  fault: null,
  refused: 0,
  gapAt: null,
  ...fresh,
  common: 9,
  link: { is: "down", since: now, retryAt: now, failures: 0 },
  trouble: null,
  inbox: [],
  inboxSeq: 10,
  inboxHead: head,
  live: null,
  liveEpoch: -1,
  selfKey: phone.device,
  onScreen: false,
  unsaved: { put: [], drop: [], dirty: false, retryAt: 0 },
  answers: [],
  happened: [],
  adding: null,
  scan: null,
  job: null,
  jobAt: 0,
  asked: { package: false, verifier: false, packages: false, end: false },
  cues: {},
  vigils: noVigils,
  senseWake: {},
  anchor: { line: now, monotonic: 0 },
  ...over,
});

/** Open and level with the log; nothing of it is on its way. */
export const openLink = (over: object = {}): State["link"] =>
  ({
    is: "open",
    since: now - 1000,
    failures: 0,
    current: true,
    challenge: { type: "challenge", nonce: bytes(32, 1), relay: bytes(32, 2), now },
    told: { n: 3, generation: 3, epoch: 3, members: [] },
    goal: { seq: 10, head },
    sentN: 99,
    cursorSent: 10,
    pingDueAt: now + 30_000,
    pingAt: null,
    holdUntil: 0,
    ...over,
  }) as unknown as State["link"];
