/** Every frame that a device can send, well formed and well signed for one socket. A new frame does not compile until it is here. */
import { certifyEnd } from "../protocol/certificate.ts";
import { refoundNumber } from "../protocol/chain.ts";
import type { DeviceFrameName, FrameOf } from "../protocol/frames.ts";
import { sha256, sign } from "../protocol/keys.ts";
import { createTranscript, knockTranscript, openTranscript, reclaimTranscript, recoverTranscript, verifierTranscript } from "../protocol/transcripts.ts";
import { blobOf, body, capabilityOf, changeOf, keyOf, seedOf } from "../relay/core/test-kit.ts";

type Challenge = { readonly nonce: Uint8Array; readonly relay: Uint8Array };

/** By device `who` of a line whose ticket is this, at epoch 1; `words` is whose seed the twelve words of its side gave. */
export const everyFrame = (
  challenge: Challenge,
  { line, ticket, who, words }: { readonly line: Uint8Array; readonly ticket: Uint8Array; readonly who: string; readonly words: string },
): { readonly [Name in DeviceFrameName]: FrameOf<Name> } => {
  const key = keyOf(who);
  const create = { line, key, ticketHash: sha256(ticket), recovery: keyOf(`${who} other words`), token: "" };
  const open = { line, key, nonce: new Uint8Array(32).fill(4), cursor: 0 };
  const knock = { line, key: keyOf(`${who} anew`), ticket, body: new Uint8Array(8192).fill(5) };
  const reclaim = { key: keyOf(`${who} anew`), generation: 0, epoch: 1, welcome: body(7) };
  const change = changeOf({ n: 1, epoch: 1, enrol: [keyOf(`${who} anew`)], welcome: body(4) });
  const vigil = new Uint8Array(16).fill(6);
  const due = 4_000_000_000_000;
  const rungs: FrameOf<"arm">["rungs"] = [
    { kind: "late", due: due + 2000, body: body(1) },
    { kind: "envelope", due: due + 3000, body: body(2) },
  ];
  const turn = { opens: null, keeper: null, rungs };
  return {
    create: { type: "create", ...create, signature: sign(seedOf(who), "beside/create/1", createTranscript(challenge, create)) },
    open: { type: "open", ...open, signature: sign(seedOf(who), "beside/open/1", openTranscript(challenge, open)) },
    append: { type: "append", n: 1, epoch: 1, body: body(1) },
    change: { type: "change", ...change },
    accept: { type: "accept", ticket, knock: 1, ...change },
    live: { type: "live", body: body(1, 200) },
    cursor: { type: "cursor", seq: 1 },
    knock: { type: "knock", ...knock, signature: sign(seedOf(`${who} anew`), "beside/knock/1", knockTranscript(challenge, knock)) },
    end: { type: "end", certificate: certifyEnd(line, seedOf(`${who} person`)) },
    ping: { type: "ping" },
    offer: { type: "offer", hash: sha256(ticket) },
    answer: { type: "answer", knock: 1, body: new Uint8Array(100) },
    package: { type: "package", body: new Uint8Array(100) },
    packages: { type: "packages" },
    refound: { type: "refound", n: refoundNumber(1), generation: 0, epoch: 1, welcome: body(9) },
    recover: { type: "recover", key: keyOf(words), signature: sign(seedOf(words), "beside/recover/1", recoverTranscript(challenge, { key: keyOf(words) })) },
    reclaim: {
      type: "reclaim",
      ...reclaim,
      signature: sign(seedOf(`${who} anew`), "beside/reclaim/1", reclaimTranscript(challenge, line, reclaim)),
    },
    verifier: {
      type: "verifier",
      key: keyOf(`${who} new words`),
      proof: sign(seedOf(words), "beside/verifier/1", verifierTranscript(challenge, line, keyOf(`${who} new words`))),
    },
    keep: { type: "keep", note: new Uint8Array(10), ids: [blobOf(1)] },
    archive: { type: "archive" },
    put: { type: "put", id: blobOf(2), check: sha256(capabilityOf(2)), total: 1, index: 0, body: body(2, 1024) },
    get: { type: "get", id: blobOf(1), capability: capabilityOf(1), index: 0 },
    drop: { type: "drop", id: blobOf(1), capability: capabilityOf(1) },
    ask: { type: "ask", id: blobOf(1) },
    vouch: { type: "vouch", device: 1 },
    arm: { type: "arm", ask: 1, vigil, due, ...turn },
    renew: { type: "renew", ask: 2, vigil, turn: 1, due, next: due + 1000, ...turn },
    refresh: { type: "refresh", ask: 3, vigil, turn: 1, due, rung: 1, body: body(3) },
    lift: { type: "lift", ask: 4, vigil, turn: 1, due },
    check: { type: "check" },
    show: { type: "show", ask: 5, receipt: new Uint8Array(200) },
  };
};
