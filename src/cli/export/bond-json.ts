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
 *         "body": { … }               the entry as it was written; bytes are {"base64url": "…"}, times milliseconds
 *       }
 *     ]
 *   }
 *
 * Thoughts that fade are never in it. Texts are exactly as their author's app wrote them: clean them before showing them.
 */
import type { Kept } from "../../line/home.ts";
import { cborToJson, jsonPretty, type Json } from "../json.ts";
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

export const entryJson = ({ id, seq, from, kind, at, body }: Kept): Json => ({
  id,
  seq,
  from,
  kind,
  at: at === null ? null : rfc3339(at),
  body: cborToJson(body),
});

export const jsonEntry = (kept: Kept, first: boolean): string => `${first ? "" : ","}\n    ${jsonPretty(entryJson(kept)).replaceAll("\n", "\n    ")}`;

export const jsonTail = "\n  ]\n}\n";
