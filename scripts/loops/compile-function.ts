import type { ESTree } from 'vite';
import { compileAddress, compileCondition, compileExpression, compileFor, compileInteger, FIELD_BYTES } from './compile-expression.ts';
import { FunctionScope, type Variable } from './function-scope.ts';
import { readAnnotation, type SourceFunction } from './read-sources.ts';
import { isAssignable, isInteger, scalar, type ScalarType, type ValueType } from './value-types.ts';
import { I32, NO_VALUE, OP, signed, unsigned, type WasmFunction } from './wasm-bytes.ts';

/** Types of a function's parameters and result. */
export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: ValueType }[];
  readonly result: ScalarType;
}

export function readSignature({ node, module }: SourceFunction): Signature {
  const scope = new FunctionScope({ name: '', node, module }, new Map(), new Set());
  const parameters = node.params.map((parameter) => {
    const type = parameter.type === 'Identifier' ? readAnnotation(module, parameter.typeAnnotation) : null;
    if (parameter.type !== 'Identifier' || type === null)
      throw scope.error(parameter, 'a parameter of the loops has a name and a type they know');
    return { name: parameter.name, type };
  });
  const result = readAnnotation(module, node.returnType);
  if (result?.kind !== 'scalar') throw scope.error(node, 'a function of the loops gives a number or nothing, and says so');
  return { parameters, result: result.scalar };
}

export function compileFunction(
  source: SourceFunction,
  places: ReadonlyMap<SourceFunction, number>,
  usedFields: Set<string>,
): WasmFunction {
  const scope = new FunctionScope(source, places, usedFields);
  const { parameters, result } = readSignature(source);
  parameters.forEach(({ name, type }, index) => scope.declare(name, { type, index, isConstant: true }));
  compileStatements(scope, source.node.body!.body, result);
  if (result !== 'void') scope.emit(OP.unreachable);
  return { name: source.name, parameters: parameters.length, hasResult: result !== 'void', locals: scope.locals, body: scope.code };
}

function compileStatements(scope: FunctionScope, statements: readonly (ESTree.Statement | ESTree.Directive)[], result: ScalarType): void {
  for (const statement of statements) compileStatement(scope, statement, result);
}

function compileStatement(scope: FunctionScope, node: ESTree.Statement | ESTree.Directive, result: ScalarType): void {
  switch (node.type) {
    case 'BlockStatement':
      scope.inScope(() => compileStatements(scope, node.body, result));
      return;
    case 'VariableDeclaration':
      compileDeclaration(scope, node);
      return;
    case 'ExpressionStatement':
      compileEffect(scope, node.expression);
      return;
    case 'IfStatement':
      compileCondition(scope, node.test);
      scope.inBlock([OP.if, NO_VALUE], OP.end, () => {
        scope.inScope(() => compileStatement(scope, node.consequent, result));
        if (node.alternate === null) return;
        scope.emit(OP.else);
        scope.inScope(() => compileStatement(scope, node.alternate!, result));
      });
      return;
    case 'ForStatement':
      scope.inScope(() => {
        if (node.init?.type === 'VariableDeclaration') compileDeclaration(scope, node.init);
        else if (node.init !== null) compileEffect(scope, node.init);
        compileLoop(scope, node.test, node.update, node.body, result);
      });
      return;
    case 'WhileStatement':
      compileLoop(scope, node.test, null, node.body, result);
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
      if (node.label !== null) throw scope.error(node, 'labels are not known to the loops');
      scope.emit(OP.br, ...unsigned(scope.branchTo(node.type === 'BreakStatement' ? 'exit' : 'next', node)));
      return;
    case 'ReturnStatement':
      if (node.argument !== null) compileFor(scope, node.argument, result);
      scope.emit(OP.return);
      return;
    default:
      throw scope.error(node, `${node.type} is not known to the loops`);
  }
}

function compileLoop(
  scope: FunctionScope,
  test: ESTree.Expression | null,
  update: ESTree.Expression | null,
  body: ESTree.Statement,
  result: ScalarType,
): void {
  scope.inBlock([OP.block, NO_VALUE], OP.end, () => {
    const exit = scope.depth;
    scope.inBlock([OP.loop, NO_VALUE], OP.end, () => {
      const again = scope.depth;
      if (test !== null) {
        compileCondition(scope, test);
        scope.emit(OP.i32Eqz, OP.brIf, ...unsigned(scope.depth - exit));
      }
      scope.inBlock([OP.block, NO_VALUE], OP.end, () => {
        scope.inLoop(exit, scope.depth, () => scope.inScope(() => compileStatement(scope, body, result)));
      });
      if (update !== null) compileEffect(scope, update);
      scope.emit(OP.br, ...unsigned(scope.depth - again));
    });
  });
}

function compileDeclaration(scope: FunctionScope, node: ESTree.VariableDeclaration): void {
  const isConstant = node.kind === 'const';
  for (const { id, init } of node.declarations) {
    if (init === null) throw scope.error(node, 'a variable of the loops begins with a value');
    if (id.type === 'ObjectPattern') {
      compileFields(scope, id, init);
      continue;
    }
    if (id.type !== 'Identifier') throw scope.error(id, `${id.type} is not known to the loops`);
    const array = init.type === 'Identifier' ? scope.find(init.name) : undefined;
    if (array !== undefined && array.type.kind !== 'scalar') {
      scope.declare(id.name, array);
      continue;
    }
    const value = compileExpression(scope, init);
    const annotated = readAnnotation(scope.module, id.typeAnnotation);
    // What may change is signed unless it says otherwise.
    const type = annotated?.kind === 'scalar' ? annotated.scalar : value === 'fix' && !isConstant ? 'i32' : value;
    const isHeld = type === 'bool' ? value === 'bool' && isConstant : type !== 'int' && type !== 'f64' && isAssignable(value, type);
    if (!isHeld) throw scope.error(init, `${value} for a variable of ${type}: say | 0 or >>> 0`);
    const index = scope.newLocal();
    scope.emit(OP.localSet, ...unsigned(index));
    scope.declare(id.name, { type: scalar(type), index, isConstant });
  }
}

/** `const { rows, slots } = table`: addresses out of the record that stands for the object. */
function compileFields(scope: FunctionScope, pattern: ESTree.ObjectPattern, init: ESTree.Expression): void {
  const object = init.type === 'Identifier' ? scope.find(init.name) : undefined;
  if (object?.type.kind !== 'struct') throw scope.error(init, 'fields are taken out of an object given as parameter');
  const fields = scope.module.structs.get(object.type.name)!;
  const text = scope.module.text.slice(scope.source.node.start, scope.source.node.end);
  for (const property of pattern.properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier' || property.value.type !== 'Identifier')
      throw scope.error(property, 'fields are taken by their names');
    const fieldName = property.key.name;
    const name = property.value.name;
    const place = fields.findIndex((field) => field.name === fieldName);
    if (place < 0) throw scope.error(property, `${fieldName} has no type that the loops know`);
    const { type } = fields[place]!;
    scope.usedFields.add(`${object.type.name}.${fieldName}`);
    const load = (bytes: number): number => {
      const index = scope.newLocal();
      scope.emit(
        OP.localGet,
        ...unsigned(object.index),
        OP.i32Load,
        2,
        ...unsigned(place * FIELD_BYTES + bytes),
        OP.localSet,
        ...unsigned(index),
      );
      return index;
    };
    const variable: Variable = { type, index: load(0), isConstant: true };
    const isMeasured = new RegExp(`\\b${name}\\.(length|byteLength)\\b`).test(text);
    scope.declare(name, isMeasured ? { ...variable, lengthIndex: load(4) } : variable);
  }
}

/** An expression for what it does: an assignment or a call. */
function compileEffect(scope: FunctionScope, node: ESTree.Expression): void {
  if (node.type === 'AssignmentExpression') {
    const operator = node.operator === '=' ? null : node.operator.slice(0, -1);
    compileAssignment(scope, node, node.left, operator, node.right);
  } else if (node.type === 'UpdateExpression') {
    compileAssignment(scope, node, node.argument, node.operator === '++' ? '+' : '-', null);
  } else if (node.type === 'CallExpression') {
    if (compileExpression(scope, node) !== 'void') scope.emit(OP.drop);
  } else throw scope.error(node, `${node.type} does nothing`);
}

const ASSIGNING: Readonly<Record<string, number>> = {
  '+': OP.i32Add,
  '-': OP.i32Sub,
  '&': OP.i32And,
  '|': OP.i32Or,
  '^': OP.i32Xor,
};

/** `value` null: the number one. */
function compileAssignment(
  scope: FunctionScope,
  node: ESTree.Expression,
  target: ESTree.AssignmentTarget | ESTree.Node,
  operator: string | null,
  value: ESTree.Expression | null,
): void {
  if (target.type === 'MemberExpression') {
    assignElement(scope, target, operator, value);
    return;
  }
  const variable = target.type === 'Identifier' ? scope.find(target.name) : undefined;
  if (variable === undefined || variable.isConstant || variable.type.kind !== 'scalar')
    throw scope.error(node, 'only variables and elements are assigned to');
  const to = variable.type.scalar;
  if (operator === null) compileFor(scope, value!, to);
  else {
    scope.emit(OP.localGet, ...unsigned(variable.index));
    if (value === null) scope.emit(OP.i32Const, 1);
    else compileInteger(scope, value);
    emitAssigning(scope, node, operator);
    // A counter does not reach the bounds of its type; other sums might.
    const isCounter = value === null || (operator === '+' && value.type === 'Literal');
    const isBits = operator !== '+' && operator !== '-' && to === 'i32';
    if (!isCounter && !isBits) throw scope.error(node, 'write the sum out and say | 0 or >>> 0');
  }
  scope.emit(OP.localSet, ...unsigned(variable.index));
}

function assignElement(
  scope: FunctionScope,
  target: ESTree.MemberExpression,
  operator: string | null,
  value: ESTree.Expression | null,
): void {
  const { element, offset } = compileAddress(scope, target);
  const isFloat = element.gives === 'f64';
  if (operator !== null) {
    const address = unsigned(scope.newLocal(I32));
    scope.emit(OP.localTee, ...address, OP.localGet, ...address, element.load, element.shift, ...unsigned(offset));
  }
  const type = value === null ? emitOne(scope) : compileExpression(scope, value);
  if (isFloat) {
    if (type !== 'i32' && type !== 'fix' && type !== 'u32') throw scope.error(target, `${type} for a float: say | 0 or >>> 0`);
    scope.emit(type === 'u32' ? OP.f64ConvertI32U : OP.f64ConvertI32S);
    if (operator !== null && operator !== '+') throw scope.error(target, `${operator} of floats is not known to the loops`);
    if (operator !== null) scope.emit(OP.f64Add);
  } else {
    if (!isInteger(type)) throw scope.error(target, `${type} cannot be stored here`);
    if (operator !== null) emitAssigning(scope, target, operator);
  }
  scope.emit(element.store, element.shift, ...unsigned(offset));
}

function emitOne(scope: FunctionScope): ScalarType {
  scope.emit(OP.i32Const, ...signed(1));
  return 'fix';
}

function emitAssigning(scope: FunctionScope, node: { readonly start: number }, operator: string): void {
  const instruction = ASSIGNING[operator];
  if (instruction === undefined) throw scope.error(node, `${operator}= is not known to the loops`);
  scope.emit(instruction);
}
