/** Probability that a chi-square variable of `degrees` degrees of freedom is at least `x` (upper incomplete gamma, Numerical Recipes 6.2). */
export function chiSquareAtLeast(x: number, degrees: number): number {
  if (x <= 0 || degrees <= 0) return 1;
  const a = degrees / 2;
  const z = x / 2;
  const front = Math.exp(a * Math.log(z) - z - logGamma(a));
  if (z < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 500 && term > sum * 1e-12; n++) {
      term *= z / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * front);
  }
  // Continued fraction by Lentz.
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 500; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-12) break;
  }
  return Math.min(1, front * h);
}

/** Chance that `total` things put into equal parts are spread at least as unevenly as `counts`. */
export function chanceOfCounts(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || counts.length < 2) return 1;
  const mean = total / counts.length;
  return chiSquareAtLeast(
    counts.reduce((sum, count) => sum + ((count - mean) * (count - mean)) / mean, 0),
    counts.length - 1,
  );
}

/** Of half a number of degrees of freedom: a whole number or a half, so by recursion from 1 or from 1/2. */
function logGamma(x: number): number {
  let sum = x % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let at = x % 1 === 0 ? 1 : 0.5; at < x; at++) sum += Math.log(at);
  return sum;
}
