import { useEffect, useState } from 'preact/hooks';
import type { LoadSeries } from '../../pipeline/flows-analysis.ts';
import { analysisService, generation, lag } from './analysis-store.ts';

/** Load in time of the LAG on view, or of one flow (`null`: of none); null until the worker answered. Keeps the old one while it waits. */
export function useLoadSeries(steps: number, flow?: string | null): LoadSeries | null {
  const lagId = lag.value?.id ?? '';
  const version = generation.value;
  const [series, setSeries] = useState<{ key: string; series: LoadSeries } | null>(null);
  const owner = `${version} ${lagId} ${flow === null ? 'none' : (flow ?? '')}`;
  useEffect(() => {
    if (lagId === '' || flow === null) return undefined;
    let current = true;
    void analysisService()
      .load(lagId, steps, flow)
      .then((loaded) => {
        if (current) setSeries({ key: owner, series: loaded });
      });
    return () => {
      current = false;
    };
  }, [owner, steps]);
  return series?.key === owner ? series.series : null;
}
