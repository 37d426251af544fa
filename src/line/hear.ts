/** What each frame of the relay does to a bond. A new frame does not compile until it is handled here. */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { exhaustive } from "../base/exhaustive.ts";
import { readCertificate, readEnd } from "../protocol/certificate.ts";
import { nextHead, type LogRecord } from "../protocol/chain.ts";
import { frameTypes, type FrameOf, type RelayFrame } from "../protocol/frames.ts";
import { invitationLife, mailboxKeyOf, ticketOf, writeInvitation } from "../protocol/invitation.ts";
import { sha256, sign, verify } from "../protocol/keys.ts";
import { createTranscript, openedTranscript } from "../protocol/transcripts.ts";
import { dropChange, hearDeviceKnocks } from "./devices.ts";
import { mailboxAt, sendKnock, sendOpen } from "./door.ts";
import type { Context, Effect, Step } from "./event.ts";
import { askedAgain, canTell, cannotTell, ended, withHeld } from "./ending.ts";
import { openDeviceAnswer, openKnock } from "./knock.ts";
import { hearLive } from "./live.ts";
import { linkDown } from "./link.ts";
import { beginMending, beginScan, scanned, scanRecords } from "./resync.ts";
import { hearSense, sendLive } from "./senses.ts";
import type { DeviceMember, LogItem, OpenLink, OutboxItem, State, Trouble, WaitingKnock } from "./state.ts";
import { lineNow, pingEvery, setTime } from "./time.ts";
import { checkRefused, hearReceipt, hearReceipts, showAll, vigilRefused } from "./vigils.ts";

const minute = 60_000;
const aMoment: Millis = 5000;

export const hearFrame = (state: State, frame: RelayFrame, context: Context): Step => {
  switch (frame.type) {
    case "challenge":
      return hearChallenge(state, frame, context);
    case "created":
      return hearCreated(state, frame);
    case "opened":
      return hearOpened(state, frame, context);
    case "entries":
      return hearEntries(heard(state), frame, context);
    case "acked":
      return hearAcked(heard(state), frame, context);
    case "current":
      return hearCurrent(heard(state), frame, context);
    case "liveFrom":
      return hearLiveFrom(heard(state), frame, context);
    case "knocks":
      return hearKnocks(heard(state), frame, context);
    case "knocked":
      return hearKnocked(heard(state), frame);
    case "latecomer":
      return hearLatecomer(heard(state), frame, context);
    case "pong":
      return [hearPong(state, frame, context), []];
    case "ended":
      return hearEnded(state, frame, context);
    case "refused":
      return hearRefused(heard(state), frame, context);
    case "answered":
      return hearAnswered(heard(state), frame, context);
    case "done":
      return [hearDone(heard(state), frame), []];
    case "receipt":
      return [hearReceipt(heard(state), frame, context), []];
    case "receipts":
      return [hearReceipts(heard(state), frame, context), []];
    case "packagesOf":
      return [hearPackages(heard(state), frame), []];
    // Answers that nobody waits for any more (blob-lane.ts hears the others), or of a session that this one is not.
    case "archived":
    case "stored":
    case "chunk":
    case "recovered":
      return [state, []];
    default:
      return exhaustive(frame);
  }
};

/** The relay's clock may have been set back: what is due is counted from its new time. */
const hearPong = (state: State, frame: FrameOf<"pong">, context: Context): State => {
  const timed = setTime(state, frame.now, context);
  if (timed.link.is !== "open" && timed.link.is !== "challenged") return timed;
  return { ...timed, link: { ...timed.link, pingAt: null, pingDueAt: lineNow(timed, context) + pingEvery } };
};

const dirty = (state: State): State => ({ ...state, unsaved: { ...state.unsaved, dirty: true } });

/** Any frame on an open connection shows that it holds. */
const heard = (state: State): State =>
  state.link.is === "open" || state.link.is === "challenged" ? { ...state, link: { ...state.link, pingAt: null } } : state;

/** Ends the connection for a reason that trying again at once would not mend. */
const giveUp = (state: State, trouble: Trouble, context: Context, retryAt = 0): Step => {
  const now = lineNow(state, context);
  return [{ ...linkDown(state, { is: "down", since: now, retryAt: retryAt || now + 5 * minute, failures: 0 }), trouble }, [{ do: "disconnect" }]];
};

const hearChallenge = (before: State, challenge: FrameOf<"challenge">, context: Context): Step => {
  if (before.link.is !== "connecting") return [before, []];
  const hash = sha256(challenge.relay);
  const pinned = before.relay.hash.length > 0;
  if (pinned && !equalBytes(hash, before.relay.hash)) return giveUp(before, { is: "wrong-relay" }, context);
  let state = setTime(before, challenge.now, context);
  if (!pinned) state = { ...state, relay: { ...state.relay, hash } };
  if (!state.relayKey) state = { ...state, relayKey: challenge.relay };
  const nonce = context.random(32);
  state = {
    ...state,
    link: {
      is: "challenged",
      answered: false,
      since: lineNow(state, context),
      challenge,
      nonce,
      failures: before.link.failures,
      pingDueAt: lineNow(state, context) + pingEvery,
      pingAt: null,
    },
  };
  switch (state.stage.at) {
    case "making": {
      const { stage } = state;
      const fields = {
        line: state.line,
        key: state.selfKey,
        ticketHash: sha256(ticketOf({ secret: stage.secret, line: state.line })),
        recovery: stage.recovery,
        token: stage.token,
      };
      const signature = sign(state.self.device, "beside/create/1", createTranscript(challenge, fields));
      return [state, [{ do: "send", frame: { type: "create", ...fields, signature } }]];
    }
    case "knocking":
    case "arriving":
      return state.stage.welcome ? sendOpen(state) : state.stage.body.length > 0 ? sendKnock(state) : [state, []];
    default:
      return sendOpen(state);
  }
};

const hearCreated = (state: State, frame: FrameOf<"created">): Step => {
  if (state.stage.at !== "making" || state.link.is !== "challenged") return [state, []];
  const link = writeInvitation({
    relay: state.relay.origin,
    relayHash: state.relay.hash,
    line: state.line,
    inviterHash: sha256(state.self.personKey),
    secret: state.stage.secret,
  });
  const expires = Math.min(frame.expires, state.anchor.line + invitationLife);
  const stage = { at: "inviting" as const, invited: { secret: state.stage.secret, link, expires }, knocks: [], accepting: null };
  return sendOpen(dirty({ ...state, stage }));
};

const hearOpened = (before: State, frame: FrameOf<"opened">, context: Context): Step => {
  if (before.link.is !== "challenged") return [before, []];
  const { challenge, nonce } = before.link;
  const { type: _, signature, ...opened } = frame;
  const transcript = openedTranscript(challenge, { line: before.line, nonce, key: before.selfKey }, opened);
  if (!verify(challenge.relay, "beside/opened/1", transcript, signature)) return giveUp(before, { is: "wrong-relay" }, context);
  let state = setTime(before, frame.now, context);
  const now = lineNow(state, context);
  // Who I am here: an index that is not my key's would have me take another's words for mine.
  const me = frame.members.find((member) => member.index === frame.device);
  if (!me || !equalBytes(me.key, state.selfKey)) return giveUp(dirty({ ...state, fault: "forked" }), { is: "forked" }, context);
  const link: OpenLink = {
    is: "open",
    since: now,
    failures: before.link.failures,
    current: false,
    challenge,
    told: { n: frame.n, generation: frame.generation, epoch: frame.epoch, members: readMembers(frame) },
    goal: { seq: frame.seq, head: frame.head },
    sentN: 0,
    cursorSent: 0,
    pingDueAt: now + pingEvery,
    pingAt: null,
    holdUntil: 0,
  };
  state = { ...state, link, trouble: state.fault ? { is: state.fault } : null, index: frame.device, live: null };
  // It is over here: all that the relay is needed for is to be told.
  if (state.stage.at === "ended") return [canTell(state), []];

  if (state.stage.at === "knocking" || state.stage.at === "arriving") {
    if (!frame.welcome) return giveUp(state, { is: "unknown-here" }, context);
    const welcome = { body: frame.welcome, seq: frame.baseSeq, head: frame.baseHead };
    const members = readMembers(frame);
    return [dirty({ ...state, members, generation: frame.generation, stage: { ...state.stage, welcome }, ...begin(frame.baseSeq, frame.baseHead) }), []];
  }
  // The relay may be an older one that never had this device's last resort: it is told again, for whoever mends too.
  const lastResort = state.lastResort && { ...state.lastResort, told: false };
  if (state.mending)
    return [{ ...state, lastResort, scan: beginScan(frame.baseSeq, frame.baseHead), inboxSeq: frame.baseSeq, inboxHead: frame.baseHead, inbox: [] }, []];
  // This device once said more than it remembers (an old copy of it was put back): it would use its keys twice. So did one that went on
  // elsewhere under the count of what waits here, where it took from the log what this one has not.
  const isBehind = frame.baseSeq > state.seq;
  if (frame.n >= (isBehind ? (state.outbox[0]?.n ?? state.n) : state.n)) return beginMending(state, "set-back", context);
  // Who the devices are I know from the group; a relay that says otherwise would have me drop what they say.
  if (!sameMembers(state, frame)) return giveUp(dirty({ ...state, fault: "forked" }), { is: "forked" }, context);
  if (state.members.length === 0) state = { ...state, members: readMembers(frame), generation: frame.generation };
  if (frame.baseSeq === state.seq && equalBytes(frame.baseHead, state.head))
    return [begun(state.fault === "rewound" ? { ...state, fault: null, trouble: null } : state), []];
  // Away so long that the relay has not everything any more: keys of the group may have moved on in what is missing.
  if (isBehind) return beginMending({ ...state, gapAt: now }, "gap", context);
  // The relay lost records I have, or tells another story about them: nothing more is sent until that is settled.
  // What vigils leave in a log that was cut makes it longer, and not another one than was found out.
  const fault = state.fault === "rewound" || frame.seq < state.seq ? "rewound" : "forked";
  const [given, effects] = giveUp(dirty({ ...state, fault }), { is: fault }, context);
  // One that was put back to an older copy waits with what was due meanwhile, for just this: what was kept since is not said to be late (VIG6).
  return [given, [...showAll(state), ...effects]];
};

const readMembers = (frame: FrameOf<"opened">): readonly DeviceMember[] => {
  const mySide = frame.members.find((member) => member.index === frame.device)?.side;
  return frame.members.map((member) => ({
    index: member.index,
    key: member.key,
    mine: member.side === mySide,
    revoked: member.revoked,
    since: null,
    newUntil: null,
  }));
};

const sameMembers = (state: State, frame: FrameOf<"opened">): boolean => {
  const told = readMembers(frame);
  const me = told.find((member) => member.index === frame.device);
  const same = (member: DeviceMember): boolean => {
    const other = told.find((one) => one.index === member.index);
    return other !== undefined && equalBytes(other.key, member.key) && other.mine === member.mine;
  };
  return me !== undefined && equalBytes(me.key, state.selfKey) && state.members.every(same);
};

const begin = (seq: number, head: Uint8Array): Pick<State, "seq" | "head" | "heads" | "inboxSeq" | "inboxHead" | "inbox"> => ({
  seq,
  head,
  heads: [[seq, head]],
  inbox: [],
  inboxSeq: seq,
  inboxHead: head,
});

const begun = (state: State): State => ({ ...state, inbox: [], inboxSeq: state.seq, inboxHead: state.head });

const hearEntries = (state: State, frame: FrameOf<"entries">, context: Context): Step => {
  // Before it said where the log begins and stands.
  if (state.stage.at === "ended") return [state, []];
  if (state.link.is !== "open") return outOfOrder(state, context);
  if (state.mending) {
    const scanned = state.scan && scanRecords(state, state.scan, frame.items);
    return scanned ? [scanned, []] : outOfOrder(state, context);
  }
  let next = state;
  for (const record of frame.items) {
    const extended = extend(next, record);
    if (!extended) return outOfOrder(state, context);
    next = extended;
  }
  return [next, []];
};

/** The next record of the log into the inbox, with the head that follows from it; `undefined` when it is not the next. */
const extend = (state: State, record: LogRecord): State | undefined => {
  if (record.seq !== state.inboxSeq + 1) return undefined;
  const head = nextHead(state.inboxHead, record);
  const item: LogItem = { ...record, head };
  return { ...state, inbox: [...state.inbox, item], inboxSeq: record.seq, inboxHead: head };
};

/** Asked again, but not at once: a relay that goes on like this must not keep the device busy. */
const outOfOrder = (state: State, context: Context): Step => {
  const now = lineNow(state, context);
  return [linkDown(state, { is: "down", since: now, retryAt: now + 3000, failures: 0 }), [{ do: "disconnect" }]];
};

/** An ack stands in the log's order in place of my own record: it must give the same head that I compute. */
const hearAcked = (state: State, frame: FrameOf<"acked">, context: Context): Step => {
  const item = state.outbox.find((one) => one.n === frame.n);
  if (!item || state.link.is !== "open") return [state, []];
  const sent = sentAs(item);
  if (!sent) return [state, []];
  const at = state.scan ? { ...state, inbox: [], inboxSeq: state.scan.seq, inboxHead: state.scan.head } : state;
  const extended = extend(at, { seq: frame.seq, at: frame.at, device: state.index, n: frame.n, epoch: sent.epoch, kind: sent.kind, body: sent.body });
  if (!extended) return outOfOrder(state, context);
  if (!equalBytes(extended.inboxHead, frame.head)) return [dirty({ ...state, fault: "forked", trouble: { is: "forked" } }), []];
  // What the relay takes, it no longer refuses.
  return [extended.trouble?.is === "refused" ? { ...extended, trouble: null } : extended, []];
};

/** What of an item the log gets. */
const sentAs = ({ content, sealed }: OutboxItem): Pick<LogRecord, "body" | "epoch" | "kind"> | undefined => {
  switch (content.is) {
    case "accept":
      return { body: content.frame.commit, epoch: content.frame.epoch, kind: "change" };
    case "change":
      return content.made ? { body: content.made.commit, epoch: content.made.epoch, kind: "change" } : undefined;
    case "refound":
      return { body: content.welcome, epoch: content.epoch, kind: "refound" };
    case "entry":
      return sealed ? { ...sealed, kind: "entry" } : undefined;
  }
};

const hearCurrent = (state: State, frame: FrameOf<"current">, context: Context): Step => {
  if (state.link.is !== "open" || state.stage.at === "ended") return [state, []];
  const { goal } = state.link;
  if (state.mending) {
    if (!state.scan || frame.seq !== state.scan.seq) return outOfOrder(state, context);
    return [scanned({ ...state, link: { ...state.link, current: true } }, state.scan, state.link.told.generation), []];
  }
  // Something is missing: that may be asked for again. Another head at the same place is another history.
  if (frame.seq !== state.inboxSeq) return outOfOrder(state, context);
  if (state.inboxSeq === goal.seq && !equalBytes(state.inboxHead, goal.head)) return [dirty({ ...state, fault: "forked", trouble: { is: "forked" } }), []];
  return [{ ...state, link: { ...state.link, current: true } }, []];
};

const hearLiveFrom = (state: State, frame: FrameOf<"liveFrom">, context: Context): Step => {
  const member = state.members.find((one) => one.index === frame.device);
  if (!state.live || !member || member.revoked || member.index === state.index) return [state, []];
  const step = hearLive(state.live, state.selfKey, member.key, frame.body, lineNow(state, context));
  const [next, sends] = sendLive(state, step);
  if (!step.heard) return [next, sends];
  const [told, effects] = hearSense(next, step.heard.sense, step.heard.body, toHex(member.key), member.mine, context);
  return [told, [...sends, ...effects]];
};

const hearKnocks = (state: State, frame: FrameOf<"knocks">, context: Context): Step => {
  if (state.stage.at === "together") return hearDeviceKnocks(state, frame, context);
  if (state.stage.at !== "inviting") return [state, []];
  const { stage } = state;
  const mailbox = mailboxKeyOf({ secret: stage.invited.secret, line: state.line });
  const knocks = frame.items.flatMap((item): WaitingKnock[] => {
    const knock = openKnock(item.body, mailbox, state.line);
    const certificate = knock && readCertificate(state.line, knock.certificate);
    // A knock that was not made with this invitation, or in another's name, is no knock.
    if (!certificate || !equalBytes(certificate.device, item.key) || equalBytes(certificate.person, state.self.personKey)) return [];
    return [{ id: item.id, at: item.at, name: knock.name, person: certificate.person, device: certificate.device, keyPackage: knock.keyPackage }];
  });
  const known = new Set(stage.knocks.map((knock) => knock.id));
  const effects = knocks
    .filter((knock) => !known.has(knock.id))
    .map((knock): Effect => ({ do: "emit", happening: { kind: "knock", from: "other", at: knock.at, id: knock.id, name: knock.name } }));
  return [{ ...state, stage: { ...stage, knocks } }, effects];
};

const hearKnocked = (state: State, frame: FrameOf<"knocked">): Step => {
  if ((state.stage.at !== "knocking" && state.stage.at !== "arriving") || state.link.is !== "challenged") return [state, []];
  if (frame.state === "accepted") return sendOpen(state);
  const told = { ...state, trouble: null, link: { ...state.link, answered: true } };
  return state.stage.delivered ? [told, []] : [dirty({ ...told, stage: { ...state.stage, delivered: true } }), []];
};

/** A device of mine lets this one in: who I am here, and the certificate to make my key package with. */
const hearAnswered = (state: State, frame: FrameOf<"answered">, context: Context): Step => {
  const { stage } = state;
  if (stage.at !== "arriving" || state.self.certificate.length > 0) return [state, []];
  const answer = openDeviceAnswer(frame.body, mailboxAt(stage, state.line), state.line);
  const certificate = answer && readCertificate(state.line, answer.certificate);
  // The link named my person by hash: whoever answers in another's name is not of mine.
  const mine = certificate && equalBytes(sha256(answer.person), stage.personHash) && equalBytes(certificate.person, answer.person);
  if (!mine || !equalBytes(certificate.device, state.selfKey)) return giveUp(state, { is: "wrong-relay" }, context);
  const self = { ...state.self, personKey: answer.person, certificate: answer.certificate };
  return [dirty({ ...state, self, stage: { ...stage, other: answer.other, delivered: false } }), []];
};

const hearDone = (state: State, frame: FrameOf<"done">): State => {
  switch (frame.re) {
    case frameTypes.package:
      return state.lastResort && state.asked.package ? dirty({ ...state, lastResort: { ...state.lastResort, told: true } }) : state;
    case frameTypes.verifier:
      return state.words ? dirty({ ...state, words: { ...state.words, told: true, proof: null } }) : state;
    case frameTypes.offer:
      return state.adding ? { ...state, adding: { ...state.adding, expires: frame.at } } : state;
    default:
      return state;
  }
};

const hearPackages = (state: State, frame: FrameOf<"packagesOf">): State => {
  if (!state.mending || !state.scan || state.link.is !== "open") return state;
  const { generation, epoch } = frame;
  return {
    ...state,
    scan: { ...state.scan, packages: frame.items.map((item) => item.body) },
    link: { ...state.link, told: { ...state.link.told, generation, epoch } },
  };
};

const hearLatecomer = (state: State, frame: FrameOf<"latecomer">, context: Context): Step => {
  if (state.stage.at !== "together") return [state, []];
  const at = Math.min(frame.at, lineNow(state, context));
  return [dirty({ ...state, stage: { ...state.stage, latecomerAt: at } }), [{ do: "emit", happening: { kind: "latecomer", from: "other", at } }]];
};

const hearEnded = (state: State, frame: FrameOf<"ended">, context: Context): Step => {
  const person = readEnd(state.line, frame.certificate);
  const mine = person !== undefined && equalBytes(person, state.self.personKey);
  const known = state.stage.at === "together" || state.stage.at === "ended" ? state.stage.other : undefined;
  const theirs = person !== undefined && known !== undefined && equalBytes(person, known);
  // What I ended myself is over at the relay too; whose certificate it keeps is all the same: nothing is left to be told.
  if (state.stage.at === "ended")
    return state.stage.told
      ? [state, [{ do: "disconnect" }]]
      : [dirty({ ...state, stage: { ...state.stage, told: true }, trouble: null }), [{ do: "disconnect" }]];
  // An end that neither of us signed: the line is gone all the same, and that is all that can be said of it.
  if (!mine && !theirs) return giveUp(state, { is: "unknown-here" }, context);
  return [ended(withHeld(state, context), mine ? "me" : "other", true, lineNow(state, context)), [{ do: "disconnect" }]];
};

/** When to try again: when the relay says, and soon whatever it says. */
const retryAfter = (frame: FrameOf<"refused">, now: Millis): Millis => Math.min(frame.after || now + minute, now + 5 * minute);

const hearRefused = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  const now = lineNow(state, context);
  const retryAt = retryAfter(frame, now);
  const hold = (): State =>
    state.link.is === "open" ? { ...state, trouble: { is: "refused", code: frame.code }, link: { ...state.link, holdUntil: retryAt, sentN: 0 } } : state;
  switch (frame.re) {
    case frameTypes.create:
      return frame.code === "closed" ? giveUp(state, { is: "closed-relay" }, context) : giveUp(state, { is: "refused", code: frame.code }, context);
    case frameTypes.knock:
      return refuseKnock(state, frame, context);
    case frameTypes.open:
      if (state.stage.at === "ended" && (frame.code === "revoked" || frame.code === "unknown")) {
        const [down, effects] = giveUp(state, { is: "revoked" }, context, now + askedAgain);
        return [cannotTell(down, frame.code === "revoked" ? "removed" : "unknown", now), effects];
      }
      if (frame.code === "revoked") return giveUp(state, { is: "revoked" }, context);
      if (frame.code === "unknown") return giveUp(state, { is: "unknown-here" }, context);
      return giveUp(state, { is: "refused", code: frame.code }, context, retryAt);
    case frameTypes.accept:
      return refuseAccept(state, frame);
    case frameTypes.change:
      return refuseChange(state, frame, context);
    case frameTypes.refound:
      return refuseRefound(state, frame, context);
    case frameTypes.packages:
      // On this very connection it is asked again: a line that is taken up waits for nothing else.
      return [{ ...hold(), asked: { ...state.asked, packages: false } }, []];
    case frameTypes.offer:
      return [{ ...state, adding: null, trouble: { is: "refused", code: frame.code } }, []];
    case frameTypes.package:
    case frameTypes.verifier:
    case frameTypes.vouch:
    case frameTypes.answer:
      // Beside the log: tried again on the next connection.
      return [state, []];
    case frameTypes.end:
      // It goes on trying, on connections to come: the decision stands here.
      return giveUp(state, { is: "refused", code: frame.code }, context, retryAt);
    case frameTypes.arm:
    case frameTypes.renew:
    case frameTypes.refresh:
    case frameTypes.lift:
    case frameTypes.show:
      return [vigilRefused(state, frame, context), []];
    case frameTypes.check:
      return [checkRefused(state, context), []];
    case frameTypes.append:
      // Another epoch began: its change is in the log before this answer, and what waits is sealed anew under it.
      // One that goes on saying so about the epoch I know is given time.
      if (frame.code === "stale" && state.link.is === "open")
        return [{ ...state, link: { ...state.link, sentN: Math.min(state.link.sentN, frame.n - 1), holdUntil: now + 1000 } }, []];
      if (frame.code === "gap") return refuseGap(state, frame.n, now);
      // A moment's wait is no trouble: it flows, only slower (LOG11).
      if (frame.code === "busy" && retryAt - now <= aMoment) return [{ ...hold(), trouble: state.trouble }, []];
      return [hold(), []];
    case 0:
      // A relay of an earlier release does not know what it was asked: on this connection it is not asked again.
      if (frame.code === "malformed") return [{ ...state, asked: { ...state.asked, package: true, verifier: true, packages: true } }, []];
      return frame.code === "version" ? giveUp(state, { is: "version" }, context) : [hold(), []];
    default:
      return frame.code === "version" ? giveUp(state, { is: "version" }, context) : [hold(), []];
  }
};

/** What was under way behind one that has to wait is refused for its place, and goes out again after it. The first has nothing before it. */
const refuseGap = (state: State, n: number, now: Millis): Step => {
  const [first] = state.outbox;
  if (state.link.is !== "open" || !first || n === first.n) return [state, [{ do: "disconnect" }]];
  const { sentN, holdUntil } = state.link;
  return [{ ...state, link: { ...state.link, sentN: Math.min(sentN, n - 1), holdUntil: Math.max(holdUntil, now + 1000) } }, []];
};

/** Others may have changed the group first: their change is in the log before this answer, and mine is made anew on it. */
const refuseChange = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  const now = lineNow(state, context);
  if (state.link.is !== "open") return [state, []];
  const again = { ...state.link, sentN: Math.min(state.link.sentN, frame.n - 1) };
  switch (frame.code) {
    case "stale":
      return [{ ...state, link: { ...again, holdUntil: now + 1000 } }, []];
    case "gap":
      return [state, [{ do: "disconnect" }]];
    case "busy":
    case "unavailable":
      return [{ ...state, trouble: { is: "refused", code: frame.code }, link: { ...again, holdUntil: retryAfter(frame, now) } }, []];
    default:
      return [dirty({ ...dropChange({ ...state, link: again }, frame.n), trouble: { is: "refused", code: frame.code } }), []];
  }
};

const refuseRefound = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  const now = lineNow(state, context);
  if (!state.mending || state.link.is !== "open" || !state.scan) return [state, []];
  if (frame.code === "busy" || frame.code === "unavailable")
    return [{ ...state, trouble: { is: "refused", code: frame.code }, link: { ...state.link, sentN: 0, holdUntil: retryAfter(frame, now) } }, []];
  // Someone else's came first, or the group moved on: what is in the log now decides anew.
  const outbox = state.outbox.filter(({ content }) => content.is !== "refound");
  const scan = { ...state.scan, packages: null };
  return [dirty({ ...state, outbox, scan, asked: { ...state.asked, packages: false }, link: { ...state.link, sentN: 0, holdUntil: now + 1000 } }), []];
};

const refuseKnock = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  if (state.stage.at !== "knocking" && state.stage.at !== "arriving") return [state, []];
  switch (frame.code) {
    case "taken":
    case "expired":
    case "unknown":
      return [dirty({ ...state, stage: { at: "turned-away", why: frame.code } }), [{ do: "disconnect" }]];
    default:
      return giveUp(state, { is: "refused", code: frame.code }, context, retryAfter(frame, lineNow(state, context)));
  }
};

/** The acceptance did not happen (that knock is gone, say): its count is free again, and another knock can be accepted. */
const refuseAccept = (state: State, frame: FrameOf<"refused">): Step => {
  if (state.stage.at !== "inviting" || !state.stage.accepting) return [state, []];
  return [
    dirty({
      ...state,
      trouble: { is: "refused", code: frame.code },
      n: state.n - 1,
      link: state.link.is === "open" ? { ...state.link, sentN: Math.min(state.link.sentN, state.n - 2) } : state.link,
      outbox: state.outbox.filter((item) => item.content.is !== "accept"),
      stage: { ...state.stage, accepting: null },
    }),
    [],
  ];
};
