import { Answer, AnswerRow } from './assessments/answer.entity.js';
import { Assessment } from './assessments/assessment.entity.js';
import { Image } from './assessments/image.entity.js';
import { ImportReview } from './assessments/import-review.entity.js';
import { Judgement } from './assessments/threshold-judgement.entity.js';
import { StoredDocument } from './documents/document.entity.js';
import { Account, AccountRole, Session } from './identity/account.entity.js';
import { Department, ImplementingBody, Organisation } from './identity/organisation.entity.js';

/** Every table that programs read and write through `scoped`. */
export const ENTITIES = [Organisation, ImplementingBody, Department, Account, AccountRole, Session, Judgement, Assessment, AnswerRow, Answer, Image, ImportReview, StoredDocument];
