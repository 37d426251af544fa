/**
 * What a member with real MLS keys makes, down to the bytes: entries, changes, welcomes and key packages that an honest
 * device never would. Real MLS opens most of them (they are encrypted and signed as they should be); the seal's own rules
 * refuse them.
 */
import {
  createCommit,
  createProposal,
  decodeMlsMessage,
  encodeMlsMessage,
  joinGroupExternal,
  type ClientState,
  type Node,
  type Proposal,
  type RatchetTree,
} from "ts-mls";
import { createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js";
import { encryptSenderData } from "ts-mls/privateMessage.js";
import { encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { concat, toHex, u32, utf8 } from "../src/base/bytes.ts";
import { certifyDevice } from "../src/protocol/certificate.ts";
import { publicKey } from "../src/protocol/keys.ts";
import { unframe } from "../src/mls/padding.ts";
import { forwardLimit } from "../src/mls/state.ts";
import {
  adding,
  ann as ada,
  ben,
  commitAs,
  encoded,
  entryAs,
  entryContent,
  eve,
  framed,
  identity,
  line,
  packageOf,
  proposing,
  protectRaw,
  receive,
  removing,
  seal,
  suite,
  today,
  validCommit,
  welcomeWith,
  type PackageChanges,
} from "../src/mls/hostile.testing.ts";
import type { Case } from "./cases.ts";
import type { Group } from "./group.ts";
import type { Waiting } from "./waiting.ts";

export interface SealCase<Given> extends Omit<Case<Given>, "make" | "expect"> {
  readonly make: (given: Given) => Promise<Uint8Array>;
  /** How the refusal's reason begins: the case must be refused for what it is about. */
  readonly reason: string;
  /** The authenticated data under which it is received, where not the usual. */
  readonly under?: Uint8Array;
}

const day = 86_400_000;
const extension = { extensionType: 0xff00, extensionData: new Uint8Array() };
/** ML-KEM coefficients over its modulus: nobody can encrypt to it. */
const unusable = new Uint8Array(1216).fill(255);
const capable = { versions: ["mls10" as const], ciphersuites: [suite.name], extensions: [], proposals: [], credentials: ["basic" as const] };

const leafOf = (tree: RatchetTree, leaf: number): Node & { readonly nodeType: "leaf" } => {
  const node = tree[leaf * 2];
  if (node?.nodeType !== "leaf") throw new Error("no such leaf");
  return node;
};

const bensLaptop = async (changes: PackageChanges = {}): Promise<Proposal> => adding((await packageOf(ben, "ben's laptop", changes)).keyPackage);

const change = (name: string, rule: string, reason: string, make: (state: ClientState, group: Group) => Promise<Uint8Array>): SealCase<Group> => ({
  name,
  rule,
  reason,
  make: (group) => make(group.state(), group),
});

/** One proposal, in a commit that is well signed and no more: refused before anybody looks at what follows from it. */
const proposal = (name: string, rule: string, reason: string, ...proposals: readonly (Proposal | (() => Promise<Proposal>))[]): SealCase<Group> =>
  change(name, rule, reason, async (state) =>
    proposing(state, ...(await Promise.all(proposals.map(async (one) => (typeof one === "function" ? one() : one))))),
  );

/** A commit that is right in every way MLS knows. */
const valid = (name: string, rule: string, reason: string, ...proposals: readonly (Proposal | (() => Promise<Proposal>))[]): SealCase<Group> =>
  change(
    name,
    rule,
    reason,
    async (state) => (await validCommit(state, await Promise.all(proposals.map(async (one) => (typeof one === "function" ? one() : one))))).body,
  );

const path = (
  name: string,
  rule: string,
  reason: string,
  leaf: object,
  nodes: (
    state: ClientState,
  ) => readonly { hpkePublicKey: Uint8Array; encryptedPathSecret: readonly { kemOutput: Uint8Array; ciphertext: Uint8Array }[] }[] = () => [],
): SealCase<Group> =>
  change(name, rule, reason, async (state) => {
    const leafNode = { ...leafOf(state.ratchetTree, state.privatePath.leafIndex).leaf, leafNodeSource: "commit", parentHash: new Uint8Array(), ...leaf };
    return commitAs(state, { proposals: [], path: { leafNode: leafNode as never, nodes: nodes(state) as never } });
  });
const keysOnly = (...keys: readonly Uint8Array[]) => keys.map((hpkePublicKey) => ({ hpkePublicKey, encryptedPathSecret: [] }));

const preSharedKeyId = { psktype: "external", pskId: utf8("key"), pskNonce: new Uint8Array(64) } as const;

export const changeCases: readonly SealCase<Group>[] = [
  valid("a change that removes Ada's laptop", "DEV2", "removes a device of the other person", removing(2)),
  proposal("a change that removes Ada's phone", "DEV2", "removes a device of the other person", removing(0)),
  proposal("a change that removes both of Ada's devices", "DEV2", "removes a device of the other person", removing(0), removing(2)),
  proposal("a change that removes its own author", "SEAL5", "removes its own author", removing(1)),
  proposal("a change that removes a leaf outside the tree", "SEAL5", "removes a leaf outside the tree", removing(4)),
  proposal("a change that removes leaf 4294967295", "SEAL5", "removes a leaf outside the tree", removing(2 ** 32 - 1)),
  proposal("a change that removes one leaf twice", "SEAL11", "", removing(3), removing(3)),
  proposal("a change with nine removes", "SEAL11", "too many proposals", ...Array.from({ length: 9 }, () => removing(3))),
  valid("a change that lets in a third person", "PAIR1", "adds a device of the other person", async () =>
    adding((await packageOf(eve, "eve's phone")).keyPackage),
  ),
  valid("a change that lets in a device of Ada's", "DEV2", "adds a device of the other person", async () =>
    adding((await packageOf(ada, "ada's old phone")).keyPackage),
  ),
  valid(
    "a change that lets in a fifth device",
    "SEAL14",
    "too many devices",
    ...["one", "two", "three"].map((name) => async () => adding((await packageOf(ben, name)).keyPackage)),
  ),
  proposal("a change that lets in a device that is there", "SEAL14", "one device twice", async () => adding((await packageOf(ben, "ben's tablet")).keyPackage)),
  proposal("a change that lets in one device twice", "SEAL14", "one device twice", bensLaptop, bensLaptop),
  change("a change that lets in a device with Ada's encryption key", "SEAL15", "one encryption key twice", async (state) => {
    const hpkePublicKey = leafOf(state.ratchetTree, 0).leaf.hpkePublicKey;
    return (await validCommit(state, [await bensLaptop({ leaf: { hpkePublicKey } })])).body;
  }),
  proposal("a change that lets in a device nobody can encrypt to", "SEAL15", "encryption key that cannot be used", () =>
    bensLaptop({ leaf: { hpkePublicKey: unusable } }),
  ),
  proposal("a change that lets in a device nobody can welcome", "SEAL15", "encryption key that cannot be used", () =>
    bensLaptop({ tbs: { initKey: unusable } }),
  ),
  proposal("a change that lets in a device with a key of another suite", "SEAL15", "encryption key of another length", () =>
    bensLaptop({ leaf: { hpkePublicKey: new Uint8Array(32) } }),
  ),
  proposal("a change that lets in a device that did not sign", "SEAL13", "leaf not signed by its device", () =>
    bensLaptop({ leafSignature: new Uint8Array(64) }),
  ),
  proposal("a change that lets in a package that nobody signed", "SEAL13", "key package not signed by its device", () =>
    bensLaptop({ signature: new Uint8Array(64) }),
  ),
  proposal("a change that lets in a leaf with extensions", "SEAL13", "leaf extensions", () => bensLaptop({ leaf: { extensions: [extension] } })),
  proposal("a change that lets in a package with extensions", "SEAL13", "key package extensions", () => bensLaptop({ tbs: { extensions: [extension] } })),
  proposal("a change that lets in a device of another line", "PAIR1", "no certificate of this line for its key", () =>
    bensLaptop({
      leaf: { credential: { credentialType: "basic", identity: certifyDevice(new Uint8Array(16), ben, publicKey(identity(ben, "ben's laptop").deviceSeed)) } },
    }),
  ),
  proposal("a change that lets in a device without a certificate", "PAIR4", "no certificate of this line for its key", () =>
    bensLaptop({ leaf: { credential: { credentialType: "basic", identity: new Uint8Array() } } }),
  ),
  change("a change of nothing", "SEAL11", "mls:", (state) => commitAs(state, { proposals: [], path: undefined })),
  change("a change by reference", "SEAL11", "proposal by reference", (state) =>
    commitAs(state, { proposals: [{ proposalOrRefType: "reference", reference: new Uint8Array(64) }], path: undefined }),
  ),
  proposal("a pre-shared key", "SEAL11", "other kind of proposal", { proposalType: "psk", psk: { preSharedKeyId } }),
  valid("a group that begins anew elsewhere", "SEAL11", "other kind of proposal", {
    proposalType: "reinit",
    reinit: { groupId: line, version: "mls10", cipherSuite: suite.name, extensions: [] },
  }),
  proposal("an external init", "SEAL11", "other kind of proposal", { proposalType: "external_init", externalInit: { kemOutput: new Uint8Array(1120) } }),
  valid("extensions of the group", "SEAL11", "other kind of proposal", {
    proposalType: "group_context_extensions",
    groupContextExtensions: { extensions: [extension] },
  }),
  change("an update of its own leaf as a proposal", "SEAL11", "other kind of proposal", (state) =>
    proposing(state, { proposalType: "update", update: { leafNode: { ...leafOf(state.ratchetTree, 1).leaf, leafNodeSource: "update" } as never } }),
  ),
  valid("a proposal of a kind nobody knows", "SEAL11", "other kind of proposal", { proposalType: 0x0a0a, proposalData: utf8("new") }),
  change("a proposal on its own", "SEAL3", "other content type", async (state) =>
    framed(encoded((await createProposal(state, false, await bensLaptop(), suite)).message)),
  ),
  change("a join from outside", "SEAL11", "not a private message", async (state) => {
    const info = await createGroupInfoWithExternalPubAndRatchetTree(state, [], suite);
    const { keyPackage, keys } = await packageOf(ben, "ben's laptop");
    const { publicMessage } = await joinGroupExternal(info, keyPackage, keys, false, suite, undefined, state.clientConfig);
    return framed(encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage }));
  }),
  change("a change in the open", "SEAL3", "not a private message", async (state) => (await validCommit(state, [], { wireAsPublicMessage: true })).body),
  change(
    "a change with authenticated data",
    "SEAL4",
    "other authenticated data",
    async (state) => (await validCommit(state, [], { authenticatedData: utf8("x") })).body,
  ),
  change("an entry as a change", "SEAL4", "other content type", async (_state, group) => framed(await seal(group.ben))),
  change("a change as Ada's phone", "BOUND2", "", async (state) => commitAs(state, { proposals: [], path: undefined }, { leaf: 0 })),
  change("a change as Ada's laptop", "BOUND2", "not signed by its sender", async (state) => commitAs(state, { proposals: [], path: undefined }, { leaf: 2 })),
  change("a change as a leaf outside the tree", "SEAL5", "sender outside the tree", (state) =>
    commitAs(state, { proposals: [], path: undefined }, { leaf: 9, generation: 0 }),
  ),
  change("a change of an earlier epoch", "SEAL8", "other epoch", (state) => commitAs(state, { proposals: [], path: undefined }, { epoch: 0n })),
  change("a change of an epoch to come", "SEAL8", "other epoch", (state) => commitAs(state, { proposals: [], path: undefined }, { epoch: 2n ** 63n })),
  change("a change of another group", "SEAL4", "other group", (state) => commitAs(state, { proposals: [], path: undefined }, { groupId: new Uint8Array(16) })),
  change("a change further ahead than may be missing", "SEAL9", "too many messages missing", (state) =>
    commitAs(state, { proposals: [], path: undefined }, { generation: forwardLimit + 9 }),
  ),
  change("a change with a wrong confirmation", "SEAL11", "mls:", async (state) => proposing(state, await bensLaptop())),
  change("a change cut short", "SEAL7", "not in its frame", async (state) => (await validCommit(state, [])).body.subarray(0, -1)),
  change("a change in a bucket too large", "SEAL7", "not in its frame", async (state) => {
    const { body } = await validCommit(state, []);
    return concat(body, new Uint8Array(65_536 - body.length));
  }),
  change("a change whose frame claims four thousand million bytes", "SEAL7", "not in its frame", async (state) =>
    concat(u32(0xffff_ffff), (await validCommit(state, [])).body.subarray(4)),
  ),
  change("a change with padding that says something", "SEAL7", "not in its frame", async (state) => (await validCommit(state, [])).body.with(-1, 1)),
  change("a change with bytes after the message", "SEAL2", "not in its one encoding", async (state) => {
    const { body } = await validCommit(state, []);
    return concat(u32(new DataView(body.buffer, body.byteOffset).getUint32(0) + 1), body.subarray(4));
  }),
  change("a change with content of noise", "SEAL2", "", async (state) => framed(await protectRaw(state, "commit", new Uint8Array(300).fill(0xaa)))),
  change("a change with content that claims 2^30 proposals", "SEAL2", "", async (state) =>
    framed(await protectRaw(state, "commit", concat(new Uint8Array([0xbf, 0xff, 0xff, 0xff]), new Uint8Array(80)))),
  ),
  change("a change with no content", "SEAL2", "mls: CodecError", async (state) => framed(await protectRaw(state, "commit", new Uint8Array()))),
  change("a welcome as a change", "SEAL3", "not a private message", async (state) => (await validCommit(state, [await bensLaptop()])).welcome as Uint8Array),

  path("an author who becomes Ben's other device", "BOUND2", "author becomes another device", {
    credential: { credentialType: "basic", identity: identity(ben, "ben's laptop").certificate },
    signaturePublicKey: publicKey(identity(ben, "ben's laptop").deviceSeed),
  }),
  path("an author with a certificate by a third person", "BOUND2", "author changes its certificate", {
    credential: { credentialType: "basic", identity: certifyDevice(line, eve, publicKey(identity(ben, "ben's phone").deviceSeed)) },
  }),
  path("an author with a certificate of another kind", "PAIR4", "no certificate of this line for its key", {
    credential: { credentialType: "x509", certificates: [new Uint8Array(3)] },
  }),
  path("an author with a noisy certificate", "PAIR4", "no certificate of this line for its key", {
    credential: { credentialType: "basic", identity: new Uint8Array(140).fill(3) },
  }),
  path("an author's leaf with extensions", "SEAL13", "leaf extensions", { extensions: [extension] }),
  path("an author's leaf that can do nothing", "SEAL13", "cannot do what the group needs", { capabilities: { ...capable, ciphersuites: [] } }),
  path("an author's key that nobody can encrypt to", "SEAL15", "encryption key that cannot be used", { hpkePublicKey: unusable }),
  path("an author's key of another length", "SEAL15", "encryption key of another length", { hpkePublicKey: new Uint8Array(1217) }),
  path("a path that is too short", "SEAL11", "mls:", {}),
  path("a path that is too long", "SEAL11", "mls:", {}, (state) =>
    keysOnly(...Array.from({ length: 7 }, () => leafOf(state.ratchetTree, 0).leaf.hpkePublicKey)),
  ),
  path("a path longer than any tree", "SEAL11", "path of another length", {}, () => keysOnly(...Array.from({ length: 9 }, () => new Uint8Array(1216)))),
  path("a path with a key that nobody can encrypt to", "SEAL15", "encryption key that cannot be used", {}, (state) =>
    keysOnly(leafOf(state.ratchetTree, 0).leaf.hpkePublicKey, unusable),
  ),
  path("a path with a key of another length", "SEAL15", "encryption key of another length", {}, () => keysOnly(new Uint8Array())),
  path("a path with Ada's key in it twice", "SEAL15", "mls:", {}, (state) =>
    keysOnly(leafOf(state.ratchetTree, 0).leaf.hpkePublicKey, leafOf(state.ratchetTree, 0).leaf.hpkePublicKey),
  ),
  path("a path of garbage", "SEAL15", "mls:", {}, (state) => {
    const garbage = { kemOutput: new Uint8Array(1120).fill(1), ciphertext: new Uint8Array(80).fill(2) };
    return [0, 2].map((leaf) => ({ hpkePublicKey: leafOf(state.ratchetTree, leaf).leaf.hpkePublicKey, encryptedPathSecret: [garbage, garbage] }));
  }),
  path("a path with 200 secrets for one node", "SEAL15", "mls:", {}, (state) => {
    const garbage = { kemOutput: new Uint8Array(4), ciphertext: new Uint8Array(4) };
    return keysOnly(leafOf(state.ratchetTree, 0).leaf.hpkePublicKey).map((node) => ({
      ...node,
      encryptedPathSecret: Array.from({ length: 200 }, () => garbage),
    }));
  }),
];

/**
 * Poison: a change that everybody can follow but the device whose encryption key is at `leaf`, for whom the new secret is
 * noise. No check tells before it is tried, and those who can follow do.
 */
export const poisonFor = async (state: ClientState, leaf: number): Promise<Uint8Array> => {
  const closed = toHex(leafOf(state.ratchetTree, leaf).leaf.hpkePublicKey);
  const { hpke } = suite;
  const cipherSuite: typeof suite = {
    ...suite,
    hpke: {
      ...hpke,
      seal: async (key, ...rest) => {
        const sealed = await hpke.seal(key, ...rest);
        return toHex(await hpke.exportPublicKey(key)) === closed ? { enc: sealed.enc, ct: sealed.ct.map((byte) => byte ^ 1) } : sealed;
      },
    },
  };
  const { commit } = await createCommit({ state, cipherSuite }, { extraProposals: [], ratchetTreeExtension: true });
  return framed(encodeMlsMessage(commit));
};

const entry = (
  name: string,
  rule: string,
  reason: string,
  make: (state: ClientState, group: Group) => Promise<Uint8Array>,
  under?: Uint8Array,
): SealCase<Group> => ({
  name,
  rule,
  reason,
  make: (group) => make(group.state(), group),
  ...(under && { under }),
});

/** An entry whose sender data names the last generation there can be. No ratchet goes so far: its key is another one's. */
const lastGeneration = async (state: ClientState): Promise<Uint8Array> => {
  const message = decodeMlsMessage(await entryAs(state, "x"), 0)?.[0];
  if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
  const { privateMessage } = message;
  const reuseGuard = new Uint8Array(4) as Uint8Array & { length: 4 };
  const encryptedSenderData = await encryptSenderData(
    state.keySchedule.senderDataSecret,
    { leafIndex: 1, generation: 2 ** 32 - 1, reuseGuard },
    { groupId: privateMessage.groupId, epoch: privateMessage.epoch, contentType: privateMessage.contentType },
    privateMessage.ciphertext,
    suite,
  );
  return encodeMlsMessage({ ...message, privateMessage: { ...privateMessage, encryptedSenderData } });
};

/** Outside the tree there is no ratchet: the key is leaf 0's, at a generation that is still to come. */
const outside = ({ secretTree }: ClientState, leaf: number) => ({ leaf, generation: secretTree[0]?.application.generation ?? 0 });

export const sealedEntryCases: readonly SealCase<Group>[] = [
  entry("an entry as Ada's laptop", "BOUND2", "not signed by its sender", (state) => entryAs(state, "I, ada", { leaf: 2 })),
  entry("an entry as Ada's own phone", "BOUND2", "from this device itself", (state) => entryAs(state, "I, ada", { leaf: 0 })),
  entry("an entry as Ben's tablet", "BOUND2", "not signed by its sender", (state) => entryAs(state, "I, ben, elsewhere", { leaf: 3 })),
  entry("an entry as a leaf outside the tree", "SEAL5", "sender outside the tree", (state) => entryAs(state, "x", outside(state, 4))),
  entry("an entry as leaf 4294967295", "SEAL5", "sender outside the tree", (state) => entryAs(state, "x", outside(state, 2 ** 32 - 1))),
  entry("an entry signed by nobody", "SEAL6", "", async (state) =>
    protectRaw(
      state,
      "application",
      (await entryContent(state, "hello")).map((byte, at) => (at > 8 && at < 60 ? byte ^ 1 : byte)),
    ),
  ),
  entry("an entry of an earlier epoch", "SEAL8", "other epoch", (state) => entryAs(state, "x", { epoch: 0n })),
  entry("an entry of another group", "SEAL4", "other group", (state) => entryAs(state, "x", { groupId: new Uint8Array(16) })),
  entry("an entry under another count", "SEAL4", "other authenticated data", (state) => entryAs(state, "x"), u32(4)),
  entry("an entry under no count", "SEAL4", "other authenticated data", (state) => entryAs(state, "x"), new Uint8Array()),
  entry("an entry further ahead than may be missing", "SEAL9", "too many messages missing", (state) => entryAs(state, "x", { generation: forwardLimit + 500 })),
  entry("an entry of generation 4294967295", "SEAL9", "too many messages missing", lastGeneration),
  entry("an entry that was opened before", "SEAL9", "seen before or out of order", async (_state, group) => {
    const body = await seal(group.ben);
    for (const reader of [group.ada, group.laptop, group.tablet]) await receive(reader, "entry", body);
    return body;
  }),
  entry("an entry with trailing bytes", "SEAL2", "not in its one encoding", async (state) => concat(await entryAs(state, "x"), new Uint8Array(1))),
  entry("an entry whose length is written longer", "SEAL2", "not in its one encoding", async (state) => {
    const body = await entryAs(state, "x");
    return concat(body.subarray(0, 4), new Uint8Array([0x40, 16]), body.subarray(5));
  }),
  entry("an entry whose inner length is written longer", "SEAL2", "not in its one encoding", async (state) => {
    const content = await entryContent(state, "hello");
    return protectRaw(state, "application", concat(new Uint8Array([0x40, 5]), content.subarray(1, -1)));
  }),
  entry("an entry whose inner length claims 2^30", "SEAL2", "mls: CodecError", (state) =>
    protectRaw(state, "application", concat(new Uint8Array([0xbf, 0xff, 0xff, 0xff]), new Uint8Array(60))),
  ),
  entry("an entry with padding that says something", "SEAL7", "does not decode", async (state) =>
    protectRaw(state, "application", (await entryContent(state, "hello")).with(-1, 1)),
  ),
  entry("an entry in a bucket too large", "SEAL7", "not in the smallest bucket", async (state) =>
    protectRaw(state, "application", await entryContent(state, "hello", {}, 1024)),
  ),
  entry("an entry that is no bucket", "SEAL7", "not in the smallest bucket", async (state) =>
    protectRaw(state, "application", (await entryContent(state, "hello")).subarray(0, 100)),
  ),
  entry("an entry with no content", "SEAL2", "mls: CodecError", (state) => protectRaw(state, "application", new Uint8Array())),
  entry("an entry over 64 KiB", "SEAL1", "too long", (state) => protectRaw(state, "application", new Uint8Array(66_000))),
  entry("a change as an entry", "SEAL4", "other content type", async (state) => unframe((await validCommit(state, [])).body) as Uint8Array, new Uint8Array()),
  entry("a key package as an entry", "SEAL3", "not a private message", async () => (await packageOf(ben, "ben's laptop")).bytes),
  entry("sender data of another length", "SEAL4", "sender data of another length", async (state) => {
    const message = decodeMlsMessage(await entryAs(state, "x"), 0)?.[0];
    if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
    const { privateMessage } = message;
    return encodeMlsMessage({
      ...message,
      privateMessage: { ...privateMessage, encryptedSenderData: concat(privateMessage.encryptedSenderData, new Uint8Array(1)) },
    });
  }),
  entry("no ciphertext", "SEAL4", "mls:", async (state) => {
    const message = decodeMlsMessage(await entryAs(state, "x"), 0)?.[0];
    if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
    return encodeMlsMessage({ ...message, privateMessage: { ...message.privateMessage, ciphertext: new Uint8Array() } });
  }),
  entry("bytes that are no message", "SEAL2", "does not decode", async () => new Uint8Array([0, 1, 0, 9, 0])),
  entry("nothing", "SEAL2", "does not decode", async () => new Uint8Array()),
];

const parent = (unmergedLeaves: number[], hpkePublicKey: Uint8Array = new Uint8Array(1216).fill(1)): Node => ({
  nodeType: "parent",
  parent: { hpkePublicKey, parentHash: new Uint8Array(), unmergedLeaves },
});

const welcome = (name: string, rule: string, reason: string, make: (given: Waiting) => Promise<Uint8Array>): SealCase<Waiting> => ({
  name,
  rule,
  reason,
  make,
});
const through = (
  name: string,
  rule: string,
  reason: string,
  tree: (leaf: (at: number) => Node, given: Waiting) => RatchetTree | Promise<RatchetTree>,
  signer?: number,
): SealCase<Waiting> =>
  welcome(name, rule, reason, async (given) => {
    const made = await tree((at) => leafOf(given.next.ratchetTree, at), given);
    return welcomeWith(given.next, given.keyPackage, { tree: encodeRatchetTree(made), ...(signer === undefined ? {} : { signer }) });
  });
const leafFor = async (person: typeof ben, device: string): Promise<Node> => ({
  nodeType: "leaf",
  leaf: (await packageOf(person, device)).keyPackage.leafNode,
});

export const welcomeCases: readonly SealCase<Waiting>[] = [
  welcome("a welcome over 64 KiB", "SEAL1", "too long", async () => new Uint8Array(65_537)),
  welcome("a welcome cut short", "SEAL7", "not in its frame", async ({ welcome: good }) => good.subarray(0, -1)),
  welcome("a welcome with padding that says something", "SEAL7", "not in its frame", async ({ welcome: good }) => good.with(-1, 1)),
  welcome("a welcome with bytes after it", "SEAL2", "not in its one encoding", async ({ welcome: good }) =>
    concat(u32(new DataView(good.buffer, good.byteOffset).getUint32(0) + 1), good.subarray(4)),
  ),
  welcome("a change as a welcome", "SEAL3", "not a welcome", async ({ commit }) => commit),
  welcome("a welcome to somebody else", "SEAL16", "", async ({ next }) => welcomeWith(next, (await packageOf(ben, "ben's tablet")).keyPackage)),
  welcome("a welcome to another group", "SEAL16", "other group", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, { groupContext: { ...next.groupContext, groupId: new Uint8Array(16) } }),
  ),
  welcome("a welcome to another suite", "SEAL16", "other cipher suite", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, { groupContext: { ...next.groupContext, cipherSuite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519" } }),
  ),
  welcome("a welcome to a group with extensions", "SEAL16", "group context extensions", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, {
      groupContext: { ...next.groupContext, extensions: [{ extensionType: "external_senders", extensionData: new Uint8Array() }] },
    }),
  ),
  welcome("a welcome to the epoch 2^60", "SEAL16", "other epoch", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, { groupContext: { ...next.groupContext, epoch: 2n ** 60n } }),
  ),
  welcome("a welcome that needs a pre-shared key", "SEAL16", "needs a pre-shared key", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, { psks: [preSharedKeyId] as never }),
  ),
  welcome("a welcome without a tree", "SEAL16", "other group info extensions", ({ next, keyPackage }) => welcomeWith(next, keyPackage, { extensions: [] })),
  welcome("a welcome with a wrong confirmation", "SEAL16", "mls:", ({ next, keyPackage }) => welcomeWith(next, keyPackage)),
  welcome("a welcome signed from outside the tree", "SEAL5", "signer outside the tree", ({ next, keyPackage }) =>
    welcomeWith(next, keyPackage, { signer: 2 ** 32 - 1 }),
  ),
  through("a tree that points outside itself", "SEAL5", "unmerged leaf outside the tree", (leaf) => [leaf(0), parent([2 ** 31]), leaf(1)]),
  through("a tree that points at a blank leaf", "SEAL5", "unmerged leaf outside the tree", (leaf) => [
    leaf(0),
    parent([2]),
    leaf(1),
    undefined,
    undefined,
    undefined,
    leaf(1),
  ]),
  through("a tree with unmerged leaves out of order", "SEAL5", "unmerged leaves out of order", (leaf) => [leaf(0), parent([1, 0]), leaf(1)]),
  through("a tree of sixteen leaves", "SEAL5", "tree of another shape", (leaf) => [
    leaf(0),
    undefined,
    leaf(1),
    ...Array.from({ length: 13 }, () => undefined),
    leaf(1),
  ]),
  through("a tree with a leaf where a node is", "SEAL5", "node of another kind", (leaf) => [leaf(0), leaf(1)]),
  through("a tree with one key twice", "SEAL15", "one encryption key twice", (leaf, { next }) => [
    leaf(0),
    parent([], leafOf(next.ratchetTree, 0).leaf.hpkePublicKey),
    leaf(1),
  ]),
  through("a tree with a third person in it", "PAIR1", "a device of a third person", async (leaf) => [
    leaf(0),
    undefined,
    leaf(1),
    undefined,
    await leafFor(eve, "eve's phone"),
  ]),
  through("a tree with one device twice", "SEAL14", "one device twice", async (leaf) => [
    leaf(0),
    undefined,
    leaf(1),
    undefined,
    await leafFor(ada, "ann's phone"),
  ]),
  through("a tree with five devices of Ada's", "SEAL14", "too many devices", async (leaf) => {
    const more = await Promise.all(["one", "two", "three", "four"].map(async (name) => [undefined, await leafFor(ada, name)]));
    return [leaf(0), undefined, leaf(1), ...more.flat()];
  }),
  through("a tree without the one it welcomes", "SEAL16", "without this device", (leaf) => [leaf(0)]),
  through("a tree of strangers only", "PAIR1", "", async () => [await leafFor(eve, "eve's phone"), undefined, await leafFor(eve, "eve's laptop")]),
  through(
    "a tree with a second device of the one it welcomes, by the other",
    "DEV2",
    "let in by the other person",
    async (leaf) => [leaf(0), undefined, leaf(1), undefined, await leafFor(ben, "ben's laptop")],
    0,
  ),
];

const pack = (name: string, rule: string, reason: string, changes: PackageChanges | ((group: Group) => Promise<Uint8Array>)): SealCase<Group> => ({
  name,
  rule,
  reason,
  make: typeof changes === "function" ? changes : async () => (await packageOf(ben, "ben's laptop", changes)).bytes,
});
const until = (millis: number, notBefore = 0n): PackageChanges => ({
  leaf: { lifetime: { notBefore, notAfter: BigInt(Math.floor((today + millis) / 1000)) } },
});

export const packageCases: readonly SealCase<Group>[] = [
  pack("a package of another suite", "SEAL13", "other cipher suite", { tbs: { cipherSuite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519" } }),
  pack("a package with extensions", "SEAL13", "key package extensions", { tbs: { extensions: [extension] } }),
  pack("a package whose leaf has extensions", "SEAL13", "leaf extensions", { leaf: { extensions: [extension] } }),
  pack("a package of one that can do nothing", "SEAL13", "cannot do what the group needs", { leaf: { capabilities: { ...capable, versions: [] } } }),
  pack("a package with a certificate of another device", "PAIR4", "no certificate of this line for its key", {
    leaf: { credential: { credentialType: "basic", identity: identity(ben, "ben's phone").certificate } },
  }),
  pack("a package with a certificate of another kind", "PAIR4", "no certificate of this line for its key", {
    leaf: { credential: { credentialType: "x509", certificates: [] } as never },
  }),
  pack("a package that its device did not sign", "SEAL13", "key package not signed by its device", { signature: new Uint8Array(64) }),
  pack("a package whose leaf its device did not sign", "SEAL13", "leaf not signed by its device", { leafSignature: new Uint8Array(64) }),
  pack("a package with one key for two uses", "SEAL15", "one key for two uses", async () => {
    const { keyPackage } = await packageOf(ben, "ben's laptop");
    const key = keyPackage.leafNode.hpkePublicKey;
    return (await packageOf(ben, "ben's laptop", { tbs: { initKey: key }, leaf: { hpkePublicKey: key } })).bytes;
  }),
  pack("a package with a key of another length", "SEAL15", "encryption key of another length", { leaf: { hpkePublicKey: new Uint8Array(32) } }),
  pack("a package that nobody can welcome", "SEAL15", "encryption key that cannot be used", { tbs: { initKey: unusable } }),
  pack("a package that nobody can encrypt to", "SEAL15", "encryption key that cannot be used", { leaf: { hpkePublicKey: unusable } }),
  pack("a package that has expired", "SEAL12", "expired", until(-2 * day)),
  pack("a package that lives too long", "SEAL12", "lives too long", until(400 * day)),
  pack("a package that lives for ever", "SEAL12", "lives too long", { leaf: { lifetime: { notBefore: 0n, notAfter: 2n ** 64n - 1n } } }),
  pack("a package that tells when it was made", "SEAL12", "lifetime with a beginning", until(day, 1n)),
  pack("a package over 4 KiB", "SEAL1", "too long", { leaf: { extensions: [{ extensionType: 0xff00, extensionData: new Uint8Array(2000) }] } }),
  pack("a package with bytes after it", "SEAL2", "not in its one encoding", async () =>
    concat((await packageOf(ben, "ben's laptop")).bytes, new Uint8Array(1)),
  ),
  pack("a package cut short", "SEAL2", "mls: CodecError", async () => (await packageOf(ben, "ben's laptop")).bytes.subarray(0, -1)),
  pack("an entry as a package", "SEAL3", "not a key package", ({ ben: bens }) => seal(bens)),
];
