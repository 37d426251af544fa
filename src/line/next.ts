/**
 * What a bond needs done now, derived from its state: at most one piece of work, most urgent first. Nothing here is
 * remembered as "in progress": the driver does the work and its answer begins the next step.
 *
 * The order is the safety of the whole: what came is applied before anything is sealed; what was sealed is saved before
 * anything is sent; only what is saved is acknowledged, to the relay (cursor) and to the person (answers).
 */
import type { Sealed } from "../base/brand.ts";
import { equalBytes, u32 } from "../base/bytes.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { sign } from "../protocol/keys.ts";
import { verifierTranscript } from "../protocol/transcripts.ts";
import { isSenseName } from "../senses/index.ts";
import { manifestOf, unremoved } from "./archive.ts";
import { offerFrame, primaryOf, stillToDo } from "./devices.ts";
import { sendKnock } from "./door.ts";
import { encodeEntry, type EntryBody } from "./entry.ts";
import { endIsDue, endNow, isTold, tellEnd } from "./ending.ts";
import { durableOf, encodeDurable } from "./durable.ts";
import type { Context, Effect, Step, Work } from "./event.ts";
import { needsSeal } from "./records.ts";
import { linkDown } from "./link.ts";
import { amongOf, mendingWork, wantsPackages } from "./resync.ts";
import { askAgain } from "./say-again.ts";
import { aheadOf, flowsByItself, gives, hasToSay, isGivenInPart, queue, withhold } from "./senses.ts";
import { isHushed } from "./settings.ts";
import type { LogItem, OpenLink, OutboxContent, OutboxItem, State, WordsKeys } from "./state.ts";
import { lineNow, pingEvery } from "./time.ts";
import { vigilFrames } from "./vigils.ts";

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

export const next = (before: State, context: Context): Step => {
  const now = lineNow(before, context);
  // Its time came: also when this device was off then.
  if (endIsDue(before, context)) {
    const [over, hung] = endNow(before, context);
    const [then, effects] = next(over, context);
    return [then, [...hung, ...effects]];
  }
  const given = withhold(before, now);
  // Who is apart without a word asks for nothing and tells nothing, as if it were off.
  const state = isHushed(given, now) ? given : lastWord(askAgain(given));
  const work = nextWork(state, context, now);
  if (work) return [state, [work]];
  const [sent, sends] = state.stage.at === "ended" ? tellEnd(state) : send(state, now);
  const [guarding, guards] = vigilFrames(sent, context);
  const [asked, asks] = ask(guarding, now);
  const [linked, connects] = keepLink(asked, context, now);
  const [quiet, told] = linked.unsaved.dirty ? ([linked, []] as const) : tell(linked);
  const [busy, jobs] = startJob(quiet, now);
  const wake = wakeAfter(busy, now);
  // What nobody waits for comes after what somebody does.
  const rest = busy.unsaved.dirty ? undefined : comfort(busy, now);
  const later = [...(wake === undefined ? [] : [{ do: "wake", after: wake } as const]), ...(rest ? [rest] : [])];
  // The relay hears that a promise is settled before the log does: then what it let go it let go before (PROM4).
  return [busy, [...guards, ...sends, ...asks, ...connects, ...told, ...jobs, ...later]];
};

/** Who finds it out lets the other know, behind what was said before; what is said from now on waits. */
const lastWord = (state: State): State =>
  state.fault === "forked" && state.lastWord === null && state.stage.at === "together" && !state.mending
    ? { ...queue(state, { kind: "stopped", body: {} }), lastWord: state.n }
    : state;
const goesOut = (state: State, n: number): boolean => !state.fault || (state.fault === "forked" && state.lastWord !== null && n <= state.lastWord);

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
      ? { do: "join", pending: state.stage.pending, welcome: state.stage.welcome.body, other: undefined, inviterHash: state.stage.inviterHash }
      : saveWork(state, now);
  if (state.stage.at === "arriving") return arrivingWork(state, state.stage) ?? saveWork(state, now);
  if (state.mending) return refoundWork(state) ?? mendingWork(state) ?? saveWork(state, now);
  if (state.fault === "revoked") return saveWork(state, now);
  if (state.inbox[0]?.kind === "refound") return rejoinWork(state, state.inbox[0]);
  if (state.inbox.length > 0)
    return {
      do: "receive",
      items: nextBatch(state)
        .filter((item) => needsSeal(state, item))
        .map((item) => ({ kind: item.kind === "change" ? ("change" as const) : ("entry" as const), body: item.body, aad: aadOf(item.n) })),
    };
  if (state.stage.at === "inviting" && state.stage.accepting && !state.outbox.some((item) => item.content.is === "accept")) {
    const { keyPackage, person, device } = state.stage.accepting;
    return { do: "add", keyPackage, person, device };
  }
  if (state.stage.at === "together" && (!state.fault || state.fault === "forked")) {
    const [first] = state.outbox;
    if (!state.fault && first?.content.is === "change" && first.content.made?.epoch !== state.epoch) {
      const todo = stillToDo(state, first.content);
      return { do: "change", add: todo?.add ?? [], remove: todo?.remove ?? [] };
    }
    // What stands behind a change is sealed when the change is in the log: in the epoch that it begins. So is what stands behind
    // something that is not to be sealed yet: entries are opened in the order in which they were sealed.
    const until = state.outbox.findIndex((item) => item.content.is !== "entry" || isTooSoon(state, item, item.content.said));
    const unsealed = state.outbox
      .slice(0, until < 0 ? undefined : until)
      .filter((item) => item.sealed?.epoch !== state.epoch && goesOut(state, item.n))
      .slice(0, sealBatch);
    if (unsealed.length > 0)
      return {
        do: "seal",
        items: unsealed.map((item) => ({ n: item.n, plain: plainOf(state, (item.content as { said: EntryBody }).said), aad: aadOf(item.n), ahead: null })),
      };
    const said = state.fault ? undefined : wantsAhead(state, context);
    if (said) return { do: "seal", items: [{ n: state.n, plain: plainOf(state, said), aad: aadOf(state.n), ahead: said }] };
  }
  return saveWork(state, now);
};

/**
 * It may have been said already, which the archive knows; what flows by itself may have been taken back on another device meanwhile,
 * which the archive knows too (BOUND1); or less of it may be given once there is a connection.
 */
const isTooSoon = ({ link, held }: State, { was }: OutboxItem, { kind }: EntryBody): boolean => {
  const isOnline = link.is === "open" && link.current;
  return (held !== null && (was !== undefined || (isSenseName(kind) && flowsByItself(kind)))) || (!isOnline && isSenseName(kind) && isGivenInPart(kind));
};

/** A last resort is made anew after so long, while the one before is still good for months. */
const packageLife = 60 * 24 * 60 * 60_000;

/** What one `receive` is about: up to where the group was made anew, for what follows is not for this seal. */
export const nextBatch = (state: State): readonly LogItem[] => {
  const anew = state.inbox.findIndex((item) => item.kind === "refound");
  return state.inbox.slice(0, Math.min(receiveBatch, anew < 0 ? receiveBatch : anew));
};

const arrivingWork = (state: State, stage: Extract<State["stage"], { at: "arriving" }>): Work | undefined => {
  if (stage.welcome && stage.pending) return { do: "join", pending: stage.pending, welcome: stage.welcome.body, other: stage.other, inviterHash: undefined };
  if (!state.box) return { do: "own", wordsSeed: null };
  return state.self.certificate.length > 0 && !stage.pending ? { do: "package" } : undefined;
};

/** Into the group that this record began: my own making, or by my last-resort package. */
const rejoinWork = (state: State, item: LogItem): Work => {
  const own = state.outbox[0]?.content;
  if (item.device === state.index && own?.is === "refound") return { do: "rejoin", by: { mls: own.mls } };
  return { do: "rejoin", by: { pending: state.lastResort?.pending ?? new Uint8Array(), welcome: item.body, among: amongOf(state) } };
};

/** My own refound is in the log. */
const refoundWork = (state: State): Work | undefined => (state.inbox[0]?.kind === "refound" ? rejoinWork(state, state.inbox[0]) : undefined);

/** Nothing waits for these: the words to compare, the key of the live lane. */
const comfort = (state: State, now: number): Work | undefined => {
  if (state.stage.at !== "together" || state.mending || state.fault === "revoked") return undefined;
  const current = state.link.is === "open" && state.link.current && !state.fault;
  if (current && (!state.live || state.liveEpoch !== state.epoch)) return { do: "export" };
  if (!state.stage.words) return { do: "words", other: state.stage.other };
  if (!state.box) return { do: "own", wordsSeed: state.words?.boxSeed ?? null };
  if (state.boxed) return { do: "unbox", seed: state.box.seed, box: state.boxed.box, gen: state.boxed.gen };
  if (!state.lastResort || now - state.lastResort.madeAt > packageLife) return { do: "package" };
  const owed = owedNow(state);
  if (owed.length > 0 && state.own) return { do: "box", to: owed, own: state.own };
  return current && state.sayAgain !== null && !state.held && !isHushed(state, now) ? { do: "read-kept", from: Math.max(1, state.sayAgain) } : undefined;
};

const plainOf = (state: State, said: EntryBody) => encodeEntry({ ...said, seq: state.seq, head: state.head });

/** Devices of mine that get the own key now: what they begin with is in the archive. At most three boxes are one entry. */
export const owedNow = (state: State): State["owes"] =>
  unremoved(state, state.owes)
    .filter((device) => (state.own?.archive.seq ?? 0) >= device.seq)
    .slice(0, 3);

/** The entry to seal in advance, when the one there is does not hold any more. */
const wantsAhead = (state: State, context: Context): EntryBody | undefined => {
  if (state.link.is !== "open" || !state.link.current || state.held || state.outbox.some((item) => item.content.is !== "entry")) return undefined;
  const said = aheadOf(state, context);
  const holds = state.ahead && state.ahead.n === state.n && state.ahead.epoch === state.epoch && JSON.stringify(state.ahead.said) === JSON.stringify(said);
  return holds ? undefined : said;
};

const saveWork = (state: State, now: number): Work | undefined => {
  if (!state.unsaved.dirty || state.unsaved.retryAt > now) return undefined;
  const mls = state.mls === null ? [] : ([["mls", state.mls]] as const);
  return {
    do: "save",
    change: { put: [["state", encodeDurable({ ...durableOf(state), savedAt: now })], ...mls, ...state.unsaved.put], delete: state.unsaved.drop },
  };
};

/** Sends what is sealed and saved, in order, and what was durably applied. */
const send = (state: State, now: number): Step => {
  const { link } = state;
  if (link.is !== "open" || !link.current || state.unsaved.dirty || (state.fault && state.fault !== "forked") || link.holdUntil > now) return [state, []];
  if (state.mending) return isHushed(state, now) ? [state, []] : sendRefound(state, link);
  if (isHeldBack(state, now)) return sendCursor(state, link, []);
  const effects: Effect[] = [];
  let sentN = link.sentN;
  for (const item of state.outbox.slice(0, state.skips ? 1 : sendWindow)) {
    if (item.n <= sentN) continue;
    if (!goesOut(state, item.n)) break;
    // Whether it was said already the archive knows.
    if (item.was !== undefined && state.held) break;
    if (item.content.is === "accept") effects.push({ do: "send", frame: { type: "accept", n: item.n, ...item.content.frame } });
    else if (item.content.is === "change") {
      if (state.fault) break;
      if (item !== state.outbox[0] || item.content.made?.epoch !== state.epoch) break;
      effects.push({ do: "send", frame: changeFrame(state, item.n, item.content, item.content.made) });
      sentN = item.n;
      break;
    } else if (item.sealed?.epoch === state.epoch)
      effects.push({ do: "send", frame: { type: "append", n: item.n, epoch: item.sealed.epoch, body: item.sealed.body } });
    else break;
    sentN = item.n;
  }
  return sendCursor(state, { ...link, sentN }, effects);
};

const sendCursor = (state: State, link: OpenLink, sends: readonly Effect[]): Step => {
  const cursorSent = state.stage.at === "together" ? state.seq : link.cursorSent;
  const passed: readonly Effect[] = cursorSent > link.cursorSent ? [{ do: "send", frame: { type: "cursor", seq: cursorSent } }] : [];
  return [{ ...state, link: { ...link, cursorSent } }, [...sends, ...passed]];
};

/**
 * What nobody says now waits, while presence is not given, until its owner says something (PRES2): that this device was left the last
 * time, which may have been told then, and counts that are filled with nothing. It would show that the device is in use.
 */
export const isHeldBack = (state: State, now: number): boolean => state.outbox.length > 0 && !hasToSay(state) && gives(state, "presence", now) === "off";

const changeFrame = (
  state: State,
  n: number,
  { add, remove }: Extract<OutboxContent, { is: "change" }>,
  made: { readonly epoch: number; readonly commit: Sealed; readonly welcome: Sealed | null },
): FrameOf<"change"> => ({
  type: "change",
  n,
  generation: state.generation,
  epoch: made.epoch,
  commit: made.commit,
  welcome: made.welcome,
  enrol: add.map(({ key }) => key),
  revoke: state.members.filter((member) => remove.some((key) => equalBytes(key, member.key))).map((member) => member.index),
});

const sendRefound = (state: State, link: OpenLink): Step => {
  const [first] = state.outbox;
  if (first?.content.is !== "refound" || link.sentN === first.n) return [state, []];
  const { generation, epoch, welcome } = first.content;
  return [{ ...state, link: { ...link, sentN: first.n } }, [{ do: "send", frame: { type: "refound", n: first.n, generation, epoch, welcome } }]];
};

/** What the relay is asked or told beside the log, each once a connection until it said that it is done. */
const ask = (state: State, now: number): Step => {
  const { link, asked, stage } = state;
  if (state.unsaved.dirty || state.fault) return [state, []];
  if (stage.at === "arriving" && link.is === "challenged" && link.answered && stage.pending && !stage.delivered && !asked.package) {
    const [knocked, effects] = sendKnock(state);
    return [{ ...knocked, asked: { ...asked, package: true } }, effects];
  }
  if (link.is !== "open" || !link.current || stage.at !== "together") return [state, []];
  if (state.mending && state.lastResort && !state.lastResort.told && !asked.package)
    return [{ ...state, asked: { ...asked, package: true } }, [{ do: "send", frame: { type: "package", body: state.lastResort.keyPackage } }]];
  if (wantsPackages(state, now)) return [{ ...state, asked: { ...asked, packages: true } }, [{ do: "send", frame: { type: "packages" } }]];
  if (state.mending) return [state, []];
  const effects: Effect[] = [];
  let next = state;
  if (state.lastResort && !state.lastResort.told && !asked.package) {
    next = { ...next, asked: { ...next.asked, package: true } };
    effects.push({ do: "send", frame: { type: "package", body: state.lastResort.keyPackage } });
  }
  if (state.words && !state.words.told && !asked.verifier) {
    next = { ...next, asked: { ...next.asked, verifier: true } };
    effects.push({ do: "send", frame: verifierFrame(state, link, state.words) });
  }
  if (state.adding && !state.adding.told) {
    next = { ...next, adding: { ...state.adding, told: true } };
    effects.push({ do: "send", frame: offerFrame(state, state.adding) });
  }
  return [next, effects];
};

const verifierFrame = (state: State, link: OpenLink, words: WordsKeys): FrameOf<"verifier"> => ({
  type: "verifier",
  key: words.verifier,
  proof: words.proof && sign(words.proof, "beside/verifier/1", verifierTranscript(link.challenge, state.line, words.verifier)),
});

/** The archive is freshened soon after something was kept; by the first of my devices, and by the others if it does not. */
const archiveSoon = 20_000;
const archiveLate = 5 * 60_000;

const startJob = (state: State, now: number): Step => {
  const { link } = state;
  const idle = state.stage.at === "together" && !state.job && !state.mending && !state.fault && !state.unsaved.dirty && link.is === "open" && link.current;
  if (!idle || !state.own || state.boxed) return [state, []];
  if (state.held)
    return state.jobAt > now
      ? [state, []]
      : [{ ...state, job: { is: "fetch", done: 0, total: 0 } }, [{ do: "job", job: { is: "fetch", own: state.own, after: state.held.after } }]];
  if (!archiveIsBehind(state)) return [state, []];
  const at = archiveDueAt(state, now);
  if (at > now) return [{ ...state, jobAt: at }, []];
  const manifest = manifestOf(state);
  if (!manifest) return [state, []];
  const differs = state.missedAsked !== null || state.missedBy.some((index) => state.members.some((member) => member.mine && member.index === index));
  return [{ ...state, job: { is: "archive", done: 0, total: 0 } }, [{ do: "job", job: { is: "archive", own: state.own, manifest, differs } }]];
};

export const archiveIsBehind = ({ own, lastKept }: State): boolean =>
  own !== null && (own.archive.manifest === null || own.archive.seq < lastKept || own.archive.gen !== own.gen);

const archiveDueAt = (state: State, now: number): number => {
  if (state.jobAt > 0) return state.owes.length > 0 ? Math.min(state.jobAt, now) : state.jobAt;
  // Who is not looked at may be gone in a moment: a command that ends, a page that was left.
  const urgent = !state.onScreen || state.owes.length > 0 || state.own?.archive.manifest === null || state.own?.archive.gen !== state.own?.gen;
  return urgent ? now : now + (primaryOf(state) === state.index ? archiveSoon : archiveLate);
};

/** The relay is not needed any more. */
const isSettled = ({ stage }: State): boolean => (stage.at === "ended" && isTold(stage)) || stage.at === "turned-away";

/** Connects, keeps an eye on the connection, and notices when it is dead. */
const keepLink = (state: State, context: Context, now: number): Step => {
  const { link } = state;
  if (isSettled(state) || (state.fault === "revoked" && link.is === "down")) return [state, []];
  switch (link.is) {
    case "down":
      // Later than now: a clock that ran ahead was put right since, and what was planned by it means nothing.
      if (link.retryAt > now && link.since <= now) return [state, []];
      return [{ ...state, link: { is: "connecting", since: now, failures: link.failures } }, [{ do: "connect", origin: state.relay.origin }]];
    case "connecting":
      return isOver(link, now) ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
    case "challenged":
      // A knocker waits at the door with the connection open; everyone else is answered soon.
      if (waitsAtDoor(state)) return keepAlive({ ...state, link }, now, context);
      return isOver(link, now) ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
    case "open":
      // Everything is there, and the word that it is did not come.
      if (state.stage.at !== "ended" && isStuck(state, link) && now - link.since > connectWithin) return [linkLost(state, context), [{ do: "disconnect" }]];
      return keepAlive({ ...state, link }, now, context);
  }
};

/** Later than now: a clock that ran ahead was put right since. */
const isOver = ({ since }: { readonly since: number }, now: number): boolean => since > now || now - since > connectWithin;

const isStuck = (state: State, link: OpenLink): boolean => !link.current && (state.scan?.seq ?? state.inboxSeq) >= link.goal.seq;

const keepAlive = (state: State & { readonly link: OpenLink | Extract<State["link"], { is: "challenged" }> }, now: number, context: Context): Step => {
  const { link } = state;
  if (link.pingAt !== null) return now - link.pingAt > pongWithin ? [linkLost(state, context), [{ do: "disconnect" }]] : [state, []];
  if (now < link.pingDueAt) return [state, []];
  return [{ ...state, link: { ...link, pingAt: now, pingDueAt: now + pingEvery } }, [{ do: "send", frame: { type: "ping" } }]];
};

const waitsAtDoor = (state: State): boolean =>
  (state.stage.at === "knocking" || state.stage.at === "arriving") && state.link.is === "challenged" && state.link.answered && state.stage.welcome === null;

/** Down, to be tried again soon, then less and less often, never in step with others. */
export const linkLost = (state: State, context: Context): State => {
  const now = lineNow(state, context);
  if (state.link.is === "down") return state;
  // A connection that held is no failure; one that is ended as soon as it is made is.
  const held = state.link.is === "open" && now - state.link.since > heldAfter;
  const failures = held ? 0 : state.link.failures + 1;
  const spread = ((context.random(1)[0] as number) / 255) * 0.5 + 0.75;
  const delay = Math.round(Math.min(30_000, 400 * 2 ** Math.min(failures, 7)) * spread);
  return linkDown(state, { is: "down", since: now, retryAt: now + delay, failures });
};

const lookAtLeast = 60_000;

const wakeAfter = (state: State, now: number): number | undefined => {
  const times: number[] = Object.values(state.senseWake).filter((time) => time !== undefined);
  const { link } = state;
  if (state.unsaved.dirty) times.push(state.unsaved.retryAt);
  const { pause, endAt } = state.settings;
  // What ends by itself is looked at when it does: nothing else may happen then.
  if (state.stage.at === "together") times.push(...[pause.is?.until ?? 0, endAt.is ?? 0].filter((at) => at > now).map((at) => Math.min(at, now + lookAtLeast)));
  if (!isSettled(state) && state.fault !== "revoked") {
    // A clock that is put back meanwhile would make of any longer wait another one.
    if (link.is === "down") times.push(Math.min(link.retryAt, now + lookAtLeast));
    if (link.is === "connecting" || (link.is === "challenged" && !waitsAtDoor(state))) times.push(Math.min(link.since + connectWithin + 1, now + lookAtLeast));
    else if (link.is === "open" || link.is === "challenged") times.push(link.pingAt === null ? link.pingDueAt : link.pingAt + pongWithin + 1);
    if (state.stage.at !== "ended" && link.is === "open" && isStuck(state, link)) times.push(link.since + connectWithin + 1);
    if (link.is === "open" && link.holdUntil > now) times.push(link.holdUntil);
    if (link.is === "open" && !state.job && state.jobAt > now) times.push(state.jobAt);
  }
  if (times.length === 0) return undefined;
  return Math.max(1, Math.min(...times) - now);
};
