/**
 * Opens a private message (RFC 9420 section 6.3.2) step by step, so that each thing is checked before the next is done,
 * and the sender is known: ts-mls opens application messages in one go and does not say whose they are.
 */
import type { CiphersuiteImpl, ClientState, PrivateMessage, SecretTree } from "ts-mls";
import { verifyFramedContentSignature } from "ts-mls/framedContent.js";
import {
  decodePrivateMessageContent,
  decryptSenderData,
  encodePrivateContentAAD,
  encodePrivateMessageContent,
  toAuthenticatedContent,
  type PrivateMessageContent,
} from "ts-mls/privateMessage.js";
import { ratchetToGeneration } from "ts-mls/secretTree.js";
import { invariant } from "../base/exhaustive.ts";
import { decodeExactly } from "./guard.ts";
import { check, type Members } from "./rules.ts";
import { forwardLimit } from "./state.ts";

export interface Opened {
  readonly content: PrivateMessageContent;
  /** Leaf index of the sender: a member other than this device. */
  readonly sender: number;
  readonly secretTree: SecretTree;
  /** Keys that were used up: to overwrite once the new state is taken. */
  readonly consumed: readonly Uint8Array[];
}

export const open = async (message: PrivateMessage, state: ClientState, members: Members, suite: CiphersuiteImpl): Promise<Opened> => {
  const senderData = await decryptSenderData(message, state.keySchedule.senderDataSecret, suite);
  invariant(senderData !== undefined, "sender data of its length that does not decode");
  const { leafIndex, generation } = senderData;
  const leaf = leafIndex < members.length ? state.ratchetTree[leafIndex * 2] : undefined;
  check(leaf?.nodeType === "leaf", "sender outside the tree");
  check(leafIndex !== state.privatePath.leafIndex, "from this device itself");

  const node = state.secretTree[leafIndex * 2];
  const ratchet = message.contentType === "application" ? node?.application : node?.handshake;
  invariant(ratchet !== undefined, "a member without message keys");
  check(generation >= ratchet.generation, "seen before or out of order");
  check(generation - ratchet.generation <= forwardLimit, "too many messages missing");
  const keys = await ratchetToGeneration(state.secretTree, senderData, message.contentType, state.clientConfig.keyRetentionConfig, suite);

  const plain = await suite.hpke.decryptAead(keys.key, keys.nonce, encodePrivateContentAAD(message), message.ciphertext);
  const content = decodeExactly(
    decodePrivateMessageContent(message.contentType),
    encodePrivateMessageContent({ kind: "padUntilLength", padUntilLength: plain.length }),
    plain,
  );
  const authenticated = toAuthenticatedContent(content, message, leafIndex);
  check(
    await verifyFramedContentSignature(
      leaf.leaf.signaturePublicKey,
      "mls_private_message",
      authenticated.content,
      authenticated.auth,
      state.groupContext,
      suite.signature,
    ),
    "not signed by its sender",
  );
  return { content, sender: leafIndex, secretTree: keys.newTree, consumed: keys.consumed };
};
