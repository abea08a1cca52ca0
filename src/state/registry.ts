import type { StateImporter } from './importer.ts';
import { ipLink } from './formats/ip-link.ts';
import { ipLinkJson } from './formats/ip-link-json.ts';
import { ovsBondList } from './formats/ovs-bond-list.ts';
import { ovsBondShow } from './formats/ovs-bond-show.ts';
import { ovsBridgeFlows } from './formats/ovs-bridge-flows.ts';
import { ovsDatapathBond, ovsDatapathShow } from './formats/ovs-datapath.ts';
import { ovsFdb } from './formats/ovs-fdb.ts';
import { ovsLacpShow } from './formats/ovs-lacp-show.ts';
import { ovsLacpStats } from './formats/ovs-lacp-stats.ts';
import { ovsVsctlList } from './formats/ovs-vsctl-list.ts';
import { ovsVsctlShow } from './formats/ovs-vsctl-show.ts';
import { procNetBonding } from './formats/proc-net-bonding.ts';

/** Every state format that is read. The first whose opening line fits takes the output. */
export const STATE_IMPORTERS: readonly StateImporter[] = [
  procNetBonding,
  ipLinkJson,
  ipLink,
  ovsBondShow,
  ovsBondList,
  ovsLacpShow,
  ovsLacpStats,
  ovsVsctlShow,
  ovsVsctlList,
  ovsBridgeFlows,
  ovsDatapathBond,
  ovsDatapathShow,
  ovsFdb,
];
