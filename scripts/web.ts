/** Builds the web app when a source is newer than what was built. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");
export const webDir = join(root, "dist", "web");
export const devDir = join(root, "dist", "web-dev");

const newest = (path: string): number => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
};

export const buildWeb = (mode: "production" | "dev" = "production"): void => {
  const built = join(mode === "dev" ? devDir : webDir, "index.html");
  const sources = ["src", "vite.config.ts", "package-lock.json"].map((name) => newest(join(root, name)));
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return;
  process.stderr.write("building the web app …\n");
  execFileSync(process.execPath, [join(root, "node_modules", "vite", "bin", "vite.js"), "build", "--mode", mode, "--logLevel", "warn"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
};
