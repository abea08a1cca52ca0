import { describe, expect, it } from 'vitest';
import { languageOfLocale, LANGUAGES, messageOf, TRANSLATIONS } from '../../src/diagnose/languages.ts';
import { fillMessage, MESSAGES } from '../../src/diagnose/messages.ts';
import type { FindingId } from '../../src/diagnose/messages.ts';
import { ENGLISH_VALUES } from '../../src/diagnose/messages/translation.ts';
import { RULES } from '../../src/diagnose/registry.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { captureOf, lacpdu, NOBODY } from '../support/lacp-frames.ts';

const IDS = Object.keys(MESSAGES) as FindingId[];
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
const others = Object.entries(TRANSLATIONS);

describe('messages', () => {
  it('are there for every rule', () => {
    for (const { id } of RULES) expect(IDS).toContain(id);
  });

  it.each(others)('are all translated into %s', (_, translation) => {
    expect(IDS.filter((id) => translation[id] === undefined)).toEqual([]);
    expect(Object.keys(translation).filter((id) => !IDS.includes(id as FindingId))).toEqual([]);
  });

  it.each(others)('have the placeholders of the English ones in %s, but for English words', (_, translation) => {
    for (const id of IDS) {
      const [english, other] = [MESSAGES[id], translation[id]];
      if (other === undefined) continue;
      const wanted = placeholders(english.title).filter((name) => !ENGLISH_VALUES.has(name) && name !== 'side');
      expect(
        placeholders(other.title).filter((name) => name !== 'side'),
        `title of ${id}`,
      ).toEqual(wanted);
      const known = new Set([...placeholders(english.title), ...placeholders(english.detail), 'side', 'members', 'since']);
      for (const name of placeholders(other.detail)) {
        expect(known.has(name), `{${name}} of ${id}`).toBe(true);
        // `heard` is a number in one rule and a sentence in another.
        const isSentence = ENGLISH_VALUES.has(name) && !(id === 'lacp/one-way' && name === 'heard');
        expect(isSentence, `{${name}} of ${id} is English`).toBe(false);
      }
    }
  });

  it.each(others)('hold no English sentence in %s', (_, translation) => {
    for (const [id, message] of Object.entries(translation)) expect(message.title, id).not.toMatch(/^[\x20-\x7e]*$/);
  });

  it('name the side in the language of the sentence', () => {
    expect(LANGUAGES.map((language) => messageOf('lacp/standby', language).sides.a)).toEqual(['side a', 'сторона a', 'a側', 'a 端']);
    expect(fillMessage('{side}: x. {side} y', { side: 'сторона b' })).toBe('Сторона b: x. Сторона b y');
  });
});

describe('the language of a locale', () => {
  it.each([
    [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
    [{ LANG: 'ru_RU.UTF-8', LC_ALL: 'ja_JP.UTF-8' }, 'ja'],
    [{ LANG: 'ja_JP.eucJP', LC_MESSAGES: 'C' }, 'en'],
    [{ LANG: 'zh_TW.Big5', LC_ALL: '' }, 'zh-Hant'],
    [{ LANG: 'zh_HK' }, 'zh-Hant'],
    [{ LANG: 'zh_CN.UTF-8' }, 'en'],
    [{ LANG: 'rum' }, 'en'],
    [{}, 'en'],
  ])('%j is %s', (environment, language) => {
    expect(languageOfLocale(environment)).toBe(language);
  });
});

describe('findings', () => {
  it('are told in the language asked for, with the ids that stay', async () => {
    const alone = (at: number) => ({
      at,
      frame: lacpdu({ srcMac: '02:0a:00:00:00:00', actor: { system: '02:00:00:00:00:0a', state: 0x47 }, partner: NOBODY }),
    });
    const titles = [];
    for (const language of LANGUAGES) {
      const { findings } = await analyzeCheck([captureOf('eth0', [alone(0), alone(30)])], { ...DEFAULT_ANALYSIS_OPTIONS, language }, {});
      expect(findings[0].id).toBe('lacp/no-partner');
      titles.push(findings[0].title);
    }
    expect(titles).toEqual([
      'Side a has no LACP partner on eth0',
      'Сторона a: нет LACP-партнёра на eth0',
      'a側の eth0 に LACP の相手がいません',
      'a 端在 eth0 上沒有 LACP 對端',
    ]);
  });
});
