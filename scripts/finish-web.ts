/**
 * What the build of the shipped web app does last, once every file has its name:
 *
 * 1. What runs before everything is made as small as the rest.
 * 2. The list of exactly these files, each with its SHA-256, goes into the service worker, which becomes `sw.js`. It is
 *    built after everything else and is not on the list itself.
 * 3. A compressed file is put beside each text; the relay gives those to whoever takes them (src/relay/http.ts).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, minifySync, type Plugin } from "vite";

interface Finish {
  /** Where the service worker begins. */
  readonly serviceWorker: string;
  readonly target: readonly string[];
}

const texts = /\.(html|js|css|svg|json|webmanifest|txt)$/;

export const finishWeb = ({ serviceWorker, target }: Finish): Plugin => {
  let folder = "";
  return {
    name: "beside-finish-web",
    apply: "build",
    configResolved: ({ root, build: { outDir } }) => {
      folder = join(root, relative(root, outDir));
    },
    writeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        minifyFirst(join(folder, "first.js"));
        await buildServiceWorker(serviceWorker, target, folder, listOf(folder));
        compress(folder);
      },
    },
  };
};

/** It is no module, so that it runs before anything else, and is copied as it was written. */
const minifyFirst = (file: string): void => writeFileSync(file, minifySync(file, readFileSync(file, "utf8"), { module: false }).code);

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

/** Of every file: its address, and the hash of what must be there. */
const listOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(filesIn(folder).map((file) => [`/${relative(folder, file).replaceAll("\\", "/")}`, sha256(readFileSync(file))]));

const buildServiceWorker = async (entry: string, target: readonly string[], outDir: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { besideBuild: JSON.stringify({ id: sha256(JSON.stringify(files)).slice(0, 16), files }) },
    build: {
      outDir,
      emptyOutDir: false,
      target: [...target],
      modulePreload: false,
      rolldownOptions: { input: entry, output: { format: "iife", entryFileNames: "sw.js" } },
    },
  });
};

const compress = (folder: string): void => {
  for (const file of filesIn(folder).filter((name) => texts.test(name))) {
    const plain = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }));
    writeFileSync(`${file}.gz`, gzipSync(plain, { level: constants.Z_BEST_COMPRESSION }));
  }
};
