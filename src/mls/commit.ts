/**
 * Making a change (RFC 9420 section 12.4.1): the commit, and the welcome of those it adds, in their frames. Everything
 * that goes in has been checked by the caller.
 */
import { createCommit, encodeMlsMessage, type CiphersuiteImpl, type ClientState, type KeyPackage, type Proposal } from "ts-mls";
import { asSealed, type Sealed } from "../base/brand.ts";
import { invariant } from "../base/exhaustive.ts";
import { authenticationBy, type MemberReader } from "./credential.ts";
import { frame } from "./padding.ts";

export interface Made {
  readonly commit: Sealed;
  /** Null when nobody is added. */
  readonly welcome: Sealed | null;
  readonly next: ClientState;
}

/** `remove` are leaf indices. The library puts in new keys of the author (a path) whenever somebody goes. */
export const commitTo = async (
  state: ClientState,
  add: readonly KeyPackage[],
  remove: readonly number[],
  read: MemberReader,
  suite: CiphersuiteImpl,
): Promise<Made> => {
  const extraProposals: Proposal[] = [
    ...remove.map((removed) => ({ proposalType: "remove" as const, remove: { removed } })),
    ...add.map((keyPackage) => ({ proposalType: "add" as const, add: { keyPackage } })),
  ];
  const { commit, welcome, newState } = await createCommit(
    { state: { ...state, clientConfig: { ...state.clientConfig, authService: authenticationBy(read) } }, cipherSuite: suite },
    { extraProposals, ratchetTreeExtension: true },
  );
  invariant((welcome === undefined) === (add.length === 0), "a welcome without adds, or adds without one");
  return {
    commit: framed(encodeMlsMessage(commit)),
    welcome: welcome === undefined ? null : framed(encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome })),
    next: newState,
  };
};

const framed = (message: Uint8Array): Sealed => {
  const body = frame(message);
  invariant(body !== undefined, "a change over the largest bucket");
  return asSealed(body);
};
