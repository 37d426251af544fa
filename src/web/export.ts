/**
 * What two people made, as open files (KEEP1): a page that any browser reads without Beside, and the same as data with
 * every entry's author, whole and as it came, unknown kinds included: the same format that the terminal's export writes.
 *
 * Both are made a piece at a time, from the oldest, as what is kept is read: the page goes on meanwhile.
 */
import type { Bond, Kept } from "../line/home.ts";
import { oldestFirst, type KeptSource } from "../line/kept-pages.ts";
import type { DeviceView } from "../line/view.ts";
import { isSenseName } from "../senses/index.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { toBase64url } from "../base/bytes.ts";
import { linesOf } from "./history.ts";
import type { KeptText } from "./web-half.ts";
import { webHalves } from "./web-halves.ts";
import type { Words } from "./words/en.ts";
import { calendar, type Times } from "./words/time.ts";

export interface ReadableKept extends KeptText {
  readonly id: string;
  readonly from: Kept["from"];
  readonly kind: string;
  readonly at: number | null;
  /** It came while its sense was not let in. */
  readonly aside: boolean;
}

/** One kept thing for people to read; an unknown kind says that a newer Beside made it. */
export const readKept = ({ id, from, kind, at, body, aside }: Kept, words: Words): ReadableKept | undefined => {
  const text: KeptText | undefined = isSenseName(kind) ? webHalves[kind].kept(body, words) : { text: words.between.newer, own: false };
  return text && { id, from, kind, at, aside: aside === true, ...text };
};

interface People {
  readonly me: string;
  readonly other: string;
  /** Mine, as they are called now. */
  readonly devices?: readonly DeviceView[];
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

/** What can be written down: a line, with the history of what its owner gave, or a memory of one, which has none. */
export type ExportSource = KeptSource & Partial<Pick<Bond, "history">>;

export const writeData = async (source: ExportSource, bond: string, people: People, now: number, tell: Tell = () => {}): Promise<readonly string[]> => {
  const head = { format: "beside-bond", version: 1, exported: iso(now), bond, me: { name: people.me }, other: { name: people.other } };
  let comma = "";
  const entries = await pieces(
    source,
    ({ id, seq, from, kind, at, body, aside }) => {
      const one = { id, seq, from, kind, at: at === null ? null : iso(at), body: plain(body), ...(aside ? { aside } : {}) };
      const entry = `${comma}\n    ${indented(one)}`;
      comma = ",";
      return entry;
    },
    tell,
  );
  const events = (await source.history?.()) ?? [];
  const history = events.map((event, at) => {
    const { at: when, ...rest } = "until" in event ? { ...event, until: event.until === null ? null : iso(event.until) } : event;
    return `${at === 0 ? "" : ","}\n    ${indented({ at: iso(when), ...rest })}`;
  });
  return [`${json(head).slice(0, -2)},\n  "entries": [`, ...entries, '\n  ],\n  "history": [', ...history, "\n  ]\n}\n"];
};

const indented = (value: unknown): string => json(value).replaceAll("\n", "\n    ");

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
  source: ExportSource,
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
      const who = `<bdi>${escape(read.from === "me" ? people.me : other)}</bdi>${read.aside ? ` · ${escape(words.aside.mark)}` : ""}`;
      const dot = read.hue === undefined ? "" : `<i style="background:hsl(${Math.round(read.hue)} 70% 62%)"></i>`;
      return `${heading}<p class="${read.own ? "words" : "about"}" dir="auto">${dot}${escape(read.text)}<small>${who}${read.at === null ? "" : ` · ${escape(times.clock(read.at))}`}</small></p>\n`;
    },
    tell,
  );
  const lines = linesOf((await source.history?.()) ?? [], people.devices ?? [], other, words, times);
  day = "";
  const history = lines.map((line) => {
    const heading = line.day === day ? "" : `<h3>${escape(line.day)}</h3>\n`;
    day = line.day;
    const by = line.by === null ? "" : `<small>${escape(line.clock)} · ${escape(words.history.by(line.by))}</small>`;
    return `${heading}<p class="about" dir="auto">${escape(line.text)}${by}</p>\n`;
  });
  const past = lines.length === 0 ? [] : [`<section>\n<h2>${escape(words.history.title)}</h2>\n`, ...history, "</section>\n"];
  return [pageHead(escape(words.kept.page(people.me, other)), words, times.day(now)), ...entries, ...past, "</html>\n"];
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
h1{font-weight:500}section{margin-top:4rem;border-top:1px solid}h2,h3{font:600 .95rem/1.4 system-ui,sans-serif;margin-top:2.5rem;opacity:.75}
p{white-space:pre-wrap;overflow-wrap:anywhere}.about{font-family:system-ui,sans-serif;font-size:1rem;opacity:.85}
small{display:block;font:.85rem system-ui,sans-serif;opacity:.75}i{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-inline-end:.5em}
</style>
<h1>${title}</h1>
<p class="about">${escape(words.kept.pageText(today))}</p>
`;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] as string);
