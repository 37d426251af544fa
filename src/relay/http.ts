/**
 * The relay over HTTP: the built web app with strict headers, health, and metrics. Only files that were there at start
 * are served, by exact name: no path is ever made from what a request says. Where the build put a compressed file beside
 * one, whoever takes that gets it; it has no address of its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono, type Context } from "hono";
import { fromBase64url } from "../base/bytes.ts";
import type { VigilHealth } from "./core/firing.ts";
import type { KeepAnswer } from "./core/vigils.ts";

export interface HttpOptions {
  /** Folder of the built web app. */
  readonly web: string | undefined;
  /** `'none'` unless a test root shows two people side by side. */
  readonly frameAncestors: "'none'" | "'self'";
  readonly health: () => Health;
  /** Whoever has the secret of a window keeps it (VIG7). */
  readonly keep: (secret: Uint8Array) => Promise<KeepAnswer>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** A test root's own addresses. */
  readonly routes?: ((app: Hono) => void) | undefined;
}

/** What /healthz says: numbers of the relay's own, nothing of a line. */
export interface Health {
  readonly ok: boolean;
  /** It takes a write. */
  readonly disk?: boolean;
  /** It is nearly full: only what must go on is taken (VIG13). */
  readonly scarce?: boolean;
  readonly vigils?: VigilHealth;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
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

export const createHttp = ({ web, frameAncestors, health, keep, metrics, routes }: HttpOptions): Hono => {
  const files = web === undefined ? new Map<string, WebFile>() : listFiles(web);
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

  app.post("/vigils/renew", async (context) => {
    context.header("Cache-Control", "no-store");
    const secret = secretIn(context.req.header("Authorization"));
    const answer = secret ? await keep(secret) : "malformed";
    return context.json({ answer }, keepStatus[answer]);
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

const keepStatus = { kept: 200, malformed: 400, unknown: 404, early: 409, late: 410, unavailable: 503 } as const satisfies Record<
  KeepAnswer | "malformed",
  number
>;

/** `Bearer` and 32 bytes in base64url; the scheme is one that proxies know to keep out of their logs. */
const secretIn = (header: string | undefined): Uint8Array | undefined => {
  const [, text] = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(header ?? "") ?? [];
  return text === undefined ? undefined : fromBase64url(text);
};

/** What a client may take, dearest first; the name of each is also how the build's file ends. */
const encodings = { br: ".br", gzip: ".gz" } as const;
type Encoding = keyof typeof encodings;
const encodingNames = Object.keys(encodings) as readonly Encoding[];

interface WebFile {
  readonly plain: string;
  readonly encoded: Readonly<Partial<Record<Encoding, string>>>;
}

const serve = (context: Context, path: string, { plain, encoded }: WebFile): Response => {
  const kind = extname(path);
  const encoding = encodingNames.find((name) => encoded[name] !== undefined && takes(context.req.header("Accept-Encoding"), name));
  const file = (encoding && encoded[encoding]) ?? plain;
  return context.body(new Uint8Array(readFileSync(file)), 200, {
    "Content-Type": contentTypes[kind] ?? "application/octet-stream",
    // Names under /assets/ hold a hash of their content; everything else is asked for again each time.
    "Cache-Control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
    ...(Object.keys(encoded).length > 0 ? { Vary: "Accept-Encoding" } : {}),
  });
};

/** Whether this encoding is named, and not with a weight of nothing. */
const takes = (accepted: string | undefined, encoding: Encoding): boolean =>
  (accepted ?? "").split(",").some((one) => {
    const [name, ...options] = one.split(";").map((part) => part.trim().toLowerCase());
    return name === encoding && !options.some((option) => /^q=0(\.0*)?$/.test(option));
  });

/** By the path under which it is asked for. */
const listFiles = (folder: string): Map<string, WebFile> => {
  const all = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    all.set(`/${file.slice(join(folder, "/").length).replaceAll("\\", "/")}`, file);
  }
  const files = new Map<string, WebFile>();
  for (const [path, plain] of all) {
    if (Object.values(encodings).some((end) => path.endsWith(end))) continue;
    const beside = encodingNames.flatMap((name) => {
      const file = all.get(`${path}${encodings[name]}`);
      return file === undefined ? [] : [[name, file] as const];
    });
    files.set(path, { plain, encoded: Object.fromEntries(beside) });
  }
  return files;
};
