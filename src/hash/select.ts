/**
 * Index of the member for a hash: `hash mod memberCount` on unsigned 32 bit, as Linux bonding, ESXi, FreeBSD and teamd do
 * (hash-spec 1.6). The index counts the active members in the sender's order.
 */
export function selectIndex(hash: number, memberCount: number): number {
  return (hash >>> 0) % memberCount;
}

/** Bucket of Open vSwitch: the low byte of the hash (ofproto/bond.c, BOND_MASK 255). */
export function selectBucket256(hash: number): number {
  return hash & 0xff;
}

/**
 * Cisco "fixed" distribution of the eight result bundle hash values: bucket b belongs to link b mod n
 * (hash-spec 3.1; two links are documented, other counts are assumed; an adaptive switch must be asked for its masks).
 */
export function selectCiscoIndex(bucket: number, memberCount: number): number {
  return (bucket & 7) % Math.min(memberCount, 8);
}

/** How many of the eight Cisco buckets each link gets, link 0 first: 3 links 3:3:2, 5 links 2:2:2:1:1, ... */
export function ciscoBucketShares(memberCount: number): readonly number[] {
  const shares: number[] = [];
  for (let index = 0; index < memberCount; index++) shares.push(0);
  if (memberCount > 0) for (let bucket = 0; bucket < 8; bucket++) shares[selectCiscoIndex(bucket, memberCount)]++;
  return shares;
}

/** Load masks of the fixed distribution, link 0 first, bit b for bucket b, as `show etherchannel port-channel` prints them. */
export function ciscoBucketMasks(memberCount: number): readonly number[] {
  const masks: number[] = [];
  for (let index = 0; index < memberCount; index++) masks.push(0);
  if (memberCount > 0) for (let bucket = 0; bucket < 8; bucket++) masks[selectCiscoIndex(bucket, memberCount)] |= 1 << bucket;
  return masks;
}
