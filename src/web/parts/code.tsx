/** Three words on two screens, big enough to be read across a table. */
import type { JSX } from "preact";

export const Code = ({ words, label }: { readonly words: readonly string[]; readonly label: string }): JSX.Element => (
  <ol class="code" lang="en" dir="ltr" aria-label={label}>
    {words.map((word, at) => (
      <li key={at}>{word}</li>
    ))}
  </ol>
);
