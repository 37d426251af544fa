/** Two devices that seal for each other, timed: the same work in Node, in a page, and through the app's own worker. */
import { asPlain, type Plain } from "../src/base/brand.ts";
import { utf8, u32 } from "../src/base/bytes.ts";
import type { Result } from "../src/base/result.ts";
import { Secret } from "../src/base/secret.ts";
import type { DeviceIdentity, Incoming, Pins, Sealer, Sealers } from "../src/ports/sealer.ts";
import { certifyDevice } from "../src/protocol/certificate.ts";
import { publicKey } from "../src/protocol/keys.ts";

/** Milliseconds an operation, one number per block: a page's clock is too coarse for one operation. */
export interface Sealing {
  readonly seal: readonly number[];
  readonly open: readonly number[];
}

const block = 10;

const value = <T, E>(result: Result<T, E>): T => {
  if (!result.ok) throw new Error(`the seal refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

const person = (line: Uint8Array, fill: number): { readonly identity: DeviceIdentity; readonly key: Uint8Array } => {
  const seed = new Secret(new Uint8Array(32).fill(fill));
  const deviceSeed = new Secret(new Uint8Array(32).fill(fill + 100));
  return { identity: { certificate: certifyDevice(line, seed, publicKey(deviceSeed)), deviceSeed }, key: publicKey(seed) };
};

const pair = async (sealers: Sealers): Promise<readonly [Sealer, Sealer]> => {
  const line = new Uint8Array(16).fill(9);
  const [ada, ben] = [person(line, 1), person(line, 2)];
  const pins: Pins = { line, me: ben.key, other: ada.key };
  const { sealer: author } = await sealers.found(ada.identity, { line, me: ada.key, other: undefined });
  const { keyPackage, state } = await sealers.keyPackage(ben.identity, pins);
  const { commit, welcome } = value(await author.change({ add: [keyPackage], remove: [] }));
  if (welcome === null) throw new Error("an add without a welcome");
  await author.receive([{ kind: "change", body: commit, aad: new Uint8Array() }]);
  return [author, value(await sealers.join(state, welcome, pins)).sealer];
};

/** A thought of some forty letters. */
const thought: Plain = asPlain(utf8("the kettle is on, and the cat has your chair"));

/** Every operation includes the state that is saved before its bytes leave. */
export const timeSealing = async (sealers: Sealers, blocks: number, warm: number): Promise<Sealing> => {
  const [author, reader] = await pair(sealers);
  const times = { seal: [] as number[], open: [] as number[] };
  let n = 0;
  for (let round = 0; round < warm + blocks; round++) {
    const items: Incoming[] = [];
    const from = performance.now();
    for (let i = 0; i < block; i++) {
      const aad = u32(++n);
      items.push({ kind: "entry", body: value(await author.seal(thought, aad)).body, aad });
    }
    const between = performance.now();
    for (const item of items) {
      const { results } = await reader.receive([item]);
      if (results[0]?.kind !== "entry") throw new Error("an entry that does not open");
    }
    const to = performance.now();
    if (round < warm) continue;
    times.seal.push((between - from) / block);
    times.open.push((to - between) / block);
  }
  return times;
};
