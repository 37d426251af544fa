/**
 * Passkeys as unlockers: the browser's WebAuthn with the `prf` extension, by which a passkey makes a secret out of a salt,
 * the same one each time, after its owner showed to be there. Nobody else is asked; there is no server that knows it.
 *
 * What a passkey's own list shows of it is "Beside" and nothing else: no name of a person, no name of a line.
 */
import { toBase64url } from "../../base/bytes.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { Secret } from "../../base/secret.ts";
import type { Random } from "../../ports/random.ts";
import type { Opener } from "./data-key.ts";

/** `not-done`: taken back, too slow, or no such passkey here; browsers do not say which. `cannot`: it makes no secrets. */
export type PasskeyFault = "not-done" | "cannot";

export interface MadePasskey {
  readonly id: Uint8Array;
  readonly salt: Uint8Array;
  readonly made: Secret;
}
interface Known {
  readonly id: Uint8Array;
  readonly salt: Uint8Array;
}

export interface Passkeys {
  /** Whether this browser has any at this address: some addresses are no names, and some browsers have none. */
  readonly possible: boolean;
  make(known: readonly Known[]): Promise<Result<MadePasskey, PasskeyFault>>;
  ask(known: readonly Known[]): Promise<Result<Opener, PasskeyFault>>;
}

const saltLength = 32;

export const createPasskeys = (random: Random, page: Window): Passkeys => {
  const { credentials } = page.navigator as { credentials?: CredentialsContainer };

  const ask = async (known: readonly Known[]): Promise<Result<{ readonly id: Uint8Array; readonly made: Secret }, PasskeyFault>> => {
    const got = await credentials
      ?.get({
        publicKey: {
          challenge: fresh(random(32)),
          allowCredentials: known.map(toDescriptor),
          userVerification: "required",
          extensions: { prf: { evalByCredential: saltsOf(known) } },
        },
      })
      .catch(() => null);
    if (!got) return err("not-done");
    const made = madeBy(got);
    return made ? ok({ id: idOf(got), made }) : err("cannot");
  };

  return {
    // A passkey belongs to a host's name; an address of numbers has none.
    possible: page.isSecureContext && "PublicKeyCredential" in page && credentials !== undefined && !/^[\d.]+$|:/.test(page.location.hostname),

    async make(known) {
      const salt = random(saltLength);
      const created = await credentials
        ?.create({
          publicKey: {
            rp: { name: "Beside" },
            user: { id: fresh(random(16)), name: "Beside", displayName: "Beside" },
            challenge: fresh(random(32)),
            pubKeyCredParams: [
              { type: "public-key", alg: -7 },
              { type: "public-key", alg: -257 },
            ],
            authenticatorSelection: { residentKey: "discouraged", userVerification: "required" },
            excludeCredentials: known.map(toDescriptor),
            extensions: { prf: { eval: { first: fresh(salt) } } },
          },
        })
        .catch(() => null);
      if (!created) return err("not-done");
      if ((created as PublicKeyCredential).getClientExtensionResults().prf?.enabled !== true) return err("cannot");
      const id = idOf(created);
      // Some make the secret at once, most only when they are asked for it.
      const made = madeBy(created);
      if (made) return ok({ id, salt, made });
      const asked = await ask([{ id, salt }]);
      return asked.ok ? ok({ id, salt, made: asked.value.made }) : asked;
    },

    async ask(known) {
      const asked = await ask(known);
      return asked.ok ? ok({ by: "passkey", ...asked.value }) : asked;
    },
  };
};

const idOf = (credential: Credential): Uint8Array => new Uint8Array((credential as PublicKeyCredential).rawId);

const madeBy = (credential: Credential): Secret | undefined => {
  const first = (credential as PublicKeyCredential).getClientExtensionResults().prf?.results?.first;
  if (!first) return undefined;
  return new Secret(ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength) : new Uint8Array(first));
};

const fresh = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const toDescriptor = ({ id }: Known): PublicKeyCredentialDescriptor => ({ type: "public-key", id: fresh(id) });
const saltsOf = (known: readonly Known[]): Record<string, AuthenticationExtensionsPRFValues> =>
  Object.fromEntries(known.map(({ id, salt }) => [toBase64url(id), { first: fresh(salt) }]));
