/**
 * The invitation (PAIR2): a link whose fragment carries all that a joiner needs, for one use within 24 hours.
 * What the relay may know of it (the ticket) and what it must not (the mailbox key) are separate derivations of
 * one 128-bit secret. The fragment never reaches a server.
 */
import * as v from "valibot";
import { concat, equalBytes, fromBase64url, toBase64url } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { err, ok, type Result } from "../base/result.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { derive, sha256 } from "./keys.ts";
import { bytes, text } from "./schema.ts";

export const invitationLife = 24 * 60 * 60_000;

export interface Invitation {
  /** Web origin of the relay, such as `https://relay.example.org`. */
  readonly relay: string;
  /** SHA-256 of the relay's Ed25519 key. */
  readonly relayHash: Uint8Array;
  readonly line: Uint8Array;
  /** SHA-256 of the inviter's person key. */
  readonly inviterHash: Uint8Array;
  /** 16 bytes. */
  readonly secret: Secret;
}

export type InvitationFault = "not-an-invitation" | "incomplete" | "newer";

const fragmentSchema = v.strictTuple([v.literal(1), text(255, 1), bytes(32), bytes(16), bytes(32), bytes(16)]);

/** `https://relay.example.org/#join=…`: base64url of CBOR followed by the first 4 bytes of its SHA-256. */
export const writeInvitation = (invitation: Invitation): string => writeLink("join", invitation);

/** Accepts the whole link, its fragment, or a pasted text around it. Never throws. */
export const readInvitation = (pasted: string): Result<Invitation, InvitationFault> => readLink("join", pasted);

/**
 * The link that a device shows to let another one of the same person in: the same fields, and the person is one's own.
 * It opens the side's door for ten minutes, and lets nobody in by itself.
 */
export const writeDeviceLink = (link: Invitation): string => writeLink("device", link);
export const readDeviceLink = (pasted: string): Result<Invitation, InvitationFault> => readLink("device", pasted);

const writeLink = (kind: "join" | "device", link: Invitation): string => {
  const body = encodeCbor([1, link.relay, link.relayHash, link.line, link.inviterHash, link.secret.expose()]);
  return `${link.relay}/#${kind}=${toBase64url(concat(body, sha256(body).subarray(0, 4)))}`;
};

const readLink = (kind: "join" | "device", pasted: string): Result<Invitation, InvitationFault> => {
  const found = (kind === "join" ? /#?join=([\w-]+)/ : /#?device=([\w-]+)/).exec(pasted);
  if (!found?.[1]) return err("not-an-invitation");
  const framed = fromBase64url(found[1]);
  if (!framed || framed.length < 5) return err("incomplete");
  const body = framed.subarray(0, -4);
  if (!equalBytes(sha256(body).subarray(0, 4), framed.subarray(-4))) return err("incomplete");
  const decoded = decodeCbor(body);
  if (!decoded.ok) return err("incomplete");
  const parsed = v.safeParse(fragmentSchema, decoded.value);
  if (!parsed.success) return err(Array.isArray(decoded.value) && typeof decoded.value[0] === "number" && decoded.value[0] > 1 ? "newer" : "not-an-invitation");
  const [, relay, relayHash, line, inviterHash, secret] = parsed.output;
  if (!isOrigin(relay)) return err("not-an-invitation");
  return ok({ relay, relayHash, line, inviterHash, secret: new Secret(secret) });
};

/**
 * A bare http or https origin: nothing in a link may smuggle a path, a user or another scheme, and a browser's URL reads
 * it as the same origin (but for an upper case letter, a port that goes without saying, an IPv6 written at length). It is
 * stricter than a URL, whose numbers may be octal: one address, one way to write it.
 */
export const isOrigin = (relay: string): boolean => {
  const parts = /^https?:\/\/(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::([1-9]\d{0,4}))?$/i.exec(relay);
  if (!parts) return false;
  const [, six, name = "", port = "1"] = parts;
  return Number(port) <= 65_535 && (six === undefined ? isHost(name) : isIpv6(six));
};

const isHost = (name: string): boolean => {
  const labels = name.split(".");
  // What ends in a number is taken for an IPv4 address everywhere, however many parts it has.
  if (/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? "")) return isIpv4(name);
  return name.length <= 253 && labels.every((label) => label.length > 0 && label.length <= 63);
};

const isIpv4 = (text: string): boolean => {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

/** Eight groups; `::` once for one or more that are zero; the last two may be written as IPv4. */
const isIpv6 = (text: string): boolean => {
  const tail = /^(.*:)([^:]*\..*)$/.exec(text);
  if (tail && !isIpv4(tail[2] as string)) return false;
  const halves = (tail ? `${tail[1]}0:0` : text).split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length <= 7);
};

/** What the inviter's device shows the relay to let someone in, and whose SHA-256 the relay keeps. 32 bytes. */
export const ticketOf = (invitation: Pick<Invitation, "secret" | "line">): Uint8Array =>
  derive(invitation.secret.expose(), invitation.line, "beside/ticket/1").expose();

/** As `ticketOf` and `mailboxKeyOf`, at the door of one's own side. */
export const deviceTicketOf = (link: Pick<Invitation, "secret" | "line">): Uint8Array =>
  derive(link.secret.expose(), link.line, "beside/device-ticket/1").expose();
export const deviceMailboxOf = (link: Pick<Invitation, "secret" | "line">): Secret => derive(link.secret.expose(), link.line, "beside/device-mailbox/1");

/** The key that seals knocks; the relay never has it. 32 bytes. */
export const mailboxKeyOf = (invitation: Pick<Invitation, "secret" | "line">): Secret =>
  derive(invitation.secret.expose(), invitation.line, "beside/mailbox/1");
