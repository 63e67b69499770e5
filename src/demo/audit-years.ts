/** 措置 of the followed audit: asked every year, reported, checked, notified, published, until they are settled. */
import { ActionAskings } from '../findings/action-askings.service.js';
import { ActionEvidence } from '../findings/action-evidence.service.js';
import { ActionNotices } from '../findings/action-notices.service.js';
import { ActionSettling } from '../findings/action-settling.service.js';
import { AuditReport } from '../findings/audit-report.entity.js';
import { AuditReports } from '../findings/audit-reports.service.js';
import { ActionNotice, CorrectiveAction } from '../findings/corrective-action.entity.js';
import { CorrectiveActions } from '../findings/corrective-actions.service.js';
import { ReportSteps } from '../findings/report-steps.service.js';
import { Department } from '../identity/organisation.entity.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { demoDepartment } from './city.js';
import type { Played } from './audit-followed.js';
import type { FollowedAudit, ScriptDay, WrittenYear } from './audit-script.js';
import { AUDITOR, officeOf, type Stage } from './audit-stage.js';

interface Scene {
  on: ScriptDay;
  play(): Promise<void>;
}

export async function playYears(stage: Stage, written: FollowedAudit, { audit, findings, improvements }: Played): Promise<void> {
  const actions = new Map<string, string>();
  await stage.on(stage.day('-2-04-20'), AUDITOR, async (ctx) => {
    for (const { key, finding, improvement, title, department, due, planned } of written.actions) {
      const [id] = await stage.get(CorrectiveActions).add(ctx, { findingId: findings.get(finding)!, improvementId: improvements.get(improvement)! }, [{ title, planned, dueOn: stage.day(due), departmentId: demoDepartment(department) }]);
      actions.set(key, id!);
    }
  });
  const scenes = written.years.flatMap((year) => scenesOf(stage, audit, actions, year)).filter((one) => stage.past(one.on));
  scenes.sort((a, b) => (stage.day(a.on) < stage.day(b.on) ? -1 : 1));
  for (const scene of scenes) await scene.play();
}

function scenesOf(stage: Stage, audit: string, actions: ReadonlyMap<string, string>, year: WrittenYear): Scene[] {
  const idOf = (key: string): string => actions.get(key)!;
  const act = (on: ScriptDay, key: string, work: (ctx: Ctx, id: string, seen: number) => Promise<unknown>, byDepartment = false): Scene => ({
    on,
    play: async () => {
      const actor = byDepartment ? await responsible(stage, idOf(key)) : AUDITOR;
      await stage.on(stage.day(on), actor, async (ctx) => void (await work(ctx, idOf(key), await stage.seen(ctx, CorrectiveAction, idOf(key)))));
    },
  });
  const { asking, progress, settle, postpone = [], transfer, reopen, notice } = year;
  return [
    { on: asking.on, play: () => stage.on(stage.day(asking.on), AUDITOR, async (ctx) => void (await stage.get(ActionAskings).ask(ctx, { year: stage.thisYear + year.year, dueOn: stage.day(asking.due) }))) },
    ...progress.map(({ on, action, text, state, evidence }) => act(on, action, async (ctx, id, seen) => {
      if (evidence !== undefined) await stage.get(ActionEvidence).add(ctx, id, { fileName: evidence.name, bytes: Buffer.from(evidence.text) }, evidence.caption);
      await stage.get(CorrectiveActions).report(ctx, id, seen, { text, state });
    }, true)),
    ...settle.map(({ on, action, text, effective = true }) => act(on, action, (ctx, id, seen) => stage.get(ActionSettling).checkEffect(ctx, id, seen, { verdict: effective ? 'effective' : 'not-effective', text }))),
    ...postpone.map(({ on, action, text, until }) => act(on, action, (ctx, id, seen) => stage.get(CorrectiveActions).postpone(ctx, id, seen, { dueOn: stage.day(until), reason: text }), true)),
    ...(transfer === undefined ? [] : [act(transfer.on, transfer.action, (ctx, id, seen) => stage.get(CorrectiveActions).transfer(ctx, id, seen, { departmentId: demoDepartment(transfer.to), reason: transfer.text }))]),
    ...(reopen === undefined ? [] : [act(reopen.on, reopen.action, (ctx, id, seen) => stage.get(ActionSettling).reopen(ctx, id, seen, { state: 'partly-taken', reason: reopen.text }))]),
    ...noticeScenes(stage, audit, idOf, notice),
  ];
}

function noticeScenes(stage: Stage, audit: string, idOf: (key: string) => string, { on, received, publish, items }: WrittenYear['notice']): Scene[] {
  let notice = '';
  const [first] = Object.keys(items) as [string];
  return [
    { on, play: async () => {
      notice = await stage.on(stage.day(on), await responsible(stage, idOf(first)), async (ctx) => {
        const id = await stage.get(ActionNotices).draft(ctx, Object.entries(items).map(([key, text]) => ({ actionId: idOf(key), text })));
        await stage.get(ActionNotices).notify(ctx, id, await stage.seen(ctx, ActionNotice, id), stage.day(on));
        return id;
      });
    } },
    { on: received, play: () => stage.on(stage.day(received), AUDITOR, async (ctx) => stage.get(ActionNotices).receive(ctx, notice, await stage.seen(ctx, ActionNotice, notice), stage.day(received))) },
    { on: publish.on, play: () => stage.on(stage.day(publish.on), AUDITOR, async (ctx) => {
      const day = stage.day(publish.on);
      const id = await stage.get(AuditReports).begin(ctx, audit, 'measures');
      await stage.get(ReportSteps).fix(ctx, audit, id, await stage.seen(ctx, AuditReport, id), { decidedOn: day, acknowledged: true, note: '' });
      await stage.get(ReportSteps).publish(ctx, audit, id, await stage.seen(ctx, AuditReport, id), { publishedOn: day, number: publish.number });
    }) },
  ];
}

/** Somebody of the department that is responsible now. */
async function responsible(stage: Stage, actionId: string): Promise<Actor> {
  const { id, name } = await stage.on(null, AUDITOR, async (ctx) => scoped(ctx, Department).get((await scoped(ctx, CorrectiveAction).get(actionId)).departmentId));
  return officeOf(id, name, 'section-head');
}
