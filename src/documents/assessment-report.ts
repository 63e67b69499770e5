import type { ComputeThreshold } from '../engine/computed.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { AnswerSet, Block, FormDefinition, Section } from '../engine/form.js';
import { Answered, type PrintedRow } from './assessment-report.answers.js';
import type { AssessmentReport, BlockModel, ContentsEntry, CoverCell, CoverModel, SectionModel } from './assessment-report.model.js';
import { piecesOf, type FurtherSheet } from './assessment-report.pieces.js';

export interface AssessmentReportInput {
  form: FormDefinition | CompiledForm;
  answers: AnswerSet;
  /** Source (`data:` or a path of the product) of every picture by its SHA-256. */
  images: Readonly<Record<string, string>>;
  /** Title of the document, e.g. the name of the assessment. */
  title: string;
  /** Printed on the cover: 第2版 案, 公表用. */
  editionNote?: string;
  /** Decides the threshold for forms that print its result. */
  computeThreshold?: ComputeThreshold;
}

/** The statutory document of a form with its answers; blanks and hidden items are printed as the form prints them. Throws `Invalid` when a picture is missing. */
export function assessmentReport(input: AssessmentReportInput): AssessmentReport {
  const answered = new Answered(input.form, input.answers, input.images, input.computeThreshold);
  const { form } = answered;
  const [first, ...rest] = form.sections;
  const hasCover = first !== undefined && first.number === '';
  const sections = (hasCover ? rest : form.sections).flatMap((section) => printedSection(answered, section));
  // Only the forms that repeat sections per file are long enough for a list of contents.
  const long = form.sections.some(({ perRowOf }) => perRowOf !== undefined);
  return {
    lang: 'ja',
    title: input.title,
    cover: cover(answered, hasCover ? first : undefined, input),
    sheets: long,
    joined: false,
    contents: long ? sections.flatMap(({ entries }) => entries) : [],
    sections: sections.map(({ model }) => model),
  };
}

// ---------------------------------------------------------------- cover

function cover(answered: Answered, section: Section | undefined, { editionNote }: AssessmentReportInput): CoverModel {
  const { form } = answered;
  const model: CoverModel = { title: form.title, tag: form.formTag ?? '', editionNote: editionNote ?? '', beside: [], boxes: [] };
  for (const item of (section?.blocks ?? []).flatMap((block) => [...(block.items ?? []), ...(block.parts ?? []).flatMap((part) => part.items)])) {
    if (item.kind === 'group' || (item.kind === 'fixed' && item.text === form.formTag)) continue;
    const value = answered.value(item, null);
    const long = item.kind === 'long-text';
    const cell: CoverCell = {
      label: item.label, significant: item.significant ?? false, shape: long ? 'long' : 'middle',
      text: value.kind === 'text' ? value.text : value.kind === 'choice' ? value.chosen : '', narrow: item.prefilledFrom === 'assessment-number',
    };
    if (item.prefilledFrom === 'assessment-number' || item.prefilledFrom === 'assessment-name') {
      model.beside.push(cell);
      continue;
    }
    const box = model.boxes.at(-1);
    if (box && box.cells[0]!.shape === cell.shape) box.cells.push(cell);
    else model.boxes.push({ cells: [cell] });
  }
  return model;
}

// ---------------------------------------------------------------- sections

interface Printed { model: SectionModel; entries: ContentsEntry[] }

function printedSection(answered: Answered, section: Section): Printed[] {
  const rows = answered.rowsOfSection(section);
  return rows.flatMap((row, index) => sheets(answered, section, row, rows.length > 1 ? answered.nameOf(row) : '', index + 1));
}

/** A section and behind it its further sheets. */
function sheets(answered: Answered, section: Section, row: PrintedRow, rowName: string, ordinal: number): Printed[] {
  const anchor = ordinal > 1 || rowName !== '' ? `s-${section.code}-${ordinal}` : `s-${section.code}`;
  const heading = [section.number, section.title].filter((part) => part !== '').join('　');
  const further: FurtherSheet[] = [];
  const blocks = section.blocks.map((block) => printedBlock(answered, section, block, row, further)).filter((block) => block !== null);
  const model: SectionModel = { anchor, heading, significant: section.significant ?? false, note: section.note ?? '', rowName, blocks };
  const entries: ContentsEntry[] = [];
  if (rowName === '' || ordinal === 1) entries.push({ anchor, text: heading, level: 1 });
  if (rowName !== '') entries.push({ anchor, text: rowName, level: 2 });
  const printed: Printed[] = [{ model, entries }];
  for (const [index, sheet] of further.entries()) {
    const sheetAnchor = `${anchor}-sheet-${index + 1}`;
    const text = sheet.blockHeading === '' ? sheet.name : `${sheet.blockHeading}（${sheet.name}）`;
    printed.push({
      model: {
        anchor: sheetAnchor, heading: `${section.number === '' ? '' : `${section.number}　`}${text}`, significant: section.significant ?? false, note: '', rowName,
        blocks: [{ heading: '', significant: false, note: '', pieces: sheet.pieces }],
      },
      entries: [{ anchor: sheetAnchor, text, level: 2 }],
    });
  }
  return printed;
}

function printedBlock(answered: Answered, section: Section, block: Block, row: PrintedRow, further: FurtherSheet[]): BlockModel | null {
  const heading = block.heading ?? '';
  const titles = [heading === '' ? section.title : heading.replace(/^[0-9０-９]+[.．]\s*/u, '')];
  const place = { row, blockHeading: heading, titles, headingMarked: section.significant === true || block.significant === true, further };
  const pieces = [
    ...piecesOf(answered, block.items ?? [], '', place),
    ...(block.parts ?? []).flatMap((part) => piecesOf(answered, part.items, part.heading, place)),
  ];
  if (pieces.length === 0 && heading === '') return null;
  return { heading, significant: block.significant ?? false, note: block.note ?? '', pieces };
}
