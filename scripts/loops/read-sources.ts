import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSync, type ESTree } from 'vite';
import { ELEMENT_TYPES, scalar, type ValueType } from './value-types.ts';

/** A field of an object of arrays, in the order of its interface. */
export interface Field {
  readonly name: string;
  readonly type: ValueType;
}

export interface SourceFunction {
  readonly name: string;
  readonly node: ESTree.Function;
  readonly module: SourceModule;
}

/** What one file says. Everything is looked up by its name in the file, imported names included. */
export interface SourceModule {
  readonly path: string;
  readonly text: string;
  readonly functions: Map<string, SourceFunction>;
  readonly constants: Map<string, number>;
  readonly structs: Map<string, readonly Field[]>;
}

/** A place in a source file that cannot be compiled, with the reason. */
export class LoopError extends Error {
  constructor(module: SourceModule, node: { readonly start: number }, reason: string) {
    const line = module.text.slice(0, node.start).split('\n').length;
    super(`${module.path}:${line}: ${reason}`);
  }
}

/** Reads a file and what it imports, each once. */
export class SourceReader {
  readonly #modules = new Map<string, SourceModule>();

  read(path: string): SourceModule {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(path, 'utf8');
    const module: SourceModule = { path, text, functions: new Map(), constants: new Map(), structs: new Map() };
    this.#modules.set(path, module);
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
    for (const statement of program.body) {
      if (statement.type === 'ImportDeclaration') this.#readImport(module, statement);
      else this.#readDeclaration(module, statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement);
    }
    return module;
  }

  #readImport(module: SourceModule, { source, specifiers }: ESTree.ImportDeclaration): void {
    if (!source.value.startsWith('.')) return;
    const from = this.read(resolve(dirname(module.path), source.value));
    for (const specifier of specifiers) {
      if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
      const there = specifier.imported.name;
      const here = specifier.local.name;
      const constant = from.constants.get(there);
      if (constant !== undefined) module.constants.set(here, constant);
      const struct = from.structs.get(there);
      if (struct !== undefined) module.structs.set(here, struct);
      const called = from.functions.get(there);
      if (called !== undefined) module.functions.set(here, called);
    }
  }

  #readDeclaration(module: SourceModule, node: ESTree.Statement | ESTree.Declaration | null): void {
    if (node === null) return;
    if (node.type === 'FunctionDeclaration') {
      module.functions.set(node.id!.name, { name: node.id!.name, node, module });
    } else if (node.type === 'VariableDeclaration' && node.kind === 'const') {
      for (const { id, init } of node.declarations) {
        const value = init === null ? undefined : evaluate(module, init);
        if (id.type === 'Identifier' && value !== undefined) module.constants.set(id.name, value);
      }
    } else if (node.type === 'TSInterfaceDeclaration') {
      module.structs.set(node.id.name, readFields(module, node));
    }
  }
}

/** Fields whose types the loops know; others cannot be used in them. */
function readFields(module: SourceModule, { body }: ESTree.TSInterfaceDeclaration): Field[] {
  return body.body.flatMap((member) => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier' || member.typeAnnotation === null) return [];
    const type = readType(module, member.typeAnnotation.typeAnnotation);
    return type === null || type.kind === 'struct' ? [] : [{ name: member.key.name, type }];
  });
}

/** The type that an annotation names; null if there is none, or none that the loops know. */
export function readAnnotation(module: SourceModule, annotation: ESTree.TSTypeAnnotation | null | undefined): ValueType | null {
  return annotation === null || annotation === undefined ? null : readType(module, annotation.typeAnnotation);
}

function readType(module: SourceModule, node: ESTree.TSType): ValueType | null {
  if (node.type === 'TSNumberKeyword') return scalar('i32');
  if (node.type === 'TSVoidKeyword') return scalar('void');
  if (node.type !== 'TSTypeReference' || node.typeName.type !== 'Identifier') return null;
  const { name } = node.typeName;
  if (name === 'DataView') return { kind: 'view' };
  if (name === 'Unsigned') return scalar('u32');
  const element = ELEMENT_TYPES[name];
  if (element !== undefined) return { kind: 'array', element };
  return module.structs.has(name) ? { kind: 'struct', name } : null;
}

/** Value of a constant expression, or undefined. */
export function evaluate(module: SourceModule, node: ESTree.Expression | ESTree.PrivateIdentifier): number | undefined {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined;
  if (node.type === 'Identifier') return module.constants.get(node.name);
  if (node.type === 'ParenthesizedExpression') return evaluate(module, node.expression);
  if (node.type === 'UnaryExpression') {
    const value = evaluate(module, node.argument);
    if (value === undefined) return undefined;
    return node.operator === '-' ? -value : node.operator === '~' ? ~value : undefined;
  }
  if (node.type !== 'BinaryExpression') return undefined;
  const left = evaluate(module, node.left);
  const right = evaluate(module, node.right);
  return left === undefined || right === undefined ? undefined : FOLDED[node.operator]?.(left, right);
}

const FOLDED: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '|': (left, right) => left | right,
  '&': (left, right) => left & right,
  '^': (left, right) => left ^ right,
  '<<': (left, right) => left << right,
  '>>': (left, right) => left >> right,
  '>>>': (left, right) => left >>> right,
};
