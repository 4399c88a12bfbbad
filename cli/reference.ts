/** What `npm run reference` runs: prints the reference page of variables. */
import { variablePage } from '../results/variable-page.js';

process.stdout.write(variablePage());
