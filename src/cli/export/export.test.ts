import { describe, expect, test } from "vitest";
import type { Kept } from "../../line/home.ts";
import { createTimes } from "../times.ts";
import { jsonEntry, jsonHead, jsonTail, type ExportedPair } from "./bond-json.ts";
import { htmlEntry, htmlHead, htmlTail } from "./page-html.ts";

const times = createTimes("en-GB", "UTC");
const noon = Date.UTC(2026, 5, 15, 12, 0);
const pair: ExportedPair = { bond: "00".repeat(16), me: "Ada", other: "Ben", exported: noon };
const kept = (seq: number, fields: Partial<Kept>): Kept => ({
  id: `0-${seq}`,
  seq,
  from: "other",
  kind: "thought",
  at: noon,
  body: { text: "hello", at: noon },
  ...fields,
});

describe("the export", () => {
  test("[KEEP1] shows who said what and when", () => {
    const entry = htmlEntry(kept(1, {}), pair, times);
    expect(entry).toContain('<span class="from"><bdi>Ben</bdi></span>');
    expect(entry).toContain('<time datetime="2026-06-15T12:00:00.000Z">15 June 2026');
    expect(entry).toContain('<p dir="auto">hello</p>');
    expect(htmlEntry(kept(1, { from: "me" }), pair, times)).toContain("<bdi>Ada</bdi>");
  });

  test("[KEEP1] no text becomes anything but text", () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>" ' & \u202egnp.exe\u0000\u001b[2J\u2028`;
    const entry = htmlEntry(kept(1, { body: { text: evil, at: noon } }), { ...pair, other: "<b>Ben</b>\u202e" }, times);
    expect(entry).toContain("&lt;script&gt;");
    expect(entry).toContain("&amp;");
    expect(entry).toContain("<bdi>&lt;b&gt;Ben&lt;/b&gt;</bdi>");
    expect(entry.match(/<[a-z]+/g)).toEqual(["<li", "<span", "<bdi", "<time", "<p"]);
    expect(entry).not.toMatch(/[\u0000\u001b\u202e\u2028]/);
    for (const kind of ["name", "boundary"]) {
      const body = kind === "name" ? { name: evil, at: noon } : { sense: evil, give: "full", until: Number.MAX_SAFE_INTEGER, at: noon };
      expect(htmlEntry(kept(1, { kind, body }), pair, times)).not.toMatch(/<script|<img|[\u0000\u001b\u202e\u2028]/);
    }
  });

  test("[KEEP1] the page loads and runs nothing", () => {
    const page = htmlHead(pair, times) + htmlTail([], pair, times);
    expect(page).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'">/,
    );
    expect(page).not.toMatch(/<script|<link|<img|src=|href=/);
  });

  test("[KEEP1] other senses are told, and what a newer Beside said is named as such and kept as it came", () => {
    expect(htmlEntry(kept(1, { kind: "feeling", body: { hue: 165, strength: 80, at: noon } }), pair, times)).toContain("Ben feels calm, strongly.");
    const newer = kept(1, { kind: "hologram", body: { bytes: new Uint8Array([255, 0]) }, at: null });
    expect(htmlEntry(newer, pair, times)).toContain("newer Beside");
    expect(htmlEntry(kept(1, { kind: "feeling", body: { hue: 9999 } }), pair, times)).toContain("newer Beside");
    expect(JSON.parse(jsonEntry(newer, true))).toEqual({ id: "0-1", seq: 1, from: "other", kind: "hologram", at: null, body: { bytes: { base64url: "_wA" } } });
  });

  test("[KEEP1] bond.json is one whole value, with nothing that could turn a screen", () => {
    const entries = [kept(1, { body: { text: "\u202e\u0085", at: noon } }), kept(2, {})];
    const written = jsonHead(pair) + entries.map((one, at) => jsonEntry(one, at === 0)).join("") + jsonTail([]);
    expect(written).not.toMatch(/[\u0085\u202e]/);
    expect(JSON.parse(written)).toMatchObject({
      format: "beside-bond",
      version: 1,
      exported: "2026-06-15T12:00:00.000Z",
      me: { name: "Ada" },
      entries: [{ body: { text: "\u202e\u0085" } }, { id: "0-2" }],
    });
    expect(JSON.parse(jsonHead(pair) + jsonTail([]))).toMatchObject({ entries: [] });
  });

  test("[BOUND6] the history of what I gave is in both files, and what was set aside is marked in both", () => {
    const past = [
      { is: "gave", at: noon, by: 0, sense: "touch", give: "off", until: null },
      { is: "device", at: noon, what: "added", who: "other", name: "", device: 2 },
    ] as const;
    const page = htmlTail(past, pair, times);
    expect(page).toMatch(/15 June 2026[^]*You give touch: off\. \(device 0\)/);
    const aside = kept(1, { aside: true });
    const written = JSON.parse(jsonHead(pair) + jsonEntry(aside, true) + jsonTail(past)) as unknown;
    expect(written).toMatchObject({
      entries: [{ aside: true }],
      history: [
        { is: "gave", by: 0, until: null },
        { is: "device", from: "other", device: 2 },
      ],
    });
    expect(htmlEntry(aside, pair, times)).toMatch(/class="aside".*set aside/);
    expect(htmlEntry(kept(1, {}), pair, times)).not.toContain("aside");
  });

  test("[KEEP1] a huge text stays whole", () => {
    const text = "ab ".repeat(4000).trim();
    expect(htmlEntry(kept(1, { body: { text, at: noon } }), pair, times)).toContain(text);
  });
});
