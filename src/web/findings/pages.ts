import type { Type } from '@nestjs/common';

/** Controllers of this area: 検出事項、改善を求める事項、弁明. */
export const FINDING_PAGES: Type[] = [];
