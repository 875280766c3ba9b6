// npm run check: what can be said about the code without running the product. Every step runs, so that one call shows everything.
import { runStep } from './run-step.ts';

const results = [
  runStep('style (Biome)', 'biome', ['check', '--error-on-warnings', '.']),
  runStep('types and imports between rooms (tsc -b)', 'tsc', ['-b']),
  runStep('test vectors unchanged', process.execPath, ['scripts/make-vectors.ts', '--check']),
  runStep('types of the client (client/api.ts)', process.execPath, ['scripts/make-client.ts', '--check']),
  runStep('QR versions in FORMAT.md', process.execPath, ['scripts/qr-table.ts', '--check']),
  runStep('what the verifier carries (bundle rule)', process.execPath, ['scripts/build-verifier.ts', '--check']),
  runStep('what console, holders’ page and components carry (bundle rule)', process.execPath, [
    'scripts/build-places.ts',
    '--check',
  ]),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
