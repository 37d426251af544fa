/** What each frame of the relay does to a bond. A new frame does not compile until it is handled here. */
import { equalBytes, toHex } from "../base/bytes.ts";
import { exhaustive } from "../base/exhaustive.ts";
import { readCertificate, readEnd } from "../protocol/certificate.ts";
import { nextHead, type LogRecord } from "../protocol/chain.ts";
import { frameTypes, type FrameOf, type RelayFrame } from "../protocol/frames.ts";
import { invitationLife, mailboxKeyOf, ticketOf, writeInvitation } from "../protocol/invitation.ts";
import { publicKey, sha256, sign, verify } from "../protocol/keys.ts";
import { createTranscript, knockTranscript, openedTranscript, openTranscript } from "../protocol/transcripts.ts";
import type { Context, Effect, Step } from "./event.ts";
import { openKnock } from "./knock.ts";
import { hearLive } from "./live.ts";
import { hearSense } from "./senses.ts";
import type { DeviceMember, OpenLink, State, Trouble, WaitingKnock } from "./state.ts";
import { lineNow, pingEvery, setTime } from "./time.ts";

const minute = 60_000;

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
      return hearKnocks(heard(state), frame);
    case "knocked":
      return hearKnocked(heard(state), frame);
    case "latecomer":
      return hearLatecomer(heard(state), frame);
    case "pong":
      return [hearPong(state, frame, context), []];
    case "ended":
      return hearEnded(state, frame, context);
    case "refused":
      return hearRefused(heard(state), frame, context);
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
  return [{ ...state, trouble, link: { is: "down", since: now, retryAt: retryAt || now + 5 * minute, failures: 0 } }, [{ do: "disconnect" }]];
};

const hearChallenge = (before: State, challenge: FrameOf<"challenge">, context: Context): Step => {
  if (before.link.is !== "connecting") return [before, []];
  const hash = sha256(challenge.relay);
  const pinned = before.relay.hash.length > 0;
  if (pinned && !equalBytes(hash, before.relay.hash)) return giveUp(before, { is: "wrong-relay" }, context);
  let state = setTime(before, challenge.now, context);
  if (!pinned) state = { ...state, relay: { ...state.relay, hash } };
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
      return state.stage.welcome ? sendOpen(state) : sendKnock(state);
    default:
      return sendOpen(state);
  }
};

const sendOpen = (state: State): Step => {
  if (state.link.is !== "challenged") return [state, []];
  const fields = { line: state.line, key: state.selfKey, nonce: state.link.nonce, cursor: state.seq };
  const signature = sign(state.self.device, "beside/open/1", openTranscript(state.link.challenge, fields));
  return [state, [{ do: "send", frame: { type: "open", ...fields, signature } }]];
};

const sendKnock = (state: State): Step => {
  if (state.link.is !== "challenged" || state.stage.at !== "knocking") return [state, []];
  const fields = { line: state.line, key: state.selfKey, ticket: ticketOf({ secret: state.stage.secret, line: state.line }), body: state.stage.body };
  const signature = sign(state.self.device, "beside/knock/1", knockTranscript(state.link.challenge, fields));
  return [state, [{ do: "send", frame: { type: "knock", ...fields, signature } }]];
};

const hearCreated = (state: State, frame: FrameOf<"created">): Step => {
  if (state.stage.at !== "making" || state.link.is !== "challenged") return [state, []];
  const link = writeInvitation({
    relay: state.relay.origin,
    relayHash: state.relay.hash,
    line: state.line,
    inviterHash: sha256(publicKey(state.self.person)),
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
  const link: OpenLink = {
    is: "open",
    since: now,
    failures: before.link.failures,
    current: false,
    goal: { seq: frame.seq, head: frame.head },
    sentN: 0,
    cursorSent: 0,
    pingDueAt: now + pingEvery,
    pingAt: null,
    holdUntil: 0,
  };
  state = { ...state, link, trouble: state.fault ? { is: state.fault } : null, index: frame.device, live: null };

  if (state.stage.at === "knocking") {
    if (!frame.welcome) return giveUp(state, { is: "unknown-here" }, context);
    const welcome = { body: frame.welcome, seq: frame.baseSeq, head: frame.baseHead };
    const members = readMembers(frame);
    return [dirty({ ...state, members, generation: frame.generation, stage: { ...state.stage, welcome }, ...begin(frame.baseSeq, frame.baseHead) }), []];
  }
  // This device once said more than it remembers (an old copy of it was put back): it would use its keys twice.
  if (frame.n >= state.n) return giveUp(dirty({ ...state, fault: "set-back" }), { is: "set-back" }, context);
  // Who the devices are I know from the group; a relay that says otherwise would have me drop what they say.
  if (!sameMembers(state, frame)) return giveUp(dirty({ ...state, fault: "forked" }), { is: "forked" }, context);
  state = { ...state, members: state.members.length > 0 ? state.members : readMembers(frame), generation: frame.generation };
  if (frame.baseSeq === state.seq && equalBytes(frame.baseHead, state.head))
    return [begun(state.fault === "rewound" ? { ...state, fault: null, trouble: null } : state), []];
  if (frame.baseSeq > state.seq)
    return [
      dirty(begun({ ...state, ...(state.fault === "rewound" ? { fault: null, trouble: null } : {}), gapAt: now, ...begin(frame.baseSeq, frame.baseHead) })),
      [],
    ];
  // The relay lost records I have, or tells another story about them: nothing more is sent until that is settled.
  const fault = frame.seq < state.seq ? "rewound" : "forked";
  return giveUp(dirty({ ...state, fault }), { is: fault }, context);
};

const readMembers = (frame: FrameOf<"opened">): readonly DeviceMember[] => {
  const mySide = frame.members.find((member) => member.index === frame.device)?.side;
  return frame.members.map((member) => ({ index: member.index, key: member.key, mine: member.side === mySide, revoked: member.revoked }));
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
  const item = { seq: record.seq, device: record.device, n: record.n, epoch: record.epoch, kind: record.kind, body: record.body, head };
  return { ...state, inbox: [...state.inbox, item], inboxSeq: record.seq, inboxHead: head };
};

/** Asked again, but not at once: a relay that goes on like this must not keep the device busy. */
const outOfOrder = (state: State, context: Context): Step => {
  const now = lineNow(state, context);
  return [{ ...state, live: null, link: { is: "down", since: now, retryAt: now + 3000, failures: 0 } }, [{ do: "disconnect" }]];
};

/** An ack stands in the log's order in place of my own record: it must give the same head that I compute. */
const hearAcked = (state: State, frame: FrameOf<"acked">, context: Context): Step => {
  const item = state.outbox.find((one) => one.n === frame.n);
  if (!item || state.link.is !== "open") return [state, []];
  const sent =
    item.content.is === "accept"
      ? { body: item.content.frame.commit, epoch: item.content.frame.epoch, kind: "change" as const }
      : { ...item.sealed, kind: "entry" as const };
  if (!sent.body || sent.epoch === undefined) return [state, []];
  const extended = extend(state, { seq: frame.seq, at: frame.at, device: state.index, n: frame.n, epoch: sent.epoch, kind: sent.kind, body: sent.body });
  if (!extended) return outOfOrder(state, context);
  if (!equalBytes(extended.inboxHead, frame.head)) return [dirty({ ...state, fault: "forked", trouble: { is: "forked" } }), []];
  // What the relay takes, it no longer refuses.
  return [extended.trouble?.is === "refused" ? { ...extended, trouble: null } : extended, []];
};

const hearCurrent = (state: State, frame: FrameOf<"current">, context: Context): Step => {
  if (state.link.is !== "open") return [state, []];
  const { goal } = state.link;
  // Something is missing: that may be asked for again. Another head at the same place is another history.
  if (frame.seq !== state.inboxSeq) return outOfOrder(state, context);
  if (state.inboxSeq === goal.seq && !equalBytes(state.inboxHead, goal.head)) return [dirty({ ...state, fault: "forked", trouble: { is: "forked" } }), []];
  return [{ ...state, link: { ...state.link, current: true } }, []];
};

const hearLiveFrom = (state: State, frame: FrameOf<"liveFrom">, context: Context): Step => {
  const member = state.members.find((one) => one.index === frame.device);
  if (!state.live || !member || member.revoked || member.index === state.index) return [state, []];
  const step = hearLive(state.live, state.selfKey, member.key, frame.body, lineNow(state, context));
  const next = { ...state, live: step.live };
  const sends: Effect[] = step.frames.map((body) => ({ do: "send", frame: { type: "live", body } }));
  if (!step.heard) return [next, sends];
  const [told, effects] = hearSense(next, step.heard.sense, step.heard.body, toHex(member.key), member.mine, context);
  return [told, [...sends, ...effects]];
};

const hearKnocks = (state: State, frame: FrameOf<"knocks">): Step => {
  if (state.stage.at !== "inviting") return [state, []];
  const { stage } = state;
  const mailbox = mailboxKeyOf({ secret: stage.invited.secret, line: state.line });
  const knocks = frame.items.flatMap((item): WaitingKnock[] => {
    const knock = openKnock(item.body, mailbox, state.line);
    const certificate = knock && readCertificate(state.line, knock.certificate);
    // A knock that was not made with this invitation, or in another's name, is no knock.
    if (!certificate || !equalBytes(certificate.device, item.key) || equalBytes(certificate.person, publicKey(state.self.person))) return [];
    return [{ id: item.id, at: item.at, name: knock.name, person: certificate.person, device: certificate.device, keyPackage: knock.keyPackage }];
  });
  const known = new Set(stage.knocks.map((knock) => knock.id));
  const effects = knocks
    .filter((knock) => !known.has(knock.id))
    .map((knock): Effect => ({ do: "emit", happening: { kind: "knock", from: "other", at: knock.at, id: knock.id, name: knock.name } }));
  return [{ ...state, stage: { ...stage, knocks } }, effects];
};

const hearKnocked = (state: State, frame: FrameOf<"knocked">): Step => {
  if (state.stage.at !== "knocking" || state.link.is !== "challenged") return [state, []];
  if (frame.state === "accepted") return sendOpen(state);
  const told = { ...state, trouble: null, link: { ...state.link, answered: true } };
  return state.stage.delivered ? [told, []] : [dirty({ ...told, stage: { ...state.stage, delivered: true } }), []];
};

const hearLatecomer = (state: State, frame: FrameOf<"latecomer">): Step => {
  if (state.stage.at !== "together") return [state, []];
  return [
    dirty({ ...state, stage: { ...state.stage, latecomerAt: frame.at } }),
    [{ do: "emit", happening: { kind: "latecomer", from: "other", at: frame.at } }],
  ];
};

const hearEnded = (state: State, frame: FrameOf<"ended">, context: Context): Step => {
  const person = readEnd(state.line, frame.certificate);
  const mine = person !== undefined && equalBytes(person, publicKey(state.self.person));
  const theirs = person !== undefined && state.stage.at === "together" && equalBytes(person, state.stage.other);
  // An end that neither of us signed: the line is gone all the same, and that is all that can be said of it.
  if (!mine && !theirs) return giveUp(state, { is: "unknown-here" }, context);
  const by = mine ? "me" : "other";
  return [
    dirty({ ...state, stage: { at: "ended", by }, happened: [...state.happened, { kind: "ended", from: by, at: state.anchor.line }] }),
    [{ do: "disconnect" }],
  ];
};

const hearRefused = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  const now = lineNow(state, context);
  const retryAt = frame.after || now + minute;
  const hold = (): State =>
    state.link.is === "open" ? { ...state, trouble: { is: "refused", code: frame.code }, link: { ...state.link, holdUntil: retryAt, sentN: 0 } } : state;
  switch (frame.re) {
    case frameTypes.create:
      return frame.code === "closed" ? giveUp(state, { is: "closed-relay" }, context) : giveUp(state, { is: "refused", code: frame.code }, context);
    case frameTypes.knock:
      return refuseKnock(state, frame, context);
    case frameTypes.open:
      if (frame.code === "revoked") return giveUp(state, { is: "revoked" }, context);
      if (frame.code === "unknown") return giveUp(state, { is: "unknown-here" }, context);
      return giveUp(state, { is: "refused", code: frame.code }, context, retryAt);
    case frameTypes.accept:
      return refuseAccept(state, frame);
    case frameTypes.append:
      // Another epoch began: its change is in the log before this answer, and what waits is sealed anew under it.
      // One that goes on saying so about the epoch I know is given time.
      if (frame.code === "stale" && state.link.is === "open")
        return [{ ...state, link: { ...state.link, sentN: Math.min(state.link.sentN, frame.n - 1), holdUntil: now + 1000 } }, []];
      if (frame.code === "gap") return [state, [{ do: "disconnect" }]];
      return [hold(), []];
    default:
      return frame.code === "version" ? giveUp(state, { is: "version" }, context) : [hold(), []];
  }
};

const refuseKnock = (state: State, frame: FrameOf<"refused">, context: Context): Step => {
  if (state.stage.at !== "knocking") return [state, []];
  switch (frame.code) {
    case "taken":
    case "expired":
    case "unknown":
      return [dirty({ ...state, stage: { at: "turned-away", why: frame.code } }), [{ do: "disconnect" }]];
    default:
      return giveUp(state, { is: "refused", code: frame.code }, context, frame.after || lineNow(state, context) + minute / 2);
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
