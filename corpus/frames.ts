/** A valid frame of every type, from the published vectors: what the mutations of frames begin with. */
import vectors from "../vectors/frames.v1.json" with { type: "json" };
import { fromHex } from "../src/base/bytes.ts";
import { decodeFrame, isDeviceFrame } from "../src/protocol/frames.ts";
import type { Original } from "./mutate.ts";

const all: readonly (Original & { readonly device: boolean })[] = vectors.valid.flatMap(({ name, hex }) => {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const decoded = decodeFrame(bytes);
  return decoded.ok ? [{ name, bytes, device: isDeviceFrame(decoded.value) }] : [];
});

export const deviceFrames: readonly Original[] = all.filter(({ device }) => device);
export const relayFrames: readonly Original[] = all.filter(({ device }) => !device);
