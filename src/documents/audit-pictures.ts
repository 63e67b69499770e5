/** Charts of tabulations, as wide as an upright page. Pure. */
import { tableChart } from '../rendering/table-chart.js';
import type { ChartModel } from './audit-document.model.js';

/** px at 96 to the inch. */
const WIDTH = 627;

export const drawTableChart = ({ description, kind, rows, series }: ChartModel): string => tableChart({ description, kind, rows, series, width: WIDTH });
