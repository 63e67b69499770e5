/** Charts of tabulations, as wide as an upright page. Pure. */
import { tableChart } from '../rendering/table-chart.js';
import type { ChartModel } from './audit-document.model.js';

/** px at 96 to the inch. */
const WIDTH = 627;

export const drawTableChart = ({ title: _, ...picture }: ChartModel): string => tableChart({ ...picture, width: WIDTH });
