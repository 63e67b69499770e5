/** One control of the page of declarations, as its template draws it. Pure. */
import type { CompiledForm } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import type { ControlOnSheet, EvidenceListed, OwnDeclaration } from '../../systems/declaration-sheet.js';
import type { DeclarationState } from '../../systems/declaration-states.js';
import { EVIDENCE_LIMITS } from '../../systems/evidence-files.js';
import { timeText } from '../assessments/assessment-view.js';
import { formField, type FieldModel } from '../fields/field-model.js';
import { prefixOf, shownBefore, type SentControl } from './sent-controls.js';

/** Sign and colour of each state; the word beside them is that of the sheet. */
export const STATE_SIGNS: Readonly<Record<DeclarationState, { sign: string; tone: string }>> = {
  approved: { sign: '✓', tone: 'green' },
  declared: { sign: '●', tone: 'blue' },
  inherited: { sign: '↓', tone: 'violet' },
  stale: { sign: '！', tone: 'amber' },
  'not-declared': { sign: '－', tone: '' },
};

export interface StateChip {
  sign: string;
  tone: string;
  label: string;
}

export interface ControlView {
  code: Code;
  anchor: string;
  label: string;
  /** Its fields, with blank ones where nothing is declared; null where this person only reads. */
  field: FieldModel | null;
  partial: string;
  /** Names under which the control sends, for a save of this control alone. */
  params: string;
  help: { asks: string; example: string; mistake: string };
  evidenceHint: string;
  chip: StateChip;
  /** Own declaration in words, or what is inherited; blank for nothing. */
  words: string;
  inherited: string;
  retired: string;
  own: {
    note: string; declaredOn: string; by: string; approved: string; copiedFrom: string; lastDay: string; soon: boolean; stale: boolean; unfit: boolean; version: number;
    returned: { comment: string; by: string; at: string } | null;
  } | null;
  note: string;
  on: string;
  /** Note and day stand open. */
  open: boolean;
  seen: number;
  was: string;
  evidence: { id: string; name: string; size: string; at: string; by: string }[];
  mayDeclare: boolean;
  mayAttach: boolean;
  mayRenew: boolean;
  problems: string[];
  /** Of a file that was refused. */
  evidenceProblem: string;
}

export interface ControlAround {
  form: CompiledForm;
  mayDeclare: boolean;
  /** What was typed and not saved. */
  typed?: Pick<SentControl, 'value' | 'note' | 'on'>;
  problems?: string[];
  evidenceProblem?: string;
}

export const anchorOfControl = (code: Code): string => `c-${code}`;

export function chipOf({ state, stateLabel, own }: ControlOnSheet): StateChip {
  return own?.returned != null ? { sign: '←', tone: 'red', label: '差戻し' } : { ...STATE_SIGNS[state], label: stateLabel };
}

export function controlView(control: ControlOnSheet, { form, mayDeclare, typed, problems = [], evidenceProblem = '' }: ControlAround): ControlView {
  const { code, own } = control;
  const editable = mayDeclare && control.retired === null;
  const shown = typed ?? storedFields(own);
  const evidence = (own?.evidence ?? []).map(evidenceView);
  return {
    code, anchor: anchorOfControl(code), label: control.label, field: editable ? fieldOf(form, code, shown.value, problems) : null, partial: `fields/${control.kind}`, params: paramsOf(control),
    help: helpOf(control), evidenceHint: control.evidenceHint ?? '', chip: chipOf(control), words: wordsOf(control), inherited: control.inheritanceWords ?? '', retired: retiredWords(control),
    own: own === null ? null : ownView(own), note: shown.note, on: shown.on, open: shown.note !== '' || shown.on !== '',
    seen: own === null ? 0 : own.version, was: shownBefore(own), evidence, mayDeclare, mayAttach: editable && own !== null && evidence.length < EVIDENCE_LIMITS.files,
    mayRenew: editable && mayBeRenewed(own), problems, evidenceProblem,
  };
}

function storedFields(own: OwnDeclaration | null): Pick<SentControl, 'value' | 'note' | 'on'> {
  return own === null ? { value: null, note: '', on: '' } : { value: own.fits ? own.value : null, note: own.note, on: '' };
}

function helpOf({ help }: ControlOnSheet): ControlView['help'] {
  return { asks: help?.asks ?? '', example: help?.example ?? '', mistake: help?.mistake ?? '' };
}

function wordsOf({ own, inherited }: ControlOnSheet): string {
  return own === null ? (inherited?.words ?? '') : own.words;
}

function mayBeRenewed(own: OwnDeclaration | null): boolean {
  return own !== null && own.fits && (own.stale || own.soon || own.returned !== null);
}

/** A blank is no option here: whoever wants to declare nothing again withdraws. */
function fieldOf(form: CompiledForm, code: Code, value: unknown, problems: string[]): FieldModel {
  const field = formField(form.byCode.get(code)!, value, { prefix: prefixOf(code), problems, optionSets: form.definition.optionSets });
  return { ...field, need: 'none', control: { ...field.control, clearable: false } };
}

function ownView(own: OwnDeclaration): NonNullable<ControlView['own']> {
  return {
    note: own.note, declaredOn: own.declaredOn, by: own.by, approved: own.approved === null ? '' : `${own.approved.by}（${timeText(own.approved.at)}）`, copiedFrom: own.copiedFrom?.name ?? '',
    lastDay: own.lastDay, soon: own.soon, stale: own.stale, unfit: !own.fits, version: own.version,
    returned: own.returned === null ? null : { comment: own.returned.comment, by: own.returned.by, at: timeText(own.returned.at) },
  };
}

function retiredWords({ retired }: ControlOnSheet): string {
  if (retired === null) return '';
  return `この統制は、もう申告しません。${retired.insteadBy === null ? '' : `代わりに「${retired.insteadBy.label}」を申告してください。`}`;
}

function evidenceView({ id, fileName, size, addedAt, addedBy }: EvidenceListed): ControlView['evidence'][number] {
  return { id, name: fileName, size: sizeText(size), at: timeText(addedAt), by: addedBy };
}

/** 1.2MB, 34KB, 512バイト */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes}バイト`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024).toLocaleString('ja-JP')}KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}

function paramsOf({ code, options }: ControlOnSheet): string {
  const names = ['choice', 'count', 'text', 'value', 'checked', ...options.flatMap((one) => [`text.${one.code}`, `count.${one.code}`]), 'note', 'on', 'seen', 'was'];
  return names.map((one) => `${prefixOf(code)}${one}`).join(',');
}
