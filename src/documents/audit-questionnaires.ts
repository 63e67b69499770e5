/** 調査票, blank or with what one respondent answered: the printed form with a head of its own. Pure. */
import { formatEra } from '../engine/dates.js';
import { imagesIn } from '../assessments/images.service.js';
import { indexForm, type CompiledForm } from '../engine/form-index.js';
import { askedWhen } from '../audits/asked-when.js';
import { questionNumbers } from '../audits/response-form.js';
import type { AnswerSet, FormDefinition, Item, Row } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { QuestionnaireInFile, ResponseInFile } from '../findings/audit-file.js';
import { pictureMark } from './assessment-pdf.js';
import type { AssessmentReport, CoverCell, Piece } from './assessment-report.model.js';
import { assessmentReport } from './assessment-report.js';
import type { AuditTexts } from './audit-texts.js';

/** Rows to be filled in by hand, where the sheet does not need more. */
const BLANK_ROWS = 3;

/** What a sheet is made from; a department without rights to the audit has it too. */
export interface SheetSource {
  organisation: string;
  theme: string;
  questionnaire: Pick<QuestionnaireInFile, 'title' | 'purpose' | 'per' | 'definition' | 'referenceOn' | 'dueOn'>;
  /** Null: blank. */
  response: Pick<ResponseInFile, 'department' | 'system' | 'rows' | 'answers'> | null;
}

export const respondent = ({ department, system }: Pick<ResponseInFile, 'department' | 'system'>): string => (system === null ? department : `${department}　${system}`);

export function questionnaireModel(texts: Pick<AuditTexts, 'plain'>, { organisation, theme, questionnaire, response }: SheetSource): AssessmentReport {
  const { definition } = questionnaire;
  const asked = indexForm(definition);
  const answers: AnswerSet = response === null ? { rows: blankRows(asked), answers: {} } : { rows: response.rows ?? [], answers: response.answers };
  const place = { name: `調査票「${questionnaire.title}」`, path: 'questionnaires' };
  texts.plain([organisation, theme, questionnaire.title, questionnaire.purpose, JSON.stringify(definition)].join('\n'), place);
  if (response !== null) {
    const reading = new Reading(asked, answers);
    for (const { address, item } of reading.instances) {
      const value = reading.answer(address);
      if (value !== undefined) texts.plain(JSON.stringify(value), { name: `${respondent(response)}の回答「${item.item.label}」`, path: `questionnaires/${address}` });
    }
  }
  const title = `${questionnaire.title}${response === null ? '' : `　${respondent(response)}`}`;
  const images = Object.fromEntries(imagesIn(answers).map((sha256) => [sha256, pictureMark(sha256)]));
  const printed = assessmentReport({ form: indexForm(onPaper(asked, response === null ? null : answers.rows)), answers, images, title });
  const cell = (label: string, text: string, shape: CoverCell['shape'] = 'middle'): CoverCell => ({ label, significant: false, shape, text, narrow: false });
  const day = (iso: string | null): string => (iso === null ? '' : formatEra(iso));
  return {
    ...printed, sheets: false, joined: true, contents: [], sections: printed.sections.map((section) => ({ ...section, blocks: section.blocks.map((block) => ({ ...block, pieces: block.pieces.map((piece) => withRoom(piece, response === null)) })) })),
    cover: {
      title: questionnaire.title, tag: organisation, editionNote: '', beside: [cell('基準日', day(questionnaire.referenceOn)), cell('回答の期限', day(questionnaire.dueOn))],
      boxes: [{ cells: [cell('回答する部署', response?.department ?? ''), ...(questionnaire.per === 'department-system' ? [cell('システム', response?.system ?? '')] : [])] }, { cells: [cell('調査の目的', questionnaire.purpose === '' ? theme : questionnaire.purpose, 'long')] }],
    },
  };
}

/**
 * The questions as they stand on paper: with their numbers, and with when they are asked, as a sheet cannot hide them. A section
 * without a number at the front is printed like the others: a questionnaire has a head of its own.
 * @param rows of a response; null: blank
 */
function onPaper(form: CompiledForm, rows: readonly Row[] | null): FormDefinition {
  const numbers = questionNumbers(form);
  const told = (item: Item): string => {
    const when = item.when === undefined ? null : (askedWhen(form, numbers, item.when) ?? '前の問の答えによっては、答えません。');
    return [numbers.get(item.code) ?? '', `${item.label}${when === null ? '' : `\n（${when.replace(/。$/u, '')}）`}`].filter((part) => part !== '').join('　');
  };
  const printed = (item: Item): Item => {
    // Nothing is worked out on a blank sheet: whoever fills it in writes the sum.
    if (item.kind === 'computed' && rows === null) return { code: item.code, kind: 'text', label: told(item), need: 'optional' };
    if (item.kind !== 'group') return { ...item, label: told(item) };
    const label = told(item);
    if (rows !== null && !rows.some(({ group }) => group === item.code)) return { code: item.code, kind: 'fixed', label, text: '（なし）', need: 'optional' };
    return { ...item, label, unit: `${label.replaceAll('\n', '')}　${item.unit}`, items: item.items.map(printed) };
  };
  const sections = form.definition.sections.map((section) => ({ ...section, blocks: section.blocks.map((block) => ({ ...block, items: (block.items ?? []).map(printed) })) }));
  return { ...form.definition, sections: [{ code: 'head-of-sheet', number: '', title: '', blocks: [] }, ...sections] };
}

/** Room to write where nothing stands: not the page that a statutory form keeps for its figures. */
function withRoom(piece: Piece, blank: boolean): Piece {
  if (piece.kind !== 'free') return piece;
  const { value } = piece;
  if (value.kind === 'figures' && value.figures.length === 0) return { ...piece, value: { kind: 'text', text: blank ? '（写真・図は、この紙に添えてください。）' : '（なし）', tall: false } };
  if (value.kind === 'records' && value.lists.length === 0) return { ...piece, value: { kind: 'text', text: blank ? '\n\n' : '（なし）', tall: blank } };
  if (value.kind === 'table' && blank) return { ...piece, value: { ...value, rows: Array.from({ length: BLANK_ROWS }, () => ({ cells: value.columns.map(() => '\n　') })) } };
  return piece;
}

/** Rows to be filled in by hand: as many as there must be, at least some. */
function blankRows({ items }: CompiledForm): Row[] {
  return items.flatMap(({ item, code }) => (item.kind === 'group' ? Array.from({ length: Math.max(BLANK_ROWS, item.atLeast ?? 0) }, (_, n): Row => ({ id: `${code}-${n + 1}`, group: code, parent: null, position: n + 1 })) : []));
}
