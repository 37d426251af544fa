/**
 * Draws the app's icons from `src/web/icons`, once after a change there: `node scripts/icons.ts`. What comes out lies in
 * `src/web/public` and is kept with the sources, so that a build needs no browser.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { root } from "./web.ts";

const from = join(root, "src", "web", "icons");
const to = join(root, "src", "web", "public");

/** A square picture's pixels, as red, green, blue, alpha; clear where the drawing is clear. */
const draw = async (page: Page, svg: string, size: number): Promise<Uint8Array> => {
  const pixels = await page.evaluate(
    async ([source, side]) => {
      const image = new Image(side, side);
      image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side).getContext("2d");
      canvas?.drawImage(image, 0, 0, side, side);
      return [...(canvas?.getImageData(0, 0, side, side).data ?? [])];
    },
    [svg, size] as const,
  );
  return new Uint8Array(pixels);
};

/** Gradients are drawn with a fine noise that costs more than the picture: what nobody sees of it is cut off. */
const step = 5;
const calm = (pixels: Uint8Array): Uint8Array => pixels.map((value) => Math.min(255, Math.round(value / step) * step));

/** As a PNG: per row the filter that leaves least, then deflate at its best. Browsers write theirs fast, and twice as big. */
const png = (pixels: Uint8Array, size: number): Buffer => {
  const rowLength = size * 4;
  const rows: Uint8Array[] = [];
  for (let y = 0; y < size; y++) {
    const at = (x: number, row: number): number => (x < 0 || row < 0 ? 0 : (pixels[row * rowLength + x] as number));
    const filtered = [
      (x: number) => at(x, y),
      (x: number) => at(x, y) - at(x - 4, y),
      (x: number) => at(x, y) - at(x, y - 1),
      (x: number) => at(x, y) - ((at(x - 4, y) + at(x, y - 1)) >> 1),
      (x: number) => at(x, y) - nearest(at(x - 4, y), at(x, y - 1), at(x - 4, y - 1)),
    ].map((filter, kind) => Uint8Array.from({ length: rowLength + 1 }, (_, x) => (x === 0 ? kind : filter(x - 1))));
    const weight = (row: Uint8Array): number => row.subarray(1).reduce((sum, value) => sum + Math.min(value, 256 - value), 0);
    rows.push(filtered.reduce((best, row) => (weight(row) < weight(best) ? row : best)));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
};

/** Paeth's: whichever of left, above and corner lies nearest to left + above - corner. */
const nearest = (left: number, above: number, corner: number): number => {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};

const whole = readFileSync(join(from, "icon.svg"), "utf8");
/** For systems that cut out a shape of their own: no corners of ours, and everything that matters in the middle 80 %. */
const uncut = whole.replace('rx="116"', "");
const monochrome = readFileSync(join(from, "monochrome.svg"), "utf8");

/** The big ones are for browsers that install, which all read it: a quarter of what they are as a PNG. */
const webp = async (page: Page, svg: string, size: number): Promise<Buffer> => {
  const base64 = await page.evaluate(
    async ([source, side]) => {
      const image = new Image(side, side);
      image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side);
      canvas.getContext("2d")?.drawImage(image, 0, 0, side, side);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.92 })).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    [svg, size] as const,
  );
  return Buffer.from(base64, "base64");
};

const pictures = [
  ["icon-192.png", whole, 192],
  ["icon-512.webp", whole, 512],
  ["maskable-512.webp", uncut, 512],
  ["apple-touch-180.png", uncut, 180],
  ["monochrome-192.png", monochrome, 192],
] as const;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
for (const [name, svg, size] of pictures) {
  const picture = name.endsWith(".webp") ? await webp(page, svg, size) : png(calm(await draw(page, svg, size)), size);
  writeFileSync(join(to, "icons", name), picture);
}
await browser.close();
copyFileSync(join(from, "icon.svg"), join(to, "icon.svg"));
