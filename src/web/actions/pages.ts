import type { Type } from '@nestjs/common';
import { ActionController } from './action.controller.js';
import { ActionPages } from './action-pages.js';
import { ActionStepsController } from './action-steps.controller.js';
import { ActionsController } from './actions.controller.js';
import { AskingsController } from './askings.controller.js';
import { NoticesController } from './notices.controller.js';
import { SchemeController } from './scheme.controller.js';

/** Controllers of this area: 措置. Fixed addresses stand before those with an id. */
export const ACTION_PAGES: Type[] = [ActionsController, AskingsController, SchemeController, ActionController, ActionStepsController, NoticesController];

/** What they share. */
export const ACTION_PROVIDERS: Type[] = [ActionPages];
