/**
 * Text that another person's device wrote, or ours will send: no control characters, nothing that turns the
 * reading direction of what stands around it, no edge spaces. Right-to-left text itself is left as it is.
 */

// Controls but newline; bidi overrides and isolates; line separators; invisible marks. Joiners stay: scripts need them.
const unwanted = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One line: a name. */
export const cleanLine = (text: string): string => cleanText(text.replaceAll("\n", " ")).replaceAll(/ {2,}/g, " ");

/** Several lines: a thought. At most two empty lines in a row. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replaceAll(unwanted, "")
    // After what stood between: else the same text would be cleaned differently the second time.
    .normalize("NFC")
    .replaceAll(/\n{4,}/g, "\n\n\n")
    .trim();

/** Whether anything in it can be seen: not only spaces, joiners, fillers and marks on nothing. */
export const isReadable = (text: string): boolean => /[^\s\p{Default_Ignorable_Code_Point}\p{Mark}\u2800]/u.test(text);
