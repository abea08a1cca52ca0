/** Bases that a person may have written. */

/** Greater values are silently taken as 0 (ovs-bonds 1). */
export const MOST_BASIS = 0x7fff_ffff;
/** Every basis up to here is tried; above, those that people write. */
const EVERY_BASIS = 1 << 18;

let remembered: Uint32Array | null = null;

/** Small numbers, round ones, dates, repeated and counted digits, powers of two and their neighbours. */
export function plausibleBases(): Uint32Array {
  if (remembered !== null) return remembered;
  const large = new Set<number>();
  const add = (value: number): void => {
    if (value > EVERY_BASIS && value <= MOST_BASIS) large.add(value);
  };
  for (let digits = 1; digits < 100; digits++) for (let zeros = 0; zeros < 10; zeros++) add(digits * 10 ** zeros);
  for (let digit = 1; digit < 10; digit++) for (let length = 1; length <= 10; length++) add(Number(String(digit).repeat(length)));
  for (let from = 0; from < 10; from++)
    for (let length = 2; length <= 10; length++) {
      const up = Array.from({ length }, (_, i) => (from + i) % 10).join('');
      add(Number(up));
      add(Number([...up].reverse().join('')));
    }
  for (let bit = 18; bit < 32; bit++) for (let near = -1; near <= 1; near++) add(2 ** bit + near);
  for (let year = 1990; year <= 2040; year++)
    for (let month = 1; month <= 12; month++)
      for (let day = 1; day <= 31; day++) {
        add(year * 10_000 + month * 100 + day);
        add(day * 1_000_000 + month * 10_000 + year);
      }
  remembered = Uint32Array.from([...Array.from({ length: EVERY_BASIS }, (_, i) => i + 1), ...large]);
  return remembered;
}
