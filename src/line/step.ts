/**
 * The heart: `step(state, event) -> [state, effects]`. Pure and total. One queue per bond calls it, so there is one
 * event at a time, and the answer to a piece of work comes before anything else.
 */
import { equalBytes, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { exhaustive } from "../base/exhaustive.ts";
import { idOfRow, type Manifest, type Row } from "./archive.ts";
import { addDevice, asRemoved, dropChange, letIn, newFor, removeDevice, stillToDo, stopAdding, vouch, type DeviceAct } from "./devices.ts";
import { answered, counted, saidADay } from "./damping.ts";
import { mailboxAt } from "./door.ts";
import { endNow, wiped } from "./ending.ts";
import type { Context, Effect, Event, Step } from "./event.ts";
import { bothPasts } from "./history.ts";
import type { Kept } from "./home.ts";
import type { Fetched } from "./jobs.ts";
import { sealDeviceKnock } from "./knock.ts";
import { rekeyLive, startLive } from "./live.ts";
import { hearFrame } from "./hear.ts";
import { linkLost, next, nextBatch, owedNow } from "./next.ts";
import { chooseSetting, tellOwn, unarchived, unboxed, withKey } from "./own-entries.ts";
import { applyHeld, applyRecords, begin, pinOf, understand, unwrap } from "./records.ts";
import { bothRecalled, recallEntry } from "./recall.ts";
import { bothWait, recentKept } from "./firings.ts";
import { beginMending, missedSince, refounded, rejoined } from "./resync.ts";
import { preparePromise, tendPromises } from "./promises.ts";
import { answerMissed } from "./say-again.ts";
import { isKept, nothing, promoteAhead, queue, runSense, senseContext, tendLive, tickSenses } from "./senses.ts";
import type { ActRefusal, ActResult, DeviceMember, HeldEntry, Note, OutboxContent, OutboxItem, State } from "./state.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { ticketOf } from "../protocol/invitation.ts";
import { lineNow } from "./time.ts";
import { atOnce } from "./vigils.ts";
import { isArriving, type Act } from "./view.ts";
import { isSenseName, senses, type SenseName } from "../senses/index.ts";
import { bothKnow } from "../senses/promise/fired.ts";
import { initial as initialPromise, type PromiseState } from "../senses/promise/promised.ts";
import { apart as apartSense, inPlaceOf, pauseOf, type Pause } from "../senses/apart/apart.ts";
import { isHushed, laterSettings, myPause } from "./settings.ts";

export const step = (state: State, event: Event, context: Context): Step => {
  const [done, effects] = handle(state, event, context);
  const [handled, hellos] = tendLive(leftAsPaused(state, done, context), context);
  const [ticked, told] = handled.stage.at === "together" && event.is !== "saved" ? tickSenses(handled, context) : ([handled, []] as const);
  const [settled, more] = next(event.is === "saved" ? ticked : tendPromises(ticked, context), context);
  return [settled, [...effects, ...hellos, ...told, ...more]];
};

/**
 * A device of mine went apart without a word: this one, which was here, says *left* with the bytes it has ready for that, as when it is
 * put away. Otherwise they would leave at its next start, in the middle of the pause. One that hears of it late, for it slept or had no
 * connection, says nothing any more: that would show when it came back.
 */
const leftAsPaused = (before: State, after: State, context: Context): State => {
  if (before.settings.pause === after.settings.pause || after.stage.at !== "together" || !after.senses.presence.mine.here) return after;
  const { ahead, link } = after;
  const now = lineNow(after, context);
  if (link.is !== "open" || !link.current || !isHushed(after, now) || isHushed(before, now) || ahead?.n !== after.n || ahead.epoch !== after.epoch)
    return after;
  const presence = { ...after.senses.presence, mine: { ...after.senses.presence.mine, here: false } };
  return promoteAhead({ ...after, senses: { ...after.senses, presence } }, ahead.said);
};

const dirty = (state: State): State => ({ ...state, unsaved: { ...state.unsaved, dirty: true } });

const handle = (state: State, event: Event, context: Context): Step => {
  const now = lineNow(state, context);
  switch (event.is) {
    case "started": {
      // The last page or process may have sent what was sealed ahead: those bytes, and no others, take that count.
      const left = state.ahead?.n === state.n && state.ahead.epoch === state.epoch ? promoteAhead(state, state.ahead.said, true) : { ...state, ahead: null };
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
    case "changed":
      return [changed(state, event), []];
    case "packaged":
      return [packaged(state, event, context), []];
    case "refounded":
      return [refounded(state, event, now), []];
    case "rejoined": {
      const item = state.inbox[0] ?? state.scan?.lastRefound;
      if (event.mls && item) return rejoined(state, item, event.mls, event.members, context);
      // Its welcome is not for this device: it makes the group anew itself.
      return state.mending && state.scan ? [{ ...state, scan: { ...state.scan, tried: true } }, []] : beginMending(state, "cannot-follow", context);
    }
    case "owned":
      return [owned(state, event, context), []];
    case "boxed":
      return [boxed(state, event), []];
    case "unboxed":
      return [unboxed(state, event.key, event.gen, context), []];
    case "kept":
      return [dirty(answerMissed(state, event.rows, context)), []];
    case "job-progress":
      return [state.job ? { ...state, job: { ...state.job, done: event.done, total: event.total } } : state, []];
    case "archived": {
      const done = { ...state, job: null };
      // What was missed meanwhile is fetched at once.
      if (!event.archived || !state.own) return [{ ...done, jobAt: state.held || state.mending ? 0 : now + jobAgain }, []];
      const { archive, own } = event.archived;
      // Some may have come by themselves while the job went on.
      const rows = event.archived.rows.filter((row) => !state.recent.includes(idOfRow(row)));
      // A removal on this device may have made a newer key meanwhile.
      const key = own.gen > state.own.gen ? own : { key: state.own.key, gen: state.own.gen };
      const unsaved = { ...state.unsaved, put: [...state.unsaved.put, ...rows], dirty: true };
      const archived = { ...done, jobAt: 0, own: { ...state.own, archive: { ...archive, at: now } }, recent: [...rows.map(idOfRow), ...state.recent], unsaved };
      // What only another device of mine had heard is promised all the same.
      return [withKey(promisedElsewhere(archived as State, rows, event.archived.promise, context), key), []];
    }
    case "fetched":
      return fetched({ ...state, job: null }, event.fetched, context);
    case "joined":
      return joined(state, event, context);
    case "exported": {
      const live = state.live ? rekeyLive(state.live, event.secret, state.selfKey) : startLive(event.secret, context.random(16), state.selfKey);
      return [{ ...state, live, liveEpoch: state.epoch }, []];
    }
    case "words":
      return state.stage.at === "together" ? [dirty({ ...state, stage: { ...state.stage, words: event.words } }), []] : [state, []];
    case "saved": {
      const full = state.trouble?.is === "storage-full" || state.trouble?.is === "storage-gone";
      const lasting = state.fault ? { is: state.fault } : null;
      return [{ ...state, trouble: full ? lasting : state.trouble, unsaved: { put: [], drop: [], dirty: false, retryAt: 0 } }, []];
    }
    case "not-saved": {
      // Also where it was reading that failed: the next write shows whether the storage is there again.
      const unsaved = { ...state.unsaved, dirty: true, retryAt: now + 5000 };
      return [{ ...state, unsaved, trouble: { is: event.why === "full" ? "storage-full" : "storage-gone" } }, []];
    }
    default:
      return exhaustive(event);
  }
};

/** Promises of which my other device had heard something that this one had not: as that one knew them, with their keys, which no kept thing holds. */
const promisedElsewhere = (state: State, rows: readonly Row[], theirs: PromiseState | null, context: Context): State => {
  const understood = rows.reduce((next, row) => understand(next, row[1], context, ["promise"]), state);
  if (!theirs || understood.senses.promise === state.senses.promise) return understood;
  const { list, lives } = understood.senses.promise;
  const before = state.senses.promise;
  const changed = new Set([...list.filter((one) => !before.list.includes(one)), ...lives.filter((one) => !before.lives.includes(one))].map(({ id }) => id));
  const heard = { ...initialPromise, list: theirs.list.filter(({ id, life }) => changed.has(id) || (life !== null && changed.has(life))) };
  return unarchived({ ...understood, senses: { ...understood.senses, promise: bothKnow(understood.senses.promise, heard) } });
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

/** A change of my devices is ready for this epoch; or there is nothing left to change. */
const changed = (state: State, { change }: Extract<Event, { is: "changed" }>): State => {
  const [first] = state.outbox;
  if (first?.content.is !== "change") return state;
  const todo = stillToDo(state, first.content);
  if (!change || !todo) return dirty(dropChange(state, first.n));
  const content: OutboxContent = { ...first.content, ...todo, made: { epoch: state.epoch, commit: change.commit, welcome: change.welcome } };
  return dirty({ ...state, mls: change.mls, outbox: [{ ...first, content }, ...state.outbox.slice(1)] });
};

/** A key package of this device: to be let in with, or, on the line, its last resort. */
const packaged = (state: State, { keyPackage, pending }: Extract<Event, { is: "packaged" }>, context: Context): State => {
  if (state.stage.at !== "arriving")
    return dirty({ ...state, lastResort: { keyPackage, pending, told: false, madeAt: lineNow(state, context) }, asked: { ...state.asked, package: false } });
  const body = sealDeviceKnock({ is: "package", keyPackage }, mailboxAt(state.stage, state.line), state.line, context.random);
  return dirty({ ...state, stage: { ...state.stage, body, pending, delivered: false }, asked: { ...state.asked, package: false } });
};

/** This device has a box. The first of my devices begins what they share; one that asks to be let in can now ask. */
const owned = (state: State, { boxSeed, boxKey, wordsBox }: Extract<Event, { is: "owned" }>, context: Context): State => {
  const boxed: State = dirty({ ...state, box: { seed: boxSeed, key: boxKey } });
  if (state.stage.at === "arriving") {
    const knock = { is: "asks", device: state.selfKey, box: boxKey, name: state.self.deviceName } as const;
    const asking: State = { ...boxed, stage: { ...state.stage, body: sealDeviceKnock(knock, mailboxAt(state.stage, state.line), state.line, context.random) } };
    return asking;
  }
  // Where others of mine have a key already, theirs is the one.
  if (state.members.some((member) => member.mine && !member.revoked && member.index !== state.index)) return boxed;
  const gen = Math.max(1, state.seq);
  const archive = { manifest: null, seq: 0, segments: [], at: null, gen };
  const own = { key: new Secret(context.random(32)), gen, devices: [{ key: state.selfKey, box: boxKey, name: state.self.deviceName }], archive };
  // The seed of the words' box is for the words alone from here on.
  return { ...boxed, own, words: state.words && { ...state.words, box: wordsBox ?? state.words.box, boxSeed: null } };
};

const boxed = (state: State, { boxes }: Extract<Event, { is: "boxed" }>): State => {
  const done = owedNow(state);
  const rest = { ...state, owes: state.owes.filter((device) => !done.includes(device)) };
  return boxes.length === 0 || !state.own ? dirty(rest) : queue(rest, { kind: "own", body: { is: "key", gen: state.own.gen, boxes } });
};

const jobAgain = 30_000;

/** What this device begins with is here: it takes it over, and then what came meanwhile. */
const fetched = (before: State, found: Fetched | null, context: Context): Step => {
  const { held, own, stage } = before;
  if (!held || !own || stage.at !== "together") return [before, []];
  const arriving = isArriving(before);
  if (!found && arriving) return [{ ...before, jobAt: lineNow(before, context) + jobAgain }, []];
  let state: State = dirty({ ...before, held: null, jobAt: 0 });
  // An archive that knows no more than I do is of no use.
  const manifest = found && found.manifest.seq > held.after ? found.manifest : undefined;
  if (found && manifest) state = adopt(state, manifest, found, arriving, context);
  if (manifest && state.missedFrom !== null && state.shift === 0) {
    const reaches = Math.min(manifest.seq, missedSince({ ...manifest, mending: null }, lineNow(state, context)) ?? Infinity);
    state = { ...state, missedFrom: Math.max(state.missedFrom, reaches) };
  }
  const effects: Effect[] = [];
  // What a newcomer held had its place counted without what the archive knows of it.
  const moved = arriving ? state.shift - before.shift : 0;
  for (const one of held.entries) {
    const entry = { ...one, seq: one.seq + moved };
    if (manifest && entry.seq <= manifest.seq) {
      state = withLacked(state, entry);
      continue;
    }
    const [applied, told] = applyHeld(state, entry, context);
    state = applied;
    effects.push(...told);
  }
  return [arriving ? { ...state, happened: [...state.happened, { kind: "together", from: "me", at: lineNow(state, context) }] } : state, effects];
};

/**
 * Its place is in the archive, and it is not: who wrote that only looked at this part of the log. What my side said this device says again
 * itself; the other is asked for theirs (RESYNC2).
 */
const withLacked = (state: State, held: HeldEntry): State => {
  const unwrapped = unwrap(held);
  if (!unwrapped || !isKept(unwrapped.said) || state.recent.includes(unwrapped.id)) return state;
  const { id, said } = unwrapped;
  if (held.from === "me") return queue(state, { kind: "again", body: { id, kind: said.kind, body: said.body } });
  return { ...state, missedFrom: Math.min(state.missedFrom ?? Infinity, held.seq - state.shift - 1) };
};

/** An older copy still meant to say it, and it was said: the archive has it under the id that it had, word for word. */
const wasSaid = ({ was, content }: OutboxItem, rows: readonly Row[]): boolean => {
  const row = was === undefined ? undefined : rows.find((one) => idOfRow(one) === was);
  const decoded = row && decodeCbor(row[1]);
  if (!decoded?.ok || content.is !== "entry") return false;
  const { kind, body } = decoded.value as Cbor & Kept;
  return kind === content.said.kind && equalBytes(encodeCbor(body), encodeCbor(content.said.body));
};

const adopt = (state: State, manifest: Manifest, { id, own: key, rows, later, twice, known }: Fetched, arriving: boolean, context: Context): State => {
  const { own, stage } = state;
  if (!own || stage.at !== "together") return state;
  // What stands behind one that is not said is sealed anew: entries are opened in the order in which they were sealed.
  const first = state.outbox.findIndex((item) => wasSaid(item, rows));
  const outbox = state.outbox.map((item, i): OutboxItem => {
    if (first < 0 || i < first || item.content.is !== "entry") return item;
    return { ...item, content: wasSaid(item, rows) ? { is: "entry", said: nothing } : item.content, sealed: null };
  });
  const others = manifest.devices.filter((device) => !own.devices.some((one) => equalBytes(one.key, device.key)));
  const archive = { manifest: id, seq: manifest.seq, segments: manifest.segments, at: lineNow(state, context), gen: key.gen };
  const withTimes = (member: DeviceMember): DeviceMember => {
    const { since = null, newUntil = null } = manifest.members.find(({ key }) => equalBytes(key, member.key)) ?? {};
    const known = { ...member, since, newUntil };
    return member.revoked ? asRemoved(known, lineNow(state, context)) : known;
  };
  // What this device has of a secret that went with a removed device is older than what the archive says.
  const isLost = ({ holder }: Note): boolean =>
    state.members.some(({ key, mine, revoked }) => mine && revoked && holder !== undefined && equalBytes(key, holder));
  const notes = Object.fromEntries(Object.entries(state.notes).filter(([one, note]) => manifest.notes[one] === undefined || !isLost(note)));
  const adopted: State = {
    ...state,
    outbox,
    self: arriving ? { ...state.self, name: manifest.name, end: manifest.end } : state.self,
    stage: { ...stage, since: manifest.since, compared: stage.compared || manifest.compared },
    // What is only of this device stays.
    senses: {
      ...manifest.senses,
      presence: { ...manifest.senses.presence, mine: state.senses.presence.mine },
      hour: { ...manifest.senses.hour, here: state.senses.hour.here },
      goodbye: { ...manifest.senses.goodbye, here: state.senses.goodbye.here },
      touch: state.senses.touch,
      promise: bothKnow(manifest.senses.promise, state.senses.promise),
    },
    own: { ...own, devices: [...own.devices, ...others], archive },
    members: state.members.map((member) => (member.since === null ? withTimes(member) : member)),
    words: state.words ?? (manifest.words && { ...manifest.words, boxSeed: null, told: true, proof: null }),
    shift: arriving ? manifest.shift : state.shift,
    common: Math.max(state.common, manifest.common),
    recent: [...new Set([...manifest.recent, ...state.recent, ...known])].slice(-recentKept),
    unknown: manifest.unknown,
    settings: laterSettings(state.settings, manifest.settings),
    recalled: bothRecalled(manifest.recalled, state.recalled),
    notes: { ...manifest.notes, ...notes },
    firings: bothWait(manifest.firings, state.firings),
    history: bothPasts(manifest.history, state.history),
    lastKept: Math.max(state.lastKept, manifest.lastKept),
    unsaved: {
      ...state.unsaved,
      put: [...state.unsaved.put.filter(([key]) => !twice.includes(key)), ...rows],
      drop: [...state.unsaved.drop, ...twice],
      dirty: true,
    },
  };
  // What came here after the manifest's place moves the senses as it did when it came; it is kept already.
  return later.reduce((next, row) => understand(next, row[1], context), key.gen > own.gen ? withKey(adopted, key) : adopted);
};

const joined = (state: State, event: Extract<Event, { is: "joined" }>, context: Context): Step => {
  if ((state.stage.at !== "knocking" && state.stage.at !== "arriving") || !state.stage.welcome) return [state, []];
  if ("why" in event.joined) return [dirty({ ...state, stage: { at: "turned-away", why: event.joined.why } }), [{ do: "disconnect" }]];
  const { mls, other, members: proved } = event.joined;
  // The line's epoch goes on over groups made anew; what came since the welcome is applied before anything is sealed.
  const epoch = state.link.is === "open" ? state.link.told.epoch : event.joined.epoch;
  // The relay says which index each device has; whose they are, the group says. Both must know the same devices.
  const members = state.members.flatMap((told) => {
    const device = proved.find((member) => equalBytes(member.device, told.key));
    return device ? [{ ...told, mine: !equalBytes(device.person, other) }] : [];
  });
  if (members.length !== proved.length) return [dirty({ ...state, stage: { at: "turned-away", why: "bad-welcome" } }), [{ do: "disconnect" }]];
  if (state.stage.at === "arriving") {
    // Who was removed before stays known to the relay by its index: counts of devices go on after it.
    const gone = state.members.filter((told) => told.revoked && !members.some((member) => member.index === told.index));
    const stage = { at: "together", other, since: lineNow(state, context), words: null, compared: false, latecomerAt: null } as const;
    const now = lineNow(state, context);
    const known = [...members, ...gone].map((member) => (member.index === state.index ? { ...member, since: now, newUntil: now + newFor } : member));
    const arrived: State = { ...state, mls, epoch, members: known.toSorted((a, b) => a.index - b.index), stage, held: { after: 0, entries: [] } };
    return [queue(arrived, pinOf(state)), []];
  }
  const together = begin({ ...state, mls, epoch, members }, other, undefined, context);
  return [dirty({ ...together, happened: [...together.happened, { kind: "together", from: "other", at: lineNow(state, context) }] }), []];
};

const act = (state: State, id: number, what: Act, context: Context): Step => {
  const answer = (next: State, result: ActResult): State => ({ ...next, answers: [...next.answers, { act: id, result }] });
  const no = (why: ActRefusal): Step => [answer(state, { ok: false, why }), []];
  const did = (done: DeviceAct): Step => ("refused" in done ? no(done.refused) : [answer(done.state, { ok: true }), done.effects ?? []]);
  switch (what.do) {
    case "accept": {
      if (state.stage.at !== "inviting") return no("not-inviting");
      if (state.stage.accepting) return no("accepting");
      const knock = state.stage.knocks.find((one) => one.id === what.knock);
      return knock ? [answer({ ...state, stage: { ...state.stage, accepting: knock } }, { ok: true }), []] : no("no-such-knock");
    }
    case "compared":
      return state.stage.at === "together"
        ? [
            answer(tellOwn(dirty({ ...state, stage: { ...state.stage, compared: what.compared } }), { is: "compared", compared: what.compared }, context), {
              ok: true,
            }),
            [],
          ]
        : no("not-together");
    case "add-device":
      return did(addDevice(state, context));
    case "stop-adding":
      return did(stopAdding(state));
    case "let-in":
      return did(letIn(state, what.asking, context));
    case "remove-device":
      return did(removeDevice(state, what.device, context));
    case "vouch":
      return did(vouch(state, what.device, context));
    case "devices-seen":
      return [answer(dirty({ ...state, notices: [] }), { ok: true }), []];
    case "forget-person":
      return [
        answer(
          dirty({
            ...state,
            self: { ...state.self, person: null },
            words: state.words && { ...state.words, boxSeed: state.words.box ? null : state.words.boxSeed },
          }),
          { ok: true },
        ),
        [],
      ];
    case "take-up": {
      if (!state.fault) return [answer(state, { ok: true }), []];
      const [mending, effects] = beginMending(state, "taken-up", context);
      return [answer(mending, { ok: true }), effects];
    }
    case "latecomer-seen":
      return state.stage.at === "together" ? [answer(dirty({ ...state, stage: { ...state.stage, latecomerAt: null } }), { ok: true }), []] : no("not-together");
    case "try-now": {
      // On a connection that seems to hold, a ping tells soon whether it does.
      const link = state.link.is === "down" ? { ...state.link, retryAt: 0 } : state.link.is === "open" ? { ...state.link, pingDueAt: 0 } : state.link;
      // What the relay said of promises may be of before a sleep: it is asked anew.
      return [answer({ ...state, link, unsaved: { ...state.unsaved, retryAt: 0 }, vigils: { ...state.vigils, checkAt: atOnce } }, { ok: true }), []];
    }
    case "promise": {
      const prepared = preparePromise(state, what.intent, context);
      if ("refused" in prepared) return no(prepared.refused);
      // Nothing is remembered of what is not done.
      const [done, effects] = intend(prepared.state, "promise", prepared.intent, context, (next, result) =>
        answer(next, result.ok && prepared.id !== undefined ? { ok: true, id: prepared.id } : result),
      );
      const { result } = done.answers.at(-1) as (typeof done.answers)[number];
      return result.ok ? [done, effects] : no(result.why);
    }
    case "let": {
      const { sense, letIn } = what;
      if (!isSenseName(sense) || senses[sense].grant === "none") return no("no-such-sense");
      if (state.stage.at !== "together" || isArriving(state)) return no("not-together");
      return [answer(chooseSetting(state, { is: "let", sense, letIn, at: lineNow(state, context) }, context), { ok: true }), []];
    }
    case "apart":
      return goApart(state, what, context, answer);
    case "back":
      return comeBack(state, context, answer);
    case "keeping":
      if (state.stage.at === "ended")
        return [answer(dirty({ ...state, settings: { ...state.settings, keeping: { is: what.keeping, at: lineNow(state, context) } } }), { ok: true }), []];
      if (state.stage.at !== "together") return no("not-together");
      return [answer(chooseSetting(state, { is: "keeping", keeping: what.keeping, at: lineNow(state, context) }, context), { ok: true }), []];
    case "end": {
      if (state.stage.at === "ended") return no("ended");
      if (state.stage.at !== "together" || state.self.end.length === 0) return no("not-together");
      const now = lineNow(state, context);
      if (what.at !== null && what.at <= now) return no("bad-time");
      if (what.at !== null) return [answer(chooseSetting(state, { is: "end-at", end: what.at, at: now }, context), { ok: true }), []];
      const [over, effects] = endNow(state, context);
      return [answer(over, { ok: true }), effects];
    }
    case "end-not":
      if (state.stage.at !== "together") return no(state.stage.at === "ended" ? "ended" : "not-together");
      return [answer(chooseSetting(state, { is: "end-at", end: null, at: lineNow(state, context) }, context), { ok: true }), []];
    case "recall": {
      if (state.stage.at !== "together" || isArriving(state)) return no(state.stage.at === "ended" ? "ended" : "not-together");
      const queued = queue(state, recallEntry(state.line, what.earlier));
      return [answer(queued, { ok: true }), []];
    }
    case "take-back": {
      if (state.stage.at !== "inviting" || state.self.end.length === 0) return no("not-inviting");
      const [over, effects] = endNow(state, context);
      return [answer(wiped(over), { ok: true }), effects];
    }
    case "wipe":
      return state.stage.at === "ended" ? [answer(wiped(state), { ok: true }), []] : no("not-together");
    case "feeling":
    case "touch":
    case "thought":
    case "name":
    case "hour":
    case "goodbye":
    case "boundary":
      return intend(state, what.do, what.intent, context, answer);
    default:
      return exhaustive(what);
  }
};

const isDeed = (name: SenseName): boolean => name !== "hour" && name !== "goodbye" && name !== "thought";

type Answered = (next: State, result: ActResult) => State;

/** A pause of mine (BOUND4). One that is not announced begins like any device that is put away, and says nothing more. */
const goApart = (before: State, { announced, ...terms }: Extract<Act, { do: "apart" }>, context: Context, answer: Answered): Step => {
  const { dark, until, when } = terms;
  const passes = [...terms.passes];
  // One pause at a time: what was announced is taken back by an announcement, what was not by nothing.
  if (announced) {
    const [told, effects] = intend(withoutQuiet(before, context), "apart", { what: "apart", dark, until, when, passes }, context, answer);
    const { result } = told.answers.at(-1) as (typeof told.answers)[number];
    // What was not done changes nothing: a pause that holds goes on.
    return result.ok ? [told, effects] : [answer(before, result), []];
  }
  const now = lineNow(before, context);
  if (before.stage.at !== "together" || isArriving(before))
    return [answer(before, { ok: false, why: before.stage.at === "ended" ? "ended" : "not-together" }), []];
  const tried = apartSense.apply(
    apartSense.initial,
    { kind: "intent", intent: { what: "apart", dark, until, when, passes } },
    senseContext(before, "apart", context),
  );
  const [said] = tried.say ?? [];
  if (!said || tried.refused !== undefined) return [answer(before, { ok: false, why: tried.refused ?? "bad-time" }), []];
  // An announced one that still holds would go on saying so.
  if (myPause(before, now)?.announced === true) return [answer(before, { ok: false, why: "apart" }), []];
  const { step: left } = runSense({ ...before, onScreen: false }, "presence", { kind: "tick" }, context);
  const away = { ...left[0], onScreen: before.onScreen };
  // Later than my last word, also where that was said while the line's clock ran ahead; and in the place of one that holds.
  const at = Math.max(now, (before.senses.apart.saidAt?.me ?? -1) + 1);
  const pause = asSetting(inPlaceOf(myPause(before, now), pauseOf(said, now)));
  return [answer(chooseSetting(away, { is: "pause", pause, at }, context), { ok: true }), left[1]];
};

/**
 * A pause that nobody was told of is over with my next word about pauses, and nothing is said of it: a word of its own, if only to my other
 * devices, would show that there was something to be over. But not where it was chosen while the line's clock ran ahead.
 */
const withoutQuiet = (state: State, context: Context): State => {
  const { is, at } = state.settings.pause;
  if (is === null || state.stage.at !== "together" || at <= lineNow(state, context)) return state;
  return chooseSetting(state, { is: "pause", pause: null, at: lineNow(state, context) }, context);
};

const asSetting = (pause: Pause | null) => pause && { ...pause, passes: [...pause.passes] };

const comeBack = (before: State, context: Context, answer: Answered): Step => {
  const pause = myPause(before, lineNow(before, context));
  if (before.stage.at !== "together") return [answer(before, { ok: false, why: before.stage.at === "ended" ? "ended" : "not-together" }), []];
  if (!pause) return [answer(before, { ok: false, why: "not-apart" }), []];
  // Two devices may each have begun one: coming back is one act (BOUND4).
  if (pause.announced) return intend(withoutQuiet(before, context), "apart", { what: "back" }, context, answer);
  return [answer(chooseSetting(before, { is: "pause", pause: null, at: lineNow(before, context) }, context), { ok: true }), []];
};

const intend = (before: State, name: SenseName, intent: unknown, context: Context, answer: Answered): Step => {
  // Who does something is here; what this device sees of itself is no deed of its owner.
  let state = isDeed(name) ? answered(before, lineNow(before, context)) : before;
  if (state.stage.at === "ended") return [answer(state, { ok: false, why: "ended" }), []];
  if (state.stage.at !== "together" || isArriving(state)) return [answer(state, { ok: false, why: "not-together" }), []];
  // Far below what the other's devices take in a day: nothing that was said is set aside there.
  if (name === "thought" || name === "feeling") {
    const saidToday = counted(state.saidToday, lineNow(state, context), saidADay, utf8(JSON.stringify(intent)).length);
    if (!saidToday) return [answer(state, { ok: false, why: "too-often" }), []];
    const isSaid = name === "feeling" || (intent as { what?: string }).what === "say";
    if (isSaid) state = { ...answered(state, lineNow(state, context)), saidToday };
  }
  const ran = runSense(state, name, { kind: "intent", intent }, context);
  const effects: readonly Effect[] = ran.step[1];
  if (ran.refused !== undefined) return [answer(ran.step[0], { ok: false, why: ran.refused }), effects];
  // What only this device knows (a thought was seen) is durable too; a touch is of this moment.
  const changed = ran.step[0].senses !== state.senses && name !== "touch";
  const done = changed ? dirty(ran.step[0]) : ran.step[0];
  return [answer(done, { ok: true, ...(ran.id === undefined ? {} : { id: ran.id }) }), effects];
};
