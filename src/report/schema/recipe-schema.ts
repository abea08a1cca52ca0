import { CAPTURE_SYSTEMS } from '../../recipe/recipe.ts';
import { array, BOOLEAN, COUNT, described, DRAFT, nullable, NUMBER, object, oneOf, ref, STRING, type JsonSchema } from './json-schema.ts';
import { documentProperties, LAG_PROPERTIES, SHARED_DEFINITIONS } from './shared-definitions.ts';

const STRINGS = array(STRING);

/** The document of `recipe --json`. */
export const RECIPE_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  title: 'lacpviz recipe --json',
  ...object({
    ...documentProperties('recipe'),
    host: described("the host's own bond, with --iface", nullable(ref('hostBond'))),
    seconds: described('how long is captured', COUNT),
    ringMegabytes: described('kept per member, in 10^6 bytes', COUNT),
    snapLength: described('bytes kept of each frame', COUNT),
    recipes: array(ref('recipe')),
  }),
  $defs: {
    ...SHARED_DEFINITIONS,
    lag: object(LAG_PROPERTIES),
    hostBond: object({
      name: STRING,
      members: described(
        'in hash order',
        array(object({ name: STRING, permanentMac: nullable(ref('mac')), speedMbps: nullable(NUMBER), linkUp: nullable(BOOLEAN) })),
      ),
      mac: nullable(ref('mac')),
      mode: nullable(STRING),
      policy: nullable(STRING),
      lacpRate: nullable(oneOf(['fast', 'slow'])),
      kernel: nullable(STRING),
      vlans: STRINGS,
      stackedVlans: STRINGS,
      tunnels: STRINGS,
      bridge: nullable(STRING),
    }),
    recipe: object({ system: oneOf(CAPTURE_SYSTEMS), title: STRING, notes: STRINGS, steps: array(ref('recipeStep')) }),
    recipeStep: object({
      title: STRING,
      notes: STRINGS,
      shell: oneOf(['bash', 'esxi', 'ios', 'nxos', 'eos', 'junos']),
      commands: described('lines, in order', STRINGS),
    }),
  },
};
