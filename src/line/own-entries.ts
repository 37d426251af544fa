/** What devices of mine tell each other (own.ts), as it comes, and what is to be told. */
import { equalBytes } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import type { Cbor } from "../protocol/cbor.ts";
import type { Context } from "./event.ts";
import { openOwn, readOwn, sealOwn, type OwnContent } from "./own.ts";
import { queue } from "./senses.ts";
import type { State } from "./state.ts";

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
  if (!state.own || body.gen > state.own.gen) return state;
  const content = openOwn(body.body, state.own.key, state.line);
  return content ? applyOwnContent(state, content, author) : state;
};

const applyOwnContent = (state: State, content: OwnContent, author: Uint8Array): State => {
  if (!state.own) return state;
  switch (content.is) {
    case "device": {
      const devices = state.own.devices.filter((device) => !equalBytes(device.key, author));
      return { ...state, own: { ...state.own, devices: [...devices, { key: author, box: content.box, name: content.name }] } };
    }
    case "vouched":
      return { ...state, members: state.members.map((member) => (member.mine && member.index === content.device ? { ...member, newUntil: null } : member)) };
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
  if (state.own) return { ...done, own: { ...state.own, key, gen } };
  const met = { ...done, own: { key, gen, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen } } };
  return state.box ? tellOwn(met, { is: "device", box: state.box.key, name: state.self.deviceName }, context) : met;
};
