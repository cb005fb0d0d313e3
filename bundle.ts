/**
 * `npm run build`, its last step: puts the compiled program and its libraries into one file, in place. To find, read and
 * link 700 modules takes longer than all that they do at the start. What is only loaded on demand stays apart.
 */
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const OUT = 'dist/src';
const EXPORTER = 'observability/tracing/otlp.js';

await rm(`${OUT}/chunks`, { recursive: true, force: true });
// The exporter of traces, with all that few processes read, is one file in the place of its own.
await build({
  entryPoints: [`${OUT}/${EXPORTER}`],
  outfile: `${OUT}/${EXPORTER}`,
  allowOverwrite: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  banner: {
    js: "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await build({
  entryPoints: [`${OUT}/main.js`],
  outdir: OUT,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  // Shorter to read. Names stay as they are, so stack traces can be read; `keepNames` would define them anew on every closure
  // that is made while the program runs, which costs a follower ten kilobytes.
  minifyWhitespace: true,
  minifySyntax: true,
  // The one starts a worker from a file of its own, the other is 9 MB that few processes ever need.
  external: ['pino', '@graphql-yoga/render-graphiql'],
  // With plugins the program is read module by module: it has to share `graphql` with them.
  plugins: [
    {
      name: 'unbundled',
      setup: (program) => {
        program.onResolve({ filter: /\/tracing\/otlp\.js$/ }, () => ({
          path: `./${EXPORTER}`,
          external: true,
        }));
        program.onResolve({ filter: /^\.\/library\/unbundled-gateway\.js$/ }, ({ path }) => ({
          path,
          external: true,
        }));
      },
    },
  ],
  // Libraries that are no ES modules ask for node's own modules by `require`.
  banner: {
    js: "import{createRequire as createBundleRequire}from'node:module';const require=createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
