/**
 * One group on one device. Holds the current epoch and at most one change of its own that waits for its bytes.
 *
 * Invariants:
 * - A (epoch, generation) of this device is used for one message: message keys move on before anything is returned,
 *   for changes too, also when a change is made anew in the same epoch.
 * - Whatever does not pass leaves group, pending change and members as they were.
 */
import { createApplicationMessage, encodeMlsMessage, mlsExporter, type CiphersuiteImpl, type ClientState } from "ts-mls";
import { consumeRatchet } from "ts-mls/secretTree.js";
import { asPlain, asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { equalBytes } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import { err, ok } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { Member, Pins, Received, Sealer } from "../ports/sealer.ts";
import { sha256 } from "../protocol/keys.ts";
import { applyChange } from "./change.ts";
import { commitTo } from "./commit.ts";
import type { MemberReader } from "./credential.ts";
import { checkKeyPackage, checkLifetime, checkTree, inputCap, readKeyPackage, readPrivateMessage, type Expected } from "./guard.ts";
import { open } from "./open.ts";
import { aadCap, bucketFor, contentLength, unframe } from "./padding.ts";
import { check, checkChange, checkOutcome, devicesPerPerson, findLeaves, guarded, type Members, type Persons } from "./rules.ts";
import { encodeState, enterEpoch, withKeys, type Group, type Pending } from "./state.ts";

export interface SealerParts {
  readonly group: Group;
  readonly pending: Pending | undefined;
  readonly members: Members;
  readonly pins: Pins;
  readonly read: MemberReader;
  readonly now: () => Millis;
  readonly suite: CiphersuiteImpl;
}

const none = new Uint8Array();

export const createSealer = (parts: SealerParts): Sealer => {
  const { pins, read, now, suite } = parts;
  let { group, pending, members } = parts;

  const context = () => group.state.groupContext;
  const present = (): readonly Member[] => members.filter((member) => member !== undefined);
  const save = () => encodeState(group, pending);
  const expected = (contentType: Expected["contentType"], aad: Uint8Array): Expected => ({
    contentType,
    groupId: context().groupId,
    epoch: context().epoch,
    aad,
  });
  const active = () => group.state.groupActiveState.kind === "active";

  /** Once the other person is in the group it stays the one, pinned by the caller or not. */
  const persons = (): Persons => ({
    me: pins.me,
    other: pins.other ?? present().find(({ person }) => !equalBytes(person, pins.me))?.person,
  });

  const take = (next: Group, nextMembers: Members): void => {
    group = next;
    members = nextMembers;
    pending = undefined;
  };

  const openEntry = async (body: Sealed, aad: Uint8Array): Promise<Received> => {
    const message = readPrivateMessage(body, expected("application", aad));
    const { content, sender, secretTree, consumed } = await open(message, group.state, members, suite);
    invariant(content.contentType === "application", "an application message with other content");
    check(bucketFor(content.applicationData.length, aad.length) === body.length, "not in the smallest bucket");
    const from = members[sender];
    invariant(from !== undefined, "an opened message without a sender");
    const plain = asPlain(content.applicationData.slice());
    group = withKeys(group, secretTree);
    for (const key of consumed) key.fill(0);
    return { kind: "entry", plain, from };
  };

  const openChange = async (body: Sealed): Promise<Received> => {
    check(body.length <= inputCap, "too long");
    if (pending !== undefined && equalBytes(sha256(body), pending.hash)) {
      const before = present();
      const after = checkTree(pending.group.state.ratchetTree, read, persons());
      take(pending.group, after);
      const added = present().filter((member) => !before.some((other) => equalBytes(other.device, member.device)));
      const removed = before.filter((member) => !present().some((other) => equalBytes(other.device, member.device)));
      return { kind: "own-change", epoch: Number(context().epoch), added, removed };
    }
    const framed = unframe(body);
    check(framed !== undefined, "not in its frame");
    const message = readPrivateMessage(framed.slice(), expected("commit", none));
    const applied = await applyChange(message, group.state, members, read, persons(), suite);
    take(applied.group, applied.members);
    return { kind: "change", epoch: Number(context().epoch), added: applied.added, removed: applied.removed, from: applied.from };
  };

  return {
    epoch: () => Number(context().epoch),
    members: present,

    async seal(plain, aad) {
      invariant(active(), "sealing after this device was removed");
      invariant(aad.length <= aadCap, "authenticated data over its cap");
      const bucket = bucketFor(plain.length, aad.length);
      if (bucket === undefined) return err("too-large");
      const paddingConfig = { kind: "padUntilLength", padUntilLength: contentLength(bucket, aad.length) } as const;
      const padded: ClientState = { ...group.state, clientConfig: { ...group.state.clientConfig, paddingConfig } };
      const { newState, privateMessage, consumed } = await createApplicationMessage(padded, plain, suite, aad);
      const body = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage });
      invariant(body.length === bucket, "an entry that is not its bucket");
      group = withKeys(group, newState.secretTree);
      for (const key of consumed) key.fill(0);
      return ok({ body: asSealed(body), state: save() });
    },

    async receive(items) {
      const results: Received[] = [];
      for (const item of items) {
        const result = await guarded(() => {
          check(active(), "this device was removed");
          return item.kind === "entry" ? openEntry(item.body, item.aad) : openChange(item.body);
        });
        results.push(result.ok ? result.value : { kind: "malformed", reason: result.error.reason });
      }
      return { results, state: save() };
    },

    async change({ add, remove }) {
      return guarded(async () => {
        check(active(), "this device was removed");
        check(add.length + remove.length <= 2 * devicesPerPerson, "too many proposals");
        const packages = add.map((keyPackage) => readKeyPackage(keyPackage.slice()));
        for (const keyPackage of packages) checkLifetime(keyPackage, now());
        const leaves = findLeaves(members, remove);
        const own = members[group.state.privatePath.leafIndex];
        invariant(own !== undefined, "a group without this device");
        const added: Member[] = [];
        for (const keyPackage of packages) added.push(await checkKeyPackage(keyPackage, read, suite));
        const removed = leaves.map((leaf) => members[leaf]).filter((member) => member !== undefined);
        checkChange(own, { added, removed }, members, persons());

        const made = await commitTo(group.state, packages, leaves, read, suite);
        const after = checkTree(made.next.ratchetTree, read, persons());
        checkOutcome(members, { added, removed }, after);
        // The library leaves this epoch's own key for changes where it was: the next change would use it again.
        const { newTree } = await consumeRatchet(group.state.secretTree, group.state.privatePath.leafIndex * 2, "commit", suite);
        group = withKeys(group, newTree);
        pending = { hash: sha256(made.commit), group: enterEpoch(made.next) };
        return { commit: made.commit, welcome: made.welcome, state: save() };
      });
    },

    async exportSecret(label, exportContext) {
      invariant(active(), "exporting after this device was removed");
      return new Secret(await mlsExporter(group.state.keySchedule.exporterSecret, label, exportContext, 32, suite));
    },
  };
};
