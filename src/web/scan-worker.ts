/**
 * Composition root of the scanner's worker: looks for QR codes in pictures of the camera, so that the page itself never
 * stands still for it. The browser's own detector where there is one that works, else the one that Beside brings. Pictures
 * come in, texts go out; nothing is kept, and nothing leaves the device.
 */
import { decodeQR } from "qr/decode.js";

/** What of a dedicated worker's global is used here. */
interface Scope {
  postMessage(texts: readonly string[]): void;
  onmessage: ((event: MessageEvent<VideoFrame | ImageBitmap>) => void) | null;
  /** Not in every browser, and in some without anything behind it. */
  readonly BarcodeDetector?: {
    new (options: { readonly formats: readonly string[] }): { detect(picture: OffscreenCanvas): Promise<readonly { readonly rawValue: string }[]> };
    getSupportedFormats(): Promise<readonly string[]>;
  };
}
const scope = globalThis as unknown as Scope;

/** Pixels on a side at which a code that fills half of the picture is still read. */
const enough = 720;

const createOwn = async () => {
  const { BarcodeDetector: Own } = scope;
  const kinds = (await Own?.getSupportedFormats().catch(() => undefined)) ?? [];
  return Own && kinds.includes("qr_code") ? new Own({ formats: ["qr_code"] }) : undefined;
};
let own = createOwn();

const read = async (picture: VideoFrame | ImageBitmap): Promise<readonly string[]> => {
  const [wide, high] = "displayWidth" in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height];
  // The square in the middle is what the screen shows.
  const side = Math.min(wide, high);
  const size = Math.min(side, enough);
  const canvas = new OffscreenCanvas(size, size);
  const pixels = canvas.getContext("2d", { willReadFrequently: true });
  if (!pixels) return [];
  pixels.drawImage(picture, (wide - side) / 2, (high - side) / 2, side, side, 0, 0, size, size);
  const detector = await own;
  if (detector) {
    try {
      return (await detector.detect(canvas)).map(({ rawValue }) => rawValue);
    } catch {
      own = Promise.resolve(undefined);
    }
  }
  try {
    return [decodeQR(pixels.getImageData(0, 0, size, size), { format: "RGBA", timeLimit: 100 })];
  } catch {
    // It throws where it finds nothing.
    return [];
  }
};

scope.onmessage = ({ data: picture }) => {
  void read(picture)
    .catch(() => [])
    .then((texts) => {
      picture.close();
      scope.postMessage(texts);
    });
};
