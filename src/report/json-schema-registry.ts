import { CHECK_SCHEMA } from './schema/check-schema.ts';
import { FLOWS_SCHEMA } from './schema/flows-schema.ts';
import { INFER_SCHEMA } from './schema/infer-schema.ts';
import type { JsonSchema } from './schema/json-schema.ts';
import { LACP_SCHEMA } from './schema/lacp-schema.ts';
import { MODEL_SCHEMA } from './schema/model-schema.ts';
import { PLAN_SCHEMA } from './schema/plan-schema.ts';
import { PREDICT_SCHEMA } from './schema/predict-schema.ts';
import { RECIPE_SCHEMA } from './schema/recipe-schema.ts';
import { REPORT_SCHEMA, SCHEMA_SCHEMA, SERVE_SCHEMA } from './schema/text-schemas.ts';

/** JSON Schema of each command's output, by command, and of the model files that `--model` takes. */
export const DOCUMENT_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  check: CHECK_SCHEMA,
  flows: FLOWS_SCHEMA,
  infer: INFER_SCHEMA,
  lacp: LACP_SCHEMA,
  model: MODEL_SCHEMA,
  plan: PLAN_SCHEMA,
  predict: PREDICT_SCHEMA,
  recipe: RECIPE_SCHEMA,
  report: REPORT_SCHEMA,
  schema: SCHEMA_SCHEMA,
  serve: SERVE_SCHEMA,
};
