import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBase64url } from "../base/bytes.ts";
import { newStats } from "./core/stats.ts";
import type { KeepAnswer } from "./core/vigils.ts";
import { createHttp, type HttpOptions } from "./http.ts";
import { createMetrics } from "./metrics.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "beside-web-"));
  mkdirSync(join(folder, "web/assets"), { recursive: true });
  writeFileSync(join(folder, "web/index.html"), "<!doctype html>");
  writeFileSync(join(folder, "web/assets/app-1234.js"), "0");
  writeFileSync(join(folder, "web/assets/app-1234.js.br"), brotliCompressSync("0"));
  writeFileSync(join(folder, "web/assets/app-1234.js.gz"), gzipSync("0"));
  writeFileSync(join(folder, "web/assets/light-5678.png"), "png");
  writeFileSync(join(folder, "secret.txt"), "not for you");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const app = (over: Partial<HttpOptions> = {}) =>
  createHttp({
    web: join(folder, "web"),
    frameAncestors: "'none'",
    health: () => ({ ok: true }),
    keep: async () => "unknown",
    metrics: createMetrics(() => newStats()).render,
    ...over,
  });

describe("pages of the relay", () => {
  it("sends strict headers with everything, also with what is not there", async () => {
    for (const path of ["/", "/assets/app-1234.js", "/nothing", "/healthz", "/metrics"]) {
      const { headers } = await app().request(path);
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src 'none'; require-trusted-types-for 'script'; trusted-types beside-worker",
      );
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("permissions-policy")).toContain("microphone=()");
    }
  });

  it("can be shown in frames of its own origin by a test root", async () => {
    expect((await app({ frameAncestors: "'self'" }).request("/")).headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
  });

  it("keeps hashed assets for ever and asks for the page each time", async () => {
    expect((await app().request("/")).headers.get("cache-control")).toBe("no-cache");
    const asset = await app().request("/assets/app-1234.js");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  it("gives what the build compressed to whoever takes it, the smallest first, and the plain file to everyone else", async () => {
    const asked = async (accepted: string | undefined) => {
      const answer = await app().request("/assets/app-1234.js", accepted === undefined ? {} : { headers: { "Accept-Encoding": accepted } });
      expect([answer.status, answer.headers.get("vary"), answer.headers.get("content-type")]).toEqual([
        200,
        "Accept-Encoding",
        "text/javascript; charset=utf-8",
      ]);
      return answer;
    };
    for (const [accepted, encoding] of [
      ["gzip, deflate, br, zstd", "br"],
      ["gzip, br;q=0", "gzip"],
      ["GZIP;q=0.5", "gzip"],
      ["gzip;q=0.0, br; q=0", null],
      ["brotli, xgzip", null],
      ["identity", null],
      [undefined, null],
    ] as const)
      expect([accepted, (await asked(accepted)).headers.get("content-encoding")]).toEqual([accepted, encoding]);
    expect(gunzipSync(await (await asked("gzip")).bytes()).toString()).toBe("0");
    expect(await (await asked(undefined)).text()).toBe("0");
  });

  it("has no address for a compressed file, and nothing varies where there is none", async () => {
    for (const path of ["/assets/app-1234.js.br", "/assets/app-1234.js.gz"]) expect((await app().request(path)).status).toBe(404);
    const image = await app().request("/assets/light-5678.png", { headers: { "Accept-Encoding": "br" } });
    expect([image.status, image.headers.get("vary"), image.headers.get("content-encoding")]).toEqual([200, null, null]);
  });

  it("serves nothing outside its folder", async () => {
    for (const path of ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/assets", "//etc/passwd"])
      expect((await app().request(path)).status).toBe(404);
  });

  it("says that it is well, and 503 when the disk takes nothing", async () => {
    expect((await app().request("/healthz")).status).toBe(200);
    const ill = await app({ health: () => ({ ok: false }) }).request("/healthz");
    expect([ill.status, await ill.json()]).toEqual([503, { ok: false }]);
  });

  it("[VIG7] a window is kept by a POST with its secret and nothing else, and the answer says what became of it", async () => {
    const secret = new Uint8Array(32).fill(250);
    const heard: Uint8Array[] = [];
    const press = async (answer: KeepAnswer, headers: Record<string, string> = { Authorization: `Bearer ${toBase64url(secret)}` }) => {
      const keep = async (by: Uint8Array) => {
        heard.push(by);
        return answer;
      };
      const response = await app({ keep }).request("/vigils/renew", { method: "POST", headers });
      return [response.status, await response.json(), response.headers.get("cache-control")];
    };
    const statuses = { kept: 200, unknown: 404, early: 409, late: 410, unavailable: 503 } as const;
    for (const [answer, status] of Object.entries(statuses)) expect(await press(answer as KeepAnswer)).toEqual([status, { answer }, "no-store"]);
    expect(heard).toEqual(Object.keys(statuses).map(() => secret));
    for (const bad of [
      "",
      "Bearer",
      `Bearer ${toBase64url(secret)}A`,
      `Bearer ${toBase64url(secret.subarray(1))}`,
      `Basic ${toBase64url(secret)}`,
      `Bearer ${"_".repeat(43)}`,
    ])
      expect(await press("kept", bad === "" ? {} : { Authorization: bad })).toEqual([400, { answer: "malformed" }, "no-store"]);
    expect(heard.length).toBe(5);
    expect((await app().request("/vigils/renew")).status).toBe(404);
  });

  it("counts without naming anybody", async () => {
    const text = await (await app().request("/metrics")).text();
    expect(text).toContain("beside_relay_connections 0");
    expect(text).toContain('beside_relay_refused_total{code="stale"} 0');
    expect(text).not.toMatch(/\b[0-9a-f]{16,}\b|\d+\.\d+\.\d+\.\d+/);
  });
});
