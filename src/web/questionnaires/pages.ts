import type { Type } from '@nestjs/common';

/** Controllers of this area: 調査票. */
export const QUESTIONNAIRE_PAGES: Type[] = [];
