/** The address fields of a flow as the published JSON has them, to and from flow key rows. */
export { decodeFlowKey } from './decode-flow-key.ts';
export { encodeFlowKey } from './encode-flow-key.ts';
export type {
  FlowFields,
  FlowFieldsInput,
  HeaderFields,
  HeaderState,
  IcmpFields,
  InnerFields,
  TransportState,
  TunnelFields,
} from './flow-field-types.ts';
