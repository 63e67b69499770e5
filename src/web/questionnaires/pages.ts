import type { Type } from '@nestjs/common';
import { BuildingController } from './building.controller.js';
import { KeepingController } from './keeping.controller.js';
import { PaperController } from './paper.controller.js';
import { QuestionController } from './question.controller.js';
import { QuestionnaireListsController } from './lists.controller.js';
import { SendingController } from './sending.controller.js';
import { TrackingController } from './tracking.controller.js';

/** Controllers of this area: 調査票. */
export const QUESTIONNAIRE_PAGES: Type[] = [QuestionnaireListsController, SendingController, QuestionController, BuildingController, KeepingController, PaperController, TrackingController];
