import type { Type } from '@nestjs/common';

/** Controllers of this area: 監査計画、監査、現地調査などの記録. */
export const AUDIT_PAGES: Type[] = [];
