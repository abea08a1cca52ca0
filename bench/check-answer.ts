import type { ResultDocument } from '../src/report/document.ts';
import { DECIDED } from '../src/infer/rank-rules.ts';
import { SIDE_A, SIDE_B, type TrafficTruth } from './traffic.ts';

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

/** What is wrong with what `infer` says of generated traffic; empty if nothing. */
export function checkInference(document: ResultDocument, members: number): string[] {
  const order = Array.from({ length: members }, (_, m) => document.lags[0]?.members[m]?.name).join();
  const directions = document.lags.flatMap((lag) => lag.directions);
  const wrong = [SIDE_A, SIDE_B].flatMap(({ policy }, side): string[] => {
    const from = side === 0 ? 'a' : 'b';
    const found = directions.find((direction) => direction.from === from);
    const best = found?.hypotheses?.[0];
    if (found === undefined || best === undefined) return [`nothing inferred from ${from}`];
    return [
      // Rules that place all of these flows alike are one answer: without tunnels layer2+3 is encap2+3.
      ...([best, ...best.equivalent].some((rule) => rule.policy === policy)
        ? []
        : [`policy from ${from}: ${best.policy}, generated ${policy}`]),
      ...(best.probability > DECIDED ? [] : [`rule from ${from}: ${best.policy} is left open, ${best.probability}`]),
      ...(best.members.join() === order ? [] : [`order from ${from}: ${best.members.join()}, generated ${order}`]),
    ];
  });
  return wrong;
}
