import type { Type } from '@nestjs/common';

/** Controllers of this area: 措置. */
export const ACTION_PAGES: Type[] = [];
