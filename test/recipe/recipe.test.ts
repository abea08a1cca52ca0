import { Ajv2020 } from 'ajv/dist/2020.js';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { readHostBond } from '../../src/cli/recipe-host.ts';
import { chooseSnapLength, shellWord } from '../../src/recipe/capture-command.ts';
import { CAPTURE_SYSTEMS, type CaptureSystem, type Recipe, type RecipeOptions } from '../../src/recipe/recipe.ts';
import { makeRecipe } from '../../src/recipe/registry.ts';
import { PLAIN_STYLE } from '../../src/report/format-style.ts';
import { DOCUMENT_SCHEMAS } from '../../src/report/json-schema-registry.ts';
import {
  writeRecipeCsv,
  writeRecipeJson,
  writeRecipeJsonLines,
  writeRecipeMarkdown,
  writeRecipeText,
  type RecipeReport,
} from '../../src/report/write-recipe.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { bondText, makeFakeHost, type FakeHost } from './fake-host.ts';

const OPTIONS: RecipeOptions = { seconds: 120, ringMegabytes: 2000, tunnels: false, bond: null };
let host: FakeHost;
let withBond: RecipeOptions;

beforeAll(() => {
  host = makeFakeHost();
  host.write('proc/net/bonding/bond0', bondText(['enp0s5', 'enp0s4']));
  host.write('proc/sys/kernel/osrelease', '6.1.0-18-amd64\n');
  host.device('bond0', { address: '02:00:5e:00:00:10', uevent: 'DEVTYPE=bond' });
  withBond = { ...OPTIONS, bond: readHostBond('bond0', host.root) };
});
afterAll(() => host.remove());

function reportOf(systems: readonly CaptureSystem[], options = OPTIONS): RecipeReport {
  return {
    recipes: systems.map((system) => makeRecipe(system, options)),
    host: options.bond,
    seconds: options.seconds,
    ringMegabytes: options.ringMegabytes,
    snapLength: chooseSnapLength(options).bytes,
  };
}

function textOf(report: RecipeReport, width = 100): string {
  const target = createTextBuffer();
  writeRecipeText(report, target, width, PLAIN_STYLE);
  return target.text();
}

/** Syntax only: nothing is run. */
function checkBash(text: string): string {
  const { status, stderr, error } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  return error === undefined ? `${status} ${stderr}` : '0 ';
}

function commandsOf(recipe: Recipe): string[] {
  return recipe.steps.flatMap((step) => step.commands);
}

describe('recipes', () => {
  it('are shell scripts, whole and system by system', () => {
    for (const tunnels of [false, true]) {
      for (const system of CAPTURE_SYSTEMS) expect(checkBash(textOf(reportOf([system], { ...OPTIONS, tunnels }))), system).toBe('0 ');
      expect(checkBash(textOf(reportOf(CAPTURE_SYSTEMS, { ...OPTIONS, tunnels }), 40))).toBe('0 ');
    }
    expect(checkBash(textOf(reportOf(['linux'], withBond)))).toBe('0 ');
  });

  it('take state before the captures start and after they end, and analyse last', () => {
    for (const system of CAPTURE_SYSTEMS) {
      const text = commandsOf(makeRecipe(system, OPTIONS)).join('\n');
      const order = ['>before-', 'pids="$pids $!"', 'sleep 120', 'kill $pids', '>after-', 'lacpviz flows'].map((part) =>
        text.indexOf(part),
      );
      expect(order, system).toEqual([...order].sort((a, b) => a - b));
      expect(order[0], system).toBeGreaterThanOrEqual(0);
    }
  });

  it('of a host with its real names', () => {
    expect(textOf(reportOf(['linux'], withBond))).toBe(`# === Linux bond bond0: on this host ===
# Run as root in an empty folder with room for 2000 MB per member. The lines can be pasted as they
# are, or saved and run with bash.
# Capture on every member, never on the bond: the bond does not show which member a frame took, nor
# LACPDUs.
# bond0 (02:00:5e:00:00:10): mode 802.3ad, policy layer3+4, LACP rate fast, kernel 6.1.0-18-amd64.
# Members in hash order: enp0s5 (02:00:5e:00:00:10, 10000 Mbit/s), enp0s4 (02:00:5e:00:00:11, link
# down).

# 1. State before
# Policy, kernel, order of the members and both ends as the driver sees them; counters, to see
#   what a capture missed.
cat /proc/net/bonding/bond0 >before-bond.txt
ip -d -j link >before-ip-link.json
ip -s link >before-ip-counters.txt

# 2. Start on all members
# 128 bytes of each frame are enough for the hash and for whole LACPDUs.
# A ring of ten files of 200 MB per member: to wait for a rare fault, capture longer; the newest
#   2000 MB stay.
# Nanoseconds of the system clock, one clock for all members. The clock of the network card (-j
#   adapter_unsynced) is finer, but use it only where all members are ports of one card: tcpdump -J
#   -i MEMBER lists what it has.
pids=''
tcpdump -n -i enp0s5 -s 128 -B 32768 -U -Z root --time-stamp-precision=nano -C 200 -W 10 -w enp0s5.pcap 2>enp0s5.log &
pids="$pids $!"
tcpdump -n -i enp0s4 -s 128 -B 32768 -U -Z root --time-stamp-precision=nano -C 200 -W 10 -w enp0s4.pcap 2>enp0s4.log &
pids="$pids $!"
sleep 2

# 3. Let the trouble happen
# At least 95 seconds, three LACPDUs of a slow partner. Make the traffic in question now, or wait
#   for it.
sleep 120

# 4. Stop on all members
# The last line shows how many packets the kernel dropped: any other number than 0 leaves holes in
#   the analysis.
kill $pids
wait $pids
grep -H dropped enp0s5.log enp0s4.log

# 5. State after
# The same once more: counters and LACP states that moved meanwhile show.
cat /proc/net/bonding/bond0 >after-bond.txt
ip -d -j link >after-ip-link.json
ip -s link >after-ip-counters.txt

# 6. Analyse
# Here or on any machine the files were copied to; nothing is sent anywhere. What a command had
#   nothing to say to leaves an empty file, which goes first.
find . -maxdepth 1 '(' -name 'before-*' -o -name 'after-*' ')' -size 0 -delete
lacpviz flows --local 02:00:5e:00:00:10 enp0s5.pcap* enp0s4.pcap* ./before-* ./after-*
`);
  });

  it('keep as much of a frame as the hash needs', () => {
    const bond = withBond.bond!;
    expect(chooseSnapLength(OPTIONS)).toMatchObject({ bytes: 128, why: expect.stringContaining('--tunnels') });
    expect(chooseSnapLength({ ...OPTIONS, tunnels: true }).bytes).toBe(256);
    expect(chooseSnapLength({ ...OPTIONS, bond })).toMatchObject({ bytes: 128, why: expect.not.stringContaining('--tunnels') });
    expect(chooseSnapLength({ ...OPTIONS, bond: { ...bond, policy: 'encap3+4' } })).toMatchObject({
      bytes: 256,
      why: expect.stringContaining('encap3+4'),
    });
    expect(chooseSnapLength({ ...OPTIONS, bond: { ...bond, tunnels: ['vxlan42'] } })).toMatchObject({
      bytes: 256,
      why: expect.stringContaining('vxlan42'),
    });
    expect(chooseSnapLength({ ...OPTIONS, bond: { ...bond, stackedVlans: ['bond0.5.6'] } }).bytes).toBe(256);
  });

  it('quote names that a shell would take for more', () => {
    const bond = {
      ...withBond.bond!,
      name: "b'0",
      members: ['a;reboot', '$(id)', '-n', 'x`y', 'e\u001b[2J'].map((name) => ({
        name,
        permanentMac: null,
        speedMbps: null,
        linkUp: null,
      })),
    };
    const text = textOf(reportOf(['linux'], { ...OPTIONS, bond }));
    expect(checkBash(text)).toBe('0 ');
    expect(text).not.toContain('\u001b');
    const echoed = spawnSync('bash', ['-c', `printf '%s\\n' ${bond.members.map(({ name }) => shellWord(name)).join(' ')}`], {
      encoding: 'utf8',
    });
    if (echoed.error === undefined) expect(echoed.stdout.split('\n').slice(0, 5)).toEqual(bond.members.map(({ name }) => name));
  });
});

describe('forms', () => {
  it('JSON agrees with its schema', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(DOCUMENT_SCHEMAS.recipe);
    for (const options of [OPTIONS, withBond]) {
      const target = createTextBuffer();
      writeRecipeJson(reportOf(CAPTURE_SYSTEMS, options), '1.2.3', target);
      const document = JSON.parse(target.text());
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      expect(document).toMatchObject({ schemaVersion: 1, tool: { name: 'lacpviz', version: '1.2.3' }, command: 'recipe' });
      expect(document.recipes.map((recipe: Recipe) => recipe.system)).toEqual(CAPTURE_SYSTEMS);
    }
  });

  it('JSON Lines, CSV and Markdown hold every command', () => {
    const report = reportOf(CAPTURE_SYSTEMS);
    const commands = report.recipes.flatMap(commandsOf);
    const jsonLines = createTextBuffer();
    writeRecipeJsonLines(report, jsonLines);
    expect(
      jsonLines
        .text()
        .trimEnd()
        .split('\n')
        .flatMap((line) => JSON.parse(line).commands),
    ).toEqual(commands);
    const csv = createTextBuffer();
    writeRecipeCsv(report, csv);
    expect(csv.text().trimEnd().split('\r\n').length).toBe(commands.length + 1);
    const markdown = createTextBuffer();
    writeRecipeMarkdown(report, markdown);
    for (const command of commands) expect(markdown.text()).toContain(`\n${command}\n`);
    expect(markdown.text().match(/^```/gm)?.length).toBe(2 * report.recipes.flatMap((recipe) => recipe.steps).length);
  });

  it('a bond that does not exist ends with 3', async () => {
    const failure: unknown = await runProgram(['recipe', '--iface', 'no-such-bond7']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 3, message: expect.stringMatching(/--iface no-such-bond7: /) });
  });

  it('wrong usage is told with the nearest value', async () => {
    const wrong: [string[], RegExp][] = [
      [['recipe', '--system', 'linx'], /Did you mean linux\?/],
      [['recipe', '--system', 'ovs', '--iface', 'bond0'], /--iface reads a Linux bond/],
      [['recipe', '--seconds', '0'], /--seconds 0/],
      [['recipe', '--ring', 'much'], /--ring much/],
      [['recipe', '--format', 'yaml'], /Known: table/],
      [['recipe', 'bond0'], /too many arguments/],
    ];
    for (const [args, message] of wrong) {
      const failure: unknown = await runProgram(args).then(
        (code) => `ended with ${code}`,
        (error: unknown) => error,
      );
      expect(failure, args.join(' ')).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
    }
  });
});
