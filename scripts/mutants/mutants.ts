/** One deliberate mistake in a contract. */
export interface Mutant {
  /** What it would let happen: its name, too. */
  allows: string;
  /** Below contracts/. */
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
}

const mutant = (file: string, allows: string, from: string, to: string): Mutant => ({ file, allows, from, to });

/** None is equivalent to the original: each can be told from it by somebody who only calls the contract. */
export const MUTANTS: readonly Mutant[] = [
  mutant(
    'Governance.sol',
    'anybody governs',
    'require(msg.sender == governance, GovernanceUnauthorized(msg.sender));',
    '',
  ),
  mutant(
    'Governance.sol',
    'nobody governs',
    'require(governance_ != address(0), GovernanceInvalidAddress(governance_));',
    '',
  ),

  mutant('Pausing.sol', 'a pause lasts four days', '_PAUSE = 3 days', '_PAUSE = 4 days'),
  mutant('Pausing.sol', 'a pause follows a pause', '_PAUSE_INTERVAL = 30 days', '_PAUSE_INTERVAL = 3 days'),
  mutant('Pausing.sol', 'anybody pauses', 'require(msg.sender == guardian, GuardianUnauthorized(msg.sender));', ''),
  mutant('Pausing.sol', 'the end of a pause allows the next', 'pausedUntil = 0;', 'pausedUntil = 0; _pausedAt = 0;'),
  mutant(
    'Pausing.sol',
    'the governance cannot end a pause',
    'msg.sender == guardian || msg.sender == governance',
    'msg.sender == guardian',
  ),
  mutant(
    'Pausing.sol',
    'a pause lasts a second longer',
    'return _time() < pausedUntil;',
    'return _time() <= pausedUntil;',
  ),
  mutant('Pausing.sol', 'a pause stops nothing', 'require(!_isPaused(), RegistryPaused(pausedUntil));', ''),

  mutant(
    'Issuers.sol',
    'departments are admitted in a pause',
    ') external onlyGovernance whenNotPaused returns (uint32 issuer) {',
    ') external onlyGovernance returns (uint32 issuer) {',
  ),
  mutant('Issuers.sol', 'an issuer has the number 0', 'issuer = ++issuerCount;', 'issuer = issuerCount++;'),
  mutant(
    'Issuers.sol',
    'an ended issuer is suspended and comes back',
    'require(state == IssuerState.Active, IssuerInvalidTransition(issuer, state, IssuerState.Suspended));',
    '',
  ),
  mutant(
    'Issuers.sol',
    'an ended issuer is reinstated',
    'require(state == IssuerState.Suspended, IssuerInvalidTransition(issuer, state, IssuerState.Active));',
    '',
  ),
  mutant('Issuers.sol', 'an issuer succeeds itself', 'successor != issuer && ', ''),
  mutant(
    'Issuers.sol',
    'an issuer is succeeded by nobody that there is',
    '(successor != issuer && _issuers[successor].state == IssuerState.Active)',
    'successor != issuer',
  ),
  mutant(
    'Issuers.sol',
    'anybody takes the admin’s place',
    'require(msg.sender == _issuers[issuer].offered, AdminTransferNotOffered(issuer, msg.sender));',
    '',
  ),
  mutant('Issuers.sol', 'an old offer outlives a recovery', '        _issuers[issuer].offered = address(0);\n', ''),
  mutant(
    'Issuers.sol',
    'a suspended issuer adds keys',
    'require(state == IssuerState.Active, IssuerNotActive(issuer, state));',
    '',
  ),
  mutant(
    'Issuers.sol',
    'anybody administers a department',
    'require(msg.sender == _issuers[issuer].admin, IssuerUnauthorizedAdmin(issuer, msg.sender));',
    '',
  ),
  mutant(
    'Issuers.sol',
    'an admin changes in a pause',
    'function acceptAdmin(uint32 issuer) external whenNotPaused {',
    'function acceptAdmin(uint32 issuer) external {',
  ),

  mutant('Recovery.sol', 'a recovery is a day earlier', '_DELAY = 14 days', '_DELAY = 13 days'),
  mutant('Recovery.sol', 'an objection delays nothing', '_DELAY_OBJECTED = 60 days', '_DELAY_OBJECTED = 14 days'),
  mutant(
    'Recovery.sol',
    'a thief objects for ever',
    'require(!proposal.objected, RecoveryAlreadyObjected(issuer));',
    'proposal.proposedAt = _time();',
  ),
  mutant('Recovery.sol', 'a recovery is a second early', '_time() >= executableFrom', '_time() + 1 >= executableFrom'),
  mutant(
    'Recovery.sol',
    'a recovery is executed twice',
    '        delete _proposals[issuer];\n        address from',
    '        address from',
  ),
  mutant('Recovery.sol', 'a recovery leaves no mark', '        _issuer(issuer).recoveredAt = _time();\n', ''),
  mutant(
    'Recovery.sol',
    'anybody proposes a recovery',
    'function proposeRecovery(uint32 issuer, address newAdmin) external onlyGovernance {',
    'function proposeRecovery(uint32 issuer, address newAdmin) external {',
  ),
  mutant(
    'Recovery.sol',
    'a recovery is executed in a pause',
    'function executeRecovery(uint32 issuer) external whenNotPaused {',
    'function executeRecovery(uint32 issuer) external {',
  ),

  mutant('Keys.sol', 'a key changes its department', 'require(owner == 0, KeyAlreadyAdded(key, owner));', ''),
  mutant('Keys.sol', 'a key is back-dated', 'require(from >= _time(), KeyBackDated(key, from, _time()));', ''),
  mutant('Keys.sol', 'a window is empty', 'validUntil > from', 'validUntil >= from'),
  mutant(
    'Keys.sol',
    'a key ends in the past',
    'validUntil == 0 || validUntil > _time(), KeyEndInvalid',
    'true, KeyEndInvalid',
  ),
  mutant('Keys.sol', 'the end of a key is put off', 'validUntil == 0 || end < validUntil', 'true'),
  mutant('Keys.sol', 'a key ends in the middle of its block', 'return _time() + 1;', 'return _time();'),
  mutant('Keys.sol', 'anybody renounces anybody’s key', 'require(signer == key, KeyNotSigner(key, signer));', ''),
  mutant('Keys.sol', 'a report is taken back', 'require(invalidFrom == 0 || since < invalidFrom', 'require(true'),
  mutant('Keys.sol', 'a report is of the future', 'since != 0 && since <= _time()', 'since != 0'),
  mutant('Keys.sol', 'a status key anchors', 'key.issuer == issuer && key.purpose != KeyPurpose.Anchor', 'false'),
  mutant('Keys.sol', 'a key acts for every department', 'key.issuer == 0 || key.issuer != issuer', 'key.issuer == 0'),
  mutant('Keys.sol', 'a reported key acts on', 'if (key.invalidFrom != 0) return KeyFault.Compromised;', ''),
  mutant('Keys.sol', 'a key acts before its window', 'if (_time() < key.validFrom) return KeyFault.NotYetValid;', ''),
  mutant('Keys.sol', 'a key acts in the second of its end', '_time() >= key.validUntil', '_time() > key.validUntil'),
  mutant('Keys.sol', 'a message is replayed', '        _keys[key].nonce = next + 1;\n', ''),
  mutant('Keys.sol', 'messages come in any order', 'require(nonce == next, KeyInvalidNonce(key, nonce, next));', ''),
  mutant(
    'Keys.sol',
    'a department ends another’s key',
    'require(_keys[key].issuer == issuer, KeyRefused(issuer, key, KeyFault.Unknown));',
    '',
  ),

  mutant(
    'CredentialTypes.sol',
    'a definition is opened again, under another number',
    'require(known == 0, CredentialTypeAlreadyOpened(issuer, definition, known));',
    '',
  ),
  mutant(
    'CredentialTypes.sol',
    'a type has the number 0',
    'number = ++_typeCounts[issuer];',
    'number = _typeCounts[issuer]++;',
  ),
  mutant('CredentialTypes.sol', 'a closed type stays open', 'record.state = TypeState.Closed;', ''),

  mutant(
    'Signatures.sol',
    'a signature by nobody counts',
    'require(signer != address(0), SignatureInvalid(digest));',
    '',
  ),
  mutant('Signatures.sol', 'the domain is another’s', 'EIP712("e-Proof", "1")', 'EIP712("e-Proof", "2")'),

  mutant(
    'Batches.sol',
    'a batch has no leaves',
    'batch.size != 0 && batch.size <= _MAX_SIZE',
    'batch.size <= _MAX_SIZE',
  ),
  mutant('Batches.sol', 'a batch has 257 leaves', 'batch.size != 0 && batch.size <= _MAX_SIZE', 'batch.size != 0'),
  mutant(
    'Batches.sol',
    'a root is zero',
    'require(batch.root != bytes32(0), BatchInvalidRoot(index, id, batch.root));',
    '',
  ),
  mutant(
    'Batches.sol',
    'a suspended issuer anchors',
    'require(state == IssuerState.Active, BatchIssuerNotActive(index, id, batch.issuer, state));',
    '',
  ),
  mutant('Batches.sol', 'a closed type is issued', 'kind.state == TypeState.Open,', 'kind.state != TypeState.None,'),
  mutant(
    'Batches.sol',
    'a killed batch is anchored',
    'require(!_voided[batch.issuer][id], BatchIsVoid(index, id));',
    '',
  ),
  mutant(
    'Batches.sol',
    'a stranger’s batch is anchored',
    'require(fault == KeyFault.None, BatchKeyRefused(index, id, signer, fault));',
    '',
  ),
  mutant('Batches.sol', 'a batch is anchored twice', 'if (_batches[id].size == 0) _anchor', 'if (true) _anchor'),
  mutant(
    'Batches.sol',
    'numbers have gaps',
    'uint32 number = _batchCounts[batch.issuer]++;',
    'uint32 number = _batchCounts[batch.issuer]; _batchCounts[batch.issuer] += 2;',
  ),
  mutant(
    'Batches.sol',
    'recovered departments are not flagged',
    'flagged: _isFlagging(batch.issuer)',
    'flagged: false',
  ),
  mutant('Batches.sol', 'a flag lasts a day less', '_FLAGGING = 90 days', '_FLAGGING = 89 days'),
  mutant(
    'Batches.sol',
    'the ninetieth day ends a second late',
    '_time() < recoveredAt + _FLAGGING',
    '_time() <= recoveredAt + _FLAGGING',
  ),
  mutant(
    'Batches.sol',
    'a void batch is endorsed',
    'require(record.judgement != Judgement.Void, BatchAlreadyVoid(batch));',
    '',
  ),
  mutant(
    'Batches.sol',
    'a department endorses another’s batch',
    '        require(record.issuer == issuer, BatchOfAnotherIssuer(batch, record.issuer));\n        require(record.judgement',
    '        require(record.judgement',
  ),
  mutant(
    'Batches.sol',
    'a department voids another’s batch',
    '            require(record.issuer == issuer, BatchOfAnotherIssuer(batch, record.issuer));\n            if',
    '            if',
  ),
  mutant(
    'Batches.sol',
    'a department kills another’s batch before it is anchored',
    'require(!_voided[batch.issuer][id], BatchIsVoid',
    'require(!_voided[1][id] && !_voided[2][id], BatchIsVoid',
  ),
  mutant(
    'Batches.sol',
    'another type is anchored than was signed',
    'abi.encode(_BATCH_TYPEHASH, batch.issuer, batch.credentialType, batch.root, batch.size)',
    'abi.encode(_BATCH_TYPEHASH, batch.issuer, bytes32(0), batch.root, batch.size)',
  ),
  mutant(
    'Batches.sol',
    'another size is anchored than was signed',
    'batch.credentialType, batch.root, batch.size)\n',
    'batch.credentialType, batch.root, uint16(1))\n',
  ),
  mutant(
    'Batches.sol',
    'batches are anchored in a pause',
    'calldata batches) external whenNotPaused {',
    'calldata batches) external {',
  ),

  mutant('Acts.sol', 'successors are followed without end', 'links < _MAX_SUCCESSORS', 'links < 99'),
  mutant('Acts.sol', 'a stranger revokes', 'own == issuer || _succeeds(own, issuer)', 'own != 0'),
  mutant('Acts.sol', 'a successor cannot revoke', 'own == issuer || _succeeds(own, issuer)', 'own == issuer'),
  mutant(
    'Acts.sol',
    'a status key lifts every suspension',
    '(actor.number == number || actor.purpose == KeyPurpose.Anchor)',
    'true',
  ),
  mutant(
    'Acts.sol',
    'a successor lifts a suspension',
    'return actor.issuer == issuer && (actor.number',
    'return (actor.number',
  ),
  mutant('Acts.sol', 'a stolen key’s last second counts', 'time < invalidFrom', 'time <= invalidFrom'),
  mutant('Acts.sol', 'an ended issuer prolongs', '        _requireActive(issuer);\n    }', '    }'),
  mutant(
    'Acts.sol',
    'a status key prolongs',
    'KeyFault fault = _anchorFault(actor, issuer);',
    'KeyFault fault = _statusFault(actor, issuer);',
  ),
  mutant('Acts.sol', 'days begin in London', 'block.timestamp + 8 hours', 'block.timestamp'),

  mutant(
    'Status.sol',
    'a revocation is taken back',
    'words.revoked = revoked | changed;',
    'words.revoked = revoked ^ change.leaves;',
  ),
  mutant(
    'Status.sol',
    'a batch that is not anchored is suspended',
    'require(change.act == _REVOKE, BatchUnknown(change.batch));',
    '',
  ),
  mutant(
    'Status.sol',
    'a leaf is revoked that the batch does not have',
    'change.leaves >> (size == 0 ? _MAX_SIZE : size) == 0',
    'true',
  ),
  mutant('Status.sol', 'a suspension is over before it began', 'change.until >= _today() && ', ''),
  mutant('Status.sol', 'a suspension has no record', 'if (isSuspension) words.amended |= changed;', ''),
  mutant(
    'Status.sol',
    'a suspension does not show',
    'words.suspended = isSuspension ? words.suspended | changed',
    'words.suspended = isSuspension ? words.suspended',
  ),
  mutant(
    'Status.sol',
    'a suspension is shortened in a pause',
    'if (_endsEarlier(change.until, suspension.until)) _requireNotPaused();',
    '',
  ),
  mutant(
    'Status.sol',
    'a suspension is lifted in a pause',
    '        _requireNotPaused();\n        suspension.liftKey',
    '        suspension.liftKey',
  ),
  mutant(
    'Status.sol',
    'a status key shortens another’s suspension',
    '            _requireOwn(change.batch, leaf, actor);\n',
    '',
  ),
  mutant(
    'Status.sol',
    'a status key lifts another’s suspension',
    '        _requireOwn(change.batch, leaf, actor);\n        _requireNotPaused();',
    '        _requireNotPaused();',
  ),
  mutant(
    'Status.sol',
    'a suspension ends on the morning of its last day',
    '_today() > suspension.until',
    '_today() >= suspension.until',
  ),
  mutant(
    'Status.sol',
    'a lift by a stolen key keeps a department from suspending',
    'return !_counts(suspension.issuer, suspension.liftKey, suspension.liftedAt);',
    'return suspension.liftedAt == 0;',
  ),
  mutant('Status.sol', 'an open suspension gets an end in a pause', 'than == 0 || until < than', 'until < than'),

  mutant(
    'Amendments.sol',
    'a credential succeeds itself',
    'succession.batch != succession.successorBatch || succession.leaf != succession.successorLeaf,',
    'true,',
  ),
  mutant('Amendments.sol', 'a status key renames a successor', 'actor.purpose == KeyPurpose.Anchor && _owns', '_owns'),
  mutant(
    'Amendments.sol',
    'another department renames a successor',
    ' && _owns(actor, named.keyIssuer, named.key)',
    '',
  ),
  mutant(
    'Amendments.sol',
    'a leaf is amended that the batch does not have',
    'require(leaf < batch.size, AmendmentLeafInvalid(id, leaf, batch.size));',
    '',
  ),
  mutant(
    'Amendments.sol',
    'an end is after the last day',
    'extension.validUntil != 0 && extension.validUntil <= _LAST_DAY',
    'extension.validUntil != 0',
  ),
  mutant(
    'Amendments.sol',
    'an extension of a stolen key cannot be said again',
    'if (isSame && _counts(validity.keyIssuer, validity.key, validity.time)) return;',
    'if (isSame) return;',
  ),
  mutant(
    'Amendments.sol',
    'an end is moved in a pause',
    'function extend(Extension calldata extension) external whenNotPaused {',
    'function extend(Extension calldata extension) external {',
  ),
  mutant('Amendments.sol', 'an amended leaf does not show', '_wordsOf(issuer, batch).amended |= 1 << leaf;', ''),

  mutant('Notices.sol', 'a notice shortens', 'notice.to <= notice.validUntil', 'true'),
  mutant('Notices.sol', 'a notice names no law', 'if (text[0] == 0) return false;', ''),
  mutant('Notices.sol', 'a law has two forms', 'return text == 0;', 'return true;'),
  mutant(
    'Notices.sol',
    'notices are without end',
    'require(index < _MAX_NOTICES, NoticeCountExceeded(issuer, credentialType));',
    '',
  ),
  mutant(
    'Notices.sol',
    'a notice is of a type that there is not',
    'require(kind.state != TypeState.None, NoticeTypeUnknown(issuer, credentialType));',
    '',
  ),
  mutant(
    'Notices.sol',
    'a withdrawal moves',
    'require(notice.withdrawnAt == 0, NoticeAlreadyWithdrawn(issuer, credentialType, index));',
    '',
  ),
  mutant(
    'Notices.sol',
    'a notice is posted in a pause',
    'function postNotice(Notice calldata notice) external whenNotPaused {',
    'function postNotice(Notice calldata notice) external {',
  ),

  mutant(
    'Reading.sol',
    'leaves are revoked that the batch does not have',
    'words.revoked & (type(uint256).max >> (_MAX_SIZE - batch.size))',
    'words.revoked',
  ),
  mutant(
    'Reading.sol',
    'a page leaves out its last batch',
    'count < first + _PAGE_SIZE ? count',
    'count < first + _PAGE_SIZE ? count - 1',
  ),
  mutant('Reading.sol', 'a reading does not know its chain', 'reading.chainId = block.chainid;', ''),
  mutant(
    'Reading.sol',
    'a void batch looks like any other',
    'judgement: batch.judgement,',
    'judgement: Judgement.None,',
  ),
  mutant(
    'Reading.sol',
    'a stolen key’s acts look like any other’s',
    'return Act({key: key, time: time, invalidFrom: _key(key).invalidFrom});',
    'return Act({key: key, time: time, invalidFrom: 0});',
  ),
  mutant('Reading.sol', 'a withdrawn notice holds', 'withdrawnAt: notice.withdrawnAt', 'withdrawnAt: 0'),
  mutant('Reading.sol', 'a key stands twice in a page', 'if (seen[place] == number) continue;', ''),
];
