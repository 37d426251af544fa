/**
 * The heart: `step(state, event) -> [state, effects]`. Pure and total. One queue per bond calls it, so there is one
 * event at a time, and the answer to a piece of work comes before anything else.
 */
import { equalBytes } from "../base/bytes.ts";
import { exhaustive } from "../base/exhaustive.ts";
import type { Context, Effect, Event, Step } from "./event.ts";
import { rekeyLive, startLive } from "./live.ts";
import { hearFrame } from "./hear.ts";
import { linkLost, next, nextBatch } from "./next.ts";
import { applyRecords, begin } from "./records.ts";
import { promoteAhead, runSense, tickSenses } from "./senses.ts";
import type { ActRefusal, ActResult, OutboxItem, State } from "./state.ts";
import { ticketOf } from "../protocol/invitation.ts";
import { lineNow } from "./time.ts";
import type { Act } from "./view.ts";
import type { SenseName } from "../senses/index.ts";

export const step = (state: State, event: Event, context: Context): Step => {
  const [handled, effects] = handle(state, event, context);
  const [ticked, told] = handled.stage.at === "together" && event.is !== "saved" ? tickSenses(handled, context) : ([handled, []] as const);
  const [settled, more] = next(ticked, context);
  return [settled, [...effects, ...told, ...more]];
};

const dirty = (state: State): State => ({ ...state, unsaved: { ...state.unsaved, dirty: true } });

const handle = (state: State, event: Event, context: Context): Step => {
  const now = lineNow(state, context);
  switch (event.is) {
    case "started": {
      // The last page or process may have sent what was sealed ahead: those bytes, and no others, take that count.
      const left = state.ahead?.n === state.n && state.ahead.epoch === state.epoch ? promoteAhead(state, state.ahead.said) : { ...state, ahead: null };
      return tickSenses(left, context, "resumed");
    }
    case "tick":
      return [state, []];
    case "frame":
      return hearFrame(state, event.frame, context);
    case "nonsense":
      return [{ ...linkLost(state, context), trouble: event.version ? { is: "version" } : state.trouble }, [{ do: "disconnect" }]];
    case "disconnected":
      return [linkLost(state, context), []];
    case "act":
      return act(state, event.id, event.act, context);
    case "screen":
      return [{ ...state, onScreen: event.on }, []];
    case "sealed":
      return [sealed(state, event), []];
    case "received":
      return applyRecords({ ...state, mls: event.mls }, nextBatch(state), event.results, context);
    case "added":
      return [added(state, event), []];
    case "joined":
      return joined(state, event, context);
    case "exported": {
      const started = state.live ? rekeyLive(state.live, event.secret, state.selfKey, now) : startLive(event.secret, context.random(16), state.selfKey, now);
      return [{ ...state, live: started.live, liveEpoch: state.epoch }, started.frames.map((body) => ({ do: "send", frame: { type: "live", body } }))];
    }
    case "words":
      return state.stage.at === "together" ? [dirty({ ...state, stage: { ...state.stage, words: event.words } }), []] : [state, []];
    case "saved": {
      const full = state.trouble?.is === "storage-full" || state.trouble?.is === "storage-gone";
      const lasting = state.fault ? { is: state.fault } : null;
      return [{ ...state, trouble: full ? lasting : state.trouble, unsaved: { put: [], dirty: false, retryAt: 0 } }, []];
    }
    case "not-saved": {
      const unsaved = { ...state.unsaved, retryAt: now + 5000 };
      return [{ ...state, unsaved, trouble: { is: event.why === "full" ? "storage-full" : "storage-gone" } }, []];
    }
    default:
      return exhaustive(event);
  }
};

const sealed = (state: State, event: Extract<Event, { is: "sealed" }>): State => {
  let { outbox, ahead } = state;
  for (const { item: sealItem, body } of event.bodies) {
    // Too large for any bucket is refused by the schemas before it gets here.
    if (!body) continue;
    const { n } = sealItem;
    if (sealItem.ahead) ahead = { said: sealItem.ahead, body, epoch: state.epoch, n };
    else outbox = outbox.map((item): OutboxItem => (item.n === n ? { ...item, sealed: { body, epoch: state.epoch } } : item));
  }
  return dirty({ ...state, outbox, ahead, mls: event.mls });
};

/** The commit that lets the other in is ready: it takes the next count and waits for the relay like everything else. */
const added = (state: State, event: Extract<Event, { is: "added" }>): State => {
  if (state.stage.at !== "inviting" || !state.stage.accepting) return state;
  const { stage } = state;
  const knock = state.stage.accepting;
  if (!event.change) {
    // What was knocked with is no key package of that person: the knock is not there.
    return {
      ...state,
      stage: { ...stage, accepting: null, knocks: stage.knocks.filter((one) => one.id !== knock.id) },
      trouble: { is: "refused", code: "malformed" },
    };
  }
  const frame = {
    ticket: ticketOf({ secret: stage.invited.secret, line: state.line }),
    knock: knock.id,
    generation: state.generation,
    epoch: state.epoch,
    commit: event.change.commit,
    welcome: event.change.welcome,
    enrol: [knock.device],
    revoke: [],
  };
  return dirty({ ...state, mls: event.change.mls, n: state.n + 1, outbox: [...state.outbox, { n: state.n, content: { is: "accept", frame }, sealed: null }] });
};

const joined = (state: State, event: Extract<Event, { is: "joined" }>, context: Context): Step => {
  if (state.stage.at !== "knocking" || !state.stage.welcome) return [state, []];
  if ("why" in event.joined) return [dirty({ ...state, stage: { at: "turned-away", why: event.joined.why } }), [{ do: "disconnect" }]];
  const { mls, other, epoch, members: proved } = event.joined;
  // The relay says which index each device has; whose they are, the group says. Both must know the same devices.
  const members = state.members.flatMap((told) => {
    const device = proved.find((member) => equalBytes(member.device, told.key));
    return device ? [{ ...told, mine: !equalBytes(device.person, other) }] : [];
  });
  if (members.length !== proved.length) return [dirty({ ...state, stage: { at: "turned-away", why: "bad-welcome" } }), [{ do: "disconnect" }]];
  const together = begin({ ...state, mls, epoch, members }, other, undefined, context);
  return [dirty({ ...together, happened: [...together.happened, { kind: "together", from: "other", at: lineNow(state, context) }] }), []];
};

const act = (state: State, id: number, what: Act, context: Context): Step => {
  const answer = (next: State, result: ActResult): State => ({ ...next, answers: [...next.answers, { act: id, result }] });
  const no = (why: ActRefusal): Step => [answer(state, { ok: false, why }), []];
  switch (what.do) {
    case "accept": {
      if (state.stage.at !== "inviting") return no("not-inviting");
      if (state.stage.accepting) return no("accepting");
      const knock = state.stage.knocks.find((one) => one.id === what.knock);
      return knock ? [answer({ ...state, stage: { ...state.stage, accepting: knock } }, { ok: true }), []] : no("no-such-knock");
    }
    case "compared":
      return state.stage.at === "together"
        ? [answer(dirty({ ...state, stage: { ...state.stage, compared: what.compared } }), { ok: true }), []]
        : no("not-together");
    case "latecomer-seen":
      return state.stage.at === "together" ? [answer(dirty({ ...state, stage: { ...state.stage, latecomerAt: null } }), { ok: true }), []] : no("not-together");
    case "try-now": {
      // On a connection that seems to hold, a ping tells soon whether it does.
      const link = state.link.is === "down" ? { ...state.link, retryAt: 0 } : state.link.is === "open" ? { ...state.link, pingDueAt: 0 } : state.link;
      return [answer({ ...state, link, unsaved: { ...state.unsaved, retryAt: 0 } }, { ok: true }), []];
    }
    case "feeling":
    case "touch":
    case "thought":
    case "name":
    case "boundary":
      return intend(state, what.do, what.intent, context, answer);
    default:
      return exhaustive(what);
  }
};

const intend = (state: State, name: SenseName, intent: unknown, context: Context, answer: (next: State, result: ActResult) => State): Step => {
  if (state.stage.at === "ended") return [answer(state, { ok: false, why: "ended" }), []];
  if (state.stage.at !== "together") return [answer(state, { ok: false, why: "not-together" }), []];
  const ran = runSense(state, name, { kind: "intent", intent }, context);
  const effects: readonly Effect[] = ran.step[1];
  if (ran.refused !== undefined) return [answer(ran.step[0], { ok: false, why: ran.refused }), effects];
  // What only this device knows (a thought was seen) is durable too; a touch is of this moment.
  const changed = ran.step[0].senses !== state.senses && name !== "touch";
  const done = changed ? dirty(ran.step[0]) : ran.step[0];
  return [answer(done, { ok: true, ...(ran.id === undefined ? {} : { id: ran.id }) }), effects];
};
