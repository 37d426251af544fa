/** The form of a text for a number, by the language's own rules: `one` and `other` in English, more elsewhere. */
export type Forms = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export const createPlural = (language: string): ((count: number, forms: Forms) => string) => {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll("#", number.format(count));
};

/** How long, in the unit in which people would say it: `7 minutes`, `3 hours`, `2 days`. */
export const createLength = (language: string): ((minutes: number) => string) => {
  const [inMinutes, inHours, inDays] = (["minute", "hour", "day"] as const).map((unit) => {
    const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
    return (count: number): string => format.format(count);
  }) as [Say, Say, Say];
  return (minutes) => (minutes < 90 ? inMinutes(minutes) : minutes < 36 * 60 ? inHours(minutes / 60) : inDays(minutes / (24 * 60)));
};
type Say = (count: number) => string;

/** Keeps a name's reading direction from turning the sentence around it (Unicode first-strong isolate). */
export const isolate = (name: string): string => `\u2068${name}\u2069`;
