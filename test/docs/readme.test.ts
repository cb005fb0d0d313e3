/** What the README prints runs as printed, and is answered as printed. */
import { describeDocument } from './document-suite.ts';

await describeDocument('README.md');
