import type { StateImporter } from './importer.ts';
import { ipLink } from './formats/ip-link.ts';
import { ipLinkJson } from './formats/ip-link-json.ts';
import { procNetBonding } from './formats/proc-net-bonding.ts';

/** Every state format that is read. The first whose opening line fits takes the output. */
export const STATE_IMPORTERS: readonly StateImporter[] = [procNetBonding, ipLinkJson, ipLink];
