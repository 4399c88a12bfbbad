import { findingFrom } from '../../../analysis/findings.js';
import { simulate } from '../../../engine/runtimes/virtual/simulate.js';
import { expandSweep } from '../../../workloads/expand.js';
import { csvHeader } from '../../csv.js';

console.log(simulate, document.title, csvHeader(), expandSweep, findingFrom);
