import { Kernel1763700000000 } from './1763700000000-kernel.js';
import { Identity1763700100000 } from './1763700100000-identity.js';
import { Assessments1763700200000 } from './1763700200000-assessments.js';
import { Documents1763700300000 } from './1763700300000-documents.js';
import { Systems1763700400000 } from './1763700400000-systems.js';
import { AssessmentSystems1763700450000 } from './1763700450000-assessment-systems.js';
import { Risks1763700500000 } from './1763700500000-risks.js';
import { Checks1763700600000 } from './1763700600000-checks.js';
import { JournalHold1763700700000 } from './1763700700000-journal-hold.js';
import { Audits1763700800000 } from './1763700800000-audits.js';
import { Findings1763700900000 } from './1763700900000-findings.js';
import { SentForms1763701000000 } from './1763701000000-sent-forms.js';

/** The history of the tables, oldest first. A migration that has run anywhere is never edited. */
export const MIGRATIONS = [Kernel1763700000000, Identity1763700100000, Assessments1763700200000, Documents1763700300000, Systems1763700400000, AssessmentSystems1763700450000, Risks1763700500000, Checks1763700600000, JournalHold1763700700000, Audits1763700800000, Findings1763700900000, SentForms1763701000000];
