/**
 * Applies records of the log, in order, once: the seal has opened what others wrote; what I wrote I still have in the
 * outbox. Everything this changes is saved in one transaction (next.ts) before it counts.
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Received } from "../ports/sealer.ts";
import { encodeCbor } from "../protocol/cbor.ts";
import { decodeEntry, gossipLength, type Entry, type EntryBody } from "./entry.ts";
import type { Context, Effect, Step } from "./event.ts";
import { applyEntry, isKept, queue } from "./senses.ts";
import type { DeviceMember, LogItem, State } from "./state.ts";
import { lineNow } from "./time.ts";

/** How many recent heads are kept to compare with the other's. */
const headsKept = 128;

/** The seal is asked about everything but my own entries. */
export const needsSeal = (state: State, item: LogItem): boolean => item.kind === "change" || item.device !== state.index;

/** `results` are the seal's answers to the items it was asked about, in order. */
export const applyRecords = (state: State, items: readonly LogItem[], results: readonly Received[], context: Context): Step => {
  let next = state;
  const effects: Effect[] = [];
  let at = 0;
  for (const item of items) {
    const result = needsSeal(state, item) ? results[at++] : undefined;
    const [applied, told] = result ? applyForeign(next, item, result, context) : applyOwn(next, item, context);
    effects.push(...told);
    // What cannot be followed is not passed over: the log waits at this record for what will mend it.
    if (applied.fault === "cannot-follow" || applied.fault === "set-back")
      return [{ ...applied, inbox: [], unsaved: { ...applied.unsaved, dirty: true } }, effects];
    const heads = [...applied.heads, [item.seq, item.head.slice(0, gossipLength)] as const].slice(-headsKept);
    next = { ...applied, seq: item.seq, head: item.head, heads };
  }
  return [{ ...next, inbox: next.inbox.slice(items.length), unsaved: { ...next.unsaved, dirty: true } }, effects];
};

const applyOwn = (state: State, item: LogItem, context: Context): Step => {
  const waiting = state.outbox[0];
  const mine = waiting?.n === item.n && waiting.content.is === "entry" && waiting.sealed !== null && equalBytes(waiting.sealed.body, item.body);
  // Words under my name that I do not know: this device's memory is older than what it once said. It must not go on.
  if (!mine) return [{ ...state, fault: "set-back", trouble: { is: "set-back" } }, []];
  const sent = { ...state, outbox: state.outbox.slice(1) };
  return applySaid(sent, item, (waiting.content as { said: EntryBody }).said, "me", state.selfKey, context);
};

const applyForeign = (state: State, item: LogItem, result: Received, context: Context): Step => {
  const refuse = (): Step => [{ ...state, refused: state.refused + 1 }, []];
  switch (result.kind) {
    case "entry": {
      const author = state.members.find((member) => member.index === item.device);
      // The relay's stamp and the seal's proof must name the same device (BOUND2).
      // A relay that mixes them up could pass over what it likes: it is not refused in silence.
      if (!author || !equalBytes(author.key, result.from.device))
        return [{ ...state, refused: state.refused + 1, fault: "forked", trouble: { is: "forked" } }, []];
      const entry = decodeEntry(result.plain);
      if (!entry) return refuse();
      const told = compareHeads(state, item, entry);
      // Whose words they are the seal proves; the relay is not asked.
      const other = state.stage.at === "together" && equalBytes(result.from.person, state.stage.other);
      const [applied, effects] = applySaid(told, item, entry, other ? "other" : "me", author.key, context);
      return [applied, effects];
    }
    case "own-change":
      return applyOwnChange(state, item, result.epoch, context);
    case "change": {
      const members = addMembers(
        state.members,
        result.added.map((member) => ({ key: member.device, mine: equalBytes(member.person, result.from.person) === isMine(state, item.device) })),
      );
      return [
        {
          ...state,
          epoch: result.epoch,
          members: revoke(
            members,
            result.removed.map((member) => member.device),
          ),
          ahead: null,
        },
        [],
      ];
    }
    case "malformed":
      if (item.kind === "entry") return refuse();
      return [{ ...state, fault: "cannot-follow", trouble: { is: "cannot-follow" } }, []];
  }
};

const isMine = (state: State, index: number): boolean => state.members.find((member) => member.index === index)?.mine === true;

const addMembers = (members: readonly DeviceMember[], added: readonly { key: Uint8Array; mine: boolean }[]): readonly DeviceMember[] => {
  const fresh = added.filter(({ key }) => !members.some((member) => equalBytes(member.key, key)));
  return [...members, ...fresh.map(({ key, mine }, i) => ({ index: members.length + i, key, mine, revoked: false }))];
};

const revoke = (members: readonly DeviceMember[], keys: readonly Uint8Array[]): readonly DeviceMember[] =>
  members.map((member) => (keys.some((key) => equalBytes(key, member.key)) ? { ...member, revoked: true } : member));

/** My acceptance took effect: from here on there are two. */
const applyOwnChange = (state: State, item: LogItem, epoch: number, context: Context): Step => {
  const [waiting, ...outbox] = state.outbox;
  if (waiting?.n !== item.n || waiting.content.is !== "accept" || state.stage.at !== "inviting" || !state.stage.accepting) return [{ ...state, epoch }, []];
  const { person, device, name } = state.stage.accepting;
  const together = begin({ ...state, epoch, outbox, ahead: null, members: addMembers(state.members, [{ key: device, mine: false }]) }, person, name, context);
  return [{ ...together, happened: [...together.happened, { kind: "together", from: "me", at: lineNow(state, context), name }] }, []];
};

/** Both sides begin alike: the relay is pinned in the first entry, and each says how they are called. */
export const begin = (state: State, other: Uint8Array, otherName: string | undefined, context: Context): State => {
  const now = lineNow(state, context);
  const named = otherName === undefined ? state.senses : { ...state.senses, name: { ...state.senses.name, other: { name: otherName, at: 0 } } };
  const together: State = { ...state, senses: named, stage: { at: "together", other, since: now, words: null, compared: false, latecomerAt: null } };
  return queue(queue(together, { kind: "bond", body: { relay: state.relay.hash } }), { kind: "name", body: { name: state.self.name, at: now } });
};

/** CHAIN2: at the same place both must have the same head. */
const compareHeads = (state: State, item: LogItem, entry: Entry): State => {
  const mine = state.heads.find(([seq]) => seq === entry.seq)?.[1];
  const differs = mine !== undefined && !equalBytes(mine.slice(0, gossipLength), entry.head);
  const impossible = entry.seq >= item.seq;
  return differs || impossible ? { ...state, fault: "forked", trouble: { is: "forked" } } : state;
};

const applySaid = (state: State, item: LogItem, said: EntryBody, from: "me" | "other", author: Uint8Array, context: Context): Step => {
  if (said.kind === "bond") {
    // It is a device's first word (after the acceptance, where it accepted); later it would only be a way to stop the other.
    if (item.n > 2) return [{ ...state, refused: state.refused + 1 }, []];
    const pinned = typeof said.body === "object" && said.body !== null && "relay" in said.body ? said.body.relay : undefined;
    const same = pinned instanceof Uint8Array && equalBytes(pinned, state.relay.hash);
    return [same ? state : { ...state, fault: "forked", trouble: { is: "wrong-relay" } }, []];
  }
  const id = `${item.device}-${item.n}`;
  const applied = applyEntry(state, said, from, toHex(author), id, context);
  if (!applied) return [{ ...state, refused: state.refused + 1 }, []];
  if (!isKept(said)) return applied;
  const kept = encodeCbor({ id, seq: item.seq, from, kind: said.kind, at: writtenAt(said, lineNow(state, context)), body: said.body });
  const put = [...applied[0].unsaved.put, [keptKey(item.seq), kept] as const];
  return [{ ...applied[0], unsaved: { ...applied[0].unsaved, put, dirty: true } }, applied[1]];
};

/** When its author says it was written; never later than now, and null where that is no time. */
const writtenAt = ({ body }: EntryBody, now: Millis): Millis | null => {
  const at = typeof body === "object" && body !== null && "at" in body ? body.at : undefined;
  return typeof at === "number" && Number.isSafeInteger(at) && at >= 0 ? Math.min(at, now) : null;
};

/** Sorts as the log does. */
export const keptKey = (seq: number): string => `kept/${seq.toString().padStart(10, "0")}`;
