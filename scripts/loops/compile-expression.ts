import type { ESTree } from 'vite';
import type { FunctionScope, Variable } from './function-scope.ts';
import { evaluate, readAnnotation } from './read-sources.ts';
import { commonSign, ELEMENT_TYPES, isAssignable, isInteger, join, type ElementType, type ScalarType } from './value-types.ts';
import { I32, OP, signed, unsigned } from './wasm-bytes.ts';

type Expression = ESTree.Expression | ESTree.PrivateIdentifier;

const BIT_OPERATIONS: Readonly<Record<string, number>> = {
  '&': OP.i32And,
  '|': OP.i32Or,
  '^': OP.i32Xor,
  '<<': OP.i32Shl,
  '>>': OP.i32ShrS,
  '>>>': OP.i32ShrU,
};

const COMPARISONS: Readonly<Record<string, { readonly i32: number; readonly u32: number }>> = {
  '<': { i32: OP.i32LtS, u32: OP.i32LtU },
  '>': { i32: OP.i32GtS, u32: OP.i32GtU },
  '<=': { i32: OP.i32LeS, u32: OP.i32LeU },
  '>=': { i32: OP.i32GeS, u32: OP.i32GeU },
  '===': { i32: OP.i32Eq, u32: OP.i32Eq },
  '!==': { i32: OP.i32Ne, u32: OP.i32Ne },
};

/** Bytes of a field in the record that stands for an object: address (or value) and length. */
export const FIELD_BYTES = 8;

/** Emits an expression that leaves one value, and tells what is known of it. */
export function compileExpression(scope: FunctionScope, node: Expression): ScalarType {
  const constant = evaluate(scope.module, node);
  if (constant !== undefined) return emitConstant(scope, node, constant);
  switch (node.type) {
    case 'ParenthesizedExpression':
      return compileExpression(scope, node.expression);
    case 'Identifier':
      return compileVariable(scope, node);
    case 'UnaryExpression':
      return compileUnary(scope, node);
    case 'BinaryExpression':
      return compileBinary(scope, node);
    case 'LogicalExpression':
      return compileLogical(scope, node);
    case 'ConditionalExpression':
      return compileConditional(scope, node);
    case 'MemberExpression':
      return compileMember(scope, node);
    case 'CallExpression':
      return compileCall(scope, node);
    default:
      throw scope.error(node, `${node.type} is not known to the loops`);
  }
}

/** Emits a condition: 0 or 1. */
export function compileCondition(scope: FunctionScope, node: Expression): void {
  if (compileExpression(scope, node) !== 'bool') throw scope.error(node, 'a condition must be a comparison');
}

/** Emits an expression whose lower 32 bits are wanted. */
export function compileInteger(scope: FunctionScope, node: Expression): ScalarType {
  const type = compileExpression(scope, node);
  if (!isInteger(type)) throw scope.error(node, `a whole number is wanted, this is ${type}`);
  return type;
}

/** Emits an expression for a place of type `to`. */
export function compileFor(scope: FunctionScope, node: Expression, to: ScalarType): void {
  const type = compileExpression(scope, node);
  if (!isAssignable(type, to)) throw scope.error(node, `${type} where ${to} is wanted: say | 0 or >>> 0`);
}

function emitConstant(scope: FunctionScope, node: Expression, value: number): ScalarType {
  if (!Number.isInteger(value) || value < -0x80000000 || value > 0xffffffff) throw scope.error(node, `${value} does not fit 32 bits`);
  scope.emit(OP.i32Const, ...signed(value | 0));
  return value < 0 ? 'i32' : value <= 0x7fffffff ? 'fix' : 'u32';
}

function compileVariable(scope: FunctionScope, node: ESTree.IdentifierReference | ESTree.IdentifierName): ScalarType {
  const variable = scope.find(node.name);
  if (variable === undefined) throw scope.error(node, `${node.name} is neither a variable nor a constant`);
  if (variable.type.kind !== 'scalar') throw scope.error(node, `${node.name} is no number`);
  scope.emit(OP.localGet, ...unsigned(variable.index));
  return variable.type.scalar;
}

function compileUnary(scope: FunctionScope, node: ESTree.UnaryExpression): ScalarType {
  if (node.operator === '!') {
    compileCondition(scope, node.argument);
    scope.emit(OP.i32Eqz);
    return 'bool';
  }
  if (node.operator === '-') {
    scope.emit(OP.i32Const, 0);
    compileInteger(scope, node.argument);
    scope.emit(OP.i32Sub);
    return 'int';
  }
  if (node.operator !== '~') throw scope.error(node, `${node.operator} is not known to the loops`);
  compileInteger(scope, node.argument);
  scope.emit(OP.i32Const, ...signed(-1), OP.i32Xor);
  return 'i32';
}

function compileBinary(scope: FunctionScope, node: ESTree.BinaryExpression | ESTree.PrivateInExpression): ScalarType {
  const { operator } = node;
  const bits = BIT_OPERATIONS[operator];
  if (bits !== undefined) {
    const left = compileInteger(scope, node.left);
    const right = compileInteger(scope, node.right);
    scope.emit(bits);
    const shift = evaluate(scope.module, node.right) ?? 0;
    if (operator === '>>>') return shift > 0 ? 'fix' : 'u32';
    if (operator === '&' && (left === 'fix' || right === 'fix')) return 'fix';
    return (operator === '|' || operator === '^' || operator === '>>') && left === 'fix' && right === 'fix' ? 'fix' : 'i32';
  }
  if (operator === '+' || operator === '-') {
    compileInteger(scope, node.left);
    compileInteger(scope, node.right);
    scope.emit(operator === '+' ? OP.i32Add : OP.i32Sub);
    return 'int';
  }
  const left = compileExpression(scope, node.left);
  const right = compileExpression(scope, node.right);
  const sign = commonSign(left, right);
  if (operator === '%') {
    if (!isAssignable(left, 'u32') || !isAssignable(right, 'u32')) throw scope.error(node, 'remainders are of unsigned numbers');
    scope.emit(OP.i32RemU);
    return left === 'fix' || right === 'fix' ? 'fix' : 'u32';
  }
  const comparison = COMPARISONS[operator];
  if (comparison === undefined) throw scope.error(node, `${operator} is not known to the loops`);
  if (sign === null) throw scope.error(node, `${left} ${operator} ${right}: say | 0 or >>> 0`);
  scope.emit(comparison[sign]);
  return 'bool';
}

function compileLogical(scope: FunctionScope, node: ESTree.LogicalExpression): ScalarType {
  const isAnd = node.operator === '&&';
  if (!isAnd && node.operator !== '||') throw scope.error(node, `${node.operator} is not known to the loops`);
  compileCondition(scope, node.left);
  scope.inBlock([OP.if, I32], OP.end, () => {
    if (isAnd) compileCondition(scope, node.right);
    else scope.emit(OP.i32Const, 1);
    scope.emit(OP.else);
    if (isAnd) scope.emit(OP.i32Const, 0);
    else compileCondition(scope, node.right);
  });
  return 'bool';
}

function compileConditional(scope: FunctionScope, node: ESTree.ConditionalExpression): ScalarType {
  compileCondition(scope, node.test);
  let type: ScalarType | null = null;
  scope.inBlock([OP.if, I32], OP.end, () => {
    const yes = compileInteger(scope, node.consequent);
    scope.emit(OP.else);
    type = join(yes, compileInteger(scope, node.alternate));
  });
  if (type === null) throw scope.error(node, 'both answers must be signed, or both unsigned');
  return type;
}

function compileMember(scope: FunctionScope, node: ESTree.MemberExpression): ScalarType {
  if (!node.computed && node.object.type === 'Identifier' && node.property.type === 'Identifier') {
    const object = scope.find(node.object.name);
    if (object?.type.kind === 'struct') return compileField(scope, node, object, object.type.name, node.property.name);
    if (node.property.name === 'length' || node.property.name === 'byteLength') {
      if (object?.lengthIndex === undefined) throw scope.error(node, 'lengths are known of arrays taken out of an object alone');
      scope.emit(OP.localGet, ...unsigned(object.lengthIndex));
      return 'fix';
    }
  }
  const { element, offset } = compileAddress(scope, node);
  scope.emit(element.load, element.shift, ...unsigned(offset));
  return element.gives;
}

function compileField(scope: FunctionScope, node: ESTree.Node, object: Variable, struct: string, name: string): ScalarType {
  const fields = scope.module.structs.get(struct)!;
  const place = fields.findIndex((field) => field.name === name);
  const type = fields[place]?.type;
  if (type?.kind !== 'scalar') throw scope.error(node, `${name} of ${struct} is no number`);
  scope.usedFields.add(`${struct}.${name}`);
  scope.emit(OP.localGet, ...unsigned(object.index), OP.i32Load, 2, ...unsigned(place * FIELD_BYTES));
  return type.scalar;
}

/** Emits the address of an element, and tells what is added to it. */
export function compileAddress(scope: FunctionScope, node: ESTree.MemberExpression): { element: ElementType; offset: number } {
  const array = node.object.type === 'Identifier' ? scope.find(node.object.name) : undefined;
  if (!node.computed || array?.type.kind !== 'array') throw scope.error(node, 'an element of an array is wanted');
  const { element } = array.type;
  return { element, offset: compilePlace(scope, array, node.property as Expression, element.shift) };
}

/** Emits the address of a place in an array, but for a constant that is returned. */
function compilePlace(scope: FunctionScope, array: Variable, index: Expression, shift: number): number {
  scope.emit(OP.localGet, ...unsigned(array.index));
  const { rest, constant } = splitConstant(scope, index);
  if (rest !== null) {
    compileInteger(scope, rest);
    if (shift > 0) scope.emit(OP.i32Const, shift, OP.i32Shl);
    scope.emit(OP.i32Add);
  }
  return constant << shift;
}

/** `row + 3` as `row` and 3. */
function splitConstant(scope: FunctionScope, index: Expression): { rest: Expression | null; constant: number } {
  const whole = evaluate(scope.module, index);
  if (whole !== undefined && whole >= 0) return { rest: null, constant: whole };
  if (index.type === 'BinaryExpression' && index.operator === '+') {
    const constant = evaluate(scope.module, index.right);
    if (constant !== undefined && constant >= 0) {
      const inner = splitConstant(scope, index.left);
      return { rest: inner.rest, constant: inner.constant + constant };
    }
  }
  return { rest: index, constant: 0 };
}

function compileCall(scope: FunctionScope, node: ESTree.CallExpression): ScalarType {
  const { callee } = node;
  const args = node.arguments as Expression[];
  if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.property.type === 'Identifier') {
    const name = callee.property.name;
    if (callee.object.name === 'Math') return compileMath(scope, node, name, args);
    const object = scope.find(callee.object.name);
    if (object?.type.kind === 'view') return compileViewGet(scope, node, object, name, args);
  }
  const called = callee.type === 'Identifier' ? scope.module.functions.get(callee.name) : undefined;
  const place = called === undefined ? undefined : scope.places.get(called);
  if (called === undefined || place === undefined) throw scope.error(node, 'only functions of the loops can be called');
  if (args.length !== called.node.params.length) throw scope.error(node, 'every parameter must be given');
  for (const [i, argument] of args.entries()) compileArgument(scope, argument, called.node.params[i]!, called.module);
  scope.emit(OP.call, ...unsigned(place));
  const result = readAnnotation(called.module, called.node.returnType);
  return result?.kind === 'scalar' ? result.scalar : 'void';
}

function compileArgument(scope: FunctionScope, node: Expression, parameter: ESTree.ParamPattern, module: FunctionScope['module']): void {
  const wanted = parameter.type === 'Identifier' ? readAnnotation(module, parameter.typeAnnotation) : null;
  if (wanted === null) throw scope.error(node, 'the parameter has no type that the loops know');
  if (wanted.kind === 'scalar') {
    compileFor(scope, node, wanted.scalar);
    return;
  }
  const variable = node.type === 'Identifier' ? scope.find(node.name) : undefined;
  const fits =
    variable !== undefined &&
    variable.type.kind === wanted.kind &&
    (wanted.kind !== 'array' || (variable.type.kind === 'array' && variable.type.element === wanted.element)) &&
    (wanted.kind !== 'struct' || (variable.type.kind === 'struct' && variable.type.name === wanted.name));
  if (!fits) throw scope.error(node, 'the argument is of another type than the parameter');
  scope.emit(OP.localGet, ...unsigned(variable.index));
}

function compileMath(scope: FunctionScope, node: ESTree.CallExpression, name: string, args: readonly Expression[]): ScalarType {
  if (name === 'imul' && args.length === 2) {
    compileInteger(scope, args[0]!);
    compileInteger(scope, args[1]!);
    scope.emit(OP.i32Mul);
    return 'i32';
  }
  const [quotient] = args;
  if (name !== 'floor' || quotient?.type !== 'BinaryExpression' || quotient.operator !== '/')
    throw scope.error(node, 'of Math the loops know imul, and floor of a quotient');
  const left = compileExpression(scope, quotient.left);
  const right = compileExpression(scope, quotient.right);
  if (!isAssignable(left, 'u32') || !isAssignable(right, 'u32')) throw scope.error(node, 'quotients are of unsigned numbers');
  scope.emit(OP.i32DivU);
  return left === 'fix' ? 'fix' : 'u32';
}

/** A big-endian number is loaded as it lies and turned round. */
function compileViewGet(
  scope: FunctionScope,
  node: ESTree.CallExpression,
  view: Variable,
  name: string,
  args: readonly Expression[],
): ScalarType {
  const [place, order] = args;
  if (place === undefined) throw scope.error(node, 'where is missing');
  const offset = compilePlace(scope, view, place, 0);
  if (name === 'getUint8') {
    scope.emit(ELEMENT_TYPES.Uint8Array.load, 0, ...unsigned(offset));
    return 'fix';
  }
  const isLittle = order !== undefined && order.type === 'Literal' && order.value === true;
  if (order !== undefined && !isLittle) throw scope.error(node, 'the byte order must be a constant');
  if (name === 'getUint16') {
    scope.emit(OP.i32Load16U, 0, ...unsigned(offset));
    if (!isLittle) emitSwap16(scope);
    return 'fix';
  }
  if (name !== 'getUint32') throw scope.error(node, `${name} is not known to the loops`);
  scope.emit(OP.i32Load, 0, ...unsigned(offset));
  if (!isLittle) emitSwap32(scope);
  return 'u32';
}

function emitSwap16(scope: FunctionScope): void {
  const value = unsigned(scope.newLocal());
  scope.emit(OP.localTee, ...value, OP.i32Const, 8, OP.i32ShrU);
  scope.emit(OP.localGet, ...value, OP.i32Const, ...signed(0xff), OP.i32And, OP.i32Const, 8, OP.i32Shl, OP.i32Or);
}

/** Even and odd bytes change their places by rotations. */
function emitSwap32(scope: FunctionScope): void {
  const value = unsigned(scope.newLocal());
  scope.emit(OP.localTee, ...value, OP.i32Const, 8, OP.i32Rotl, OP.i32Const, ...signed(0x00ff00ff), OP.i32And);
  scope.emit(OP.localGet, ...value, OP.i32Const, 24, OP.i32Rotl, OP.i32Const, ...signed(0xff00ff00 | 0), OP.i32And, OP.i32Or);
}
