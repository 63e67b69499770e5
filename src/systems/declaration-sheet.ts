import { In } from 'typeorm';
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code, Help, ItemKind } from '../engine/form.js';
import { Department } from '../identity/organisation.entity.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { retired, type Catalogue } from './catalogue.js';
import { closedWhy } from './declaration-access.js';
import { readDeclared, returnedOf, type Declared, type ReturnedDeclaration } from './declaration-reading.js';
import { countStates, DECLARATION_STATES, inheritanceWords, lifetimeOf, type DeclarationState, type Lifetime, type StateCounts } from './declaration-states.js';
import { DeclarationEvidence, type Declaration } from './declaration.entity.js';
import { soundValue } from './facts.js';
import { valueText } from './register-values.js';
import { InformationSystem, type SystemKind } from './system.entity.js';

export interface EvidenceListed {
  id: string;
  fileName: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** ISO instant. */
  addedAt: string;
  addedBy: string;
}

/** The system's own declaration of a control. */
export interface OwnDeclaration extends Lifetime {
  id: string;
  value: AnswerValue;
  /** The value as a person reads it. */
  words: string;
  /** False: the catalogue no longer has this value, so it does not count. */
  fits: boolean;
  note: string;
  declaredOn: string;
  by: string;
  approved: { by: string; /** ISO instant. */ at: string } | null;
  returned: ReturnedDeclaration | null;
  copiedFrom: { id: string; name: string } | null;
  version: number;
  evidence: EvidenceListed[];
  /** The person may approve it now. */
  approvable: boolean;
}

export interface ControlOnSheet {
  code: Code;
  label: string;
  help: Help | null;
  /** What counts as evidence. */
  evidenceHint: string | null;
  kind: ItemKind;
  options: { code: Code; label: string }[];
  unit: string;
  min: number | null;
  max: number | null;
  inheritable: boolean;
  /** Only of controls that are no longer declared; they stand here while an old declaration does. */
  retired: { since: string; insteadBy: { code: Code; label: string } | null } | null;
  state: DeclarationState;
  stateLabel: string;
  own: OwnDeclaration | null;
  /** What the platforms give, whether it counts or the own declaration overrides it. */
  inherited: { platform: { id: string; name: string }; value: AnswerValue; words: string; declaredOn: string; approved: boolean; counts: boolean } | null;
  /** Inheritance in a sentence. */
  inheritanceWords: string | null;
}

export interface DeclarationSheet {
  system: { id: string; name: string; kind: SystemKind; departmentId: string; departmentName: string };
  platforms: { id: string; name: string }[];
  /** 申告の有効期間, months. */
  months: number;
  /** ISO day for which states are shown. */
  today: string;
  groups: { code: Code; number: string; title: string; counts: StateCounts; controls: ControlOnSheet[] }[];
  /** Over all controls that are declared today. */
  counts: StateCounts;
  may: { declare: boolean; approve: boolean; /** Why neither, of a system that is no more. */ closed: string | null };
}

interface Surroundings extends Declared {
  evidence: Map<string, EvidenceListed[]>;
  returned: Map<string, ReturnedDeclaration>;
  sources: Map<string, string>;
  may: DeclarationSheet['may'];
}

/** The person may see the system; asks for nothing else. */
export async function readSheet(ctx: Ctx, catalogue: Catalogue, system: InformationSystem): Promise<DeclarationSheet> {
  const declared = await readDeclared(ctx, catalogue, system.id);
  const closed = closedWhy(catalogue, system)?.message ?? null;
  const may = (permission: 'declaration.write' | 'declaration.approve'): boolean => closed === null && allows(ctx.actor.grants, permission, system.departmentId);
  const around: Surroundings = {
    ...declared, ...(await besides(ctx, [...declared.own.values()])), returned: await returnedOf(ctx, [system.id]),
    may: { declare: may('declaration.write'), approve: may('declaration.approve'), closed },
  };
  const department = await scoped(ctx, Department).get(system.departmentId);
  const today = ctx.clock.today();
  const groups = catalogue.controls.sections.flatMap(({ code, section }) => {
    const controls = catalogue.controls.items.filter((one) => one.section.code === code && (!retired(one.item, today) || declared.own.has(one.code))).map((one) => onSheet(ctx, catalogue, one, around));
    return controls.length === 0 ? [] : [{ code, number: section.number, title: section.title, counts: countStates(controls.filter((one) => one.retired === null).map((one) => one.state)), controls }];
  });
  return {
    system: { id: system.id, name: system.name, kind: system.kind, departmentId: system.departmentId, departmentName: department.name },
    platforms: declared.platforms.map(({ id, name }) => ({ id, name })), months: declared.months, today, groups,
    counts: countStates(groups.flatMap((group) => group.controls.filter((one) => one.retired === null).map((one) => one.state))), may: around.may,
  };
}

async function besides(ctx: Ctx, own: readonly Declaration[]): Promise<Pick<Surroundings, 'evidence' | 'sources'>> {
  const files = own.length === 0 ? [] : await scoped(ctx, DeclarationEvidence).find({ declarationId: In(own.map((one) => one.id)) }, { addedAt: 'ASC', id: 'ASC' });
  const evidence = new Map<string, EvidenceListed[]>();
  for (const one of files) evidence.set(one.declarationId, [...(evidence.get(one.declarationId) ?? []), evidenceListed(one)]);
  const from = [...new Set(own.flatMap((one) => one.copiedFromId ?? []))];
  const sources = from.length === 0 ? [] : await scoped(ctx, InformationSystem).find({ id: In(from) });
  return { evidence, sources: new Map(sources.map((one) => [one.id, one.name])) };
}

export function evidenceListed({ id, fileName, mediaType, size, sha256, addedAt, addedByName }: DeclarationEvidence): EvidenceListed {
  return { id, fileName, mediaType, size, sha256, addedAt: addedAt.toISOString(), addedBy: addedByName };
}

function onSheet(ctx: Ctx, catalogue: Catalogue, control: CompiledItem, around: Surroundings): ControlOnSheet {
  const { item, code } = control;
  const standing = around.standings.get(code)!;
  const words = (value: AnswerValue): string => valueText(control, value);
  const { below } = standing;
  const declaration = around.own.get(code);
  return {
    code, label: item.label, help: item.help ?? null, evidenceHint: item.evidence ?? null, kind: item.kind,
    options: [...(control.options?.values() ?? [])].map((option) => ({ code: option.code, label: option.label })),
    unit: item.kind === 'number' ? (item.unit ?? '') : '', min: item.kind === 'number' ? (item.min ?? null) : null, max: item.kind === 'number' ? (item.max ?? null) : null,
    inheritable: item.inheritable === true, retired: retirement(catalogue, control, ctx.clock.today()),
    state: standing.state, stateLabel: DECLARATION_STATES[standing.state],
    own: declaration === undefined ? null : ownDeclaration(ctx, catalogue, control, declaration, around),
    inherited: below === null ? null : { ...below, words: words(below.value), counts: standing.state === 'inherited' },
    inheritanceWords: inheritanceWords(standing, words),
  };
}

function retirement(catalogue: Catalogue, { item }: CompiledItem, today: string): ControlOnSheet['retired'] {
  if (!retired(item, today)) return null;
  const { since, insteadBy } = item.retired!;
  const next = insteadBy === undefined ? undefined : catalogue.controls.byCode.get(insteadBy);
  return { since, insteadBy: next === undefined ? null : { code: next.code, label: next.item.label } };
}

function ownDeclaration(ctx: Ctx, catalogue: Catalogue, control: CompiledItem, declaration: Declaration, around: Surroundings): OwnDeclaration {
  const { id, value, note, declaredOn, version, approvedAt, approvedByName, copiedFromId } = declaration;
  const lifetime = lifetimeOf(declaredOn, around.months, ctx.clock.today());
  const fits = soundValue(catalogue.controls, control.code, value) !== null;
  const living = fits && !lifetime.stale && !retired(control.item, ctx.clock.today());
  return {
    id, value, words: valueText(control, value), fits, note, declaredOn, by: declaration.declaredByName, ...lifetime, version,
    approved: approvedAt === null ? null : { by: approvedByName ?? '', at: approvedAt.toISOString() },
    returned: around.returned.get(`${declaration.systemId}/${control.code}`) ?? null,
    copiedFrom: copiedFromId === null ? null : { id: copiedFromId, name: around.sources.get(copiedFromId) ?? '' },
    evidence: around.evidence.get(id) ?? [],
    approvable: living && around.may.approve && approvedAt === null && !(declaration.declaredById !== null && declaration.declaredById === ctx.actor.id),
  };
}
