/**
 * For tests: a member that runs other code. It has a real group state and makes messages that an honest device never
 * would, down to the bytes.
 */
import {
  createCommit,
  encodeMlsMessage,
  type CiphersuiteImpl,
  type ClientState,
  type Commit,
  type CreateCommitOptions,
  type GroupInfo,
  type KeyPackage,
  type MLSMessage,
  type Proposal,
} from "ts-mls";
import { createContentCommitSignature, signFramedContentApplicationOrProposal } from "ts-mls/framedContent.js";
import { signGroupInfo, extractWelcomeSecret } from "ts-mls/groupInfo.js";
import { generateKeyPackageWithKey, makeKeyPackageRef, signKeyPackage, type KeyPackageTBS, type PrivateKeyPackage } from "ts-mls/keyPackage.js";
import { signLeafNodeKeyPackage, type LeafNodeTBSKeyPackage } from "ts-mls/leafNode.js";
import { encodePrivateContentAAD, encodePrivateMessageContent, encryptSenderData, type PrivateMessageContent } from "ts-mls/privateMessage.js";
import type { PreSharedKeyID } from "ts-mls/presharedkey.js";
import { encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { ratchetToGeneration } from "ts-mls/secretTree.js";
import { encryptGroupInfo, encryptGroupSecrets } from "ts-mls/welcome.js";
import { asPlain, asSealed, type Sealed } from "../base/brand.ts";
import { u32, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import type { DeviceIdentity, Incoming, Pins, Received, Sealer } from "../ports/sealer.ts";
import { certifyByDevice, certifyDevice } from "../protocol/certificate.ts";
import { publicKey } from "../protocol/keys.ts";
import { authenticationBy, createMemberReader } from "./credential.ts";
import { contentLength, frame } from "./padding.ts";
import { createMlsSealers } from "./sealers.ts";
import { decodeState } from "./state.ts";
import { loadSuite, suiteName } from "./suite.ts";

export const suite = await loadSuite();
export const today = 1_800_000_000_000;
export const sealers = createMlsSealers({ now: () => today });
export const line = new Uint8Array(16).fill(7);
const aad = u32(3);

const seed = (name: string): Secret => {
  const bytes = new Uint8Array(32);
  bytes.set(utf8(name));
  return new Secret(bytes);
};

export const [ann, ben, eve] = [seed("ann"), seed("ben"), seed("eve")];

export const identity = (person: Secret, device: string): DeviceIdentity => {
  const deviceSeed = seed(device);
  return { certificate: certifyDevice(line, person, publicKey(deviceSeed)), deviceSeed };
};

/** A device that another one of the same person certified. */
export const identityBy = (by: DeviceIdentity, device: string): DeviceIdentity => {
  const deviceSeed = seed(device);
  return { certificate: certifyByDevice(line, by.deviceSeed, by.certificate, publicKey(deviceSeed)), deviceSeed };
};

/** The last of as many certificates in a chain as there may be. */
export const longestIdentity = (person: Secret, device: string): DeviceIdentity => {
  let who = identity(person, `${device} 1`);
  for (let n = 2; n <= 6; n++) who = identityBy(who, `${device} ${n}`);
  return who;
};

export const pinsOf = (me: Secret, other: Secret | undefined): Pins => ({
  line,
  me: publicKey(me),
  other: other && publicKey(other),
});

export interface Device {
  readonly sealer: Sealer;
  state: Uint8Array;
}

export const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }): T => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

export const founded = async (person: Secret, device: string, other?: Secret): Promise<Device> => ({
  ...(await sealers.found(identity(person, device), pinsOf(person, other))),
});

export const receive = async (device: Device, kind: Incoming["kind"], body: Uint8Array, under = aad): Promise<Received> => {
  const { results, state } = await device.sealer.receive([{ kind, body: asSealed(body), aad: under }]);
  device.state = state;
  return results[0] as Received;
};

/** Why it was refused, or its kind when it was not. */
export const reason = async (device: Device, kind: Incoming["kind"], body: Uint8Array, under = aad): Promise<string> => {
  const received = await receive(device, kind, body, under);
  return received.kind === "malformed" ? received.reason : received.kind;
};

export const seal = async (device: Device, text = "hello"): Promise<Sealed> => {
  const { body, state } = value(await device.sealer.seal(asPlain(utf8(text)), aad));
  device.state = state;
  return body;
};

/** A change that lets one device in. */
export const add = async (
  sealer: Sealer,
  keyPackage: Uint8Array,
): Promise<{ readonly commit: Sealed; readonly welcome: Sealed; readonly state: Uint8Array }> => {
  const { commit, welcome, state } = value(await sealer.change({ add: [keyPackage], remove: [] }));
  if (welcome === null) throw new Error("an add without a welcome");
  return { commit, welcome, state };
};

export const letIn = async (inviter: Device, person: Secret, device: string, pins: Pins, ...present: readonly Device[]): Promise<Device> =>
  comeIn(inviter, identity(person, device), pins, ...present);

const comeIn = async (inviter: Device, who: DeviceIdentity, pins: Pins, ...present: readonly Device[]): Promise<Device> => {
  const { keyPackage, state: joining } = await sealers.keyPackage(who, pins);
  const { commit, welcome } = await add(inviter.sealer, keyPackage);
  for (const other of [inviter, ...present]) await receive(other, "change", commit);
  return { ...value(await sealers.join(joining, welcome, pins)) };
};

/** Ann's phone at leaf 0, Ben's at leaf 1. */
export const pair = async (): Promise<{ readonly a: Device; readonly b: Device }> => {
  const a = await founded(ann, "ann's phone");
  return { a, b: await letIn(a, ben, "ben's phone", pinsOf(ben, ann)) };
};

/** The group of a device, for other code to use. */
export const stolen = (device: Device): ClientState => {
  const { state } = decodeState(device.state).group;
  return { ...state, clientConfig: { ...state.clientConfig, authService: authenticationBy(createMemberReader(line)) } };
};

export interface Raw {
  readonly leaf?: number;
  readonly generation?: number;
  readonly aad?: Uint8Array;
  readonly groupId?: Uint8Array;
  readonly epoch?: bigint;
}

/** Encrypts any content bytes as any leaf at any generation: what every member has the keys for. */
export const protectRaw = async (
  state: ClientState,
  contentType: "application" | "proposal" | "commit",
  content: Uint8Array,
  raw: Raw = {},
): Promise<Uint8Array> => {
  const leafIndex = raw.leaf ?? state.privatePath.leafIndex;
  const node = state.secretTree[leafIndex * 2] ?? state.secretTree[0];
  const own = contentType === "application" ? node?.application : node?.handshake;
  const generation = raw.generation ?? own?.generation ?? 0;
  const config = { retainKeysForEpochs: 0, retainKeysForGenerations: 0, maximumForwardRatchetSteps: 100_000 };
  const reuseGuard = new Uint8Array(4) as Uint8Array & { length: 4 };
  const within = leafIndex * 2 < state.secretTree.length ? leafIndex : 0;
  const { key, nonce } = await ratchetToGeneration(state.secretTree, { leafIndex: within, generation, reuseGuard }, contentType, config, suite);
  const about = { groupId: raw.groupId ?? state.groupContext.groupId, epoch: raw.epoch ?? state.groupContext.epoch, contentType };
  const authenticatedData = raw.aad ?? (contentType === "application" ? aad : new Uint8Array());
  const ciphertext = await suite.hpke.encryptAead(key, nonce, encodePrivateContentAAD({ ...about, authenticatedData }), content);
  const encryptedSenderData = await encryptSenderData(state.keySchedule.senderDataSecret, { leafIndex, generation, reuseGuard }, about, ciphertext, suite);
  return encodeMlsMessage({
    version: "mls10",
    wireformat: "mls_private_message",
    privateMessage: { ...about, authenticatedData, encryptedSenderData, ciphertext },
  });
};

/** Content of an entry, signed by the state's own key as `raw.leaf`, padded to a bucket. */
export const entryContent = async (state: ClientState, text: string, raw: Raw = {}, bucket = 256): Promise<Uint8Array> => {
  const authenticatedData = raw.aad ?? aad;
  const sender = { senderType: "member", leafIndex: raw.leaf ?? state.privatePath.leafIndex } as const;
  const content = {
    contentType: "application",
    applicationData: utf8(text),
    groupId: state.groupContext.groupId,
    epoch: state.groupContext.epoch,
    sender,
    authenticatedData,
  } as const;
  const auth = await signFramedContentApplicationOrProposal(
    state.signaturePrivateKey,
    { protocolVersion: "mls10", wireformat: "mls_private_message", content, senderType: "member", context: state.groupContext },
    suite,
  );
  return encodePrivateMessageContent({ kind: "padUntilLength", padUntilLength: contentLength(bucket, authenticatedData.length) })({
    ...content,
    auth,
  } as PrivateMessageContent);
};

export const entryAs = async (state: ClientState, text: string, raw: Raw = {}): Promise<Uint8Array> =>
  protectRaw(state, "application", await entryContent(state, text, raw), raw);

/** A commit of anything, well signed; its confirmation tag is nonsense, so nobody may get as far as checking it. */
export const commitAs = async (state: ClientState, commit: Commit, raw: Raw = {}): Promise<Uint8Array> => {
  const sender = { senderType: "member", leafIndex: raw.leaf ?? state.privatePath.leafIndex } as const;
  const { framedContent, signature } = await createContentCommitSignature(
    state.groupContext,
    "mls_private_message",
    commit,
    sender,
    new Uint8Array(),
    state.signaturePrivateKey,
    suite.signature,
  );
  const auth = { contentType: "commit", signature, confirmationTag: new Uint8Array(64) } as const;
  const content = encodePrivateMessageContent({ kind: "padUntilLength", padUntilLength: 0 })({ ...framedContent, auth });
  return framed(await protectRaw(state, "commit", content, raw));
};

export const proposing = (state: ClientState, ...proposals: readonly Proposal[]): Promise<Uint8Array> =>
  commitAs(state, { proposals: proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal })), path: undefined });

export const framed = (message: Uint8Array): Uint8Array => {
  const body = frame(message);
  if (body === undefined) throw new Error("over the largest bucket");
  return body;
};

/** A commit that is right in every way MLS knows, by the library. */
export const validCommit = async (
  state: ClientState,
  proposals: readonly Proposal[],
  options: CreateCommitOptions = {},
  cipherSuite: CiphersuiteImpl = suite,
): Promise<{ readonly body: Uint8Array; readonly welcome: Uint8Array | undefined; readonly next: ClientState }> => {
  const { commit, welcome, newState } = await createCommit({ state, cipherSuite }, { extraProposals: [...proposals], ratchetTreeExtension: true, ...options });
  return {
    body: framed(encodeMlsMessage(commit)),
    welcome: welcome && framed(encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome })),
    next: newState,
  };
};

export interface PackageChanges {
  readonly leaf?: Partial<LeafNodeTBSKeyPackage>;
  readonly tbs?: Partial<KeyPackageTBS>;
  readonly leafSignature?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly certificate?: Uint8Array;
}

/** A key package that differs from an honest one in what is asked, and is signed as it then is. */
export const packageOf = async (
  person: Secret,
  device: string,
  changes: PackageChanges = {},
): Promise<{ readonly keyPackage: KeyPackage; readonly keys: PrivateKeyPackage; readonly bytes: Uint8Array }> => {
  const { certificate, deviceSeed } = { ...identity(person, device), ...(changes.certificate && { certificate: changes.certificate }) };
  const lifetime = { notBefore: 0n, notAfter: BigInt(today / 1000 + 86_400) };
  const capabilities = {
    versions: ["mls10" as const],
    ciphersuites: [suiteName as typeof suite.name],
    extensions: [],
    proposals: [],
    credentials: ["basic" as const],
  };
  const signKey = deviceSeed.expose();
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: certificate },
    capabilities,
    lifetime,
    [],
    { signKey, publicKey: publicKey(deviceSeed) },
    suite,
  );
  const leaf = await signLeafNodeKeyPackage({ ...(publicPackage.leafNode as LeafNodeTBSKeyPackage), ...changes.leaf }, signKey, suite.signature);
  const leafNode = { ...leaf, ...(changes.leafSignature && { signature: changes.leafSignature }) } as KeyPackage["leafNode"];
  const signed = await signKeyPackage({ ...publicPackage, leafNode, ...changes.tbs }, signKey, suite.signature);
  const keyPackage = { ...signed, ...(changes.signature && { signature: changes.signature }) };
  return { keyPackage, keys: privatePackage, bytes: encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }) };
};

export const adding = (keyPackage: KeyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } });
export const removing = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } });

/** A welcome with any group info, signed by the state's own key. Its joiner secret is nonsense. */
export const welcomeWith = async (
  state: ClientState,
  to: KeyPackage,
  changes: Partial<GroupInfo> & { readonly tree?: Uint8Array; readonly psks?: PreSharedKeyID[] } = {},
): Promise<Uint8Array> => {
  const joinerSecret = new Uint8Array(64).fill(5);
  const info = await signGroupInfo(
    {
      groupContext: changes.groupContext ?? state.groupContext,
      extensions: changes.extensions ?? [{ extensionType: "ratchet_tree", extensionData: changes.tree ?? encodeRatchetTree(state.ratchetTree) }],
      confirmationTag: new Uint8Array(64),
      signer: changes.signer ?? state.privatePath.leafIndex,
    },
    state.signaturePrivateKey,
    suite.signature,
  );
  const encryptedGroupInfo = await encryptGroupInfo(info, await extractWelcomeSecret(joinerSecret, new Uint8Array(64), suite.kdf), suite);
  const sealed = await encryptGroupSecrets(
    await suite.hpke.importPublicKey(to.initKey),
    encryptedGroupInfo,
    { joinerSecret, pathSecret: undefined, psks: changes.psks ?? [] },
    suite.hpke,
  );
  const secrets = [{ newMember: await makeKeyPackageRef(to, suite.hash), encryptedGroupSecrets: { kemOutput: sealed.enc, ciphertext: sealed.ct } }];
  return framed(encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome: { cipherSuite: suite.name, secrets, encryptedGroupInfo } }));
};

export const encoded = (message: MLSMessage): Uint8Array => encodeMlsMessage(message);
