/** What devices of mine tell each other (own.ts), as it comes, and what is to be told. */
import { equalBytes } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import type { Cbor } from "../protocol/cbor.ts";
import type { Context } from "./event.ts";
import { openOwn, readOwn, sealOwn, type OwnContent } from "./own.ts";
import { queue } from "./senses.ts";
import { chosenAt, withSetting, type Setting } from "./settings.ts";
import type { Note, Own, State } from "./state.ts";

const dirty = (state: State): State => ({ ...state, unsaved: { ...state.unsaved, dirty: true } });

/** By a device of mine, as the seal proved; what does not fit is passed over. */
export const hearOwn = (state: State, encoded: Cbor, author: Uint8Array, seq: number): State => {
  const body = readOwn(encoded);
  if (!body || body.is === "nothing") return state;
  if (body.is === "key") {
    const mine = body.boxes.find(({ device }) => equalBytes(device, state.selfKey));
    // A generation is the place of a change that is in the log: nobody makes a key that none can follow.
    if (!mine || body.gen > seq) return state;
    // Only a newer key: an older one may be known to a device that was removed since.
    return body.gen > Math.max(state.own?.gen ?? 0, state.boxed?.gen ?? 0) ? { ...state, boxed: { box: mine.box, gen: body.gen } } : state;
  }
  // Its key is on its way to this device: it is understood then.
  if (!state.own || body.gen > state.own.gen)
    return body.gen > seq ? state : { ...state, ownLater: [...state.ownLater, { body: body.body, gen: body.gen, author }].slice(-laterKept) };
  const content = openUnder(state.own, body, state.line);
  return content ? applyOwnContent(state, content, author) : state;
};

/** More than anyone chooses while a key is on its way. */
const laterKept = 64;
const beforeKept = 3;

const openUnder = (own: Own, { body, gen }: { readonly body: Uint8Array; readonly gen: number }, line: Uint8Array): OwnContent | undefined =>
  [own, ...(own.before ?? [])].flatMap((one) => (one.gen === gen ? (openOwn(body, one.key, line) ?? []) : []))[0];

/** Under a newer own key from here on; what came under it already is understood now. */
export const withKey = (state: State, { key, gen }: Pick<Own, "key" | "gen">): State => {
  const { own } = state;
  if (!own) return state;
  const before = own.gen === gen ? own.before : [{ key: own.key, gen: own.gen }, ...(own.before ?? [])].slice(0, beforeKept);
  return understood({ ...state, own: { ...own, key, gen, ...(before ? { before } : {}) } });
};

const understood = (state: State): State => {
  const { own } = state;
  if (!own || state.ownLater.length === 0) return state;
  const rest: State = { ...state, ownLater: state.ownLater.filter(({ gen }) => gen > own.gen) };
  return state.ownLater.reduce((next, later) => {
    const content = later.gen > own.gen ? undefined : openUnder(own, later, state.line);
    return content ? applyOwnContent(next, content, later.author) : next;
  }, rest);
};

const applyOwnContent = (state: State, content: OwnContent, author: Uint8Array): State => {
  if (!state.own) return state;
  switch (content.is) {
    case "device": {
      const devices = state.own.devices.filter((device) => !equalBytes(device.key, author));
      return { ...state, own: { ...state.own, devices: [...devices, { key: author, box: content.box, name: content.name }] } };
    }
    case "let":
    case "pause":
    case "end-at":
    case "keeping":
      return { ...state, settings: withSetting(state.settings, content) };
    case "note":
      return hearNote(state, content);
    case "compared":
      return state.stage.at === "together" ? { ...state, stage: { ...state.stage, compared: content.compared } } : state;
  }
};

/** Says something to my other devices; with one device alone there is nobody to tell. */
export const tellOwn = (state: State, content: OwnContent, context: Context): State => {
  if (!state.own || state.members.filter((member) => member.mine && !member.revoked).length < 2) return state;
  return queue(state, { kind: "own", body: sealOwn(content, state.own.key, state.own.gen, state.line, context.random) as unknown as Cbor });
};

/** The own key reached this device: what it is among my devices it now says itself. */
export const unboxed = (state: State, key: Secret | null, gen: number, context: Context): State => {
  const done = dirty({ ...state, boxed: null });
  if (!key) return done;
  if (state.own) return withKey(done, { key, gen });
  const met = understood({ ...done, own: { key, gen, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen } } });
  return state.box ? tellOwn(met, { is: "device", box: state.box.key, name: state.self.deviceName }, context) : met;
};

/** Counts here at once, and on my others when it reaches them. */
export const chooseSetting = (state: State, chosen: Setting, context: Context): State => {
  // Later than what it takes the place of, also where that was chosen while the line's clock ran ahead.
  const setting = { ...chosen, at: Math.max(chosen.at, chosenAt(state.settings, chosen) + 1) };
  return tellOwn(dirty(unarchived({ ...state, settings: withSetting(state.settings, setting) })), setting, context);
};

/** The archive is to be made anew, though nothing came that is kept: with one device nothing is said in the log either. */
export const unarchived = (state: State): State =>
  state.own ? { ...state, own: { ...state.own, archive: { ...state.own.archive, seq: Math.min(state.own.archive.seq, state.lastKept - 1) } } } : state;

type Told = { readonly [Field in keyof Note]?: Note[Field] | undefined };

const withNote = (state: State, id: string, { note, farewell, keeper, holder, secret }: Told): State => {
  const of = { note, farewell, keeper, holder, secret };
  const kept: Note = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
  const { [id]: _, ...others } = state.notes;
  return { ...state, notes: Object.keys(kept).length === 0 ? others : { ...others, [id]: kept } };
};

/** As a device of mine told it: the secret that it knows by its hash is here still. */
const hearNote = (state: State, told: Extract<OwnContent, { is: "note" }>): State => {
  const { keeper, secret } = state.notes[told.id] ?? {};
  const isSame = keeper !== undefined && told.keeper !== undefined && equalBytes(keeper, told.keeper);
  return withNote(state, told.id, { ...told, secret: isSame ? secret : undefined });
};

/** What others may be told of it. */
export const withoutSecret = (note: Note): Omit<Note, "secret"> => {
  const { secret: _, ...told } = note;
  return told;
};

/** What an envelope of mine holds: here, and on my others, so that any of them can arm it. */
export const keepNote = (state: State, id: string, note: Note, context: Context): State =>
  tellOwn(dirty(withNote(state, id, note)), { is: "note", id, ...withoutSecret(note) }, context);

/** Said to nobody: my others see for themselves that it is over. */
export const dropNote = (state: State, id: string): State => dirty(unarchived(withNote(state, id, {})));
