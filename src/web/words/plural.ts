/** The form of a text for a number, by the language's own rules: `one` and `other` in English, more elsewhere. */
export type Forms = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export const createPlural = (language: string): ((count: number, forms: Forms) => string) => {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll("#", number.format(count));
};

/** Keeps a name's reading direction from turning the sentence around it (Unicode first-strong isolate). */
export const isolate = (name: string): string => `\u2068${name}\u2069`;
