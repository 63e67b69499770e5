import { Module } from '@nestjs/common';
import { AssessmentsModule } from '../assessments/assessments.module.js';
import { Documents } from './documents.service.js';

/**
 * Outputs: report models and the stored, provable files made from them. Uses assessments, jobs and rendering;
 * used by the pages and the command line.
 */
@Module({ imports: [AssessmentsModule], providers: [Documents], exports: [Documents] })
export class DocumentsModule {}
