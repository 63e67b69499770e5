import { ROLES, type Role } from '../../identity/permissions.js';
import { opensContents } from './journal-contents.js';

const readers = (kind: string): Role[] => (Object.keys(ROLES) as Role[]).filter((role) => opensContents({ object: { kind, id: '1' } }, [{ role, department: null }]));

it.each(['audit', 'audit-plan', 'field-record', 'questionnaire', 'questionnaire-response', 'finding', 'improvement', 'deliberation', 'audit-report', 'corrective-action', 'action-notice', 'action-asking', 'image', 'something that nobody named'])(
  'what the journal says of %s is for those who read audits', (kind) => expect(readers(kind)).toEqual(['audit-secretariat', 'audit-member']));

it.each(['account', 'department', 'assessment', 'system'])('what it says of %s is for whoever reads the journal', (kind) => expect(readers(kind)).toEqual(Object.keys(ROLES)));
