// Prints how many tests passed, failed and were skipped, from Vitest's JSON report; names the skipped ones.
import { readFileSync } from 'node:fs';

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = testResults.flatMap((file) => file.assertionResults);
const withStatus = (...statuses) => tests.filter(({ status }) => statuses.includes(status));
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);

const passed = withStatus('passed').length;
const failed = withStatus('failed').length + brokenFiles.length;
const skipped = withStatus('skipped', 'pending', 'todo', 'disabled');
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
if (failed > 0 || skipped.length > 0 || passed === 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
