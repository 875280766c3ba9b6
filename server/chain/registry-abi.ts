/**
 * The registry's whole ABI, by hand: it says what contracts/interfaces/ says, and test/contracts/registry-abi.test.ts holds it against
 * the compiled contract. Read the field "keys" of a reading with `getValue('keys')`: an ethers Result has a method of that name.
 */

const batchAnchor = '(uint32 issuer, bytes32 credentialType, bytes32 root, uint16 size, uint8 v, bytes32 r, bytes32 s)';
const statusChange = '(bytes32 batch, uint8 act, uint256 leaves, uint16 reason)';
const amendment = '(bytes32 batch, uint8 leaf, bytes32 successorBatch, uint8 successorLeaf)';
const signature = '(uint8 v, bytes32 r, bytes32 s)';
const typeReading = '(uint32 number, bytes32 definition, uint8 state)';
const keyReading =
  '(uint32 number, address key, uint8 purpose, uint40 validFrom, uint40 validUntil, uint40 invalidFrom)';
const batchReading =
  '(bytes32 id, uint32 number, uint32 credentialType, uint16 size, uint32 key, uint40 anchoredAt, uint256 revoked, uint256 suspended, uint256 amended)';
const pageReading =
  '(uint256 chainId, uint256 blockNumber, uint256 blockTime, bytes32 parentHash, uint32 issuer, uint8 issuerState, uint32 successor, ' +
  `bytes32 profile, uint32 batchCount, ${typeReading}[] types, ${keyReading}[] keys, ${batchReading}[] batches)`;

export const registryAbi: readonly string[] = [
  'constructor(address governance_)',

  'function governance() view returns (address)',
  'error GovernanceInvalidAddress(address governance)',
  'error GovernanceUnauthorized(address account)',

  'function admitIssuer(address admin, bytes32 profile) returns (uint32 issuer)',
  'function suspendIssuer(uint32 issuer)',
  'function reinstateIssuer(uint32 issuer)',
  'function endIssuer(uint32 issuer, uint32 successor)',
  'function issuerCount() view returns (uint32)',
  'event IssuerAdmitted(uint32 indexed issuer, address admin, bytes32 profile)',
  'event IssuerSuspended(uint32 indexed issuer)',
  'event IssuerReinstated(uint32 indexed issuer)',
  'event IssuerEnded(uint32 indexed issuer, uint32 successor)',
  'error IssuerInvalidAdmin(address admin)',
  'error IssuerInvalidProfile(bytes32 profile)',
  'error IssuerInvalidSuccessor(uint32 issuer, uint32 successor)',
  'error IssuerInvalidTransition(uint32 issuer, uint8 from, uint8 to)',
  'error IssuerNotActive(uint32 issuer, uint8 state)',
  'error IssuerUnauthorizedAdmin(uint32 issuer, address account)',

  'function addKey(uint32 issuer, address key, uint8 purpose, uint40 validFrom, uint40 validUntil)',
  'function endKey(uint32 issuer, address key)',
  'function reportCompromise(uint32 issuer, address key, uint40 since)',
  'event KeyAdded(uint32 indexed issuer, address indexed key, uint32 number, uint8 purpose, uint40 validFrom, uint40 validUntil)',
  'event KeyEnded(uint32 indexed issuer, address indexed key, uint40 validUntil)',
  'event KeyCompromised(uint32 indexed issuer, address indexed key, uint40 invalidFrom)',
  'error KeyAlreadyAdded(address key, uint32 issuer)',
  'error KeyAlreadyEnded(address key, uint40 validUntil)',
  'error KeyBackDated(address key, uint40 validFrom, uint40 blockTime)',
  'error KeyCompromiseNotEarlier(address key, uint40 since, uint40 invalidFrom)',
  'error KeyCompromiseTimeInvalid(address key, uint40 since, uint40 blockTime)',
  'error KeyInvalid(address key)',
  'error KeyInvalidPurpose(address key, uint8 purpose)',
  'error KeyInvalidWindow(address key, uint40 validFrom, uint40 validUntil)',
  'error KeyRefused(uint32 issuer, address key, uint8 fault)',

  'function openCredentialType(uint32 issuer, bytes32 definition) returns (uint32 number)',
  'function closeCredentialType(uint32 issuer, uint32 number)',
  'event CredentialTypeOpened(uint32 indexed issuer, uint32 number, bytes32 definition)',
  'event CredentialTypeClosed(uint32 indexed issuer, uint32 number)',
  'error CredentialTypeAlreadyOpened(uint32 issuer, bytes32 definition, uint32 number)',
  'error CredentialTypeInvalidDefinition(uint32 issuer, bytes32 definition)',
  'error CredentialTypeNotOpen(uint32 issuer, uint32 number, uint8 state)',

  `function anchor(${batchAnchor}[] batches)`,
  'event BatchAnchored(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint32 number, uint32 credentialType, bytes32 root, uint16 size, address key)',
  'event BatchAlreadyAnchored(bytes32 indexed batch)',
  'error BatchCredentialTypeNotOpen(uint256 index, bytes32 batch, bytes32 credentialType, uint8 state)',
  'error BatchInvalidRoot(uint256 index, bytes32 batch, bytes32 root)',
  'error BatchInvalidSize(uint256 index, bytes32 batch, uint16 size)',
  'error BatchIssuerNotActive(uint256 index, bytes32 batch, uint32 issuer, uint8 state)',
  'error BatchKeyRefused(uint256 index, bytes32 batch, address key, uint8 fault)',
  'error BatchSignatureInvalid(uint256 index, bytes32 batch)',
  'error BatchUnknown(bytes32 batch)',

  `function changeStatus(${statusChange} change)`,
  `function relayStatus(${statusChange} change, uint256 nonce, ${signature} signature)`,
  'event StatusChanged(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint8 act, uint256 leaves, uint16 reason, address key, uint40 time)',
  'error StatusActUnknown(bytes32 batch, uint8 act)',
  'error StatusLeavesInvalid(bytes32 batch, uint256 leaves, uint16 size)',

  `function amend(${amendment} amendment)`,
  `function relayAmendment(${amendment} amendment, uint256 nonce, ${signature} signature)`,
  `function readAmendments(bytes32 batch) view returns (${amendment}[] amendments)`,
  'event CredentialAmended(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint8 leaf, bytes32 successorBatch, uint8 successorLeaf, address key, uint40 time)',
  'error AmendmentLeafInvalid(bytes32 batch, uint8 leaf, uint16 size)',
  'error AmendmentOfItself(bytes32 batch, uint8 leaf)',

  `function readPage(uint32 issuer, uint32 page) view returns (${pageReading})`,
  `function read(bytes32 batch) view returns (${pageReading})`,

  'function nonces(address owner) view returns (uint256)',
  'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
  'event EIP712DomainChanged()',
  'error InvalidAccountNonce(address account, uint256 currentNonce)',
  'error InvalidShortString()',
  'error StringTooLong(string str)',
  'error SignatureInvalid(bytes32 digest)',
];
