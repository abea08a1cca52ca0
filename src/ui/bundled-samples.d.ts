/** Made at build time by scripts/vite-bundled-samples.ts from samples/. */
declare module 'virtual:bundled-samples' {
  export interface BundledSample {
    /** Folder name below samples/. */
    readonly id: string;
    readonly title: string;
    /** One sentence: what the sample shows. */
    readonly shows: string;
    readonly files: readonly { readonly name: string; readonly size: number; readonly gzipBase64: string }[];
  }
  export const bundledSamples: readonly BundledSample[];
}
