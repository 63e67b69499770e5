import type { Type } from '@nestjs/common';

/** Controllers of this area: 合議、報告、公表、文書. */
export const REPORT_PAGES: Type[] = [];
