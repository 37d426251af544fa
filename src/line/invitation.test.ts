import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromBase64url, toBase64url, toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { isOrigin, mailboxKeyOf, readInvitation, ticketOf, writeInvitation, type Invitation } from "../protocol/invitation.ts";
import { sha256 } from "../protocol/keys.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const invitation: Invitation = {
  relay: "https://relay.example.org",
  relayHash: bytes(32, 1),
  line: bytes(16, 2),
  inviterHash: bytes(32, 3),
  secret: new Secret(bytes(16, 4)),
};
const link = writeInvitation(invitation);
/** A link whose sum is right, whatever is in it. */
const linkOf = (fields: Cbor): string => {
  const body = encodeCbor(fields);
  return `https://relay.example.org/#join=${toBase64url(concat(body, sha256(body).subarray(0, 4)))}`;
};
const fields = (over: Record<number, Cbor> = {}): Cbor[] =>
  [1, "https://relay.example.org", bytes(32, 1), bytes(16, 2), bytes(32, 3), bytes(16, 4)].map((field, i) => over[i] ?? field);

describe("Invitation", () => {
  it("[PAIR2] says in its fragment all that a joiner needs, and nothing of it before the fragment", () => {
    const read = readInvitation(link);
    expect(read.ok && { ...read.value, secret: read.value.secret.expose() }).toEqual({ ...invitation, secret: bytes(16, 4) });
    expect(link.split("#")[0]).toBe("https://relay.example.org/");
  });

  it.each([
    ["its fragment alone", link.slice(link.indexOf("#"))],
    ["without the sign", link.slice(link.indexOf("join="))],
    ["in a sentence", `Come and sit with me: ${link} (just for you).`],
    ["with spaces and a line's end", `  ${link}\r\n`],
  ])("[PAIR2] it is understood %s", (_how, pasted) => {
    expect(readInvitation(pasted).ok).toBe(true);
  });

  it("[PAIR2] half copied, at any place, it is incomplete", () => {
    const from = link.indexOf("join=") + "join=".length;
    for (let end = from + 1; end < link.length; end++)
      expect(readInvitation(link.slice(0, end)), link.slice(from, end)).toEqual({ ok: false, error: "incomplete" });
    expect(readInvitation(link.slice(0, from))).toEqual({ ok: false, error: "not-an-invitation" });
  });

  it("[PAIR2] one letter tampered with, it is incomplete, wherever that is", () => {
    const from = link.indexOf("join=") + "join=".length;
    fc.assert(
      fc.property(fc.integer({ min: from, max: link.length - 1 }), fc.constantFrom("A", "Z", "a", "z", "0", "9", "-", "_"), (at, letter) => {
        fc.pre(link[at] !== letter);
        expect(readInvitation(link.slice(0, at) + letter + link.slice(at + 1))).toEqual({ ok: false, error: "incomplete" });
      }),
    );
  });

  it.each<readonly [string, Cbor, string]>([
    ["another scheme for its relay", fields({ 1: "javascript:alert(1)" }), "not-an-invitation"],
    ["a file for its relay", fields({ 1: "file:///etc/passwd" }), "not-an-invitation"],
    ["a relay with a path", fields({ 1: "https://relay.example.org/x" }), "not-an-invitation"],
    ["a relay with a user", fields({ 1: "https://me@relay.example.org" }), "not-an-invitation"],
    ["a relay with another behind a line's end", fields({ 1: "https://a.example\nhttps://b.example" }), "not-an-invitation"],
    ["an empty relay", fields({ 1: "" }), "not-an-invitation"],
    ["a secret too short", fields({ 5: bytes(15, 4) }), "not-an-invitation"],
    ["a line too long", fields({ 3: bytes(17, 2) }), "not-an-invitation"],
    ["a field too many", [...fields(), 0], "not-an-invitation"],
    ["no list", { relay: "x" }, "not-an-invitation"],
    ["version 2", fields({ 0: 2 }), "newer"],
    ["version 2 and another shape", [2, "anything"], "newer"],
    ["version 0", fields({ 0: 0 }), "not-an-invitation"],
  ])("[PAIR2] with %s it is refused", (_fact, value, error) => {
    expect(readInvitation(linkOf(value))).toEqual({ ok: false, error });
  });

  it("[PAIR2] any text is an invitation or not, and never throws", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme-ascii" }).map((text) => `#join=${text}`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(readInvitation(text).ok).toBe(false);
      }),
    );
  });

  it("[PAIR2] the ticket that the relay sees says nothing of the key that seals knocks", () => {
    expect(toHex(ticketOf(invitation))).not.toBe(toHex(mailboxKeyOf(invitation).expose()));
    const other = { ...invitation, line: bytes(16, 9) };
    expect(ticketOf(other)).not.toEqual(ticketOf(invitation));
    expect(mailboxKeyOf(other).expose()).not.toEqual(mailboxKeyOf(invitation).expose());
    expect(link).not.toContain(toBase64url(ticketOf(invitation)));
    expect(fromBase64url(toBase64url(ticketOf(invitation)))).toEqual(ticketOf(invitation));
  });

  it.each(["https://relay.example.org", "http://localhost:8377", "http://127.0.0.1:8377", "https://[::1]:8377"])(
    "[PAIR2] %s is a relay's address",
    (origin) => {
      expect(isOrigin(origin)).toBe(true);
    },
  );
  it.each([
    "relay.example.org",
    "https://",
    "https://relay.example.org/",
    "wss://relay.example.org",
    "https://relay.example.org:123456",
    "https://a b",
    "https://a#b",
    "https://a?b",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:0",
    "http://127.0.0.1:08377",
    "http://1.2.3.4.5",
    "http://1.2.3",
    "http://1.2.3.256",
    "http://01.2.3.4",
    "http://relay.1",
    "http://relay.0x",
    "http://a..b",
    "http://a.",
    "http://.a",
    `http://${"a".repeat(64)}`,
    "http://[:]",
    "http://[1::2::3]",
    "http://[1:2:3:4:5:6:7]",
    "http://[1::2:3:4:5:6:7:8]",
    "http://[12345::]",
    "http://[::1.2.3]",
    "http://[1.2.3.4]",
  ])("[PAIR2] %s is none", (origin) => {
    expect(isOrigin(origin)).toBe(false);
  });

  it.each(["http://127.0.0.1:99999", "http://1.2.3.4.5"])("[PAIR2] an invitation to %s, which no device can connect to, is none", (relay) => {
    expect(readInvitation(writeInvitation({ ...invitation, relay }))).toEqual({ ok: false, error: "not-an-invitation" });
  });

  it("[PAIR2] what is a relay's address is the same origin as a URL", () => {
    const piece = fc.oneof(
      fc.constantFrom(".", ":", "-", "::", "0", "255", "256", "0x", "f", "a", "xn--", "localhost", "example"),
      fc.nat({ max: 99_999 }).map(String),
    );
    const mixed = fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => pieces.join(""));
    const group = fc.oneof(
      fc.nat({ max: 0xffff }).map((value) => value.toString(16)),
      fc.constant(""),
    );
    const six = fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => groups.join(":"));
    const host = fc.oneof(
      mixed,
      fc.domain(),
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.oneof(mixed, six, fc.ipV6()).map((text) => `[${text}]`),
    );
    const port = fc.oneof(
      fc.constant(""),
      fc.nat({ max: 99_999 }).map((value) => `:${value}`),
    );
    const readAs = (origin: string): string => {
      try {
        return new URL(origin).origin;
      } catch {
        return "none";
      }
    };
    let [taken, left] = [0, 0];
    fc.assert(
      fc.property(fc.constantFrom("http", "https", "HTTP"), host, port, (scheme, name, at) => {
        const origin = `${scheme}://${name}${at}`;
        const read = readAs(origin);
        if (!isOrigin(origin)) {
          left++;
          return;
        }
        taken++;
        expect(read, origin).not.toBe("none");
        const usual = scheme === "https" ? ":443" : ":80";
        if (!name.startsWith("[")) expect(read).toBe(`${scheme}://${name}${at === usual ? "" : at}`.toLowerCase());
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(taken, left)).toBeGreaterThan(500);
  });

  it("[PAIR2] an address that a URL gives is a relay's address", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((text) => `[${text}]`),
        ),
        fc.integer({ min: 1, max: 65_535 }),
        (name, port) => {
          const { origin } = new URL(`https://${name}:${port}`);
          expect(isOrigin(origin), origin).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
