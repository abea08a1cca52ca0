/** `npm start`: installs, builds, runs the main job on bundled captures, and says how to go on. Starts from a bare checkout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, ensureDependencies, npm, requireNode, run, say } from './setup.mjs';

/** @param {string} name @returns {{ shows: string, files: string[] }} */
function readSample(name) {
  const { shows, files } = JSON.parse(readFileSync(join(REPOSITORY, 'samples', name, 'case.json'), 'utf8'));
  return { shows, files: files.map((/** @type {string} */ file) => `samples/${name}/${file}`) };
}

requireNode();
ensureDependencies();
say('Building');
if (npm(['run', 'build', '--silent']) !== 0) process.exit(1);

for (const name of ['healthy-layer34', 'link-lost-and-back']) {
  const { shows, files } = readSample(name);
  const args = ['flows', ...files, '--top', '8'];
  say(`${shows}\n   npx lacpviz ${args.join(' ')}\n`);
  const status = run(process.execPath, [join(REPOSITORY, 'dist/cli/lacpviz.js'), ...args]);
  if (status !== 0) process.exit(status);
}

say('Go on');
console.log(`   The page with these files:     npx lacpviz serve samples/healthy-layer34/*.pcap samples/healthy-layer34/*.txt
   The page alone, drop yours:    npx lacpviz serve        (or put dist/web on any web server)
   Your captures:                 npx lacpviz flows eth0.pcap eth1.pcap /proc/net/bonding/bond0
   Every command and option:      npx lacpviz --help`);
