/** A camera that sees one QR code: a film of one picture, as Chromium takes it for a device (`--use-file-for-fake-video-capture`). */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import encodeQR from "qr";

const [width, height] = [640, 480];

/** The browser's arguments for a camera before which `text` is held as a code, drawn as the page draws it. */
export const cameraSeeing = (text: string): string[] => {
  const file = join(mkdtempSync(join(tmpdir(), "beside-camera-")), "film.y4m");
  writeFileSync(file, filmOf(encodeQR(text, "raw", { ecc: "low", border: 3 })));
  return ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${file}`];
};

/** YUV4MPEG2: a line of header, then per picture a line and its planes: light and dark, and two of colour, which is none. */
const filmOf = (code: readonly (readonly boolean[])[]): Buffer => {
  const module = Math.floor((height * 0.9) / code.length);
  const [left, top] = [width, height].map((side) => Math.floor((side - module * code.length) / 2)) as [number, number];
  const light = Buffer.alloc(width * height, 200);
  for (const [y, row] of code.entries())
    for (const [x, dark] of row.entries())
      for (let line = 0; line < module; line++) {
        const start = (top + y * module + line) * width + left + x * module;
        light.fill(dark ? 30 : 225, start, start + module);
      }
  const noColour = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), light, noColour]);
};
