import { esxiRecipe } from './esxi-recipe.ts';
import { linuxRecipe } from './linux-recipe.ts';
import { ovsRecipe } from './ovs-recipe.ts';
import type { CaptureSystem, Recipe, RecipeOptions } from './recipe.ts';
import { spanRecipe } from './span-recipe.ts';

const RECIPES: Readonly<Record<CaptureSystem, (options: RecipeOptions) => Recipe>> = {
  linux: linuxRecipe,
  ovs: ovsRecipe,
  span: spanRecipe,
  esxi: esxiRecipe,
};

export function makeRecipe(system: CaptureSystem, options: RecipeOptions): Recipe {
  return RECIPES[system](options);
}
