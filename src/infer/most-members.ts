/** More links than any switch or bond puts into one group (Arista EOS has 64): what has more is no LAG, and no rule is looked for. */
export const MOST_MEMBERS = 64;
