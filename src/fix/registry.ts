import type { Change } from './change.ts';
import type { Fix, FixSyntax } from './syntax.ts';
import { aristaEos } from './syntaxes/arista-eos.ts';
import { ciscoIos } from './syntaxes/cisco-ios.ts';
import { ciscoNxos } from './syntaxes/cisco-nxos.ts';
import { esxi } from './syntaxes/esxi.ts';
import { ifcfg } from './syntaxes/ifcfg.ts';
import { ifupdown } from './syntaxes/ifupdown.ts';
import { ifupdown2 } from './syntaxes/ifupdown2.ts';
import { iproute2 } from './syntaxes/iproute2.ts';
import { junos } from './syntaxes/junos.ts';
import { netplan } from './syntaxes/netplan.ts';
import { networkmanager } from './syntaxes/networkmanager.ts';
import { ovs } from './syntaxes/ovs.ts';
import { systemdNetworkd } from './syntaxes/systemd-networkd.ts';
import type { FixTarget } from './target.ts';

/** Every configuration syntax, in the order in which fixes are listed. */
export const FIX_SYNTAXES: readonly FixSyntax[] = [
  iproute2,
  ifupdown2,
  ifupdown,
  netplan,
  networkmanager,
  systemdNetworkd,
  ifcfg,
  ovs,
  ciscoIos,
  ciscoNxos,
  aristaEos,
  junos,
  esxi,
];

export const FIX_SYNTAX_IDS: readonly string[] = FIX_SYNTAXES.map((syntax) => syntax.id);

/** The change in every syntax of the target's system in which it can be expressed, or in one of them. */
export function writeFixes(change: Change, target: FixTarget, syntaxId?: string): Fix[] {
  return FIX_SYNTAXES.flatMap((syntax) => {
    if (!syntax.systems.includes(target.system) || (syntaxId !== undefined && syntax.id !== syntaxId)) return [];
    const fix = syntax.write(change, target);
    return fix === null ? [] : [{ syntax: syntax.id, ...fix }];
  });
}
