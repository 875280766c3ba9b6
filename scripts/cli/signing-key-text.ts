import type { SigningKey, SigningKeyEffects, SigningKeys, SigningKeyTransaction } from '../../client/api.ts';
import { toPrintable } from './printable.ts';

type Count = SigningKeyEffects['failing'] | SigningKeyEffects['failingAlready'];

export function describeKeys({ items, admin, registry, block }: SigningKeys): string {
  return toText([
    ...items.map(describeKey),
    `admin ${admin}, registry ${registry.address} on chain ${registry.chainId}, as of block ${block.number} (${block.time})`,
  ]);
}

function describeKey(key: SigningKey): string {
  const { number, address, purpose, state, use, validUntil, compromisedSince, anchored } = key;
  return [
    `${number}  ${address}  ${purpose}  ${state}  ${use}`,
    `${anchored.credentials} credentials in ${anchored.batches} batches`,
    ...(validUntil === null ? [] : [`until ${validUntil}`]),
    ...(compromisedSince === null ? [] : [`compromised since ${compromisedSince}`]),
  ].join('  ');
}

/** What it would do, before anybody signs. */
export function describeEffects(effects: SigningKeyEffects): string {
  const { act, address, since, block, signing } = effects;
  const what = act === 'end' ? `ending ${address}` : `reporting ${address} since ${since}`;
  return toText([
    `${what}, by what the registry has at block ${block.number} (${block.time}):`,
    ...(act === 'end' ? ['  all that it anchored stays genuine'] : describeReport(effects)),
    ...(signing.isInUse ? [describeSigning(effects)] : []),
  ]);
}

function describeReport({ failing, staying, failingAlready, ignored }: SigningKeyEffects): string[] {
  const changed = ignored.changes.filter(({ before, after }) => before !== after);
  return [
    `  not genuine any more: ${count(failing)}`,
    ...failing.types.map((of) => `    ${of.type ?? 'a type not known here'}: ${of.credentials} in ${of.batches}`),
    ...(failing.unknownBatches > 0
      ? [`    NOT OF THIS SERVICE: ${failing.unknownBatches} batches, anchored by somebody else`]
      : []),
    `  stays genuine: ${count(staying.before)}; endorsed: ${count(staying.endorsed)}`,
    ...(failingAlready.batches > 0 ? [`  not genuine already: ${count(failingAlready)}`] : []),
    `  changes of status that count no more: ${ignored.acts}`,
    ...changed.map(({ reference, act, before, after }) => `    ${reference ?? '?'}  ${act}: ${before} → ${after}`),
    ...ignored.notices.map(
      ({ type, law, validUntil }) => `    notice ${law ?? '-'} of ${type ?? '?'} to ${validUntil} counts no more`,
    ),
  ];
}

function count({ credentials, batches }: Count): string {
  return `${credentials} credentials in ${batches} batches`;
}

function describeSigning({ purpose, signing: { next } }: SigningKeyEffects): string {
  const work = purpose === 'anchor' ? 'ISSUING' : 'REVOKING AND SUSPENDING';
  return next === null
    ? `  THIS SERVICE WOULD STOP ${work}: it has no other key that the registry knows; what is accepted waits`
    : `  this service would go on with ${next}`;
}

/** What the admin signs. */
export function describeTransaction({ chainId, from, to, data, call }: SigningKeyTransaction): string {
  const given = Object.entries(call.arguments).map(([name, value]) => `${name}: ${value}`);
  return toText([
    `chain ${chainId}`,
    `from ${from}`,
    `to ${to}`,
    `call ${call.name}(${given.join(', ')})`,
    `data ${data}`,
  ]);
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${toPrintable(line)}\n`).join('');
}
