/**
 * The Sealers port over MLS (RFC 9420) by ts-mls. This folder is its only importer.
 *
 * From the port to the wire:
 * - an entry is an MLSMessage with an application PrivateMessage, padded by MLS itself to a bucket (padding.ts);
 * - a change is an MLSMessage with a commit PrivateMessage in a frame; a welcome is an MLSMessage in a frame;
 * - a key package is an MLSMessage as it is.
 *
 * Needs WebCrypto (`crypto.subtle`, `crypto.getRandomValues`), as every browser, worker and Node has it. Work on bytes
 * from outside is bounded in size and never throws, but a limit in time is the caller's: run it in a worker.
 */
import { createApplicationMessage, createCommit, createGroup, encodeMlsMessage, generateKeyPackageWithKey, joinGroup, emptyPskIndex, mlsExporter, zeroOutUint8Array, type CiphersuiteImpl, type KeyPackage, type PrivateKeyPackage } from "ts-mls";
import { decodeGroupInfo, encodeGroupInfo } from "ts-mls/groupInfo.js";
import { asPlain, asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { concat, equalBytes } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import { err, ok } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { DeviceIdentity, Incoming, Member, Pins, Received, Sealer, Sealers } from "../ports/sealer.ts";
import { publicKey, sha256 } from "../protocol/keys.ts";
import { applyChange, checkChange, type Change } from "./change.ts";
import { createMemberReader, type MemberReader } from "./credential.ts";
import { check, checkKeyPackage, checkLifetime, checkTree, guarded, inputCap, keyPackageCap, keyPackageLife, readKeyPackage, readPrivateMessage, readWelcome, type Members, type Persons } from "./guard.ts";
import { open } from "./open.ts";
import { aadCap, bucketFor, contentLength, frame, unframe } from "./padding.ts";
import { chunk, chunks, clientConfig, decodeState, encodeState, enterEpoch, withKeys, type Group, type Pending } from "./state.ts";
import { loadSuite, suiteName } from "./suite.ts";
