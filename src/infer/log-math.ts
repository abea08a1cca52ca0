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

/** log(n!), n small. */
export function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
