/** Which language this device speaks; nothing where there is only one. Each is named in itself. */
import type { JSX } from "preact";
import { useApp } from "../app.ts";

export const LanguageChoice = (): JSX.Element | null => {
  const { words, speech } = useApp();
  if (speech.languages.length < 2) return null;
  return (
    <label class="field-label language">
      <span>{words.settings.language}</span>
      <select name="language" value={speech.chosen.value ?? ""} onChange={({ currentTarget: { value } }) => void speech.choose(value === "" ? null : value)}>
        <option value="">{words.settings.asBrowser}</option>
        {speech.languages.map(({ tag, name }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};
