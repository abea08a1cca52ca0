/** The little of JSON Schema (draft 2020-12) that our documents need. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

export const STRING: JsonSchema = { type: 'string' };
export const BOOLEAN: JsonSchema = { type: 'boolean' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
export const NUMBER: JsonSchema = { type: 'number' };
export const SHARE: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };

/** An object whose listed fields are all required; more fields are allowed, as documents may grow. */
export function object(properties: Readonly<Record<string, JsonSchema>>, optional: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return { type: 'object', properties: { ...properties, ...optional }, required: Object.keys(properties) };
}

export function array(items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...more };
}

export function oneOf(values: readonly (string | number)[]): JsonSchema {
  return { enum: values };
}

export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function integer(minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', minimum, maximum };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

export function described(description: string, schema: JsonSchema): JsonSchema {
  return { description, ...schema };
}
