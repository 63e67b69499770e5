import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who may sign in. */
@Entity('account')
export class Account {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  /** 利用者ID, unique in the installation. */
  @Column('text', { name: 'sign_in_name' }) signInName: string;
  /** Shown in histories and on pages. */
  @Column('text') name: string;
  @Column('uuid', { name: 'department_id', nullable: true }) departmentId: string | null;
  /** argon2id; null: cannot sign in with a password yet. */
  @Column('text', { name: 'password_hash', nullable: true, select: false }) passwordHash: string | null;
  @Column('boolean') disabled: boolean;
  @Column('boolean', { name: 'must_change_password' }) mustChangePassword: boolean;
  /** Sentence on the card of the demo city; null: no card. */
  @Column('text', { name: 'demo_card', nullable: true }) demoCard: string | null;
  /** Where reminders go; null: shown on the home page only. */
  @Column('text', { nullable: true }) mail: string | null;
  @Column('int') version: number;
}

/** A role that an account holds: in one department, or in the whole organisation. */
@Entity('account_role')
export class AccountRole {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'account_id' }) accountId: string;
  @Column('text') role: string;
  @Column('uuid', { name: 'department_id', nullable: true }) departmentId: string | null;
}

/** An open session; the cookie holds the token, the table its hash. */
@Entity('session')
export class Session {
  @PrimaryColumn('text', { name: 'token_hash' }) tokenHash: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId: string;
  @Column('uuid', { name: 'account_id' }) accountId: string;
  @Column('text', { name: 'csrf_token' }) csrfToken: string;
  @Column('timestamptz', { name: 'started_at' }) startedAt: Date;
  @Column('timestamptz', { name: 'seen_at' }) seenAt: Date;
}
