import { expect, test } from "vitest";
import { concat } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { encodeCbor } from "./cbor.ts";
import { certificateCap, certifiedDevice, certifyByDevice, certifyDevice, readCertificate } from "./certificate.ts";
import { publicKey, sha256, sign } from "./keys.ts";

const line = new Uint8Array(16).fill(1);
const seed = (fill: number): Secret => new Secret(new Uint8Array(32).fill(fill));
const [ann, ben] = [seed(1), seed(2)];
const [phone, laptop, bensPhone] = [seed(11), seed(12), seed(13)];
const byAnn = certifyDevice(line, ann, publicKey(phone));

/** The certificates of `count` devices, each certified by the one before it. */
const chainOf = (count: number): readonly Uint8Array[] => {
  const chain = [byAnn];
  for (let i = 1; i < count; i++) chain.push(certifyByDevice(line, i === 1 ? phone : seed(20 + i - 1), chain[i - 1] as Uint8Array, publicKey(seed(20 + i))));
  return chain;
};

/** A second certificate with any fields, signed by `by`. */
const made = (by: Secret, parent: Uint8Array, fields: { readonly person?: Uint8Array; readonly device?: Uint8Array; readonly on?: Uint8Array } = {}) => {
  const { person = publicKey(ann), device = publicKey(laptop), on = line } = fields;
  return encodeCbor([2, person, device, parent, sign(by, "beside/device-certificate/2", concat(on, person, device, sha256(parent)))]);
};

test("[DEV1] a device certified by the person key is of that person, and no device certified it", () => {
  expect(readCertificate(line, byAnn)).toEqual({ person: publicKey(ann), device: publicKey(phone), by: null });
});

test("[DEV1] a device certified by an own device is of that person, and says which device certified it", () => {
  const certificate = certifyByDevice(line, phone, byAnn, publicKey(laptop));
  expect(readCertificate(line, certificate)).toEqual({ person: publicKey(ann), device: publicKey(laptop), by: publicKey(phone) });
  expect(certificate).toEqual(made(phone, byAnn));
});

test("[DEV1] the device of one's own certificate is read without proving it again; before there is one there is none", () => {
  expect(certifiedDevice(byAnn)).toEqual(publicKey(phone));
  expect(certifiedDevice(certifyByDevice(line, phone, byAnn, publicKey(laptop)))).toEqual(publicKey(laptop));
  expect(certifiedDevice(new Uint8Array())).toBeUndefined();
});

test("[DEV1] a device certified by another person's device is not", () => {
  const byBen = certifyDevice(line, ben, publicKey(bensPhone));
  expect(readCertificate(line, made(bensPhone, byBen))).toBeUndefined();
  expect(readCertificate(line, made(bensPhone, byAnn))).toBeUndefined();
  expect(readCertificate(line, made(ann, byAnn))).toBeUndefined();
  expect(readCertificate(line, certifyByDevice(line, bensPhone, byBen, publicKey(laptop)))?.person).toEqual(publicKey(ben));
});

test("[DEV1] a device certified under a tampered parent is not", () => {
  for (const at of [3, 20, 60, byAnn.length - 1]) {
    const parent = new Uint8Array(byAnn);
    parent[at]! ^= 1;
    expect(readCertificate(line, made(phone, parent))).toBeUndefined();
  }
});

test("[DEV1] another parent cannot be put under a signature", () => {
  const again = certifyByDevice(line, seed(20), certifyDevice(line, ann, publicKey(seed(20))), publicKey(phone));
  const certificate = certifyByDevice(line, phone, byAnn, publicKey(laptop));
  const signature = certificate.slice(-64);
  expect(readCertificate(line, again)?.device).toEqual(publicKey(phone));
  expect(readCertificate(line, encodeCbor([2, publicKey(ann), publicKey(laptop), again, signature]))).toBeUndefined();
  expect(readCertificate(line, encodeCbor([2, publicKey(ann), publicKey(laptop), byAnn, signature]))).toBeDefined();
});

test("[DEV1] a chain is at most six certificates long", () => {
  const chain = chainOf(7);
  expect(chain.slice(0, 6).map((certificate) => readCertificate(line, certificate)?.person)).toEqual(Array.from({ length: 6 }, () => publicKey(ann)));
  expect((chain[6] as Uint8Array).length).toBeLessThan(certificateCap);
  expect(readCertificate(line, chain[6] as Uint8Array)).toBeUndefined();
});

test("[DEV1] a certificate of another line is none, anywhere in a chain", () => {
  const elsewhere = new Uint8Array(16).fill(2);
  expect(readCertificate(elsewhere, byAnn)).toBeUndefined();
  expect(readCertificate(elsewhere, certifyByDevice(line, phone, byAnn, publicKey(laptop)))).toBeUndefined();
  expect(readCertificate(line, certifyByDevice(elsewhere, phone, byAnn, publicKey(laptop)))).toBeUndefined();
  expect(readCertificate(line, certifyByDevice(line, phone, certifyDevice(elsewhere, ann, publicKey(phone)), publicKey(laptop)))).toBeUndefined();
});

test("[DEV1] no device is twice in a chain", () => {
  expect(readCertificate(line, certifyByDevice(line, phone, byAnn, publicKey(phone)))).toBeUndefined();
  const second = certifyByDevice(line, phone, byAnn, publicKey(laptop));
  expect(readCertificate(line, certifyByDevice(line, laptop, second, publicKey(phone)))).toBeUndefined();
});

test("[BOUND3] nothing over 1024 bytes is parsed, however it is nested", () => {
  let nested: Uint8Array = byAnn;
  for (let i = 0; i < 200; i++) nested = encodeCbor([2, publicKey(ann), publicKey(laptop), nested, new Uint8Array(64)]);
  const arrays = new Uint8Array(1_000_000).fill(0x81);
  const short = new Uint8Array(certificateCap).fill(0x81);
  for (const bytes of [nested, arrays, short]) expect(readCertificate(line, bytes)).toBeUndefined();
  const touched: PropertyKey[] = [];
  const watched = new Proxy(new Uint8Array(certificateCap + 1), { get: (bytes, name) => (touched.push(name), Reflect.get(bytes, name, bytes) as unknown) });
  expect(readCertificate(line, watched)).toBeUndefined();
  expect(touched).toEqual(["length"]);
});

test("[BOUND3] anything else is none, and nothing throws", () => {
  const certificate = certifyByDevice(line, phone, byAnn, publicKey(laptop));
  for (let at = 0; at < certificate.length; at += 7) {
    const changed = new Uint8Array(certificate);
    changed[at]! ^= 1;
    expect(readCertificate(line, changed)).toBeUndefined();
  }
  const fields = [publicKey(ann), publicKey(laptop), byAnn, certificate.slice(-64)] as const;
  const bad = [
    certificate.slice(0, -1),
    concat(certificate, new Uint8Array(1)),
    new Uint8Array(),
    encodeCbor([3, ...fields]),
    encodeCbor([1, ...fields]),
    encodeCbor([2, ...fields, 0]),
    encodeCbor([2, fields[0], fields[1], new Uint8Array(), fields[3]]),
    encodeCbor([2, fields[0], fields[1], [1, 2], fields[3]]),
    encodeCbor([2, fields[0].slice(1), fields[1], byAnn, fields[3]]),
  ];
  for (const bytes of bad) expect(readCertificate(line, bytes)).toBeUndefined();
});
