/** The part of Vite's environment that the page uses. */
interface ImportMeta {
  readonly url: string;
}
declare module '*.css';
declare module '*?worker&inline' {
  const InlineWorker: new () => Worker;
  export default InlineWorker;
}
