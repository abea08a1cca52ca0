/** The captures of the benchmark. Sizes are for `--size 500`; other sizes scale bytes, not flows. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly flows: number;
  readonly snapLength: number;
  readonly members: number;
  /** Measured instead of `flows`. */
  readonly command?: 'infer';
}

export const CASES: readonly BenchCase[] = [
  { name: 'full-10k', title: 'whole frames, 10 k flows', flows: 10_000, snapLength: 0, members: 1 },
  { name: 'full-100k', title: 'whole frames, 100 k flows', flows: 100_000, snapLength: 0, members: 1 },
  { name: 'snap-10k', title: '96-byte snap length, 10 k flows', flows: 10_000, snapLength: 96, members: 1 },
  { name: 'snap-100k', title: '96-byte snap length, 100 k flows', flows: 100_000, snapLength: 96, members: 1 },
  { name: 'snap-1m', title: '96-byte snap length, 1 M flows', flows: 1_000_000, snapLength: 96, members: 1 },
  { name: 'pair-100k', title: 'two members, 96-byte snap length, 100 k flows', flows: 100_000, snapLength: 96, members: 2 },
  {
    name: 'infer-1m',
    title: 'infer, two members, 96-byte snap length, 1 M flows',
    flows: 1_000_000,
    snapLength: 96,
    members: 2,
    command: 'infer',
  },
];

/** Small enough for tools that take minutes for hundreds of megabytes. */
export const SMALL_CASE: BenchCase = {
  name: 'small',
  title: '20 MB of whole frames, 10 k flows',
  flows: 10_000,
  snapLength: 0,
  members: 1,
};
export const SMALL_BYTES = 20_000_000;
export const SEED = 20_261_121;
