/**
 * `npm run build`, beside the bundle: writes the types of the library, those of `src/library/index.ts` and of whatever they name, and
 * no others. The graph names types of its builder that have no name of their own, so it has none.
 */
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = dirname(fileURLToPath(import.meta.url));
const RELATIVE_IMPORT = /(from |import\()'(\.{1,2}\/[^']+)\.ts'/g;

const read: { readonly config?: unknown } = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), (path) =>
  ts.sys.readFile(path),
);
const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT);
const entry = join(ROOT, 'src/library/index.ts');
const program = ts.createProgram([entry], { ...options, declaration: true, emitDeclarationOnly: true });

const files = new Set([entry]);
for (const file of files) {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`Expected ${file} to be part of the program`);
  const problems = program.getDeclarationDiagnostics(source);
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, ts.createCompilerHost(options)));
  program.emit(
    source,
    (path, text) => {
      for (const [, , name = ''] of text.matchAll(RELATIVE_IMPORT))
        files.add(resolve(dirname(file), `${name}.ts`));
      ts.sys.writeFile(path, text.replaceAll(RELATIVE_IMPORT, "$1'$2.js'"));
    },
    undefined,
    true,
  );
}
console.log(`Types of ${String(files.size)} files, from ${relative(ROOT, entry)}`);
