/** Build of the page: static files that work from any sub-path of any web server. */
import { defineConfig, type Plugin } from 'vite';
import { bundledSamples } from './scripts/vite-bundled-samples.ts';

/** The development server adds styles inline, which the page's Content-Security-Policy rightly refuses. */
function withoutPolicyInDevelopment(): Plugin {
  return {
    name: 'without-policy-in-development',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}

export default defineConfig({
  base: './',
  plugins: [bundledSamples(), withoutPolicyInDevelopment()],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The polyfill fetches; the page asks nothing after load.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
  },
  worker: { format: 'es' },
});
