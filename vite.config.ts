/**
 * Builds the web app: everything in files of our own, nothing inline, names by content. `--mode dev` builds the test root
 * (two people side by side, a clock that moves) into a folder of its own; the shipped build holds none of it.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { finishWeb } from "./scripts/finish-web.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Two libraries name Node's crypto for runtimes that lack WebCrypto; no browser ever asks for it. */
const withoutNodeCrypto = (level: string, log: { readonly message: string }, next: (level: never, log: never) => void): void => {
  if (!log.message.includes('"crypto" has been externalized')) next(level as never, log as never);
};

const { version } = JSON.parse(readFileSync(path("package.json"), "utf8")) as { version: string };
const target = ["chrome120", "edge120", "firefox121", "safari17.2"];

export default defineConfig(({ mode }) => {
  const isDev = mode === "dev";
  return {
    root: path(isDev ? "src/web/dev" : "src/web"),
    base: "/",
    publicDir: path("src/web/public"),
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    define: { besideVersion: JSON.stringify(version) },
    plugins: isDev ? [] : [finishWeb({ serviceWorker: path("src/web/service-worker/main.ts"), target })],
    worker: { format: "es", rolldownOptions: { onLog: withoutNodeCrypto } },
    build: {
      outDir: path(isDev ? "dist/web-dev" : "dist/web"),
      emptyOutDir: true,
      assetsDir: "assets",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      target,
      cssMinify: true,
      reportCompressedSize: true,
      // Compressing takes the time that it takes.
      rolldownOptions: {
        checks: { pluginTimings: false },
        onLog: withoutNodeCrypto,
        ...(isDev ? { input: [path("src/web/dev/index.html"), path("src/web/dev/side.html")] } : {}),
      },
    },
  };
});
