import { described, DRAFT, STRING, type JsonSchema } from './json-schema.ts';

/** What commands print that print no JSON document: schemas of their whole standard output. */
export const REPORT_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz report',
  ...described("one HTML page, no JSON; the same analysis as JSON is that of 'lacpviz flows --json'", {
    ...STRING,
    contentMediaType: 'text/html',
  }),
};

export const SERVE_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz serve',
  ...described('one line, no JSON: the address of the page', { ...STRING, pattern: '^http://' }),
};

export const SCHEMA_SCHEMA: JsonSchema = { $schema: DRAFT, title: 'lacpviz schema', $ref: DRAFT };
