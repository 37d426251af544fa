/**
 * `bond.json`: what two people made, for programs.
 *
 *   {
 *     "format": "beside-bond",        always
 *     "version": 1,                   rises when a field changes its meaning or goes; fields may be added
 *     "exported": "2026-02-03T…Z",    RFC 3339, UTC, as all times here
 *     "bond": "<32 hex digits>",
 *     "me": { "name": "…" },          as called now
 *     "other": { "name": "…" },
 *     "entries": [                    in the order of the line, oldest first
 *       {
 *         "id": "0-17",               the same on both sides
 *         "seq": 42,                  the place in the line
 *         "from": "me",               or "other": proved by the author's device when it came
 *         "kind": "thought",          the sense; unknown kinds come from a newer Beside
 *         "at": "2026-02-03T…Z",      by the author's device; null where it says none
 *         "body": { … },              the entry as it was written; bytes are {"base64url": "…"}, times milliseconds
 *         "aside": true               only where it came while its sense was not let in
 *       }
 *     ],
 *     "history": [                    what "me" gave and which devices there were, oldest first
 *       { "is": "gave", "at": "2026-02-03T…Z", "by": 0, "sense": "presence", "give": "full", "until": "2026-03-05T…Z" }
 *     ]
 *   }
 *
 * `by` is the number of the device that said so. The other kinds are `apart` (`by`, `dark`, `until`), `back` (`by`) and `device`
 * (`what`, `from`, `name`, `device`).
 *
 * Thoughts that fade are never in it. Texts are exactly as their author's app wrote them: clean them before showing them.
 */
import type { PastEvent } from "../../line/history.ts";
import type { Kept } from "../../line/home.ts";
import { pastJson } from "../history.ts";
import { cborToJson, jsonPretty, type JsonObject } from "../json.ts";
import { rfc3339 } from "../times.ts";

const formatVersion = 1;

export interface ExportedPair {
  readonly bond: string;
  readonly me: string;
  readonly other: string;
  readonly exported: number;
}

export const jsonHead = ({ bond, me, other, exported }: ExportedPair): string => {
  const head = jsonPretty({ format: "beside-bond", version: formatVersion, exported: rfc3339(exported), bond, me: { name: me }, other: { name: other } });
  return `${head.slice(0, -2)},\n  "entries": [`;
};

export const entryJson = ({ id, seq, from, kind, at, body, aside }: Kept): JsonObject => ({
  id,
  seq,
  from,
  kind,
  at: at === null ? null : rfc3339(at),
  body: cborToJson(body),
  ...(aside ? { aside } : {}),
});

export const jsonEntry = (kept: Kept, first: boolean): string => item(entryJson(kept), first);

/** An entry of an array that stands in the one value of the file. */
const item = (value: JsonObject, first: boolean): string => `${first ? "" : ","}\n    ${jsonPretty(value).replaceAll("\n", "\n    ")}`;

export const jsonTail = (history: readonly PastEvent[]): string =>
  `\n  ],\n  "history": [${history.map((event, at) => item(pastJson(event), at === 0)).join("")}\n  ]\n}\n`;
