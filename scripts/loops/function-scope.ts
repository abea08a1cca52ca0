import type { ESTree } from 'vite';
import { LoopError, type SourceFunction } from './read-sources.ts';
import type { ValueType } from './value-types.ts';
import { F64, I32 } from './wasm-bytes.ts';

/** A parameter or variable. */
export interface Variable {
  readonly type: ValueType;
  readonly index: number;
  readonly isConstant: boolean;
  /** Local that holds the number of elements of an array (bytes of a view), where it is known. */
  readonly lengthIndex?: number;
}

/** Code, variables and blocks of the function at hand. */
export class FunctionScope {
  readonly source: SourceFunction;
  /** Places of the functions that may be called. */
  readonly places: ReadonlyMap<SourceFunction, number>;
  /** Fields that some function uses, as `Struct.field`. */
  readonly usedFields: Set<string>;
  readonly code: number[] = [];
  readonly locals: number[] = [];
  readonly #variables: Map<string, Variable>[] = [new Map()];
  readonly #parameters: number;
  /** Blocks open around the place at hand. */
  #depth = 0;
  readonly #loops: { readonly exit: number; readonly next: number }[] = [];

  constructor(source: SourceFunction, places: ReadonlyMap<SourceFunction, number>, usedFields: Set<string>) {
    this.source = source;
    this.places = places;
    this.usedFields = usedFields;
    this.#parameters = source.node.params.length;
  }

  get module(): SourceFunction['module'] {
    return this.source.module;
  }

  emit(...bytes: number[]): void {
    this.code.push(...bytes);
  }

  newLocal(type: number = I32): number {
    this.locals.push(type);
    return this.#parameters + this.locals.length - 1;
  }

  newFloatLocal(): number {
    return this.newLocal(F64);
  }

  declare(name: string, variable: Variable): void {
    this.#variables.at(-1)!.set(name, variable);
  }

  find(name: string): Variable | undefined {
    for (let s = this.#variables.length - 1; s >= 0; s--) {
      const variable = this.#variables[s]!.get(name);
      if (variable !== undefined) return variable;
    }
    return undefined;
  }

  inScope(work: () => void): void {
    this.#variables.push(new Map());
    work();
    this.#variables.pop();
  }

  /** Emits a block, loop or if (its first instruction given) around what `work` emits. */
  inBlock(opening: readonly number[], closing: number, work: () => void): void {
    this.emit(...opening);
    this.#depth++;
    work();
    this.#depth--;
    this.emit(closing);
  }

  /** The next block is the end of a loop, the one in its second the next turn: what `break` and `continue` jump to. */
  inLoop(exit: number, next: number, work: () => void): void {
    this.#loops.push({ exit, next });
    work();
    this.#loops.pop();
  }

  get depth(): number {
    return this.#depth;
  }

  /** Operand of a branch to the innermost loop's end or next turn. */
  branchTo(where: 'exit' | 'next', node: ESTree.Node): number {
    const loop = this.#loops.at(-1);
    if (loop === undefined) throw this.error(node, 'outside of a loop');
    return this.#depth - loop[where];
  }

  error(node: { readonly start: number }, reason: string): LoopError {
    return new LoopError(this.module, node, reason);
  }
}
