/** 監査の文書 as the page shows them: what can be made, what is missing, what was made. */
import type { AuditDocumentOffer } from '../../documents/audit-documents.service.js';
import type { StoredDocument } from '../../documents/document.entity.js';
import type { Problem } from '../../kernel/errors.js';
import { reportList } from '../checks/reports-view.js';

export interface DocumentTyped {
  kind: string;
  choice: string;
  format: string;
}

const FORMATS: Readonly<Record<string, string>> = { pdf: 'PDF', xlsx: 'Excel' };

export function documentsView(offers: readonly AuditDocumentOffer[], typed: DocumentTyped | null, problems: readonly Problem[]): object {
  return {
    problems: problems.map(({ message, href }) => ({ message, href: href ?? '' })),
    offers: offers.map((offer) => {
      const mine = typed?.kind === offer.kind ? typed : null;
      return {
        kind: offer.kind, label: offer.label, about: offer.about, needs: offer.needs, ready: offer.needs === '', only: offer.choices.length === 1 ? offer.choices[0]!.label : '',
        choices: offer.choices.map(({ key, label }) => ({ key, label, chosen: mine?.choice === key })),
        formats: offer.formats.length < 2 ? [] : offer.formats.map((format) => ({ value: format, label: FORMATS[format]!, chosen: (mine?.format ?? offer.formats[0]) === format })), format: FORMATS[offer.formats[0]!]!,
        problems: offer.problems.map(({ message, href }) => ({ message, href: href ?? '' })),
      };
    }),
  };
}

export const documentList = (auditId: string, documents: readonly StoredDocument[]): object => ({ ...reportList(documents), auditId });
