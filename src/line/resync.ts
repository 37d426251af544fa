/**
 * Taking a line up again (LOSE1, DEV3): after a change that this device cannot follow, after an older copy of it was put
 * back, after a month away, and, when its person says so, after a relay that told two stories or lost records.
 *
 * One way for all of them, and it uses no key twice: the device looks at the log from where it begins, without taking
 * anything from it. Was the group made anew since it fell out, it joins by its last-resort package; else it makes the
 * group anew itself (`refound`), with everyone's last-resort packages. From that record on it goes on as always. What it
 * missed it has from the archive, and from what each side then says again (say-again.ts).
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Among, Member } from "../ports/sealer.ts";
import { nextHead, refoundNumber, sideOfFired, type LogRecord } from "../protocol/chain.ts";
import type { Context, Event, Step, Work } from "./event.ts";
import { asRemoved, notice } from "./devices.ts";
import { placeOf } from "./entry.ts";
import { ownerOf, waitingOf, waits, type Waiting } from "./firings.ts";
import { linkDown } from "./link.ts";
import { passed } from "./records.ts";
import { idOf, isKept, nothing } from "./senses.ts";
import { isHushed } from "./settings.ts";
import type { DeviceMember, LogItem, Mending, OutboxContent, OutboxItem, Scan, State } from "./state.ts";
import { lineNow } from "./time.ts";

const askAgain = 5 * 60_000;
/** What was asked for so lately is asked for again when the group is made anew. */
const askedFor = 24 * 60 * 60_000;

/** The line is opened anew for it; not within the moment in which the old connection ends. */
const mendSoon = 200;

/** Twice within this time: another copy of this device is in use at the same time. */
const twinWithin = 60 * 60_000;

export const beginMending = (state: State, why: Mending, context: Context): Step => {
  const now = lineNow(state, context);
  const fresh = { inbox: [], ahead: null, unsaved: { ...state.unsaved, dirty: true } };
  const down = { is: "down", since: now, retryAt: now + mendSoon, failures: 0 } as const;
  const twin = why === "set-back" && state.setBackAt !== null && now - state.setBackAt < twinWithin;
  // Only its person ends that: what comes meanwhile is of the other copy.
  if (twin || (state.fault === "twin" && why !== "taken-up"))
    return [{ ...linkDown(state, down), ...fresh, fault: "twin", trouble: { is: "twin" } }, [{ do: "disconnect" }]];
  const mending: State = {
    ...linkDown(state, down),
    ...fresh,
    fault: null,
    trouble: null,
    mending: { why, after: state.mending?.after ?? (why === "taken-up" ? Math.min(state.seq, state.common) : state.seq) },
    setBackAt: why === "set-back" ? now : why === "taken-up" ? null : state.setBackAt,
    outbox: state.outbox.filter((item) => item.content.is !== "refound"),
    held: state.held ?? (state.own ? { after: placeOf(state, state.seq), entries: [] } : null),
    // When a backup was to be made says nothing of when what is missed may be fetched.
    jobAt: 0,
  };
  return [mending, [{ do: "disconnect" }]];
};

export const beginScan = (seq: number, head: Uint8Array): Scan => ({
  seq,
  head,
  lastRefound: null,
  tried: false,
  spoke: false,
  mine: [],
  done: false,
  packages: null,
  fired: [],
});

/** Records that are looked at and not taken. `false`: they do not follow from each other. */
export const scanRecords = (state: State, scan: Scan, records: readonly LogRecord[]): State | false => {
  let { seq, head, lastRefound, tried, spoke, mine, fired } = scan;
  let { link } = state;
  for (const record of records) {
    if (record.seq !== seq + 1 || link.is !== "open") return false;
    seq = record.seq;
    head = nextHead(head, record);
    const item: LogItem = { ...record, head };
    if (record.kind === "fired") fired = [...fired, item];
    if (record.kind === "refound") [lastRefound, tried, spoke] = [item, false, false];
    else if (record.device === state.index) spoke = true;
    if (record.kind === "entry" && record.device === state.index) mine = [...mine, { n: record.n, body: record.body }];
    // What `opened` said of epoch and generation holds for the log's end at that time; later records move them.
    if (scan.done && (record.kind === "change" || record.kind === "refound"))
      link = { ...link, told: { ...link.told, epoch: record.epoch + 1, generation: link.told.generation + (record.kind === "refound" ? 1 : 0) } };
  }
  return { ...state, link, scan: { ...scan, seq, head, lastRefound, tried, spoke, mine, fired } };
};

/** The log was looked at to its end: what I sent of a refound either is in it, or came too late. */
export const scanned = (state: State, scan: Scan, generation: number): State => {
  const done = { ...state, scan: { ...scan, done: true } };
  const mine = state.outbox[0];
  if (mine?.content.is !== "refound") return done;
  const { lastRefound } = scan;
  if (lastRefound?.device === state.index && lastRefound.n === mine.n && equalBytes(lastRefound.body, mine.content.welcome))
    return { ...done, inbox: [lastRefound] };
  return mine.content.generation === generation ? done : { ...done, outbox: state.outbox.slice(1), unsaved: { ...state.unsaved, dirty: true } };
};

/** The devices that a group made anew may hold. Whom I know to be removed stays out, whatever the relay says (DEV2). */
export const amongOf = (state: State): Among => {
  const told = state.link.is === "open" && state.mending ? state.link.told.members : [];
  const keysOf = (members: readonly DeviceMember[], revoked: boolean): readonly Uint8Array[] =>
    members.flatMap((member) => (member.revoked === revoked ? [member.key] : []));
  return { on: keysOf(state.members, false), told: keysOf(told, false), gone: keysOf(state.members, true) };
};

/** What is to be done next while mending, once the log was looked at to its end. */
export const mendingWork = (state: State): Work | undefined => {
  const { scan, link } = state;
  if (!state.mending || link.is !== "open" || !scan?.done || state.outbox.some((item) => item.content.is === "refound")) return undefined;
  // An older copy of this device does not join a group in which it may have spoken already: it would use those keys again.
  const joins = state.mending.why !== "set-back" && !scan.spoke && link.told.generation > state.generation;
  if (scan.lastRefound && !scan.tried && state.lastResort && joins)
    return { do: "rejoin", by: { pending: state.lastResort.pending, welcome: scan.lastRefound.body, among: amongOf(state) } };
  return scan.packages ? { do: "refound", packages: scan.packages, among: amongOf(state) } : undefined;
};

export const refounded = (state: State, { made }: Extract<Event, { is: "refounded" }>, now: Millis): State => {
  const { scan, link } = state;
  if (!scan || link.is !== "open") return state;
  // None of the others can be reached by a package: asked again later, when one of them was there.
  if (!made) return { ...state, scan: { ...scan, packages: null }, asked: { ...state.asked, packages: false }, link: { ...link, holdUntil: now + askAgain } };
  const { generation, epoch } = link.told;
  const item: OutboxItem = { n: refoundNumber(generation + 1), content: { is: "refound", generation, epoch, ...made }, sealed: null };
  return { ...state, outbox: [item, ...state.outbox], unsaved: { ...state.unsaved, dirty: true } };
};

/** This device is in the group that `item` made anew: the log goes on after it. */
export const rejoined = (state: State, item: LogItem, mls: Uint8Array, proved: readonly Member[], context: Context): Step => {
  // The relay has more of this device than it remembers: a newer copy of it joined this group, and spoke in it.
  const isOlder = state.link.is === "open" && state.link.told.n >= (state.outbox[0]?.n ?? state.n);
  if (isOlder && !state.mending) return beginMending(state, "set-back", context);
  const own = state.outbox[0]?.content;
  const mine = own?.is === "refound" && item.device === state.index;
  const members = membersAfter(state, item, proved);
  if (!members) return beginMending(state, "cannot-follow", context);
  const author = members.find((member) => member.index === item.device);
  const restored = !state.members.some((member) => member.index === item.device);
  const said = notice(state, { is: restored ? "restored" : "again", who: author?.mine ? "me" : "other", at: item.at, name: "" }, item.device);
  const settled = settleOutbox(
    mine ? { ...said, outbox: said.outbox.slice(1) } : { ...said, outbox: said.outbox.filter(({ content }) => content.is !== "refound") },
  );
  const ahead = state.scan !== null && state.scan.seq > item.seq;
  const shift = Math.max(state.shift, placeOf(state, state.seq) + 1 - item.seq);
  const next: State = {
    ...passed(settled, item),
    heads: [[item.seq, item.head]],
    // A relay that lost records may have lost numbers too, and who agrees with it goes on from there.
    counts: state.mending?.why === "taken-up" ? {} : state.counts,
    mls,
    members,
    epoch: item.epoch + 1,
    generation: state.link.is === "open" && state.mending ? (mine ? own.generation + 1 : state.link.told.generation) : state.generation + 1,
    mending: null,
    shift,
    // The archive there may be an old one.
    lastKept: placeOf({ shift }, item.seq),
    lastWord: state.mending ? null : state.lastWord,
    scan: null,
    ahead: null,
    live: null,
    lastResort: null,
    asked: { ...state.asked, package: false, packages: false },
    inbox: state.mending ? [] : state.inbox.slice(1),
    inboxSeq: state.mending ? item.seq : state.inboxSeq,
    inboxHead: state.mending ? item.head : state.inboxHead,
    link: state.link.is === "open" ? { ...state.link, sentN: 0 } : state.link,
    missedFrom: missedSince(state, item.at),
    skips: true,
    missedBy: [],
    // What I said since the other last agreed with me they may lack; what they lack besides, they ask for.
    sayAgain: state.mending ? Math.min(state.sayAgain ?? Infinity, state.common + 1) : state.sayAgain,
    unsaved: { ...settled.unsaved, dirty: true },
  };
  const met = waits(next, missedFirings(state, item, lineNow(state, context)));
  // The records after it were only looked at: they are asked for again, from here.
  if (!ahead) return [met, []];
  const now = lineNow(state, context);
  return [linkDown(met, { is: "down", since: now, retryAt: now + mendSoon, failures: 0 }), [{ do: "disconnect" }]];
};

/**
 * What vigils left before the group was made anew, in what was only looked at. After a relay that lost records it may be at any place; where a
 * kept thing has that place already, it is not kept.
 */
const missedFirings = (state: State, item: LogItem, since: Millis): readonly Waiting[] => {
  const isMissed = ({ seq }: LogItem): boolean => seq < item.seq && (seq > state.seq || state.mending?.why === "taken-up");
  const { relayKey } = state;
  const place = ({ seq }: LogItem): number | null => (seq > state.seq ? placeOf(state, seq) : null);
  if (!relayKey) return [];
  return (state.scan?.fired ?? []).filter(isMissed).flatMap((fired) => {
    const side = sideOfFired(fired.device);
    return side === undefined ? [] : waitingOf(relayKey, state.line, fired.body, ownerOf(state, side), place(fired), since);
  });
};

/** What was looked at only, and what was asked for and not answered before the group was made anew. */
export const missedSince = ({ mending, missedFrom, missedAsked }: Pick<State, "mending" | "missedFrom" | "missedAsked">, now: Millis): number | null => {
  const asked = missedAsked && now - missedAsked.at < askedFor ? missedAsked.after : Infinity;
  const from = Math.min(mending?.after ?? Infinity, missedFrom ?? Infinity, asked);
  return from === Infinity ? null : from;
};

/** Who is on the line: whom I knew, whom the group proves, and what the relay says of who left while I could not follow. */
const membersAfter = (state: State, item: LogItem, proved: readonly Member[]): readonly DeviceMember[] | undefined => {
  const told = state.mending && state.link.is === "open" ? state.link.told.members : [];
  const isMine = (member: Member): boolean => equalBytes(member.person, state.self.personKey);
  const known = [...state.members];
  for (const member of told)
    if (!known.some((one) => one.index === member.index))
      known.push({ ...member, mine: proved.some((one) => equalBytes(one.device, member.key) && isMine(one)) || member.mine });
  const strangers = proved.filter((member) => !known.some((one) => equalBytes(one.key, member.device)));
  const [stranger, ...more] = strangers;
  // Only a device that came back by the twelve words is new here, and it is the one that made the group anew.
  if (more.length > 0 || (stranger && (stranger.by !== null || known.some((one) => one.index === item.device)))) return undefined;
  const back = stranger ? [{ index: item.device, key: stranger.device, mine: isMine(stranger), revoked: false, since: item.at, newUntil: null }] : [];
  const restoredSide = back[0]?.mine;
  // The words shut every earlier device of that side out: a group that still has one is none to go on with.
  if (stranger && proved.some((member) => isMine(member) === restoredSide && !equalBytes(member.device, stranger.device))) return undefined;
  return [
    ...known.map((member) => {
      const left = told.find((one) => one.index === member.index)?.revoked === true || (restoredSide !== undefined && member.mine === restoredSide);
      return left && !member.revoked ? asRemoved(member, item.at) : member;
    }),
    ...back,
  ];
};

/**
 * What waits keeps its count, and goes out sealed anew. What the log has already under its bytes was only looked at here,
 * and cannot be opened by its own author: where it is to be kept it is said again. Counts that the relay took for
 * something else (an older copy of this device was put back) are not used: then whatever waits gets new ones.
 */
const settleOutbox = (state: State): State => {
  const told = state.link.is === "open" ? state.link.told.n : 0;
  const mine = state.scan?.mine ?? [];
  const isSent = ({ n, sealed }: OutboxItem): boolean => sealed !== null && mine.some((record) => record.n === n && equalBytes(record.body, sealed.body));
  const unsent = state.outbox.filter((item) => !isSent(item) && !(item.content.is === "entry" && item.content.said.kind === "stopped"));
  const again = state.outbox.filter(isSent).flatMap(({ n, content }): OutboxContent[] => {
    if (content.is !== "entry" || content.said.kind === "own" || !isKept(content.said)) return [];
    const { kind, body } = content.said;
    return [{ is: "entry", said: kind === "again" ? content.said : { kind: "again", body: { id: idOf(state, n), kind, body } } }];
  });
  const free = Math.max(told, state.n - 1) + 1;
  const renumbered = unsent.some((item) => item.n <= told);
  const waiting = unsent.map((item, i): OutboxItem =>
    renumbered ? { ...item, n: free + i, sealed: null, was: idOf(state, item.n) } : { ...item, sealed: null },
  );
  const next = renumbered ? free + waiting.length : Math.max(told + 1, state.n);
  const said = again.map((content, i): OutboxItem => ({ n: next + i, content, sealed: null }));
  return { ...state, outbox: [...withoutHoles(waiting, next), ...said], n: next + again.length };
};

/** The relay lets the first count after a refound skip, and no other (REF2): what will not be said leaves no hole behind one that will. */
const withoutHoles = (waiting: readonly OutboxItem[], next: number): readonly OutboxItem[] =>
  waiting.flatMap((item, i) => {
    const until = waiting[i + 1]?.n ?? next;
    const filled = Array.from({ length: until - item.n - 1 }, (_, hole): OutboxItem => ({
      n: item.n + 1 + hole,
      content: { is: "entry", said: nothing },
      sealed: null,
    }));
    return [item, ...filled];
  });

/**
 * The others' packages are asked for once the log was looked at and nobody's refound lets this device in. Making the group anew shows
 * that this device is in use: in a pause that nobody was told of it waits (BOUND4).
 */
export const wantsPackages = (state: State, now: Millis): boolean => {
  const { scan, link } = state;
  const scanned = state.mending !== null && link.is === "open" && scan?.done === true && scan.packages === null;
  const mayAsk = scanned && !state.asked.packages && link.holdUntil <= now && !isHushed(state, now);
  return mayAsk && !mendingWork(state) && !state.outbox.some(({ content }) => content.is === "refound");
};
