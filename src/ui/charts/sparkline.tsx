/** A load in time as small as a word. */
const WIDTH = 84;
const HEIGHT = 18;

export function Sparkline({ values, color }: { values: Float64Array; color: string }) {
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  if (highest === 0) return null;
  const step = WIDTH / values.length;
  let path = '';
  values.forEach((value, i) => {
    if (value > 0)
      path += `M${(i * step).toFixed(1)},${HEIGHT}v${(-Math.max(1.5, (value / highest) * HEIGHT)).toFixed(1)}h${step.toFixed(1)}V${HEIGHT}Z`;
  });
  return (
    <svg width={WIDTH} height={HEIGHT} class="sparkline" aria-hidden="true">
      <path d={path} fill={color} />
    </svg>
  );
}
