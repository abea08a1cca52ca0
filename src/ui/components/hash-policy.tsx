/** One policy of the Hash view: what it makes of the packet, step by step. */
import { findPolicy, POLICIES } from '../../hash/registry.ts';
import type { ExploredPolicy } from '../../plan/explore.ts';
import { countNoun } from '../../report/quantity.ts';
import { lag } from '../store/analysis-store.ts';
import { MOST_MEMBERS, memberNameOf, type HashChoice } from '../store/hash-choices.ts';
import { MemberLabel } from './member-label.tsx';

interface HashPolicyProps {
  readonly choice: HashChoice;
  readonly explored: ExploredPolicy | undefined;
  /** The same before the last bit was turned. */
  readonly before: ExploredPolicy | undefined;
  /** The packet's bits show what this policy reads. */
  readonly isShown: boolean;
  readonly place: number;
  onShow(): void;
  onChange(choice: HashChoice): void;
  /** Undefined where it is the only one. */
  onRemove?: () => void;
}

export function HashPolicy(props: HashPolicyProps) {
  const { choice, explored, before, isShown, place } = props;
  const policy = findPolicy(choice.policy);
  return (
    <section class={isShown ? 'panel hash-policy shown' : 'panel hash-policy'} data-testid={`hash-policy-${place}`}>
      <div class="panel-head">
        <h2 class="visually-hidden">{choice.policy}</h2>
        <label class="check">
          <input type="radio" name="shown-policy" checked={isShown} onChange={props.onShow} />
          show in the bits
        </label>
        {props.onRemove && (
          <button type="button" class="button quiet small end" onClick={props.onRemove}>
            Remove
          </button>
        )}
      </div>
      <div class="hash-choice">
        <label>
          Policy
          <select
            class="field"
            value={choice.policy}
            data-testid={`hash-policy-id-${place}`}
            onChange={(event) => {
              const next = findPolicy(event.currentTarget.value);
              if (next)
                props.onChange({ ...choice, policy: next.id, variant: keepVariant(next.variants, choice.variant, next.defaultVariant) });
            }}
          >
            {POLICIES.filter((candidate) => candidate.selector !== 'none').map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {candidate.id}
              </option>
            ))}
          </select>
        </label>
        {policy && policy.variants.length > 1 && (
          <label>
            Version
            <select
              class="field"
              value={choice.variant}
              onChange={(event) => props.onChange({ ...choice, variant: event.currentTarget.value })}
            >
              {policy.variants.map((variant) => (
                <option key={variant.id} value={variant.id}>
                  {variant.id}
                </option>
              ))}
            </select>
          </label>
        )}
        {policy?.selector === 'bucket-256' ? (
          <label>
            Basis
            <input
              class="field"
              inputMode="numeric"
              value={String(choice.basis)}
              onInput={(event) =>
                /^\d{1,10}$/.test(event.currentTarget.value) && props.onChange({ ...choice, basis: Number(event.currentTarget.value) })
              }
            />
          </label>
        ) : (
          <label>
            {countNoun(choice.memberCount, 'member')}
            <input
              type="range"
              min={1}
              max={MOST_MEMBERS}
              value={choice.memberCount}
              data-testid={`hash-members-${place}`}
              onInput={(event) => props.onChange({ ...choice, memberCount: Number(event.currentTarget.value) })}
            />
          </label>
        )}
      </div>
      {explored && <Outcome choice={choice} explored={explored} before={before} />}
    </section>
  );
}

function keepVariant(variants: readonly { readonly id: string }[], wanted: string, otherwise: string): string {
  return variants.some(({ id }) => id === wanted) ? wanted : otherwise;
}

function Outcome({ choice, explored, before }: { choice: HashChoice; explored: ExploredPolicy; before: ExploredPolicy | undefined }) {
  const { prediction, trouble } = explored;
  if (prediction === null) return <p class="text-warn">{trouble}</p>;
  const moved = before?.prediction && chosenOf(before.prediction) !== chosenOf(prediction) ? before.prediction : null;
  return (
    <>
      <p class="hash-outcome" data-testid="hash-outcome">
        {prediction.hash === null ? (
          <span class="text-warn">cannot be predicted: {prediction.unpredicted}</span>
        ) : prediction.member === null ? (
          <>
            bucket <strong>{prediction.bucket}</strong>
          </>
        ) : (
          <>
            member <strong>{prediction.member}</strong> <NameOf choice={choice} member={prediction.member} />
          </>
        )}
        {moved && <span class="hash-before">was {chosenOf(moved) ?? 'open'}</span>}
      </p>
      {prediction.unpredicted === 'unknown-bucket' && (
        <p class="muted">Which member holds the bucket is state of Open vSwitch: its captures or bond/show tell.</p>
      )}
      {prediction.hash !== null && prediction.unpredicted !== null && prediction.unpredicted !== 'unknown-bucket' && (
        <p class="text-warn">not certain: {prediction.unpredicted}</p>
      )}
      {prediction.hash !== null && <HashBitsText hash={prediction.hash} before={before?.prediction?.hash ?? null} />}
      {prediction.steps && (
        <dl class="facts hash-steps">
          {prediction.steps.map((step, i) => (
            <div key={i} class="hash-step">
              <dt>{step.label}</dt>
              <dd class="mono">{step.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function chosenOf(prediction: { member: number | null; bucket: number | null }): number | null {
  return prediction.member ?? prediction.bucket;
}

function NameOf({ choice, member }: { choice: HashChoice; member: number }) {
  const name = memberNameOf(lag.value, choice, member);
  return name === null ? <span class="muted">of {choice.memberCount}</span> : <MemberLabel name={name} />;
}

/** The 32 bits; those that the last turn changed are marked. */
function HashBitsText({ hash, before }: { hash: string; before: string | null }) {
  const bits = toBits(hash);
  const old = before === null ? bits : toBits(before);
  const changed = Array.from(bits).filter((bit, i) => bit !== old[i]).length;
  return (
    <p class="hash-bits mono" aria-label={`hash ${hash}`}>
      <strong>{hash}</strong>{' '}
      <span aria-hidden="true">
        {Array.from(bits, (bit, i) => (
          <span key={i} class={`${i % 8 === 0 && i > 0 ? 'byte-start ' : ''}${bit === old[i] ? '' : 'changed'}`}>
            {bit}
          </span>
        ))}
      </span>
      {changed > 0 && <span class="muted"> {countNoun(changed, 'bit')} changed</span>}
    </p>
  );
}

function toBits(hash: string): string {
  return Number(hash).toString(2).padStart(32, '0');
}
