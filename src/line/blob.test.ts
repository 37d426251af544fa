import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { sha256 } from "../protocol/keys.ts";
import { blobChunks, buckets } from "../protocol/sizes.ts";
import { blobCap, capabilityOf, checkOf, joinPieces, openPiece, sealBlob } from "./blob.ts";

const key = new Secret(new Uint8Array(32).fill(1));
const id = new Uint8Array(16).fill(2);
const perPiece = 65_536 - 16;
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 256);
const piecesOf = (length: number, of = { key, id }): readonly Uint8Array[] => {
  const { total, piece } = sealBlob(of.key, of.id, content(length));
  return Array.from({ length: total }, (_, i) => piece(i));
};
const opened = (pieces: readonly Uint8Array[], total = pieces.length): readonly (Uint8Array | undefined)[] =>
  pieces.map((piece, i) => openPiece(key, id, i, total, piece));

describe("A blob", () => {
  it.each([0, 1, 235, 236, 237, 4076, perPiece - 4, perPiece - 3, 2 * perPiece - 4, 2 * perPiece - 3, 200_000])(
    "[PIECE1] of %i bytes comes out as it went in",
    (length) => {
      const whole = opened(piecesOf(length));
      expect(joinPieces(whole as Uint8Array[])).toEqual(content(length));
    },
  );

  it("[PIECE1] every piece is of a size for all to be alike: the largest, but for the last", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(5000), fc.nat(300_000)), (length) => {
        const sizes = piecesOf(length).map((piece) => piece.length);
        expect(sizes.slice(0, -1).every((size) => size === 65_536)).toBe(true);
        const rest = 4 + length - (sizes.length - 1) * perPiece;
        expect(sizes.at(-1)).toBe(buckets.find((size) => size - 16 >= rest));
      }),
      { numRuns: 40 },
    );
  });

  it("[PIECE1] the largest one is as many pieces as the relay takes, all full", () => {
    const { total, piece } = sealBlob(key, id, new Uint8Array(blobCap));
    expect([total, piece(total - 1).length]).toEqual([blobChunks, 65_536]);
  });

  it("[PIECE1] no piece opens in another's place, or as one of more or fewer", () => {
    const pieces = piecesOf(3 * perPiece - 4);
    expect(pieces.length).toBe(3);
    for (const [i, piece] of pieces.entries()) {
      for (const at of [0, 1, 2]) for (const total of [2, 3, 4]) expect(openPiece(key, id, at, total, piece) !== undefined).toBe(at === i && total === 3);
    }
    // Left out, and the rest moved up.
    expect(opened([pieces[0], pieces[2]] as Uint8Array[])).toEqual([undefined, undefined]);
  });

  it("[PIECE1] no piece opens in another blob, under another key, or changed by a bit", () => {
    const [piece] = piecesOf(100) as [Uint8Array];
    expect(openPiece(key, new Uint8Array(16).fill(3), 0, 1, piece)).toBeUndefined();
    expect(openPiece(new Secret(new Uint8Array(32).fill(3)), id, 0, 1, piece)).toBeUndefined();
    for (let at = 0; at < piece.length; at++)
      expect(
        openPiece(
          key,
          id,
          0,
          1,
          piece.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)),
        ),
      ).toBeUndefined();
    for (const length of [0, 15, 16, 255]) expect(openPiece(key, id, 0, 1, piece.slice(0, length))).toBeUndefined();
  });

  it("[PIECE1] a length that cannot be is no content", () => {
    expect(joinPieces([])).toBeUndefined();
    expect(joinPieces([new Uint8Array(3)])).toBeUndefined();
    expect(joinPieces([Uint8Array.of(0, 0, 0, 1)])).toBeUndefined();
    expect(joinPieces([Uint8Array.of(255, 255, 255, 255, 1, 2)])).toBeUndefined();
    expect(joinPieces([Uint8Array.of(0, 0), Uint8Array.of(0, 2, 8, 9, 0)])).toEqual(Uint8Array.of(8, 9));
  });

  it("[PIECE1] what the relay is shown says nothing of the key, and is another one for each blob", () => {
    const capability = capabilityOf(key, id);
    expect(checkOf(key, id)).toEqual(sha256(capability));
    expect(capability).not.toEqual(key.expose());
    expect(capability).not.toEqual(capabilityOf(key, new Uint8Array(16)));
    expect(openPiece(new Secret(capability), id, 0, 1, (piecesOf(1) as [Uint8Array])[0])).toBeUndefined();
  });
});
