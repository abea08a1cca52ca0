import { ENOUGH_WINDOWS } from '../plan/forecast.ts';
import type { Forecast } from '../plan/forecast.ts';
import { countNoun, formatShare } from './quantity.ts';

/** What more traffic of the captured kind would do, with the interval that the captured flows leave open. */
export function forecastText({ flows, memberCount, windows, threshold, probability, low, high, busiest }: Forecast): string {
  return (
    `${countNoun(flows, 'such flow')} at a time on ${countNoun(memberCount, 'link')}: some link above ${formatShare(threshold, 0)} with probability ` +
    `${formatShare(probability, 0)} (${formatShare(low, 0)} to ${formatShare(high, 0)}); busiest link ${formatShare(busiest.low, 0)} to ${formatShare(busiest.high, 0)}, ` +
    `mostly about ${formatShare(busiest.middle, 0)}.${windows < ENOUGH_WINDOWS ? ` From ${countNoun(windows, 'second')} of traffic: too few for the ranges to hold.` : ''}`
  );
}
