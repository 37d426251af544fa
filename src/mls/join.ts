/**
 * Joining by welcome (RFC 9420 section 12.4.3.1). The group's tree is opened and checked before the library walks it:
 * a tree with an index outside itself keeps ts-mls walking for ever.
 */
import {
  emptyPskIndex,
  joinGroup,
  type CiphersuiteImpl,
  type GroupInfo,
  type KeyPackage,
  type PrivateKeyPackage,
  type RatchetTree,
  type Welcome,
} from "ts-mls";
import { decodeGroupInfo, encodeGroupInfo, extractWelcomeSecret } from "ts-mls/groupInfo.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { decryptGroupSecrets, welcomeKey, welcomeNonce } from "ts-mls/welcome.js";
import { equalBytes } from "../base/bytes.ts";
import type { Among, Pins } from "../ports/sealer.ts";
import { authenticationBy, createMemberReader } from "./credential.ts";
import { checkPath, checkTree, decodeExactly, inputCap, readWelcome } from "./guard.ts";
import { unframe } from "./padding.ts";
import { check, checkJoin } from "./rules.ts";
import { clientConfig, enterEpoch, type Group } from "./state.ts";
import { suiteName } from "./suite.ts";

/** Throws inside `guarded`. */
export const joinByWelcome = async (
  sealed: Uint8Array,
  keyPackage: KeyPackage,
  privatePackage: PrivateKeyPackage,
  pins: Pins,
  among: Among | undefined,
  suite: CiphersuiteImpl,
): Promise<Group> => {
  check(sealed.length <= inputCap, "too long");
  const message = unframe(sealed);
  check(message !== undefined, "not in its frame");
  const welcome = readWelcome(message.slice());
  const info = await openGroupInfo(welcome, keyPackage, privatePackage, suite);
  const { groupContext } = info;
  check(groupContext.cipherSuite === suiteName, "other cipher suite");
  check(equalBytes(groupContext.groupId, pins.line), "other group");
  check(groupContext.extensions.length === 0, "group context extensions");
  check(among === undefined ? groupContext.epoch <= BigInt(Number.MAX_SAFE_INTEGER) : groupContext.epoch === 1n, "other epoch");

  const tree = readTree(info);
  const read = createMemberReader(pins.line);
  const members = checkTree(tree, read, pins);
  checkJoin(keyPackage.leafNode.signaturePublicKey, info.signer, members, pins, among);

  const config = { ...clientConfig, authService: authenticationBy(read) };
  const state = await joinGroup(welcome, keyPackage, privatePackage, emptyPskIndex, suite, undefined, undefined, config);
  await checkPath(state, undefined, suite);
  return enterEpoch(state);
};

const openGroupInfo = async (welcome: Welcome, keyPackage: KeyPackage, keys: PrivateKeyPackage, suite: CiphersuiteImpl): Promise<GroupInfo> => {
  const initKey = await suite.hpke.importPrivateKey(keys.initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(keyPackage, suite.hash), welcome, suite.hpke);
  check(secrets !== undefined && secrets.psks.length === 0, "needs a pre-shared key");
  const welcomeSecret = await extractWelcomeSecret(secrets.joinerSecret, new Uint8Array(suite.kdf.size), suite.kdf);
  const key = await welcomeKey(welcomeSecret, suite);
  const info = await suite.hpke.decryptAead(key, await welcomeNonce(welcomeSecret, suite), undefined, welcome.encryptedGroupInfo);
  return decodeExactly(decodeGroupInfo, encodeGroupInfo, info);
};

/** The tree travels in the group info, as its only extension. */
const readTree = (info: GroupInfo): RatchetTree => {
  const [extension, ...more] = info.extensions;
  check(extension?.extensionType === "ratchet_tree" && more.length === 0, "other group info extensions");
  return decodeExactly(decodeRatchetTree, encodeRatchetTree, extension.extensionData);
};
