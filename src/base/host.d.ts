/**
 * The few globals that every host (browser, worker, Node) shares and the core may use.
 * Everything else of a host stays out of the core: see docs/design.md, "One core, three hosts".
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
