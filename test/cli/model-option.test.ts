import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAnalysisOptions, readSender } from '../../src/cli/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'model-option-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MODEL = {
  format: 'lacpviz-switch-model',
  version: 1,
  members: ['eth0', 'eth1'],
  fields: [],
  cases: [{ frames: 'all', selector: { kind: 'linear', bits: [{ masks: { srcPort: '0x0001' }, constant: 0 }], table: [0, 1] } }],
};

describe('--model', () => {
  const good = file('good.json', JSON.stringify(MODEL));

  it('implies the policy learned, for both sides or one', async () => {
    expect(readSender({ model: good }, '')).toMatchObject({ policy: 'learned', model: MODEL });
    const options = await readAnalysisOptions({ modelB: good, policyA: 'layer3+4' });
    expect(options.sides.a).toEqual({ policy: 'layer3+4' });
    expect(options.sides.b).toMatchObject({ policy: 'learned', model: { members: ['eth0', 'eth1'] } });
  });

  it('says what is wrong with the file or the options', async () => {
    const bad = file('bad.json', '{"format": "other"}');
    const cases: readonly (readonly [Parameters<typeof readSender>[0], RegExp])[] = [
      [{ model: join(folder, 'none.json') }, /--model .*none\.json: no such file/],
      [{ model: bad }, /--model .*bad\.json: format: expected/],
      [{ model: good, policy: 'layer2' }, /--model and --policy layer2 contradict each other/],
      [{ policy: 'learned' }, /--policy learned needs --model FILE/],
      [{ model: good, kernel: '6.1' }, /neither variant nor kernel/],
    ];
    for (const [raw, message] of cases) await expect(readAnalysisOptions(raw)).rejects.toThrow(message);
  });
});
