/** What the headers offer to a hash: fields that vary, what each policy sees of them, tunnels that hide flows, the one change. */
import type { EntropyAudit, EntropyField, PolicyEntropy, TunnelEntropy } from '../../plan/entropy-types.ts';
import { findPolicy } from '../../hash/registry.ts';
import { tunnelName } from '../../plan/entropy-text.ts';
import { countNoun, formatCount, formatShare } from '../../report/quantity.ts';

const FIELD_NAMES: Readonly<Record<EntropyField, string>> = {
  srcMac: 'source MAC',
  dstMac: 'destination MAC',
  etherType: 'EtherType',
  tci: 'VLAN tag',
  src: 'source address',
  dst: 'destination address',
  protocol: 'protocol',
  srcPort: 'source port',
  dstPort: 'destination port',
  spi: 'SPI',
  icmpId: 'ICMP identifier',
  flowLabel: 'IPv6 flow label',
  innerSrcMac: 'inner source MAC',
  innerDstMac: 'inner destination MAC',
  innerSrc: 'inner source address',
  innerDst: 'inner destination address',
  innerProtocol: 'inner protocol',
  innerSrcPort: 'inner source port',
  innerDstPort: 'inner destination port',
  tunnelId: 'tunnel id',
};

export function PlanEntropy({ audit }: { audit: EntropyAudit }) {
  const varying = audit.fields.filter(({ varyingBits }) => varyingBits > 0);
  const still = audit.fields.filter(({ varyingBits }) => varyingBits === 0);
  // The one change may be a tunnel's: said of all traffic its figures would be wrong.
  const freed = audit.tunnels.find(({ change }) => change !== null && change.text === audit.change?.text);
  const used = audit.policies.find(({ current }) => current);
  const family = findPolicy(used?.policy ?? '')?.family ?? 'linux';
  const own = audit.policies.filter(({ policy }) => findPolicy(policy)?.family === family);
  const others = audit.policies.filter((policy) => !own.includes(policy));
  const most = Math.max(0.01, ...audit.policies.map(({ byteBits }) => byteBits));
  return (
    <section class="panel plan-aside" data-testid="plan-entropy">
      <div class="panel-head">
        <h2>What the hash has to go by</h2>
        <span class="muted">
          entropy in bits, of the bytes{audit.audited < audit.flows && `; an even sample of ${formatCount(audit.audited)} flows`}
        </span>
      </div>
      {audit.change ? (
        <p>
          {freed && `${tunnelName(freed.kind)}: `}
          {audit.change.text}
        </p>
      ) : (
        <p class="muted">No change would give the hash much more to go by.</p>
      )}
      {audit.tunnels.length > 0 && (
        <ul class="tunnels" aria-label="Tunnels">
          {audit.tunnels.map((tunnel) => (
            <li key={`${tunnel.kind} ${tunnel.by}`}>{tunnelText(tunnel)}</li>
          ))}
        </ul>
      )}
      <PolicyTable policies={own} most={most} />
      {others.length > 0 && (
        <details>
          <summary>{countNoun(others.length, 'policy', 'policies')} of other senders</summary>
          <PolicyTable policies={others} most={most} />
        </details>
      )}
      <details>
        <summary>
          {countNoun(varying.length, 'field')} {varying.length === 1 ? 'varies' : 'vary'}
        </summary>
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col" class="number">
                  Bits that vary
                </th>
                <th scope="col" class="number">
                  Values
                </th>
                <th scope="col" class="number">
                  Entropy
                </th>
              </tr>
            </thead>
            <tbody>
              {varying.map(({ field, width, varyingBits, values, byteBits }) => (
                <tr key={field}>
                  <td>{FIELD_NAMES[field]}</td>
                  <td class="number">
                    {varyingBits} of {width}
                  </td>
                  <td class="number">{formatCount(values)}</td>
                  <td class="number">{byteBits.toFixed(1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {still.length > 0 && <p class="muted">The same in all flows: {still.map(({ field }) => FIELD_NAMES[field]).join(', ')}.</p>}
      </details>
    </section>
  );
}

function tunnelText({ kind, share, outerFlows, innerFlows, hides, change }: TunnelEntropy): string {
  const inside = innerFlows === null ? 'what is inside cannot be seen' : `${countNoun(innerFlows, 'flow')} inside`;
  const what = `${tunnelName(kind)}, ${formatShare(share, 0)} of the bytes: ${countNoun(outerFlows, 'outer flow')}, ${inside}.`;
  return hides && change !== null ? `${what} ${change.text}` : what;
}

function PolicyTable({ policies, most }: { policies: readonly PolicyEntropy[]; most: number }) {
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col" class="plan-bar-head">
              Sees
            </th>
            <th scope="col" class="number">
              Bits
            </th>
            <th scope="col" class="number">
              Hash values
            </th>
          </tr>
        </thead>
        <tbody>
          {policies.map(({ policy, variant, current, byteBits, hashes }) => (
            <tr key={`${policy} ${variant}`}>
              <td>
                {policy}
                {current && <span class="muted"> in use</span>}
              </td>
              <td>
                <span class="plan-bars" aria-hidden="true">
                  <span class="plan-bar entropy" style={{ width: `${(100 * byteBits) / most}%` }} />
                </span>
              </td>
              <td class="number">{byteBits.toFixed(1)}</td>
              <td class="number">{formatCount(hashes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
