/** The small cases of samples/, built into the page: see vite-bundled-samples.ts. */
declare module 'virtual:bundled-samples' {
  export interface BundledSample {
    /** Folder name below samples/. */
    readonly id: string;
    readonly title: string;
    /** One sentence: what the sample shows. */
    readonly shows: string;
    /** Captures and state texts: gzip-compressed, in base64; `size` is that of the original. */
    readonly files: readonly { readonly name: string; readonly size: number; readonly gzipBase64: string }[];
  }
  export const bundledSamples: readonly BundledSample[];
}
