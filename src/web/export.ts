/**
 * What two people made, as open files (KEEP1): a page that any browser reads without Beside, and the same as data with
 * every entry's author, whole and as it came, unknown kinds included: the same format that the terminal's export writes.
 */
import type { Bond, Kept } from "../line/home.ts";
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

/** Everything, oldest first. */
export const allKept = async (bond: Pick<Bond, "kept">): Promise<readonly Kept[]> => {
  const all: Kept[] = [];
  for (;;) {
    const before = all.at(-1)?.seq;
    const next = await bond.kept({ limit: 500, ...(before === undefined ? {} : { before }) });
    all.push(...next);
    if (next.length < 500) return all.reverse();
  }
};

interface People {
  readonly me: string;
  readonly other: string;
}

export const writeData = (kept: readonly Kept[], bond: string, people: People, now: number): string =>
  JSON.stringify(
    {
      format: "beside-bond",
      version: 1,
      exported: iso(now),
      bond,
      me: { name: people.me },
      other: { name: people.other },
      entries: kept.map(({ id, seq, from, kind, at, body }) => ({ id, seq, from, kind, at: at === null ? null : iso(at), body: plain(body) })),
    },
    null,
    2,
  ).replaceAll(turning, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

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

export const writePage = (kept: readonly Kept[], people: People, words: Words, times: Times, now: number): string => {
  const other = people.other === "" ? words.someone : people.other;
  const title = escape(words.kept.page(people.me, other));
  const lines: string[] = [];
  let day = "";
  for (const one of kept) {
    const read = readKept(one, words);
    if (!read) continue;
    const on = read.at === null ? "" : times.day(read.at);
    if (on !== day) {
      day = on;
      lines.push(`<h2>${escape(day)}</h2>`);
    }
    const who = escape(read.from === "me" ? people.me : other);
    const dot = read.hue === undefined ? "" : `<i style="background:hsl(${Math.round(read.hue)} 70% 62%)"></i>`;
    lines.push(
      `<p class="${read.own ? "words" : "about"}" dir="auto">${dot}${escape(read.text)}<small><bdi>${who}</bdi>${read.at === null ? "" : ` · ${escape(times.clock(read.at))}`}</small></p>`,
    );
  }
  return `<!doctype html>
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
<p class="about">${escape(words.kept.pageText(times.day(now)))}</p>
${lines.join("\n")}
</html>
`;
};

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] as string);
