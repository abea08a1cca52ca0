/**
 * Writes compiled code beside the files of a built command line, as far as its main job on a bundled sample needs it. For
 * the Node that runs this; another one compiles as if nothing were there. Usage: node scripts/write-code-cache.mjs FOLDER
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { REPOSITORY } from './setup.mjs';

const SAMPLE = join(REPOSITORY, 'samples/healthy-layer34');

const folder = resolve(process.argv[2]);
const captures = readdirSync(SAMPLE).filter((name) => name.endsWith('.pcap'));
const { createCachedLoader } = createRequire(join(folder, 'index.js'))('./cached-load.js');
const loader = createCachedLoader(folder);
process.argv = [process.argv[0], join(folder, 'lacpviz.js'), 'flows', ...captures.map((name) => join(SAMPLE, name)), '-o', devNull];
process.once('exit', (code) => code === 0 && loader.writeCache());
loader.load('main.js');
