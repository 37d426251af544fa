/**
 * What two people made, as open files (KEEP1): a page that any browser reads without Beside, and the same as data with
 * every entry's author, whole and as it came, unknown kinds included: the same format that the terminal's export writes.
 *
 * Both are made a piece at a time, from the oldest, as what is kept is read: the page goes on meanwhile.
 */
import type { Kept } from "../line/home.ts";
import { oldestFirst, type KeptSource } from "../line/kept-pages.ts";
import { isSenseName } from "../senses/index.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { toBase64url } from "../base/bytes.ts";
import type { KeptText } from "./web-half.ts";
import { webHalves } from "./web-halves.ts";
import type { Words } from "./words/en.ts";
import { calendar, type Times } from "./words/time.ts";

export interface ReadableKept extends KeptText {
  readonly id: string;
  readonly from: Kept["from"];
  readonly kind: string;
  readonly at: number | null;
}

/** One kept thing for people to read; an unknown kind says that a newer Beside made it. */
export const readKept = ({ id, from, kind, at, body }: Kept, words: Words): ReadableKept | undefined => {
  const text: KeptText | undefined = isSenseName(kind) ? webHalves[kind].kept(body, words) : { text: words.between.newer, own: false };
  return text && { id, from, kind, at, ...text };
};

interface People {
  readonly me: string;
  readonly other: string;
}

/** How much of it is written. */
type Tell = (done: number, total: number) => void;

/** Each piece some milliseconds of work. */
const perPiece = 100;

const pieces = async (source: KeptSource, write: (kept: Kept) => string, tell: Tell): Promise<readonly string[]> => {
  const { length } = await source.places();
  const written: string[] = [];
  let done = 0;
  for await (const page of oldestFirst(source, perPiece)) {
    written.push(page.map(write).join(""));
    tell((done += page.length), length);
  }
  return written;
};

export const writeData = async (source: KeptSource, bond: string, people: People, now: number, tell: Tell = () => {}): Promise<readonly string[]> => {
  const head = { format: "beside-bond", version: 1, exported: iso(now), bond, me: { name: people.me }, other: { name: people.other } };
  let comma = "";
  const entries = await pieces(
    source,
    ({ id, seq, from, kind, at, body }) => {
      const entry = `${comma}\n    ${json({ id, seq, from, kind, at: at === null ? null : iso(at), body: plain(body) }).replaceAll("\n", "\n    ")}`;
      comma = ",";
      return entry;
    },
    tell,
  );
  return [`${json(head).slice(0, -2)},\n  "entries": [`, ...entries, "\n  ]\n}\n"];
};

const json = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(turning, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Characters that would turn or hide what stands around them in whatever shows the file; JSON keeps them as escapes. */
const turning = /[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff]/g;

const iso = (when: number): string => new Date(calendar(when)).toISOString();

/** CBOR as JSON: bytes become `{"base64url": …}`. */
const plain = (value: Cbor): unknown => {
  if (value instanceof Uint8Array) return { base64url: toBase64url(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field as Cbor)]));
  return value;
};

export const writePage = async (
  source: KeptSource,
  people: People,
  words: Words,
  times: Times,
  now: number,
  tell: Tell = () => {},
): Promise<readonly string[]> => {
  const other = people.other === "" ? words.someone : people.other;
  let day = "";
  const entries = await pieces(
    source,
    (kept) => {
      const read = readKept(kept, words);
      if (!read) return "";
      const on = read.at === null ? "" : times.day(read.at);
      const heading = on === day ? "" : `<h2>${escape(on)}</h2>\n`;
      day = on;
      const who = escape(read.from === "me" ? people.me : other);
      const dot = read.hue === undefined ? "" : `<i style="background:hsl(${Math.round(read.hue)} 70% 62%)"></i>`;
      return `${heading}<p class="${read.own ? "words" : "about"}" dir="auto">${dot}${escape(read.text)}<small><bdi>${who}</bdi>${read.at === null ? "" : ` · ${escape(times.clock(read.at))}`}</small></p>\n`;
    },
    tell,
  );
  return [pageHead(escape(words.kept.page(people.me, other)), words, times.day(now)), ...entries, "</html>\n"];
};

const pageHead = (title: string, words: Words, today: string): string => `<!doctype html>
<html lang="${words.language}" dir="${words.direction}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
:root{color-scheme:light dark;font:1.125rem/1.55 Georgia,serif}
body{max-width:36rem;margin:3rem auto;padding:0 1.25rem}
h1{font-weight:500}h2{font:600 .95rem/1.4 system-ui,sans-serif;margin-top:2.5rem;opacity:.75}
p{white-space:pre-wrap;overflow-wrap:anywhere}.about{font-family:system-ui,sans-serif;font-size:1rem;opacity:.85}
small{display:block;font:.85rem system-ui,sans-serif;opacity:.75}i{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-inline-end:.5em}
</style>
<h1>${title}</h1>
<p class="about">${escape(words.kept.pageText(today))}</p>
`;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] as string);
