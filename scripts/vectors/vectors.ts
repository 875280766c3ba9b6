import type { Json, JsonObject } from '../../proof/json.ts';
import { json, proofs, qrTexts, references } from './areas/carriers.ts';
import { cbor } from './areas/cbor.ts';
import { claimValues, files, text } from './areas/claims.ts';
import { disclosures } from './areas/disclosures.ts';
import { batchIds, commitments, trees } from './areas/hashing.ts';
import { nodes } from './areas/nodes.ts';
import { presentations } from './areas/presentations.ts';
import { readings } from './areas/reading.ts';
import { snapshots } from './areas/snapshots.ts';
import { verdicts } from './areas/verdict.ts';

/** A file of vectors: what must be taken, and what must be refused, with the code that this implementation gives for it. */
export interface VectorFile extends JsonObject {
  about: string;
  valid: readonly Json[];
  invalid: readonly Json[];
}

/** Every area of the format by the name of its file. */
export function createVectors(): Record<string, VectorFile> {
  return {
    cbor: cbor(),
    text: text(),
    'claim-values': claimValues(),
    files: files(),
    commitments: commitments(),
    trees: trees(),
    'batch-ids': batchIds(),
    proofs: proofs(),
    disclosures: disclosures(),
    'qr-texts': qrTexts(),
    json: json(),
    presentations: presentations(),
    references: references(),
    readings: readings(),
    nodes: nodes(),
    snapshots: snapshots(),
    verdicts: verdicts(),
  };
}
