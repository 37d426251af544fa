/**
 * The one key that everything kept here is sealed under, and how it lies on the disk: as one record.
 *
 * - `open`: sealed under a guard that lies beside it, a key that the browser made and never hands out.
 * - `locked`: sealed once for the passphrase, and once for each passkey. Nothing on the disk opens it.
 * - Since it is one record, a lock is set, changed and taken off by one write: after a crash it is as before or as after.
 * - A lock always has a passphrase, so a lost passkey never loses anything.
 * - The data key stays as it is while unlockers come and go. Setting the lock makes a new one: the one before lay open,
 *   and may still lie in a backup of the disk. It is `previous` until every value was sealed anew (indexeddb-store.ts).
 *
 * What these functions take and give is data; nothing here reads or writes.
 */
import { concat, toHex, utf8 } from "../../base/bytes.ts";
import { Secret } from "../../base/secret.ts";
import type { Random } from "../../ports/random.ts";
import type { Argon2id } from "../../ports/words.ts";

const nonceLength = 12;
const saltLength = 16;
const keyLength = 32;

interface Common {
  readonly version: 1;
  /** Counts the changes, so that none is made over another that it did not see. */
  readonly revision: number;
  /** The data key before this one: as the browser holds it (of release 0.1), or sealed under this one. */
  readonly previous: CryptoKey | Uint8Array | null;
}
export interface OpenKey extends Common {
  readonly is: "open";
  readonly guard: CryptoKey;
  readonly sealed: Uint8Array;
}
export interface LockedKey extends Common {
  readonly is: "locked";
  /** Argon2id of the passphrase with `salt`, with the parameters of its port. */
  readonly passphrase: { readonly salt: Uint8Array; readonly sealed: Uint8Array };
  readonly passkeys: readonly Passkey[];
}
export type KeyRecord = OpenKey | LockedKey;

export interface Passkey {
  /** The credential's own id, and what it is asked to make its secret from. */
  readonly id: Uint8Array;
  readonly salt: Uint8Array;
  readonly sealed: Uint8Array;
}

/** What a person opens with. `made`: what the passkey made of its salt. */
export type Opener = { readonly by: "passphrase"; readonly passphrase: string } | { readonly by: "passkey"; readonly id: Uint8Array; readonly made: Secret };

export interface KeyTools {
  readonly random: Random;
  readonly argon2id: Argon2id;
}

/** A first record, for a storage that has none. `previous`: what values may be sealed under already. */
export const createOpenKey = (random: Random, previous: CryptoKey | null): Promise<OpenKey> => openKeyFor(new Secret(random(keyLength)), 0, previous);

/** The data key itself: only while a lock is being changed. */
export const exposeOpen = async ({ guard, sealed }: OpenKey): Promise<Secret> => {
  const key = await unseal(guard, sealed, "guard");
  if (!key) throw new Error("the guard does not fit");
  return new Secret(key);
};

/** `undefined`: not the right passphrase, or no passkey of this lock. */
export const openLocked = async ({ passphrase, passkeys }: LockedKey, opener: Opener, { argon2id }: KeyTools): Promise<Secret | undefined> => {
  if (opener.by === "passphrase") {
    const key = await unseal(await passphraseKey(opener.passphrase, passphrase.salt, argon2id), passphrase.sealed, "passphrase");
    return key && new Secret(key);
  }
  const passkey = passkeys.find(({ id }) => isSame(id, opener.id));
  if (!passkey) return undefined;
  const key = await unseal(await passkeyKey(opener.made, passkey.salt), passkey.sealed, passkeyLabel(passkey.id));
  return key && new Secret(key);
};

/** A lock with a new data key; the one before is sealed under it, and nothing of either lies open. */
export const lockWith = async (before: OpenKey, passphrase: string, tools: KeyTools): Promise<LockedKey> => {
  const was = await exposeOpen(before);
  const key = new Secret(tools.random(keyLength));
  return {
    version: 1,
    is: "locked",
    revision: before.revision + 1,
    passphrase: await sealForPassphrase(key, passphrase, tools),
    passkeys: [],
    previous: await seal(await importKey(key), was.expose(), "previous"),
  };
};

export const withPassphrase = async (record: LockedKey, key: Secret, passphrase: string, tools: KeyTools): Promise<LockedKey> => ({
  ...record,
  revision: record.revision + 1,
  passphrase: await sealForPassphrase(key, passphrase, tools),
});

export const withPasskey = async (
  record: LockedKey,
  key: Secret,
  { id, salt, made }: Omit<Passkey, "sealed"> & { readonly made: Secret },
): Promise<LockedKey> => {
  const sealed = await seal(await passkeyKey(made, salt), key.expose(), passkeyLabel(id));
  return { ...record, revision: record.revision + 1, passkeys: [...record.passkeys.filter((one) => !isSame(one.id, id)), { id, salt, sealed }] };
};

export const withoutPasskey = (record: LockedKey, id: Uint8Array): LockedKey => ({
  ...record,
  revision: record.revision + 1,
  passkeys: record.passkeys.filter((one) => !isSame(one.id, id)),
});

export const withoutLock = (record: LockedKey, key: Secret): Promise<OpenKey> => openKeyFor(key, record.revision + 1, record.previous);

/** Every value is sealed under the data key by now. */
export const withoutPrevious = (record: KeyRecord): KeyRecord => ({ ...record, revision: record.revision + 1, previous: null });

/** The data key as the storage uses it: it seals and opens, and cannot be taken out. */
export const importKey = (key: Secret): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new Uint8Array(key.expose()), "AES-GCM", false, ["encrypt", "decrypt"]);

export const previousKey = async ({ previous }: KeyRecord, key: CryptoKey): Promise<CryptoKey | undefined> => {
  if (!(previous instanceof Uint8Array)) return previous ?? undefined;
  const raw = await unseal(key, previous, "previous");
  return raw && importKey(new Secret(raw));
};

/** Sealed by AES-256-GCM with a random nonce, which goes before it; `label` says what it is and is bound in. */
export const seal = async (key: CryptoKey, plain: Uint8Array, label: string): Promise<Uint8Array> => {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(label) }, key, new Uint8Array(plain));
  return concat(nonce, new Uint8Array(sealed));
};

/** `undefined` when it was sealed under another key, as something else, or is not what was sealed. */
export const unseal = (key: CryptoKey, stored: Uint8Array, label: string): Promise<Uint8Array | undefined> => {
  const iv = new Uint8Array(stored.subarray(0, nonceLength));
  const body = new Uint8Array(stored.subarray(nonceLength));
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, key, body).then(
    (plain) => new Uint8Array(plain),
    () => undefined,
  );
};

const openKeyFor = async (key: Secret, revision: number, previous: KeyRecord["previous"]): Promise<OpenKey> => {
  const guard = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const sealed = await seal(guard, key.expose(), "guard");
  return { version: 1, is: "open", revision, guard, sealed, previous };
};

const sealForPassphrase = async (key: Secret, passphrase: string, { random, argon2id }: KeyTools): Promise<LockedKey["passphrase"]> => {
  const salt = random(saltLength);
  return { salt, sealed: await seal(await passphraseKey(passphrase, salt, argon2id), key.expose(), "passphrase") };
};

/** However it was typed, composed or not: the same letters are the same passphrase. */
const passphraseKey = async (passphrase: string, salt: Uint8Array, argon2id: Argon2id): Promise<CryptoKey> =>
  deriveKey(await argon2id(utf8(passphrase.normalize("NFKC")), salt), salt, "beside lock passphrase 1");

const passkeyKey = (made: Secret, salt: Uint8Array): Promise<CryptoKey> => deriveKey(made.expose(), salt, "beside lock passkey 1");

/** HKDF (RFC 5869) with SHA-256. */
const deriveKey = async (from: Uint8Array, salt: Uint8Array, info: string): Promise<CryptoKey> => {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(from), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(salt), info: utf8(info) };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

const passkeyLabel = (id: Uint8Array): string => `passkey ${toHex(id)}`;
const isSame = (one: Uint8Array, two: Uint8Array): boolean => toHex(one) === toHex(two);
