/**
 * What a code that the camera saw is worth: a whole link of Beside, of the kind that is asked for, and nothing else. What
 * is taken here is then treated exactly as if it had been pasted.
 */
import { readDeviceLink, readInvitation } from "../protocol/invitation.ts";

export type LinkKind = "join" | "device";

export type Scanned =
  | { readonly is: "found"; readonly link: string }
  /** `other-kind`: one of Beside's, for something else; `not-ours`: some other code. */
  | { readonly is: "other-kind" | "not-ours" | "incomplete" | "newer" };

/** Of several codes in one picture the one that is asked for counts, else the first. */
export const judgeScanned = (texts: readonly string[], wanted: LinkKind): Scanned => {
  const all = texts.map((text) => judge(text, wanted));
  return all.find(({ is }) => is === "found") ?? all[0] ?? { is: "not-ours" };
};

const judge = (text: string, wanted: LinkKind): Scanned => {
  const [read, readOther] = wanted === "join" ? [readInvitation, readDeviceLink] : [readDeviceLink, readInvitation];
  const link = read(text);
  if (link.ok) return { is: "found", link: text };
  if (link.error !== "not-an-invitation") return { is: link.error };
  return { is: readOther(text).ok ? "other-kind" : "not-ours" };
};
