import { addHash, explainEthernet, type Steps } from './explain.ts';
import { writeEthernetHash } from './linux-blocks.ts';
import { linuxEra, linuxVariantsFrom, NEWEST_LINUX_VARIANT } from './linux-eras.ts';
import type { HashPolicy } from './policy.ts';

/** xmit_hash_policy 0, the default: last bytes of both MACs and, from 3.17 on, the EtherType. */
export const linuxLayer2: HashPolicy = {
  id: 'layer2',
  title: 'Linux bonding layer2',
  family: 'linux',
  selector: 'modulo',
  variants: linuxVariantsFrom('linux-2.6'),
  defaultVariant: NEWEST_LINUX_VARIANT,
  depth: 'ethernet',
  fields: ['source MAC', 'destination MAC', 'EtherType'],
  hash(input, context, out) {
    const era = linuxEra(context.variant);
    for (let row = 0; row < input.length; row++) writeEthernetHash(input, row, era, out);
  },
  explain(input, row, context) {
    const steps: Steps = [];
    return addHash(steps, explainEthernet(steps, input, row, linuxEra(context.variant)));
  },
};
