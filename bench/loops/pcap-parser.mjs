/** pcap-parser 0.2.1, the named baseline: frames and bytes of a microsecond pcap, nothing decoded. */
import { createRequire } from 'node:module';

const { parse } = createRequire(import.meta.url)('pcap-parser');
let packets = 0;
let bytes = 0;
const parser = parse(process.argv[2]);
parser.on('packet', (/** @type {{ header: { originalLength: number } }} */ packet) => {
  packets++;
  bytes += packet.header.originalLength;
});
parser.on('end', () => console.log(packets, bytes));
parser.on('error', (/** @type {Error} */ error) => {
  console.error(error.message);
  process.exitCode = 1;
});
