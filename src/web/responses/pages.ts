import type { Type } from '@nestjs/common';
import { ResponseAnswersController } from './response-answers.controller.js';
import { ResponseFilesController } from './response-files.controller.js';
import { ResponsePicturesController } from './response-pictures.controller.js';
import { ResponseSheetsController } from './response-sheets.controller.js';
import { ResponseStepsController } from './response-steps.controller.js';
import { ResponsesController } from './responses.controller.js';

/** Controllers of this area: 調査票に回答する. */
export const RESPONSE_PAGES: Type[] = [ResponsesController, ResponseAnswersController, ResponsePicturesController, ResponseFilesController, ResponseStepsController, ResponseSheetsController];
