const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as it may stand in an element or an attribute of an SVG picture. */
export const inXml = (text: string): string => text.replace(/[&<>"']/gu, (sign) => SIGNS[sign]!);
