import type { ResultDocument } from '../src/report/document.ts';
import type { TrafficTruth } from './traffic.ts';

/** What is wrong with the document for generated traffic; empty if nothing. */
export function checkAnswer(document: ResultDocument, truth: TrafficTruth, wantsAgreement: boolean): string[] {
  const wrong: string[] = [];
  const expectEqual = (what: string, found: number, known: number): void => {
    if (found !== known) wrong.push(`${what}: ${found}, generated ${known}`);
  };
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
  const directions = document.lags.flatMap((lag) => lag.directions);
  const data = (from: 'a' | 'b') =>
    sum(directions.filter((direction) => direction.from === from).map((direction) => direction.totals.packets));
  expectEqual('LAGs', document.lags.length, 1);
  expectEqual('frames', sum(document.inputs.map((input) => input.packets)), truth.packets);
  expectEqual('bytes', sum(document.inputs.map((input) => input.bytes)), truth.bytes);
  expectEqual('flows', sum(directions.map((direction) => direction.totals.flows)), truth.flows);
  expectEqual('data frames a→b', data('a'), sum(truth.ab));
  expectEqual('data frames b→a', data('b'), sum(truth.ba));
  expectEqual('LACPDUs', sum(directions.map((direction) => direction.control.packets)), truth.lacpdus);
  if (wantsAgreement) {
    for (const { from, agreement } of directions) {
      expectEqual(`frames that agree, from ${from}`, agreement.packets.match, agreement.packets.total);
      if (agreement.packets.total === 0) wrong.push(`no frame predicted from ${from}`);
    }
  }
  return wrong;
}
