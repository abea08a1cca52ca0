/** The part of Vite's environment that the page uses. */
interface ImportMeta {
  readonly url: string;
  readonly env: { readonly DEV: boolean };
}
declare module '*.css';
