/** Entry of the built command line: loads the program by its compiled code. */
import { createCachedLoader } from './cached-load.ts';

createCachedLoader(import.meta.dirname).load('main.js');
