import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { LACPVIZ_FRESH_BUILD: folder } = process.env;

/** Folder of what `npm test` built of these sources right before the tests; null where nobody did, and a test has to build. */
export const FRESH_BUILD = folder === undefined ? null : resolve(fileURLToPath(new URL('../../', import.meta.url)), folder);
