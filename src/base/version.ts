/** Version of lacpviz as in package.json (a test compares the two). A constant, so that no host reads a file for it. */
export const VERSION = '0.1.0';
