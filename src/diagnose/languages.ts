import { MESSAGES } from './messages.ts';
import type { FindingId, Message } from './messages.ts';
import { JA } from './messages/ja.ts';
import { RU } from './messages/ru.ts';
import type { SideWords, Translation } from './messages/translation.ts';
import { ZH_HANT } from './messages/zh-hant.ts';

/** Languages of findings' titles and first sentences: `--lang`. */
export const LANGUAGES = ['en', 'ru', 'ja', 'zh-Hant'] as const;
export type Language = (typeof LANGUAGES)[number];

export const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, Translation>> = { ru: RU, ja: JA, 'zh-Hant': ZH_HANT };

const SIDE_WORDS: Readonly<Record<Language, SideWords>> = {
  en: { a: 'side a', b: 'side b', both: 'both sides' },
  ru: { a: 'сторона a', b: 'сторона b', both: 'обе стороны' },
  ja: { a: 'a側', b: 'b側', both: '両側' },
  'zh-Hant': { a: 'a 端', b: 'b 端', both: '兩端' },
};

/** The texts of a finding and the words for its side: all of one language, English where it is not translated. */
export function messageOf(id: FindingId, language: Language): { readonly message: Message; readonly sides: SideWords } {
  const translated = language === 'en' ? undefined : TRANSLATIONS[language][id];
  return translated === undefined ? { message: MESSAGES[id], sides: SIDE_WORDS.en } : { message: translated, sides: SIDE_WORDS[language] };
}

/**
 * The language that a locale of the environment asks for (POSIX: LC_ALL before LC_MESSAGES before LANG), English for
 * what there is none of. Chinese without a script or region is not taken for Traditional.
 */
export function languageOfLocale(environment: { readonly [name: string]: string | undefined }): Language {
  const locale = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  const tag = (locale ?? '').split(/[.@]/)[0].replaceAll('_', '-').toLowerCase();
  if (/^ru(-|$)/.test(tag)) return 'ru';
  if (/^ja(-|$)/.test(tag)) return 'ja';
  return /^zh-(hant|tw|hk|mo)\b/.test(tag) ? 'zh-Hant' : 'en';
}
