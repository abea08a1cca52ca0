/** Which era of the Linux transmit hash a version text suggests (hash-spec 1.1). A prior only: the traffic decides. */
import { LINUX_ERAS, NEWEST_LINUX_VARIANT } from './linux-eras.ts';

export interface KernelEra {
  /** The likeliest variant. Never `linux-5.15.0`: the broken range is not chosen from a version text alone. */
  readonly variant: string;
  /** False where the text leaves several variants open (`candidates`, likeliest first). */
  readonly certain: boolean;
  readonly candidates: readonly string[];
}

/** From this stable release of a series on, the variant holds. */
type Step = readonly [fromPatch: number, variant: string];

const BROKEN = 'linux-5.15.0';

/** Steps of a series, by `major * 1000 + minor`. */
function stepsOfSeries(series: number): readonly Step[] {
  switch (series) {
    case 4004:
      return [
        [0, 'linux-3.17'],
        [102, 'linux-4.15'],
      ];
    case 4009:
      return [
        [0, 'linux-3.17'],
        [65, 'linux-4.15'],
      ];
    case 4013:
      return [
        [0, 'linux-3.17'],
        [16, 'linux-4.15'],
      ];
    case 4014:
      return [
        [0, 'linux-3.17'],
        [2, 'linux-4.15'],
      ];
    case 5015:
      return [
        [0, BROKEN],
        [17, 'linux-5.15.17'],
        [38, 'linux-5.18'],
      ];
    case 5016:
      return [
        [0, BROKEN],
        [3, 'linux-5.15.17'],
      ];
    case 5017:
      return [
        [0, 'linux-5.15.17'],
        [6, 'linux-5.18'],
      ];
  }
  if (series < 3007) return [[0, 'linux-2.6']];
  if (series < 3013) return [[0, 'linux-3.7']];
  if (series < 3017) return [[0, 'linux-3.13']];
  if (series < 4015) return [[0, 'linux-3.17']];
  if (series < 5005) return [[0, 'linux-4.15']];
  if (series < 5015) return [[0, 'linux-5.5']];
  return [[0, NEWEST_LINUX_VARIANT]];
}

/** Series whose stable releases are not fully known: the EtherType came between 3.14 and 3.18; long-term 3.18 and 4.1 lived past November 2017. */
function openCandidates(series: number): readonly string[] {
  if (series === 3015 || series === 3016) return ['linux-3.17'];
  if (series === 3017) return ['linux-3.13'];
  if (series === 3018 || series === 4001) return ['linux-4.15'];
  return [];
}

/** Enterprise kernels backport freely: everything from their base on is possible. */
const ENTERPRISE = /\.el\d|\.fc\d|\.amzn|\.uek|\.an\d|\.oe\d|-default$|sles/i;

/**
 * Reads `x.y` (the newest stable of that series), `x.y.z`, a release text (`6.1.0-56-amd64`, `6.14.8-2-pve`,
 * `4.18.0-553.el8.x86_64`) or a variant id. Null where the text says nothing: the driver's old own version
 * (`v3.7.1 (April 27, 2011)`), or no version at all.
 */
export function eraForKernel(text: string): KernelEra | null {
  const trimmed = text.trim();
  if (LINUX_ERAS.some((era) => era.variant === trimmed)) return { variant: trimmed, certain: true, candidates: [trimmed] };
  if (/\([A-Z][a-z]+ \d+, \d{4}\)/.test(trimmed)) return null;
  const match =
    /^(?:linux )?v?(\d{1,2})\.(\d{1,3})(?:\.(\d{1,4}))?(?![\d.]*\.\d)([-+.~_a-z].*)?$/i.exec(trimmed) ??
    /^v?(2)\.(6)\.(\d+)(?:\.\d+)?([-+.~_a-z].*)?$/i.exec(trimmed);
  if (match === null) return null;
  const series = Number(match[1]) * 1000 + Number(match[2]);
  const suffix = match[4] ?? '';
  // Distributions call every build of a series x.y.0-something: the patch number says nothing then.
  const patch = match[3] === undefined || (suffix !== '' && match[3] === '0') ? -1 : Number(match[3]);
  const steps = stepsOfSeries(series);
  const newest = steps[steps.length - 1][1];
  let exact = newest;
  if (patch >= 0) for (const [fromPatch, variant] of steps) if (patch >= fromPatch) exact = variant;
  const candidates = [exact];
  if (suffix !== '') for (let step = steps.length - 1; step >= 0; step--) candidates.push(steps[step][1]);
  candidates.push(...openCandidates(series));
  if (series === 5015 && patch === 37) candidates.push('linux-5.18');
  if (ENTERPRISE.test(suffix)) candidates.push(...laterVariants(exact));
  if (exact === BROKEN) candidates.unshift('linux-5.15.17');
  const unique = [...new Set(candidates)];
  if (unique[0] === BROKEN) unique.push(unique.shift() as string);
  return { variant: unique[0], certain: unique.length === 1, candidates: unique };
}

function laterVariants(variant: string): readonly string[] {
  const from = LINUX_ERAS.findIndex((era) => era.variant === variant);
  return LINUX_ERAS.slice(from + 1)
    .map((era) => era.variant)
    .filter((later) => later !== BROKEN);
}
