import { Controller, Get } from '@nestjs/common';
import { ThresholdJudging } from '../assessments/threshold-judgement.service.js';
import { AccountRegister } from '../identity/account-register.service.js';
import { JournalList } from '../identity/journal-list.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { workbook, XLSX } from '../rendering/workbook.js';
import { opensContents } from './administration/journal-contents.js';
import { ACTION_WORDS, KIND_WORDS } from './administration/journal-words.js';
import { Allow, InCtx } from './allow.js';
import { file, type Outcome } from './outcome.js';
import { LEVELS } from './threshold/questions.js';

export { XLSX };
/** Newest entries of the journal in one file. */
const MOST_ENTRIES = 10_000;

/** The lists of the product as XLSX files. */
@Controller('lists')
export class ListsController {
  constructor(
    private readonly judging: ThresholdJudging,
    private readonly accounts: AccountRegister,
    private readonly journal: JournalList,
  ) {}

  @Get('threshold.xlsx')
  @Allow('threshold.read')
  async judgements(@InCtx() ctx: Ctx): Promise<Outcome> {
    const rows = (await this.judging.list(ctx)).map((one) => [one.affairName, LEVELS[one.result].label, one.bodyName, one.departmentName, one.judgedOn, one.judgedByName]);
    return file(await workbook('しきい値判断', [{ label: '事務の名称', width: 48 }, { label: '結果', width: 28 }, { label: '評価実施機関', width: 20 }, { label: '所管課', width: 20 }, { label: '判断した日', width: 14 }, { label: '判断した人', width: 20 }], rows), XLSX, 'しきい値判断一覧.xlsx');
  }

  @Get('accounts.xlsx')
  @Allow('administration.manage')
  async people(@InCtx() ctx: Ctx): Promise<Outcome> {
    const rows: (string | number)[][] = [];
    for (let at = 1, pages = 1; at <= pages; at += 1) {
      const found = await this.accounts.list(ctx, '', at);
      rows.push(...found.accounts.map((one) => [one.account.signInName, one.account.name, one.departmentName, one.roles.map((role) => (role.departmentName === '' ? role.label : `${role.label}（${role.departmentName}）`)).join('、'), one.account.disabled ? '停止中' : '使用中']));
      pages = found.pages;
    }
    return file(await workbook('利用者', [{ label: '利用者ID', width: 24 }, { label: '表示名', width: 28 }, { label: '所属', width: 24 }, { label: '役割', width: 48 }, { label: '状態', width: 10 }], rows), XLSX, '利用者一覧.xlsx');
  }

  @Get('journal.xlsx')
  @Allow('journal.read')
  async entries(@InCtx() ctx: Ctx): Promise<Outcome> {
    const rows: (string | number | Date)[][] = [];
    for (let from: number | null = 0; from !== null && rows.length < MOST_ENTRIES;) {
      const found: Awaited<ReturnType<JournalList['list']>> = await this.journal.list(ctx, '', from);
      rows.push(...found.entries.map(({ number, at, who, happening }) => [number, new Date(at), who, KIND_WORDS[happening.object.kind] ?? happening.object.kind, ACTION_WORDS[happening.action] ?? happening.action, ...(opensContents(happening, ctx.actor.grants) ? [happening.path ?? '', happening.comment ?? ''] : ['', ''])]));
      from = found.next;
    }
    return file(await workbook('記録', [{ label: '番号', width: 10 }, { label: '日時', width: 20 }, { label: 'だれが', width: 28 }, { label: '種類', width: 16 }, { label: '何を', width: 28 }, { label: '場所', width: 40 }, { label: 'コメント', width: 40 }], rows), XLSX, '記録一覧.xlsx');
  }
}
