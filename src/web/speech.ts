/**
 * The language that is spoken on this device, with its words and its times. Until the table of another one has come, and
 * where it does not come, English is spoken. A choice is own-only: the other does not learn it.
 */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { createSetting, type Memory } from "./setting.ts";
import { en, type Words } from "./words/en.ts";
import { pickLanguage, type Language, type Languages } from "./words/languages.ts";
import { createTimes, type Times } from "./words/time.ts";

export interface Spoken {
  readonly tag: string;
  readonly words: Words;
  readonly times: Times;
}

export interface Speech {
  readonly spoken: ReadonlySignal<Spoken>;
  readonly languages: Languages;
  /** Null: as the browser asks for. */
  readonly chosen: ReadonlySignal<string | null>;
  /** Resolves when that language is spoken, or another one was chosen since, or it could not be had. */
  choose(tag: string | null): Promise<void>;
}

/** `asked`: what the browser asks for, most wanted first. */
export const createSpeech = (languages: Languages, memory: Memory, asked: readonly string[]): Speech => {
  const setting = createSetting(memory, "beside.language");
  const speak = ({ tag }: Language, words: Words): Spoken => ({ tag, words, times: createTimes(formOf(words.language, asked), words.justNow) });
  const spoken = signal(speak(languages[0], en));
  let wanted: Language = languages[0];

  const follow = async (chosen: string | null): Promise<void> => {
    const language = pickLanguage(languages, chosen, asked);
    wanted = language;
    if (language.tag === spoken.peek().tag) return;
    const words = await language.load().catch(() => undefined);
    if (words && wanted === language) spoken.value = speak(language, words);
  };
  let following = Promise.resolve();
  effect(() => void (following = follow(setting.value.value)));

  return {
    spoken,
    languages,
    chosen: setting.value,
    choose(tag) {
      setting.choose(tag);
      return following;
    },
  };
};

/** The words' language in the form of it that the browser prefers: twelve hours or twenty-four. */
const formOf = (language: string, asked: readonly string[]): string => asked.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
