import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { Templates } from './html.js';

/** Machines for output: HTML from templates, PDF from HTML, pictures. Knows no noun of the field. */
@Module({})
export class RenderingModule {
  static with(templates: Templates): DynamicModule {
    return { module: RenderingModule, global: true, providers: [{ provide: Templates, useValue: templates }], exports: [Templates] };
  }
}
