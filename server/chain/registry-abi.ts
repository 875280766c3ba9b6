/**
 * The registry's whole ABI, by hand: it says what contracts/interfaces/ says, and test/contracts/registry-abi.test.ts holds it against
 * the compiled contract. Read the field "keys" of a reading with `getValue('keys')`: an ethers Result has a method of that name.
 */

const batchAnchor = '(uint32 issuer, bytes32 credentialType, bytes32 root, uint16 size, uint8 v, bytes32 r, bytes32 s)';
const statusChange = '(bytes32 batch, uint8 act, uint256 leaves, uint24 until, uint16 reason)';
const succession = '(bytes32 batch, uint8 leaf, bytes32 successorBatch, uint8 successorLeaf)';
const extension = '(bytes32 batch, uint8 leaf, uint24 validUntil, uint16 reason)';
const notice = '(uint32 issuer, uint32 credentialType, uint24 from, uint24 to, uint24 validUntil, bytes32 law)';
const signature = '(uint8 v, bytes32 r, bytes32 s)';
const typeReading = '(uint32 number, bytes32 definition, uint8 state, uint32 noticeCount)';
const keyReading =
  '(uint32 number, address key, uint8 purpose, uint40 validFrom, uint40 validUntil, uint40 invalidFrom)';
const batchReading =
  '(bytes32 id, uint32 number, uint32 credentialType, uint16 size, uint32 key, uint40 anchoredAt, uint8 judgement, bool flagged, ' +
  'uint256 revoked, uint256 suspended, uint256 amended)';
const pageReading =
  '(uint256 chainId, uint256 blockNumber, uint256 blockTime, bytes32 parentHash, uint32 issuer, uint8 issuerState, uint32 successor, ' +
  `bytes32 profile, uint32 batchCount, ${typeReading}[] types, ${keyReading}[] keys, ${batchReading}[] batches)`;
const act = '(address key, uint40 time, uint40 invalidFrom)';
const leafRecords =
  `(uint8 leaf, bytes32 successorBatch, uint8 successorLeaf, ${act} succession, ${act} suspension, uint24 suspendedUntil, ` +
  `${act} lift, uint24 validUntil, ${act} extension)`;
const noticeReading = `(uint24 from, uint24 to, uint24 validUntil, bytes32 law, ${act} posted, uint40 withdrawnAt)`;

export const registryAbi: readonly string[] = [
  'constructor(address governance_)',

  'function governance() view returns (address)',
  'error GovernanceInvalidAddress(address governance)',
  'error GovernanceUnauthorized(address account)',

  'function setGuardian(address guardian_)',
  'function pause()',
  'function unpause()',
  'function guardian() view returns (address)',
  'function pausedUntil() view returns (uint40)',
  'event GuardianChanged(address guardian)',
  'event Paused(uint40 until)',
  'event Unpaused()',
  'error GuardianPauseTooSoon(uint40 now_, uint40 allowedFrom)',
  'error GuardianUnauthorized(address account)',
  'error RegistryNotPaused()',
  'error RegistryPaused(uint40 until)',

  'function admitIssuer(address admin, bytes32 profile) returns (uint32 issuer)',
  'function suspendIssuer(uint32 issuer)',
  'function reinstateIssuer(uint32 issuer)',
  'function endIssuer(uint32 issuer, uint32 successor)',
  'function transferAdmin(uint32 issuer, address newAdmin)',
  'function acceptAdmin(uint32 issuer)',
  'function adminOf(uint32 issuer) view returns (address admin, address offered)',
  'function issuerCount() view returns (uint32)',
  'event IssuerAdmitted(uint32 indexed issuer, address admin, bytes32 profile)',
  'event IssuerSuspended(uint32 indexed issuer)',
  'event IssuerReinstated(uint32 indexed issuer)',
  'event IssuerEnded(uint32 indexed issuer, uint32 successor)',
  'event AdminTransferOffered(uint32 indexed issuer, address admin)',
  'event AdminTransferred(uint32 indexed issuer, address from, address to)',
  'error AdminTransferNotOffered(uint32 issuer, address account)',
  'error IssuerInvalidAdmin(address admin)',
  'error IssuerInvalidProfile(bytes32 profile)',
  'error IssuerInvalidSuccessor(uint32 issuer, uint32 successor)',
  'error IssuerInvalidTransition(uint32 issuer, uint8 from, uint8 to)',
  'error IssuerNotActive(uint32 issuer, uint8 state)',
  'error IssuerUnauthorizedAdmin(uint32 issuer, address account)',

  'function proposeRecovery(uint32 issuer, address newAdmin)',
  'function objectToRecovery(uint32 issuer)',
  'function withdrawRecovery(uint32 issuer)',
  'function executeRecovery(uint32 issuer)',
  'function recoveryOf(uint32 issuer) view returns (address admin, uint40 executableFrom, bool objected, uint40 recoveredAt)',
  'event RecoveryProposed(uint32 indexed issuer, address admin, uint40 executableFrom)',
  'event RecoveryObjected(uint32 indexed issuer, uint40 executableFrom)',
  'event RecoveryWithdrawn(uint32 indexed issuer)',
  'event RecoveryExecuted(uint32 indexed issuer, address from, address to)',
  'error RecoveryAlreadyObjected(uint32 issuer)',
  'error RecoveryAlreadyProposed(uint32 issuer)',
  'error RecoveryIssuerUnknown(uint32 issuer)',
  'error RecoveryNotProposed(uint32 issuer)',
  'error RecoveryTooEarly(uint32 issuer, uint40 now_, uint40 executableFrom)',

  'function addKey(uint32 issuer, address key, uint8 purpose, uint40 validFrom, uint40 validUntil)',
  'function endKey(uint32 issuer, address key, uint40 validUntil)',
  'function renounceKey()',
  `function relayRenounceKey(address key, uint64 nonce, ${signature} signature)`,
  'function reportCompromise(uint32 issuer, address key, uint40 since)',
  'function nonces(address key) view returns (uint64)',
  'event KeyAdded(uint32 indexed issuer, address indexed key, uint32 number, uint8 purpose, uint40 validFrom, uint40 validUntil)',
  'event KeyEnded(uint32 indexed issuer, address indexed key, uint40 validUntil)',
  'event KeyCompromised(uint32 indexed issuer, address indexed key, uint40 invalidFrom)',
  'error KeyAlreadyAdded(address key, uint32 issuer)',
  'error KeyAlreadyEnded(address key, uint40 validUntil)',
  'error KeyBackDated(address key, uint40 validFrom, uint40 blockTime)',
  'error KeyCompromiseNotEarlier(address key, uint40 since, uint40 invalidFrom)',
  'error KeyCompromiseTimeInvalid(address key, uint40 since, uint40 blockTime)',
  'error KeyEndInvalid(address key, uint40 validUntil, uint40 blockTime)',
  'error KeyInvalid(address key)',
  'error KeyInvalidNonce(address key, uint64 nonce, uint64 next)',
  'error KeyInvalidPurpose(address key, uint8 purpose)',
  'error KeyInvalidWindow(address key, uint40 validFrom, uint40 validUntil)',
  'error KeyNotSigner(address key, address signer)',
  'error KeyRefused(uint32 issuer, address key, uint8 fault)',

  'function openCredentialType(uint32 issuer, bytes32 definition) returns (uint32 number)',
  'function closeCredentialType(uint32 issuer, uint32 number)',
  'event CredentialTypeOpened(uint32 indexed issuer, uint32 number, bytes32 definition)',
  'event CredentialTypeClosed(uint32 indexed issuer, uint32 number)',
  'error CredentialTypeAlreadyOpened(uint32 issuer, bytes32 definition, uint32 number)',
  'error CredentialTypeInvalidDefinition(uint32 issuer, bytes32 definition)',
  'error CredentialTypeNotOpen(uint32 issuer, uint32 number, uint8 state)',

  `function anchor(${batchAnchor}[] batches)`,
  'function endorseBatch(uint32 issuer, bytes32 batch)',
  'function voidBatch(uint32 issuer, bytes32 batch)',
  'event BatchAnchored(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint32 number, uint32 credentialType, bytes32 root, uint16 size, address key)',
  'event BatchAlreadyAnchored(bytes32 indexed batch)',
  'event BatchEndorsed(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch)',
  'event BatchVoided(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch)',
  'error BatchAlreadyVoid(bytes32 batch)',
  'error BatchCredentialTypeNotOpen(uint256 index, bytes32 batch, bytes32 credentialType, uint8 state)',
  'error BatchInvalidRoot(uint256 index, bytes32 batch, bytes32 root)',
  'error BatchInvalidSize(uint256 index, bytes32 batch, uint16 size)',
  'error BatchIsVoid(uint256 index, bytes32 batch)',
  'error BatchIssuerNotActive(uint256 index, bytes32 batch, uint32 issuer, uint8 state)',
  'error BatchKeyRefused(uint256 index, bytes32 batch, address key, uint8 fault)',
  'error BatchOfAnotherIssuer(bytes32 batch, uint32 issuer)',
  'error BatchSignatureInvalid(uint256 index, bytes32 batch)',
  'error BatchUnknown(bytes32 batch)',

  `function postStatus(${statusChange} change)`,
  `function relayStatus(${statusChange} change, uint64 nonce, ${signature} signature)`,
  'event StatusChanged(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint8 act, uint256 leaves, uint24 until, uint16 reason, address key, uint40 time)',
  'error StatusActUnknown(bytes32 batch, uint8 act)',
  'error StatusLeavesInvalid(bytes32 batch, uint256 leaves, uint16 size)',
  'error StatusOfAnotherKey(bytes32 batch, uint8 leaf)',
  'error StatusUntilInvalid(bytes32 batch, uint8 act, uint24 until)',

  `function nameSuccessor(${succession} succession)`,
  `function relaySuccession(${succession} succession, uint64 nonce, ${signature} signature)`,
  `function extend(${extension} extension)`,
  `function relayExtension(${extension} extension, uint64 nonce, ${signature} signature)`,
  'event SuccessorNamed(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint8 leaf, bytes32 successorBatch, uint8 successorLeaf, address key, uint40 time)',
  'event ValidityExtended(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch, uint8 leaf, uint24 validUntil, uint16 reason, address key, uint40 time)',
  'error AmendmentLeafInvalid(bytes32 batch, uint8 leaf, uint16 size)',
  'error ExtensionDayInvalid(bytes32 batch, uint8 leaf, uint24 validUntil)',
  'error SuccessionNamed(bytes32 batch, uint8 leaf)',
  'error SuccessionOfItself(bytes32 batch, uint8 leaf)',

  `function postNotice(${notice} notice)`,
  `function relayNotice(${notice} notice, uint64 nonce, ${signature} signature)`,
  'function withdrawNotice(uint32 issuer, uint32 credentialType, uint32 index)',
  'event NoticePosted(uint32 indexed issuer, uint32 indexed credentialType, uint32 index, uint24 from, uint24 to, uint24 validUntil, bytes32 law, address key, uint40 time)',
  'event NoticeWithdrawn(uint32 indexed issuer, uint32 indexed credentialType, uint32 index)',
  'error NoticeAlreadyWithdrawn(uint32 issuer, uint32 credentialType, uint32 index)',
  'error NoticeCountExceeded(uint32 issuer, uint32 credentialType)',
  'error NoticeDaysInvalid(uint24 from, uint24 to, uint24 validUntil)',
  'error NoticeLawInvalid(bytes32 law)',
  'error NoticeTypeUnknown(uint32 issuer, uint32 credentialType)',
  'error NoticeUnknown(uint32 issuer, uint32 credentialType, uint32 index)',

  `function readPage(uint32 issuer, uint32 page) view returns (${pageReading})`,
  `function read(bytes32 batch) view returns (${pageReading})`,
  `function readRecords(bytes32 batch) view returns (${leafRecords}[] records)`,
  `function readNotices(uint32 issuer, uint32 credentialType) view returns (${noticeReading}[] notices)`,
  `function readKeys(address[] keys) view returns ((uint32 issuer, ${keyReading} key)[] owned)`,

  'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
  'event EIP712DomainChanged()',
  'error InvalidShortString()',
  'error StringTooLong(string str)',
  'error SignatureInvalid(bytes32 digest)',
];
