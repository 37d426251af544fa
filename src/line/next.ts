/**
 * What a bond needs done now, derived from its state: at most one piece of work, most urgent first. Nothing here is
 * remembered as "in progress": the driver does the work and its answer begins the next step.
 *
 * The order is the safety of the whole: what came is applied before anything is sealed; what was sealed is saved before
 * anything is sent; only what is saved is acknowledged, to the relay (cursor) and to the person (answers).
 */
import { u32 } from "../base/bytes.ts";
import { encodeEntry, type EntryBody } from "./entry.ts";
import { durableOf, encodeDurable } from "./durable.ts";
import type { Context, Effect, Step, Work } from "./event.ts";
import { needsSeal } from "./records.ts";
import { aheadOf } from "./senses.ts";
import type { LogItem, OpenLink, State } from "./state.ts";
import { lineNow, pingEvery } from "./time.ts";

const receiveBatch = 256;
const sealBatch = 32;
/** Own entries under way at once; more wait for acks. */
const sendWindow = 32;
const pongWithin = 10_000;
const connectWithin = 15_000;
/** A connection that lasted this long was one. */
const heldAfter = 3000;

/** The associated data of an entry: its author's count, so that it cannot be shown under another. */
export const aadOf = (n: number): Uint8Array => u32(n);

export const next = (state: State, context: Context): Step => {
  const now = lineNow(state, context);
  const work = nextWork(state, context, now);
  if (work) return [state, [work]];
  const [sent, sends] = send(state, now);
  const [linked, connects] = keepLink(sent, context, now);
  const [quiet, told] = linked.unsaved.dirty ? ([linked, []] as const) : tell(linked);
  const wake = wakeAfter(quiet, now);
  return [quiet, [...sends, ...connects, ...told, ...(wake === undefined ? [] : [{ do: "wake", after: wake } as const])]];
};

/** What people are told is durable: it is not told again after a crash. */
const tell = (state: State): Step => {
  if (state.answers.length === 0 && state.happened.length === 0) return [state, []];
  const emits = state.happened.map((happening): Effect => ({ do: "emit", happening }));
  const answers = state.answers.map(({ act, result }): Effect => ({ do: "answer", act, result }));
  return [{ ...state, answers: [], happened: [] }, [...emits, ...answers]];
};

const nextWork = (state: State, context: Context, now: number): Work | undefined => {
  if (state.stage.at === "ended" || state.stage.at === "turned-away") return saveWork(state, now);
  if (state.stage.at === "knocking")
    return state.stage.welcome
      ? { do: "join", pending: state.stage.pending, welcome: state.stage.welcome.body, inviterHash: state.stage.inviterHash }
      : saveWork(state, now);
  if (state.inbox.length > 0 && state.fault !== "cannot-follow" && state.fault !== "set-back")
    return {
      do: "receive",
      items: nextBatch(state)
        .filter((item) => needsSeal(state, item))
        .map((item) => ({ kind: item.kind, body: item.body, aad: aadOf(item.n) })),
    };
  if (state.stage.at === "inviting" && state.stage.accepting && !state.outbox.some((item) => item.content.is === "accept")) {
    const { keyPackage, person, device } = state.stage.accepting;
    return { do: "add", keyPackage, person, device };
  }
  if (state.stage.at === "together" && !state.fault) {
    const unsealed = state.outbox.filter((item) => item.content.is === "entry" && item.sealed?.epoch !== state.epoch).slice(0, sealBatch);
    if (unsealed.length > 0)
      return {
        do: "seal",
        items: unsealed.map((item) => ({ n: item.n, plain: plainOf(state, (item.content as { said: EntryBody }).said), aad: aadOf(item.n), ahead: null })),
      };
    const said = wantsAhead(state, context);
    if (said) return { do: "seal", items: [{ n: state.n, plain: plainOf(state, said), aad: aadOf(state.n), ahead: said }] };
  }
  return saveWork(state, now) ?? (state.stage.at === "together" ? comfort(state) : undefined);
};

/** What one `receive` is about. */
export const nextBatch = (state: State): readonly LogItem[] => state.inbox.slice(0, receiveBatch);

/** Nothing waits for these: the words to compare, the key of the live lane. */
const comfort = (state: State): Work | undefined => {
  if (state.stage.at !== "together") return undefined;
  if (!state.stage.words) return { do: "words", other: state.stage.other };
  const current = state.link.is === "open" && state.link.current && !state.fault;
  return current && (!state.live || state.liveEpoch !== state.epoch) ? { do: "export" } : undefined;
};

const plainOf = (state: State, said: EntryBody) => encodeEntry({ ...said, seq: state.seq, head: state.head });

/** The entry to seal in advance, when the one there is does not hold any more. */
const wantsAhead = (state: State, context: Context): EntryBody | undefined => {
  if (state.link.is !== "open" || !state.link.current) return undefined;
  const said = aheadOf(state, context);
  const holds = state.ahead && state.ahead.n === state.n && state.ahead.epoch === state.epoch && JSON.stringify(state.ahead.said) === JSON.stringify(said);
  return holds ? undefined : said;
};

const saveWork = (state: State, now: number): Work | undefined => {
  if (!state.unsaved.dirty || state.unsaved.retryAt > now) return undefined;
  const mls = state.mls === null ? [] : ([["mls", state.mls]] as const);
  return { do: "save", change: { put: [["state", encodeDurable({ ...durableOf(state), savedAt: now })], ...mls, ...state.unsaved.put] } };
};

/** Sends what is sealed and saved, in order, and what was durably applied. */
const send = (state: State, now: number): Step => {
  const { link } = state;
  if (link.is !== "open" || !link.current || state.unsaved.dirty || state.fault || link.holdUntil > now) return [state, []];
  const effects: Effect[] = [];
  let sentN = link.sentN;
  for (const item of state.outbox.slice(0, sendWindow)) {
    if (item.n <= sentN) continue;
    if (item.content.is === "accept") effects.push({ do: "send", frame: { type: "accept", n: item.n, ...item.content.frame } });
    else if (item.sealed?.epoch === state.epoch)
      effects.push({ do: "send", frame: { type: "append", n: item.n, epoch: item.sealed.epoch, body: item.sealed.body } });
    else break;
    sentN = item.n;
  }
  const cursorSent = state.stage.at === "together" ? state.seq : link.cursorSent;
  if (cursorSent > link.cursorSent) effects.push({ do: "send", frame: { type: "cursor", seq: cursorSent } });
  const moved: OpenLink = { ...link, sentN, cursorSent };
  return [{ ...state, link: moved }, effects];
};

/** Connects, keeps an eye on the connection, and notices when it is dead. */
const keepLink = (state: State, context: Context, now: number): Step => {
  const { link } = state;
  if (state.stage.at === "ended" || state.stage.at === "turned-away") return [state, []];
  switch (link.is) {
    case "down":
      // Later than now: a clock that ran ahead was put right since, and what was planned by it means nothing.
      if (link.retryAt > now && link.since <= now) return [state, []];
      return [{ ...state, link: { is: "connecting", since: now, failures: link.failures } }, [{ do: "connect", origin: state.relay.origin }]];
    case "connecting":
      return now - link.since > connectWithin ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
    case "challenged":
      // A knocker waits at the door with the connection open; everyone else is answered soon.
      if (waitsAtDoor(state)) return keepAlive({ ...state, link }, now, context);
      return now - link.since > connectWithin ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
    case "open":
      return keepAlive({ ...state, link }, now, context);
  }
};

const keepAlive = (state: State & { readonly link: OpenLink | Extract<State["link"], { is: "challenged" }> }, now: number, context: Context): Step => {
  const { link } = state;
  if (link.pingAt !== null) return now - link.pingAt > pongWithin ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
  if (now < link.pingDueAt) return [state, []];
  return [{ ...state, link: { ...link, pingAt: now, pingDueAt: now + pingEvery } }, [{ do: "send", frame: { type: "ping" } }]];
};

const waitsAtDoor = (state: State): boolean => state.stage.at === "knocking" && state.stage.delivered && state.stage.welcome === null;

/** Down, to be tried again soon, then less and less often, never in step with others. */
export const linkLost = (state: State, context: Context): State => {
  const now = lineNow(state, context);
  if (state.link.is === "down") return state;
  // A connection that held is no failure; one that is ended as soon as it is made is.
  const held = state.link.is === "open" && now - state.link.since > heldAfter;
  const failures = held ? 0 : state.link.failures + 1;
  const spread = ((context.random(1)[0] as number) / 255) * 0.5 + 0.75;
  const delay = Math.round(Math.min(30_000, 400 * 2 ** Math.min(failures, 7)) * spread);
  return { ...state, live: null, link: { is: "down", since: now, retryAt: now + delay, failures } };
};

const wakeAfter = (state: State, now: number): number | undefined => {
  const times: number[] = Object.values(state.senseWake).filter((time) => time !== undefined);
  const { link } = state;
  if (state.unsaved.dirty) times.push(state.unsaved.retryAt);
  if (state.stage.at !== "ended" && state.stage.at !== "turned-away") {
    if (link.is === "down") times.push(link.retryAt);
    if (link.is === "connecting" || (link.is === "challenged" && !waitsAtDoor(state))) times.push(link.since + connectWithin + 1);
    else if (link.is === "open" || link.is === "challenged") times.push(link.pingAt === null ? link.pingDueAt : link.pingAt + pongWithin + 1);
    if (link.is === "open" && link.holdUntil > now) times.push(link.holdUntil);
  }
  if (times.length === 0) return undefined;
  return Math.max(1, Math.min(...times) - now);
};
