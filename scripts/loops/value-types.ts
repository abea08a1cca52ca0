import { OP } from './wasm-bytes.ts';

/**
 * What is known of a value. The rules are those of asm.js: wherever JavaScript's exact numbers and WebAssembly's 32 bits could
 * differ, the source has to say `| 0` or `>>> 0`, so that both give the same.
 *
 * - `i32`: a signed 32-bit number, `u32`: an unsigned one, `fix`: one from 0 to 2^31 - 1, which is both;
 * - `int`: a sum or difference, of which the lower 32 bits are right: good for bit operations, stores and indices alone;
 * - `bool`: of a comparison; `f64`: an element of a Float64Array; `void`: nothing.
 */
export type ScalarType = 'i32' | 'u32' | 'fix' | 'int' | 'bool' | 'f64' | 'void';

/** Element types of typed arrays: bytes, how to load and store, what a load gives. */
export interface ElementType {
  readonly shift: number;
  readonly load: number;
  readonly store: number;
  readonly gives: ScalarType;
}

export const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  Uint8Array: { shift: 0, load: OP.i32Load8U, store: OP.i32Store8, gives: 'fix' },
  Uint16Array: { shift: 1, load: OP.i32Load16U, store: OP.i32Store16, gives: 'fix' },
  Uint32Array: { shift: 2, load: OP.i32Load, store: OP.i32Store, gives: 'u32' },
  Int32Array: { shift: 2, load: OP.i32Load, store: OP.i32Store, gives: 'i32' },
  Float64Array: { shift: 3, load: OP.f64Load, store: OP.f64Store, gives: 'f64' },
};

/** Type of a parameter, a field or a variable. */
export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'array'; readonly element: ElementType }
  | { readonly kind: 'view' }
  | { readonly kind: 'struct'; readonly name: string };

export function scalar(type: ScalarType): ValueType {
  return { kind: 'scalar', scalar: type };
}

/** Whether a value of type `from` may stand where `to` is wanted. */
export function isAssignable(from: ScalarType, to: ScalarType): boolean {
  return from === to || (from === 'fix' && (to === 'i32' || to === 'u32'));
}

/** Whether the lower 32 bits of the value are right. */
export function isInteger(type: ScalarType): boolean {
  return type === 'i32' || type === 'u32' || type === 'fix' || type === 'int';
}

/** How two operands are compared or divided: as signed or as unsigned numbers; null where JavaScript and 32 bits may differ. */
export function commonSign(left: ScalarType, right: ScalarType): 'i32' | 'u32' | null {
  if (isAssignable(left, 'i32') && isAssignable(right, 'i32')) return 'i32';
  if (isAssignable(left, 'u32') && isAssignable(right, 'u32')) return 'u32';
  return null;
}

/** The type of one of two values. */
export function join(left: ScalarType, right: ScalarType): ScalarType | null {
  if (left === right) return left;
  return commonSign(left, right);
}
