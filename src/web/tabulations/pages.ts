import type { Type } from '@nestjs/common';

/** Controllers of this area: 集計. */
export const TABULATION_PAGES: Type[] = [];
