/**
 * Changes valid messages as noise, faults and malice do: bits, lengths, pieces, and the values of a canonical encoding.
 * All of it comes from one seed, so that a mutation that fails is made again by its number alone.
 */
import { concat, toHex } from "../src/base/bytes.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { createChance, type Chance } from "../sim/chance.ts";

export interface Mutation {
  /** Makes it again: `CORPUS_SEED=<seed> CORPUS_MUTATIONS=1`. */
  readonly seed: number;
  readonly how: string;
  /** What was changed, by its name. */
  readonly of: string;
  readonly bytes: Uint8Array;
}

export interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How many in all, and from which seed on: `CORPUS_MUTATIONS=100000 CORPUS_SEED=7 npx vitest run corpus/mutations`. */
const asked = (name: string): number | undefined => (process.env[name] === undefined ? undefined : Number(process.env[name]));
export const seedFrom = asked("CORPUS_SEED") ?? 1;
/** What every run does, over all kinds; the kinds have their shares of it. */
const usual = 13_000;
export const share = (of: number): number => Math.max(1, Math.round(((asked("CORPUS_MUTATIONS") ?? usual) * of) / usual));

/** One mutation of one of the originals, never equal to any of them. `canonical`: also by the values of its CBOR. */
export const mutationOf = (seed: number, originals: readonly Original[], canonical: boolean): Mutation => {
  const chance = createChance(seed);
  for (;;) {
    const original = chance.pick(originals);
    const byValue = canonical && chance.hit(0.5);
    const [how, bytes] = byValue ? byCbor(chance, original.bytes) : byBytes(chance, original.bytes, chance.pick(originals).bytes);
    if (!originals.some((one) => sameBytes(one.bytes, bytes))) return { seed, how, of: original.name, bytes };
  }
};

export const describe = ({ seed, how, of, bytes }: Mutation): string => `seed ${seed}: ${how} of ${of}: ${toHex(bytes.subarray(0, 2000))}`;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

type Change = readonly [how: string, bytes: Uint8Array];

const byBytes = (chance: Chance, bytes: Uint8Array, other: Uint8Array): Change => {
  const last = Math.max(0, bytes.length - 1);
  // The beginning, where kinds and lengths stand, is hit more often than its share.
  const at = chance.hit(0.4) ? Math.min(last, chance.whole(0, 24)) : chance.whole(0, last);
  const end = Math.min(bytes.length, at + chance.whole(1, 64));
  const cut = (from: number, to: number, ...between: readonly Uint8Array[]): Uint8Array => concat(bytes.subarray(0, from), ...between, bytes.subarray(to));
  switch (chance.whole(0, 12)) {
    case 0:
    case 1:
      return ["a bit", flip(chance, bytes, at)];
    case 2: {
      let changed = bytes;
      for (let i = chance.whole(2, 16); i > 0; i--) changed = flip(chance, changed, chance.whole(0, last));
      return ["several bits", changed];
    }
    case 3:
      return ["another byte", cut(at, at + 1, chance.bytes(1))];
    case 4:
      return ["cut short", bytes.slice(0, chance.whole(0, last))];
    case 5:
      return ["made longer", concat(bytes, chance.hit(0.5) ? chance.bytes(chance.whole(1, 300)) : new Uint8Array(chance.whole(1, 300)))];
    case 6:
      return ["bytes put in", cut(at, at, chance.bytes(chance.whole(1, 16)))];
    case 7:
      return ["bytes taken out", cut(at, end)];
    case 8:
      return ["bytes doubled", cut(end, end, bytes.subarray(at, end))];
    case 9:
      return ["zeros", cut(at, end, new Uint8Array(end - at))];
    case 10:
      return ["ones", cut(at, end, new Uint8Array(end - at).fill(0xff))];
    case 11: {
      const from = chance.whole(0, Math.max(0, other.length - 1));
      return ["two in one", concat(bytes.subarray(0, at), other.subarray(from))];
    }
    default:
      return ["a length", lengthEdit(chance, bytes, at)];
  }
};

const flip = (chance: Chance, bytes: Uint8Array, at: number): Uint8Array =>
  bytes.length === 0 ? bytes : bytes.with(at, (bytes[at] ?? 0) ^ (1 << chance.whole(0, 7)));

/** A big-endian number of one, two or four bytes, a little or a lot off: every length field is one of these. */
const lengthEdit = (chance: Chance, bytes: Uint8Array, at: number): Uint8Array => {
  const size = chance.pick([1, 2, 4]);
  if (at + size > bytes.length) return flip(chance, bytes, at);
  const by = chance.pick([1, -1, 2, -2, 16, -16, 255, 256, 65_536]);
  const out = bytes.slice();
  let carry = by;
  for (let place = at + size - 1; place >= at; place--) {
    const sum = (out[place] ?? 0) + carry;
    out[place] = sum & 0xff;
    carry = sum >> 8;
  }
  return out;
};

/** Another value in the same, canonical encoding: this passes the decoder and meets the schemas. */
const byCbor = (chance: Chance, bytes: Uint8Array): Change => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return ["a bit", flip(chance, bytes, chance.whole(0, Math.max(0, bytes.length - 1)))];
  const [how, value] = changeValue(chance, decoded.value, 0);
  return [how, encodeCbor(value)];
};

const edges = [0, 1, 2, 5, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -2, -(2 ** 31), Number.MIN_SAFE_INTEGER];
const others: readonly Cbor[] = [
  null,
  true,
  false,
  "",
  "x",
  "constructor",
  "\u202e",
  new Uint8Array(),
  new Uint8Array(32),
  [],
  [[]],
  {},
  { a: 1 },
  { hasOwnProperty: 1 },
];

/** Changes a value somewhere inside it. The first two fields of a frame (version and type) are hit like all others. */
export const changeValue = (chance: Chance, value: Cbor, depth: number): readonly [how: string, value: Cbor] => {
  const inside = depth < 12 && typeof value === "object" && value !== null && !(value instanceof Uint8Array);
  if (inside && chance.hit(0.8)) {
    if (Array.isArray(value)) return changeList(chance, value as readonly Cbor[], depth);
    const keys = Object.keys(value);
    const map = value as { readonly [key: string]: Cbor };
    if (keys.length > 0) {
      const key = chance.pick(keys);
      const { [key]: old, ...rest } = map;
      if (chance.hit(0.15)) return ["a key taken away", rest];
      if (chance.hit(0.15)) return ["a key more", { ...map, [chance.pick(["a", "id", "from", "at", "__proto", "seen", "toString"])]: chance.pick(others) }];
      if (chance.hit(0.1)) return ["a key of another name", { ...rest, [`${key}${chance.pick(["s", " ", "\u0000"])}`]: old as Cbor }];
      const [how, inner] = changeValue(chance, old as Cbor, depth + 1);
      return [how, { ...map, [key]: inner }];
    }
  }
  if (typeof value === "number" && chance.hit(0.9)) return ["a number", chance.hit(0.3) ? value + chance.pick([1, -1]) : chance.pick(edges)];
  if (value instanceof Uint8Array && chance.hit(0.85)) {
    if (value.length === 0 || chance.hit(0.2)) return ["bytes made longer", concat(value, chance.bytes(chance.pick([1, 2, 64])))];
    if (chance.hit(0.25)) return ["bytes made shorter", value.slice(0, chance.whole(0, value.length - 1))];
    return ["a bit of bytes", flip(chance, value, chance.whole(0, value.length - 1))];
  }
  if (typeof value === "string" && chance.hit(0.85)) {
    if (chance.hit(0.3)) return ["a text repeated", value.repeat(chance.pick([2, 40, 3000]))];
    return ["a text with marks", `${value}${chance.pick(["\u0000", "\u202e", "\u200b", "\n\n\n\n", "<b>", "\u{1f600}", "\u0301"])}`];
  }
  return ["another type", chance.pick(others)];
};

const changeList = (chance: Chance, list: readonly Cbor[], depth: number): readonly [string, Cbor] => {
  if (list.length === 0) return ["something in a list of nothing", [chance.pick(others)]];
  const at = chance.whole(0, list.length - 1);
  if (chance.hit(0.08)) return ["a field taken away", list.toSpliced(at, 1)];
  if (chance.hit(0.08)) return ["a field doubled", list.toSpliced(at, 0, list[at] as Cbor)];
  if (chance.hit(0.08)) {
    const to = chance.whole(0, list.length - 1);
    return ["two fields changed about", list.with(at, list[to] as Cbor).with(to, list[at] as Cbor)];
  }
  if (chance.hit(0.03)) return ["a field 600 times", list.toSpliced(at, 0, ...Array.from({ length: 600 }, () => list[at] as Cbor))];
  const [how, inner] = changeValue(chance, list[at] as Cbor, depth + 1);
  return [how, list.with(at, inner)];
};
