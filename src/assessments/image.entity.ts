import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A picture of a figure, stored once per organisation under the hash of its bytes. */
@Entity('image')
export class Image {
  @PrimaryColumn('uuid', { name: 'organisation_id' }) organisationId: string;
  /** SHA-256 (hex) of `bytes`. */
  @PrimaryColumn('text') sha256: string;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('int') width: number;
  @Column('int') height: number;
  @Column('bytea') bytes: Buffer;
}
