/**
 * The relay over HTTP: the built web app with strict headers, health, and metrics. Only files that were there at start
 * are served, by exact name: no path is ever made from what a request says.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono, type Context } from "hono";

export interface HttpOptions {
  /** Folder of the built web app. */
  readonly web: string | undefined;
  /** `'none'` unless a test root shows two people side by side. */
  readonly frameAncestors: "'none'" | "'self'";
  readonly health: () => { readonly ok: boolean };
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** A test root's own addresses. */
  readonly routes?: ((app: Hono) => void) | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

const policy = (frameAncestors: string): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
    `frame-src ${frameAncestors}`,
    "require-trusted-types-for 'script'",
    "trusted-types beside-worker",
  ].join("; ");

export const createHttp = ({ web, frameAncestors, health, metrics, routes }: HttpOptions): Hono => {
  const files = web === undefined ? new Map<string, string>() : listFiles(web);
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    context.header("Content-Security-Policy", policy(frameAncestors));
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()");
  });

  app.get("/healthz", (context) => {
    const state = health();
    context.header("Cache-Control", "no-store");
    return context.json(state, state.ok ? 200 : 503);
  });

  app.get("/metrics", async (context) => {
    const { type, text } = await metrics();
    return context.body(text, 200, { "Content-Type": type, "Cache-Control": "no-store" });
  });

  routes?.(app);

  app.get("*", (context) => {
    const path = context.req.path === "/" ? "/index.html" : context.req.path;
    const file = files.get(path);
    return file === undefined ? context.text("There is nothing here.\n", 404) : serve(context, path, file);
  });
  return app;
};

const serve = (context: Context, path: string, file: string): Response => {
  const kind = extname(path);
  return context.body(new Uint8Array(readFileSync(file)), 200, {
    "Content-Type": contentTypes[kind] ?? "application/octet-stream",
    // Names under /assets/ hold a hash of their content; everything else is asked for again each time.
    "Cache-Control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  });
};

/** By the path under which it is asked for. */
const listFiles = (folder: string): Map<string, string> => {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${file.slice(join(folder, "/").length).replaceAll("\\", "/")}`, file);
  }
  return files;
};
