/** The bench's own pages, bundled as the app is, to be served by a relay with its own strict headers. */
import { fileURLToPath } from "node:url";
import { build } from "vite";

const pages = fileURLToPath(new URL("./pages", import.meta.url));

export const buildPages = async (outDir: string, ...names: readonly string[]): Promise<void> => {
  await build({
    configFile: false,
    root: pages,
    base: "./",
    logLevel: "silent",
    worker: { format: "es" },
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: "chrome120",
      rolldownOptions: { input: names.map((name) => `${pages}/${name}.html`) },
    },
  });
};
