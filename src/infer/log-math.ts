/** log(exp(x) + exp(y)) without overflow. */
export function logAdd(x: number, y: number): number {
  const top = Math.max(x, y);
  return top === -Infinity ? -Infinity : top + Math.log1p(Math.exp(-Math.abs(x - y)));
}

export function logSum(values: readonly number[]): number {
  const top = Math.max(...values);
  if (values.length === 0 || top === -Infinity) return -Infinity;
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

const FACTORIALS = new Float64Array(256);
for (let n = 2; n < FACTORIALS.length; n++) FACTORIALS[n] = FACTORIALS[n - 1] + Math.log(n);

/** log(n!), by Stirling's series where n is large. */
export function logFactorial(n: number): number {
  if (n < FACTORIALS.length) return FACTORIALS[n];
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
}
