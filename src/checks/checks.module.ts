import { Module } from '@nestjs/common';
import { AssessmentsModule, CONTENT } from '../assessments/assessments.module.js';
import { AssessmentSystems } from '../assessments/assessment-systems.service.js';
import type { loadContent } from '../assessments/content.js';
import { Forms } from '../assessments/forms.js';
import { inProject } from '../kernel/root.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ClaimsOfSystems } from './assessment-claims.service.js';
import { CheckResults } from './check-results.service.js';
import { CheckStates } from './check-states.service.js';
import { Checking } from './checking.service.js';
import { OwnRuleSets } from './own-rule-sets.service.js';
import { Overruling } from './overruling.service.js';
import { RiskChallenges } from './risk-challenges.service.js';
import { loadRuleContent, type RuleContent } from './rule-content.js';
import { RuleResults } from './rule-results.service.js';
import { RuleSets } from './rule-sets.service.js';
import { RuleSettingsKeeping } from './rule-settings.service.js';
import { RunChanges } from './run-changes.service.js';
import { Scheduling } from './scheduling.service.js';
import { SystemCheck } from './system-check.service.js';

/** Rule sets and claims as they stand in `templates/`, checked at start. */
export const RULE_CONTENT = Symbol('rule content');

const SERVICES = [CheckResults, CheckStates, Checking, OwnRuleSets, Overruling, RiskChallenges, RuleResults, RuleSettingsKeeping, RunChanges, Scheduling, SystemCheck];

/**
 * 点検: what systems declare, held against rule sets (着眼点, 規則) and against what assessments claim; runs are kept, compared,
 * overruled. Uses engine (rules), systems (facts), risks, assessments (claims). Used by documents, web, cli.
 */
@Module({
  imports: [SystemsModule, AssessmentsModule],
  providers: [
    { provide: RULE_CONTENT, useFactory: (content: ReturnType<typeof loadContent>, catalogue: Catalogue) => loadRuleContent(inProject('templates'), content.forms, catalogue), inject: [CONTENT, Catalogue] },
    { provide: RuleSets, useFactory: (content: RuleContent) => new RuleSets(content), inject: [RULE_CONTENT] },
    { provide: ClaimsOfSystems, useFactory: (content: RuleContent, links: AssessmentSystems, forms: Forms) => new ClaimsOfSystems(content, links, forms), inject: [RULE_CONTENT, AssessmentSystems, Forms] },
    ...SERVICES,
  ],
  exports: [RULE_CONTENT, RuleSets, ClaimsOfSystems, ...SERVICES],
})
export class ChecksModule {}
