import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The parser of HCL and its grammar, as WebAssembly. The package has them inside, in place of this file. */
export async function wasm(): Promise<{ readonly parser: Uint8Array; readonly grammar: Uint8Array }> {
  const { resolve } = createRequire(import.meta.url);
  const [parser, grammar] = await Promise.all([
    readFile(resolve('web-tree-sitter/web-tree-sitter.wasm')),
    readFile(resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm')),
  ]);
  return { parser, grammar };
}
