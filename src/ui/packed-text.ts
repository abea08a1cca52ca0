/** Bytes that come with the page, or leave it, as text. */

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Bytes of a piece: a multiple of three, so that no padding stands in the middle, and few enough to be arguments. */
const PIECE_BYTES = 3 << 12;

export async function encodeBase64(content: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES))));
  return new Blob(pieces);
}

/** The browser's own stream inflates beside the calling thread. */
export function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).blob();
}

export function deflate(pieces: readonly Uint8Array[]): Promise<Blob> {
  return new Response(
    new Blob(pieces as readonly Uint8Array<ArrayBuffer>[] as Uint8Array<ArrayBuffer>[]).stream().pipeThrough(new CompressionStream('gzip')),
  ).blob();
}
