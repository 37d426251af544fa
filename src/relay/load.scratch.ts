// usage: node load.scratch.ts PORT MODE(append|live|idle|catchup) OUT SECONDS PAIRS
import { WebSocket } from "ws";
import { generateKeyPairSync, sign as nsign, randomBytes } from "node:crypto";
import { decodeFrame, encodeFrame } from "../protocol/frames.ts";
import { sha256, signedBytes } from "../protocol/keys.ts";
import { createTranscript, openTranscript, knockTranscript } from "../protocol/transcripts.ts";
const [port, mode, out, secs, pairsN] = [process.argv[2], process.argv[3]!, Number(process.argv[4]), Number(process.argv[5]), Number(process.argv[6] ?? 200)];
const mk = () => { const k = generateKeyPairSync("ed25519"); const raw = new Uint8Array(k.publicKey.export({ format: "der", type: "spki" }).subarray(12)); return { key: raw, sign: (l: any, m: Uint8Array) => new Uint8Array(nsign(null, signedBytes(l, m), k.privateKey)) }; };
type K = ReturnType<typeof mk>;
class Dev {
  ws: WebSocket; k: K; line: Uint8Array; ch: any; waits: { t: string; r: (f: any) => void }[] = []; onmsg?: (b: Buffer) => void; ready: Promise<void>;
  constructor(k: K, line: Uint8Array) { this.k = k; this.line = line; this.ws = new WebSocket(`ws://127.0.0.1:${port}/line`, { perMessageDeflate: false });
    this.ws.on("message", (b: Buffer) => { if (this.onmsg) return this.onmsg(b); const f = decodeFrame(new Uint8Array(b)); if (!f.ok) throw new Error("bad"); const i = this.waits.findIndex((w) => w.t === f.value.type); if (i >= 0) this.waits.splice(i, 1)[0]!.r(f.value); else this.q.push(f.value); });
    this.ready = this.get("challenge").then((c) => { this.ch = c; }); }
  q: any[] = [];
  get(t: string): Promise<any> { const i = this.q.findIndex((f) => f.type === t); if (i >= 0) return Promise.resolve(this.q.splice(i, 1)[0]); return new Promise((r) => this.waits.push({ t, r })); }
  send(f: any) { this.ws.send(encodeFrame(f)); }
  async create(th: Uint8Array) { await this.ready; const f = { line: this.line, key: this.k.key, ticketHash: th, recovery: this.k.key, token: "" }; this.send({ type: "create", ...f, signature: this.k.sign("beside/create/1", createTranscript(this.ch, f)) }); await this.get("created"); }
  async open(cursor = 0) { await this.ready; const f = { line: this.line, key: this.k.key, nonce: new Uint8Array(32), cursor }; this.send({ type: "open", ...f, signature: this.k.sign("beside/open/1", openTranscript(this.ch, f)) }); const o = await this.get("opened"); return o; }
  async knock(ticket: Uint8Array) { await this.ready; const f = { line: this.line, key: this.k.key, ticket, body: new Uint8Array(8192) }; this.send({ type: "knock", ...f, signature: this.k.sign("beside/knock/1", knockTranscript(this.ch, f)) }); }
}
const body = (n: number) => new Uint8Array(randomBytes(n)) as any;
const pair = async () => {
  const line = new Uint8Array(randomBytes(16)), ticket = new Uint8Array(randomBytes(32));
  const a = new Dev(mk(), line); await a.create(sha256(ticket)); await a.open(); const b = new Dev(mk(), line); await b.knock(ticket); const kn = await a.get("knocks");
  a.send({ type: "accept", ticket, knock: kn.items[0].id, n: 1, generation: 0, epoch: 0, commit: body(256), welcome: body(256), enrol: [b.k.key], revoke: [] });
  await a.get("acked"); await b.open(); await b.get("current"); return { a, b, an: 1, bn: 0 };
};
const u32 = (n: number) => n < 24 ? [n] : n < 256 ? [0x18, n] : n < 65536 ? [0x19, n >> 8, n & 255] : [0x1a, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
const sealed = Buffer.from(randomBytes(256));
const appendFrame = (n: number) => Buffer.concat([Buffer.from([0x85, 1, 3, ...u32(n), 1, 0x59, 1, 0]), sealed]);
if (mode === "idle") {
  const devs: Dev[] = []; const rss0 = Number(process.env.RSS0);
  const read = async () => { const t = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(); return Number(/memory_bytes (\S+)/.exec(t)![1]); };
  const before = await read();
  for (let i = 0; i < out; i += 50) { await Promise.all([...Array(50)].map(async () => { const d = new Dev(mk(), new Uint8Array(randomBytes(16))); await d.create(randomBytes(32)); await d.open(); await d.get("current"); devs.push(d); })); }
  await new Promise((r) => setTimeout(r, 3000));
  const after = await read(); console.log("idle", out, "bytes each", Math.round((after - before) / out)); process.exit(0);
}
const t0 = performance.now(); const pairs: Awaited<ReturnType<typeof pair>>[] = [];
for (let i = 0; i < pairsN; i += 20) pairs.push(...await Promise.all([...Array(Math.min(20, pairsN - i))].map(pair)));
console.log("setup", Math.round(performance.now() - t0), "ms");
const typeOf = (b: Buffer) => b[2] === 0x18 ? b[3] : b[2];
if (mode === "append") {
  // both devices of a pair: each keeps `out` outstanding? here: device a only appends, b receives
  let acked = 0, delivered = 0; const lat: number[] = []; let stop = false;
  for (const p of pairs) {
    const sent: number[] = []; 
    const push = () => { p.an++; sent.push(performance.now()); p.a.ws.send(appendFrame(p.an)); };
    p.a.onmsg = (b) => { if (typeOf(b) === 35) { acked++; lat.push(performance.now() - sent.shift()!); if (!stop) push(); } else throw new Error("got " + typeOf(b) + " " + JSON.stringify(decodeFrame(new Uint8Array(b)))); };
    p.b.onmsg = (b) => { if (typeOf(b) === 34) { const h = b[4]!; delivered += h < 0x98 ? h - 0x80 : h === 0x98 ? b[5]! : (b[5]! << 8) + b[6]!; } };
    for (let i = 0; i < out; i++) push();
  }
  await new Promise((r) => setTimeout(r, 1000)); acked = 0; delivered = 0; lat.length = 0; const s = performance.now(); const cpu0 = process.cpuUsage();
  await new Promise((r) => setTimeout(r, secs * 1000)); const el = (performance.now() - s) / 1000; const cpu = process.cpuUsage(cpu0);
  lat.sort((x, y) => x - y);
  console.log("append out", out, "acked/s", Math.round(acked / el), "delivered/s", Math.round(delivered / el), "p50", lat[lat.length >> 1]!.toFixed(2), "p99", lat[Math.floor(lat.length * 0.99)]!.toFixed(2), "client cpu", ((cpu.user + cpu.system) / 1e6 / el).toFixed(2));
  process.exit(0);
}
if (mode === "live") {
  let got = 0; const lf = Buffer.concat([Buffer.from([0x83, 1, 6, 0x58, 200]), randomBytes(200)]);
  for (const p of pairs) { p.a.onmsg = (b) => { if (typeOf(b) === 37) { got++; p.a.ws.send(lf); } }; p.b.onmsg = (b) => { if (typeOf(b) === 37) { got++; p.b.ws.send(lf); } }; for (let i = 0; i < out; i++) { p.a.ws.send(lf); p.b.ws.send(lf); } }
  await new Promise((r) => setTimeout(r, 1000)); got = 0; const s = performance.now(); const cpu0 = process.cpuUsage();
  await new Promise((r) => setTimeout(r, secs * 1000)); const el = (performance.now() - s) / 1000; const cpu = process.cpuUsage(cpu0);
  console.log("live forwarded/s", Math.round(got / el), "client cpu", ((cpu.user + cpu.system) / 1e6 / el).toFixed(2)); process.exit(0);
}
if (mode === "catchup") {
  // 100,000 stored entries (500 per line), then 200 devices return
  const per = out; await Promise.all(pairs.map((p) => new Promise<void>((done) => { let k = 0; p.b.ws.close(); p.a.onmsg = (b) => { if (typeOf(b) === 35 && ++k === per) done(); }; for (let i = 0; i < per; i++) p.a.ws.send(appendFrame(++p.an)); })));
  console.log("stored");
  const s = performance.now(); let total = 0;
  await Promise.all(pairs.map(async (p) => { const d = new Dev(p.b.k, p.b.line); await d.ready; const f = { line: d.line, key: d.k.key, nonce: new Uint8Array(32), cursor: 1 };
    await new Promise<void>((done) => { d.onmsg = (b) => { if (typeOf(b) === 34) { const h = b[4]!; total += h < 0x98 ? h - 0x80 : h === 0x98 ? b[5]! : (b[5]! << 8) + b[6]!; } else if (typeOf(b) === 44) done(); };
      d.send({ type: "open", ...f, signature: d.k.sign("beside/open/1", openTranscript(d.ch, f)) }); }); }));
  console.log("catchup", total, "entries to", pairs.length, "in", Math.round(performance.now() - s), "ms"); process.exit(0);
}
