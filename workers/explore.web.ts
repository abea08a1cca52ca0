/** The explorer's worker: hashes one packet under several policies, apart from the analysis so that it always answers. */
import { expose } from 'comlink';
import { explorePacket } from '../src/plan/explore.ts';

expose({ explore: explorePacket, ready: () => true });
