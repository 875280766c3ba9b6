import type { RegistryAddress } from '../../proof/signature.ts';
import { createStatusSigner, createStructSigner, keccak, type StatusSigner, word } from './signer.ts';
import type { SigningKey } from './signing-key.ts';

export interface ExtensionToSign {
  /** 32 bytes: the batch's id. */
  batch: Uint8Array;
  leaf: number;
  /** The last valid day in Hong Kong, in days since 1970-01-01; 9999-12-31 stands for "until further notice". */
  validUntil: number;
  reason: number;
  nonce: number;
}

export interface NoticeToSign {
  /** The issuer's number in the registry, and the type's number at the issuer. */
  issuer: number;
  credentialType: number;
  /** Days in Hong Kong since 1970-01-01: what ends from the first to the second of them is valid until the third. */
  from: number;
  to: number;
  validUntil: number;
  /** 32 bytes: UTF-8, padded with zeros. */
  law: Uint8Array;
  nonce: number;
}

/** What a department's anchor key alone can do after the anchor: prolong validity, and take back what any status key suspended. */
export interface ValiditySigner extends Pick<StatusSigner, 'address' | 'signStatusChange'> {
  /** 65 bytes r, s, v. */
  signExtension(extension: ExtensionToSign): Promise<Uint8Array>;
  /** The same of a notice. */
  signNotice(notice: NoticeToSign): Promise<Uint8Array>;
}

const EXTENSION_TYPE = keccak('Extension(bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce)');
const NOTICE_TYPE = keccak(
  'Notice(uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce)',
);

/** Signs under the key's next nonce in the registry (EIP-712), of whose digests it computes everything itself. */
export function createValiditySigner(key: SigningKey, registry: RegistryAddress): ValiditySigner {
  const sign = createStructSigner(key, registry);
  return {
    address: key.address,
    signStatusChange: createStatusSigner(key, registry).signStatusChange,
    signExtension: async ({ batch, leaf, validUntil, reason, nonce }) =>
      sign(EXTENSION_TYPE, batch, word(leaf), word(validUntil), word(reason), word(nonce)),
    signNotice: async ({ law, ...notice }) => {
      const { issuer, credentialType, from, to, validUntil, nonce } = notice;
      const numbers = [issuer, credentialType, from, to, validUntil].map(word);
      return sign(NOTICE_TYPE, ...numbers, law, word(nonce));
    },
  };
}
