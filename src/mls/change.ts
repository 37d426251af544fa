/**
 * Taking in a change of membership made by another device (a commit, RFC 9420 section 12.4).
 */
import { processPrivateMessage, emptyPskIndex, type CiphersuiteImpl, type ClientState, type Commit, type PrivateMessage, type RatchetTree } from "ts-mls";
import { addLeafNode, removeLeafNode } from "ts-mls/ratchetTree.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { equalBytes } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Member } from "../ports/sealer.ts";
import { authenticationBy, type MemberReader } from "./credential.ts";
import { checkKeyPackage, checkLeaf, checkPath, checkTree, checkUsable } from "./guard.ts";
import { open } from "./open.ts";
import { check, checkChange, checkOutcome, devicesPerPerson, type Change, type Members, type Persons } from "./rules.ts";
import { enterEpoch, type Group } from "./state.ts";

export interface Applied extends Change {
  readonly group: Group;
  readonly members: Members;
  readonly from: Member;
}

/** Throws inside `guarded`; the state given stays good either way. */
export const applyChange = async (
  message: PrivateMessage,
  state: ClientState,
  members: Members,
  read: MemberReader,
  persons: Persons,
  suite: CiphersuiteImpl,
): Promise<Applied> => {
  const { content, sender } = await open(message, state, members, suite);
  invariant(content.contentType === "commit", "a commit message with other content");
  const from = members[sender];
  invariant(from !== undefined, "an opened message without a sender");
  const { commit } = content;
  const change = await readCommit(commit, sender, state, members, read, suite);
  checkChange(from, change, members, persons);
  // Without new keys of its author a removed device would know the next epoch's.
  check(change.removed.length === 0 || commit.path !== undefined, "removes without a path");
  const own = members[state.privatePath.leafIndex];
  if (own !== undefined && change.removed.includes(own)) {
    const left = leave(commit, state, read, persons);
    checkOutcome(members, change, left.members);
    return { ...left, ...change, from };
  }

  const clientConfig = { ...state.clientConfig, authService: authenticationBy(read) };
  const result = await processPrivateMessage({ ...state, clientConfig }, message, emptyPskIndex, suite);
  invariant(result.kind === "newState" && result.actionTaken === "accept", "a commit that makes no new epoch");

  const after = checkTree(result.newState.ratchetTree, read, persons);
  invariant(result.newState.groupContext.epoch === state.groupContext.epoch + 1n, "a commit that does not make the next epoch");
  checkOutcome(members, change, after);
  await checkPath(result.newState, state, suite);
  return { ...change, group: enterEpoch(result.newState), members: after, from };
};

/** What a commit does, when it holds nothing but adds and removes of its own (proposals by value) and a sound path. */
const readCommit = async (
  commit: Commit,
  committer: number,
  state: ClientState,
  members: Members,
  read: MemberReader,
  suite: CiphersuiteImpl,
): Promise<Change> => {
  check(commit.proposals.length <= 2 * devicesPerPerson, "too many proposals");
  const added: Member[] = [];
  const removed: Member[] = [];
  for (const item of commit.proposals) {
    check(item.proposalOrRefType === "proposal", "proposal by reference");
    const { proposal } = item;
    if (proposal.proposalType === "add" && "add" in proposal) {
      added.push(await checkKeyPackage(proposal.add.keyPackage, read, suite));
    } else if (proposal.proposalType === "remove" && "remove" in proposal) {
      const index = proposal.remove.removed;
      const member = index < members.length ? members[index] : undefined;
      check(member !== undefined, "removes a leaf outside the tree");
      removed.push(member);
    } else {
      check(false, "other kind of proposal");
    }
  }
  if (commit.path !== undefined) {
    const { leafNode, nodes } = commit.path;
    const before = state.ratchetTree[committer * 2];
    invariant(before?.nodeType === "leaf", "an opened message without a sender");
    checkLeaf(leafNode, read);
    check(equalBytes(leafNode.signaturePublicKey, before.leaf.signaturePublicKey), "author becomes another device");
    const [now, was] = [leafNode.credential, before.leaf.credential];
    check("identity" in now && "identity" in was && equalBytes(now.identity, was.identity), "author changes its certificate");
    check(nodes.length <= 8, "path of another length");
    for (const key of [leafNode.hpkePublicKey, ...nodes.map((node) => node.hpkePublicKey)]) await checkUsable(key, suite);
  }
  return { added, removed };
};

/**
 * This device was removed. It cannot know the new epoch's secrets, and keeps none of the old. Done without the library,
 * which takes a device whose leaf another one gets in the same commit for one that stays. The tree lacks the author's
 * new keys, which are of no use to it.
 */
const leave = (commit: Commit, state: ClientState, read: MemberReader, persons: Persons): { group: Group; members: Members } => {
  const none = new Uint8Array();
  const keySchedule = {
    initSecret: none,
    senderDataSecret: none,
    exporterSecret: none,
    externalSecret: none,
    confirmationKey: none,
    membershipKey: none,
    resumptionPsk: none,
    epochAuthenticator: none,
  };
  const group = enterEpoch({
    ...state,
    ratchetTree: treeAfter(commit, state.ratchetTree),
    groupActiveState: { kind: "removedFromGroup" },
    keySchedule,
    secretTree: [],
    privatePath: { ...state.privatePath, privateKeys: {} },
    groupContext: { ...state.groupContext, epoch: state.groupContext.epoch + 1n },
  });
  return { group, members: checkTree(group.state.ratchetTree, read, persons) };
};

/** Removes first, then adds, as in RFC 9420 section 12.3. */
const treeAfter = ({ proposals }: Commit, before: RatchetTree): RatchetTree => {
  let tree = before;
  const all = proposals.flatMap((item) => (item.proposalOrRefType === "proposal" ? [item.proposal] : []));
  for (const proposal of all) if ("remove" in proposal) tree = removeLeafNode(tree, toLeafIndex(proposal.remove.removed));
  for (const proposal of all) if ("add" in proposal) [tree] = addLeafNode(tree, proposal.add.keyPackage.leafNode);
  return tree;
};
