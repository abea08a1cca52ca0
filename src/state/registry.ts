import type { StateImporter } from './importer.ts';
import { bondCommands } from './formats/bond-commands.ts';
import { ciscoLacpNeighbor } from './formats/cisco-lacp-neighbor.ts';
import { eosLacpNeighbor } from './formats/eos-lacp-neighbor.ts';
import { esxFailover, esxNicList } from './formats/esxcli.ts';
import { ethtool } from './formats/ethtool.ts';
import { ifcfg } from './formats/ifcfg.ts';
import { ifupdown } from './formats/ifupdown.ts';
import { networkManager, systemdNetworkd } from './formats/ini-networks.ts';
import { ipLink } from './formats/ip-link.ts';
import { ipLinkJson } from './formats/ip-link-json.ts';
import { kernelLog } from './formats/kernel-log.ts';
import { lldpcli } from './formats/lldpcli.ts';
import { netplan } from './formats/netplan.ts';
import { ovsBondList } from './formats/ovs-bond-list.ts';
import { ovsBondShow } from './formats/ovs-bond-show.ts';
import { ovsBridgeFlows } from './formats/ovs-bridge-flows.ts';
import { ovsDatapathBond, ovsDatapathShow } from './formats/ovs-datapath.ts';
import { ovsDpifFlows } from './formats/ovs-dpif-flows.ts';
import { ovsFdb } from './formats/ovs-fdb.ts';
import { ovsLacpShow } from './formats/ovs-lacp-show.ts';
import { ovsLacpStats } from './formats/ovs-lacp-stats.ts';
import { ovsVsctlList } from './formats/ovs-vsctl-list.ts';
import { ovsVsctlShow } from './formats/ovs-vsctl-show.ts';
import { vswitchdLog } from './formats/ovs-vswitchd-log.ts';
import { ping } from './formats/ping.ts';
import { portChannelDetail } from './formats/port-channel-detail.ts';
import { portChannelLoadBalance } from './formats/port-channel-load-balance.ts';
import { portChannelSummary } from './formats/port-channel-summary.ts';
import { procNetBonding } from './formats/proc-net-bonding.ts';
import { showInterfaces } from './formats/show-interfaces.ts';
import { switchConfig } from './formats/switch-config.ts';
import { teamJson, teamState } from './formats/teamd.ts';
import { teamnl } from './formats/teamnl.ts';

/** Every state format that is read. The first whose opening line fits takes the output. */
export const STATE_IMPORTERS: readonly StateImporter[] = [
  procNetBonding,
  ipLinkJson,
  ipLink,
  teamJson,
  teamState,
  teamnl,
  ethtool,
  kernelLog,
  ping,
  lldpcli,
  ovsBondShow,
  ovsBondList,
  ovsLacpShow,
  ovsLacpStats,
  ovsVsctlShow,
  ovsVsctlList,
  ovsBridgeFlows,
  ovsDatapathBond,
  ovsDatapathShow,
  ovsDpifFlows,
  ovsFdb,
  vswitchdLog,
  portChannelSummary,
  portChannelLoadBalance,
  portChannelDetail,
  ciscoLacpNeighbor,
  eosLacpNeighbor,
  showInterfaces,
  esxFailover,
  esxNicList,
  ifupdown,
  ifcfg,
  netplan,
  networkManager,
  systemdNetworkd,
  switchConfig,
  bondCommands,
];
