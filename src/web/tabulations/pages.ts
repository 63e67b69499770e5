import type { Type } from '@nestjs/common';
import { EditingController } from './editing.controller.js';
import { TablesController } from './tables.controller.js';
import { TabulationsController } from './tabulations.controller.js';
import { TypedController } from './typed.controller.js';

/** Controllers of this area: 集計. */
export const TABULATION_PAGES: Type[] = [TabulationsController, EditingController, TablesController, TypedController];
