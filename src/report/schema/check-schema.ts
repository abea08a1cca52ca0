import { DRAFT, object, type JsonSchema } from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

/** The document of `check --json`. */
export const CHECK_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz check --json',
  ...object(documentProperties('check')),
  $defs: { ...SHARED_DEFINITIONS, lag: object(LAG_PROPERTIES) },
};
