import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { Post } from '../../proof/nodes.ts';
import type { Proof } from '../../proof/proof.ts';
import { decodeTrust } from '../../proof/trust.ts';
import { toVerdictJson } from '../../proof/verdict-json.ts';
import { verifyProof } from '../../proof/verification.ts';

/** What the verifier's own function says of a proof, for machines. */
export type Judge = (proof: Proof) => Promise<JsonObject>;

interface JudgeParts {
  /** The text of trust.json. */
  trust(): Promise<string>;
  catalogue: Pick<Catalogue, 'types' | 'departments'>;
  now(): number;
  post: Post;
}

/** It trusts what this service's verifiers trust, and asks the nodes that they ask. */
export function createJudge({ trust, catalogue, now, post }: JudgeParts): Judge {
  const findFile = (path: string) =>
    catalogue.types.find(({ sha256 }) => path === `types/${sha256}.json`) ??
    catalogue.departments.find(({ sha256 }) => path === `issuers/${sha256}.json`);
  return async (proof) => {
    const verdict = await verifyProof(proof, {
      trust: decodeTrust(await trust()),
      async loadFile(path) {
        const file = findFile(path);
        if (!file) throw new Error(`the catalogue has no ${path}`);
        return file.bytes;
      },
      post,
      now: () => Math.floor(now() / 1000),
    });
    return toVerdictJson(verdict);
  };
}
