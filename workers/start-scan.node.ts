/** Entry of the built scan worker: loads it by its compiled code. */
import { createCachedLoader } from '../src/cli/cached-load.ts';

createCachedLoader(import.meta.dirname).load('scan-main.js');
