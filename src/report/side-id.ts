/** One end of a LAG. */
export type SideId = 'a' | 'b';
