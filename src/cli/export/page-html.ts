/**
 * `index.html`: what two people made, to read, in one file that asks nobody for anything. It loads nothing and runs
 * nothing: the policy forbids everything but its own style, named by its hash.
 */
import { createHash } from "node:crypto";
import * as v from "valibot";
import type { PastEvent } from "../../line/history.ts";
import type { Kept } from "../../line/home.ts";
import { isSenseName } from "../../senses/index.ts";
import { cleanLine, cleanText } from "../../senses/text.ts";
import { cliHalves } from "../cli-halves.ts";
import { pastSentence } from "../history.ts";
import { rfc3339, type Times } from "../times.ts";
import type { ExportedPair } from "./bond-json.ts";

const style = `
:root { color-scheme: light dark; }
body { max-width: 38rem; margin: 3rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
h1, time, .from { font-family: system-ui, sans-serif; }
h1 { font-size: 1.4rem; font-weight: 600; }
ol { list-style: none; padding: 0; }
li { margin: 1.4rem 0; }
.from { font-weight: 600; }
time { font-size: .8rem; opacity: .75; }
p { margin: .2rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { margin-top: 3rem; font: 600 1.1rem system-ui, sans-serif; }
.quiet p { font-style: italic; opacity: .85; }
.aside { opacity: .8; border-inline-start: 2px solid; padding-inline-start: .8rem; }
.mark { font: .8rem system-ui, sans-serif; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] as string);

const html = (text: string): string => escapeHtml(cleanText(text));
const nameHtml = (name: string): string => `<bdi>${escapeHtml(cleanLine(name))}</bdi>`;

export const htmlHead = (pair: ExportedPair, times: Times): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(pair.me)} and ${html(pair.other)}</title>
<style>${style}</style>
</head>
<body>
<h1>${nameHtml(pair.me)} and ${nameHtml(pair.other)}</h1>
<p>What you two kept, read out of Beside on <time datetime="${rfc3339(pair.exported)}">${escapeHtml(times.dated(pair.exported))}</time>. The same for programs is in bond.json.</p>
<ol>
`;

/** `isLast`: the last that the other said or felt, where its reader chose to see that (KEEP2). */
export const htmlEntry = (kept: Kept, pair: ExportedPair, times: Times, isLast = false): string => {
  const author = kept.from === "me" ? pair.me : pair.other;
  const when = kept.at === null ? "" : ` <time datetime="${rfc3339(kept.at)}">${escapeHtml(times.dated(kept.at))}</time>`;
  const { text, own, feeling } = readable(kept, pair, times);
  const felt = feeling === undefined ? "" : ` <span>${escapeHtml(feeling)}</span>`;
  const classes = [...(own ? [] : ["quiet"]), ...(kept.aside ? ["aside"] : [])];
  const marks = [...(isLast ? ["the last"] : []), ...(kept.aside ? ["set aside: it was not let in when it came"] : [])];
  const marked = marks.map((mark) => ` <span class="mark">${mark}</span>`).join("");
  return `<li${classes.length === 0 ? "" : ` class="${classes.join(" ")}"`}><span class="from">${nameHtml(author)}</span>${felt}${when}${marked}\n<p dir="auto">${html(text)}</p></li>\n`;
};

/** What the one who reads it gave, and which devices there were (BOUND6). */
export const htmlTail = (history: readonly PastEvent[], pair: ExportedPair, times: Times): string => {
  const events = history.map(
    (event) =>
      `<li class="quiet"><time datetime="${rfc3339(event.at)}">${escapeHtml(times.dated(event.at))}</time>\n<p dir="auto">${html(pastSentence(event, cleanLine(pair.other), times.dated))}</p></li>\n`,
  );
  const past = events.length === 0 ? "" : `<h2>What you gave, and your devices</h2>\n<ol>\n${events.join("")}</ol>\n`;
  return `</ol>\n${past}</body>\n</html>\n`;
};

interface Readable {
  readonly text: string;
  /** Its author's own words, with the feeling that came along; else it is told about. */
  readonly own: boolean;
  readonly feeling?: string;
}

const readable = ({ kind, from, body }: Kept, pair: ExportedPair, times: Times): Readable => {
  const told = isSenseName(kind) ? cliHalves[kind].tell(body, { from, other: cleanLine(pair.other), time: times.dated }) : undefined;
  if (!told) return { text: "Something that a newer Beside can read. It is in bond.json as it came.", own: false };
  if (kind !== "thought") return { text: told.text, own: false };
  const thought = v.safeParse(thoughtSchema, told.json);
  return thought.success
    ? { text: thought.output.text, own: true, ...(thought.output.feeling ? { feeling: thought.output.feeling.name } : {}) }
    : { text: told.text, own: false };
};

const thoughtSchema = v.object({ text: v.string(), feeling: v.optional(v.object({ name: v.string() })) });
