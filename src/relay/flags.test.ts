import { describe, expect, it } from "vitest";
import { parseRelayFlags } from "./flags.ts";
import { mayConnect } from "./origins.ts";

describe("the relay's flags", () => {
  it("listens on 8377 of loopback, open to new lines, when nothing is said", () => {
    expect(parseRelayFlags([])).toEqual({
      ok: true,
      value: {
        port: 8377,
        host: "127.0.0.1",
        data: "data",
        tls: undefined,
        lines: "open",
        tokenFile: undefined,
        web: undefined,
        allowOrigins: [],
        json: false,
      },
    });
  });

  it("[LINE1] asks for a token when it listens beyond loopback, unless told otherwise", () => {
    for (const [argv, lines] of [
      [["--host", "0.0.0.0"], "token"],
      [["--host", "::1"], "open"],
      [["--host", "127.8.0.1"], "open"],
      [["--host", "0.0.0.0", "--lines", "open"], "open"],
      [["--token-file", "t"], "token"],
      [["--lines", "closed"], "closed"],
    ] as const) {
      expect(parseRelayFlags(argv)).toMatchObject({ ok: true, value: { lines } });
    }
  });

  it("takes every flag", () => {
    const argv = [
      "--port",
      "0",
      "--host",
      "h",
      "--data",
      "d",
      "--tls-cert",
      "c",
      "--tls-key",
      "k",
      "--lines",
      "token",
      "--token-file",
      "t",
      "--web",
      "w",
      "--allow-origin",
      "https://a.example",
      "--allow-origin",
      "http://b.example:80",
      "--json",
    ];
    expect(parseRelayFlags(argv)).toEqual({
      ok: true,
      value: {
        port: 0,
        host: "h",
        data: "d",
        tls: { cert: "c", key: "k" },
        lines: "token",
        tokenFile: "t",
        web: "w",
        allowOrigins: ["https://a.example", "http://b.example:80"],
        json: true,
      },
    });
  });

  it.each([
    ["--clock", "0"],
    ["--now", "0"],
    ["--time"],
    ["--port", "-1"],
    ["--port", "65536"],
    ["--port", "1e3"],
    ["--lines", "some"],
    ["--tls-key", "k"],
    ["--allow-origin", "https://a/b"],
    ["--token-file", "t", "--lines", "open"],
    ["--host", ""],
    ["word"],
  ])("refuses %s %s with one line", (...argv) => {
    const parsed = parseRelayFlags(argv.filter((word) => word !== undefined));
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).not.toContain("\n");
  });
});

describe("origins", () => {
  const plain = { tls: false, allow: ["https://beside.example.org"] };

  it("[WIRE6] a page may connect to the relay it came from, or when the relay was told so", () => {
    expect(mayConnect(undefined, "relay:1", plain)).toBe(true);
    for (const own of ["localhost:8377", "127.0.0.1:8377", "[::1]:8377", "192.168.1.5:8377"]) expect(mayConnect(`http://${own}`, own, plain)).toBe(true);
    expect(mayConnect("https://beside.example.org", "anything", plain)).toBe(true);
    expect(mayConnect("https://relay.example.org", "relay.example.org", { tls: true, allow: [] })).toBe(true);
  });

  it("[WIRE6] no other page may, whatever it calls this machine", () => {
    expect(mayConnect("http://evil.example", "127.0.0.1:8377", plain)).toBe(false);
    expect(mayConnect("http://localhost:8377", "127.0.0.1:8377", plain)).toBe(false);
    expect(mayConnect("https://localhost:8377", "localhost:8377", plain)).toBe(false);
    expect(mayConnect("null", "localhost:8377", plain)).toBe(false);
    expect(mayConnect("", "localhost:8377", plain)).toBe(false);
    // DNS rebinding: the name is the attacker's, the address is ours.
    expect(mayConnect("http://evil.example:8377", "evil.example:8377", plain)).toBe(false);
    expect(mayConnect("http://relay.example.org", "relay.example.org", { tls: true, allow: [] })).toBe(false);
  });
});
