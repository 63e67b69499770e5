import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { inProject } from '../kernel/root.js';
import { RiskMatrices } from '../risks/risk-matrix.js';
import { RisksModule } from '../risks/risks.module.js';
import { AnswerSaving } from './answer-saving.service.js';
import { AssessmentExport } from './assessment-export.service.js';
import { AssessmentList } from './assessment-list.service.js';
import { AssessmentReading } from './assessment-reading.service.js';
import { AssessmentRisks } from './assessment-risks.service.js';
import { AssessmentSystems } from './assessment-systems.service.js';
import { loadContent } from './content.js';
import { CreateAssessment } from './create-assessment.service.js';
import { Forms } from './forms.js';
import { AssessmentHistory } from './history.service.js';
import { Images } from './images.service.js';
import { ImportReviews } from './import-review.service.js';
import { Rows } from './rows.service.js';
import { ThresholdJudging } from './threshold-judgement.service.js';
import { Workflow } from './workflow.service.js';

/** Forms and threshold table as they stand in `templates/`, checked at start. */
export const CONTENT = Symbol('content');

const SERVICES = [AnswerSaving, AssessmentExport, AssessmentHistory, AssessmentList, AssessmentReading, AssessmentSystems, CreateAssessment, Images, ImportReviews, Rows, Workflow];

/**
 * 特定個人情報保護評価書: begun from a threshold judgement, a copy or an import; filled item by item (answer, row), submitted,
 * approved, confirmed. Uses kernel, engine, rendering (pictures), identity, systems (which it names), risks (which stand
 * behind its statutory risks). Used by checks, documents, web, cli.
 */
@Module({
  imports: [IdentityModule, RisksModule],
  providers: [
    { provide: CONTENT, useFactory: () => loadContent(inProject('templates')) },
    { provide: Forms, useFactory: (content: ReturnType<typeof loadContent>) => new Forms(content.forms, content.table), inject: [CONTENT] },
    { provide: ThresholdJudging, useFactory: (forms: Forms, content: ReturnType<typeof loadContent>) => new ThresholdJudging(forms, content.table), inject: [Forms, CONTENT] },
    { provide: AssessmentRisks, useFactory: (forms: Forms, matrices: RiskMatrices) => new AssessmentRisks(forms, matrices), inject: [Forms, RiskMatrices] },
    ...SERVICES,
  ],
  exports: [CONTENT, Forms, ThresholdJudging, AssessmentRisks, ...SERVICES],
})
export class AssessmentsModule {}
