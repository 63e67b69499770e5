/** 調査票, blank or with what one respondent answered: the printed form with a head of its own. Pure. */
import { formatEra } from '../engine/dates.js';
import { indexForm } from '../engine/form-index.js';
import type { AnswerSet, FormDefinition } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { QuestionnaireInFile, ResponseInFile } from '../findings/audit-file.js';
import type { AssessmentReport, CoverCell } from './assessment-report.model.js';
import { assessmentReport } from './assessment-report.js';
import type { AuditTexts } from './audit-texts.js';

/** What a sheet is made from; a department without rights to the audit has it too. */
export interface SheetSource {
  organisation: string;
  theme: string;
  questionnaire: Pick<QuestionnaireInFile, 'title' | 'purpose' | 'per' | 'definition' | 'referenceOn' | 'dueOn'>;
  /** Null: blank. */
  response: Pick<ResponseInFile, 'department' | 'system' | 'answers'> | null;
}

export const respondent = ({ department, system }: Pick<ResponseInFile, 'department' | 'system'>): string => (system === null ? department : `${department}　${system}`);

export function questionnaireModel(texts: Pick<AuditTexts, 'plain'>, { organisation, theme, questionnaire, response }: SheetSource): AssessmentReport {
  const { definition } = questionnaire;
  const form = indexForm(withoutCover(definition));
  const answers: AnswerSet = { rows: [], answers: response?.answers ?? {} };
  const place = { name: `調査票「${questionnaire.title}」`, path: 'questionnaires' };
  texts.plain([organisation, theme, questionnaire.title, questionnaire.purpose, JSON.stringify(definition)].join('\n'), place);
  if (response !== null) {
    const reading = new Reading(form, answers);
    for (const { address, item } of reading.instances) {
      const value = reading.answer(address);
      if (value !== undefined) texts.plain(JSON.stringify(value), { name: `${respondent(response)}の回答「${item.item.label}」`, path: `questionnaires/${address}` });
    }
  }
  const title = `${questionnaire.title}${response === null ? '' : `　${respondent(response)}`}`;
  const printed = assessmentReport({ form, answers, images: {}, title });
  const cell = (label: string, text: string, shape: CoverCell['shape'] = 'middle'): CoverCell => ({ label, significant: false, shape, text, narrow: false });
  const day = (iso: string | null): string => (iso === null ? '' : formatEra(iso));
  return {
    ...printed, sheets: false, contents: [],
    cover: {
      title: questionnaire.title, tag: organisation, editionNote: '', beside: [cell('基準日', day(questionnaire.referenceOn)), cell('回答の期限', day(questionnaire.dueOn))],
      boxes: [{ cells: [cell('回答する部署', response?.department ?? ''), ...(questionnaire.per === 'department-system' ? [cell('システム', response?.system ?? '')] : [])] }, { cells: [cell('調査の目的', questionnaire.purpose === '' ? theme : questionnaire.purpose, 'long')] }],
    },
  };
}

/** A section without a number at the front is printed like the others: a questionnaire has a head of its own. */
function withoutCover(definition: FormDefinition): FormDefinition {
  return { ...definition, sections: [{ code: 'head-of-sheet', number: '', title: '', blocks: [] }, ...definition.sections] };
}
