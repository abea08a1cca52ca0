/** What reading alone costs a Node process: 64 KiB at a time into one buffer, nothing looked at. */
import { openSync, readSync } from 'node:fs';

const buffer = new Uint8Array(65_536);
const file = openSync(process.argv[2], 'r');
let bytes = 0;
for (;;) {
  const length = readSync(file, buffer, 0, buffer.length, null);
  if (length === 0) break;
  bytes += length;
}
console.log(bytes);
