// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Amendments} from "./Amendments.sol";
import {Notices} from "./Notices.sol";
import {Status} from "./Status.sol";
import {IReading} from "./interfaces/IReading.sol";

abstract contract Reading is Status, Amendments, Notices, IReading {
    /// @inheritdoc IReading
    function readPage(uint32 issuer, uint32 page) external view returns (PageReading memory) {
        return _read(issuer, _pageIds(issuer, page));
    }

    /// @inheritdoc IReading
    function read(bytes32 batch) external view returns (PageReading memory) {
        Batch storage record = _batch(batch);
        bytes32[] memory ids = new bytes32[](record.size == 0 ? 0 : 1);
        if (record.size != 0) ids[0] = batch;
        return _read(record.issuer, ids);
    }

    /// @inheritdoc IReading
    function readRecords(bytes32 batch) external view returns (LeafRecords[] memory records) {
        uint256 amended = _wordsOf(_batch(batch).issuer, batch).amended;
        records = new LeafRecords[](_countLeaves(amended));
        uint256 index = 0;
        for (uint256 leaf = 0; index < records.length; ++leaf)
            if ((amended >> leaf) & 1 != 0) _readRecords(batch, uint8(leaf), records[index++]);
    }

    /// @inheritdoc IReading
    function readNotices(
        uint32 issuer,
        uint32 credentialType
    ) external view returns (NoticeReading[] memory notices) {
        uint32 count = _credentialType(issuer, _definition(issuer, credentialType)).noticeCount;
        notices = new NoticeReading[](count);
        for (uint32 index = 0; index < count; ++index) {
            PostedNotice storage notice = _notice(issuer, credentialType, index);
            notices[index] = NoticeReading({
                from: notice.from,
                to: notice.to,
                validUntil: notice.validUntil,
                law: notice.law,
                posted: _readAct(issuer, notice.key, notice.postedAt),
                withdrawnAt: notice.withdrawnAt
            });
        }
    }

    /// @inheritdoc IReading
    function readKeys(address[] calldata keys) external view returns (OwnedKeyReading[] memory owned) {
        owned = new OwnedKeyReading[](keys.length);
        for (uint256 index = 0; index < keys.length; ++index)
            owned[index] = OwnedKeyReading({issuer: _key(keys[index]).issuer, key: _readKey(keys[index])});
    }

    function _pageIds(uint32 issuer, uint32 page) private view returns (bytes32[] memory ids) {
        uint256 count = _batchCount(issuer);
        uint256 first = uint256(page) * _PAGE_SIZE;
        uint256 end = count < first + _PAGE_SIZE ? count : first + _PAGE_SIZE;
        ids = new bytes32[](first < end ? end - first : 0);
        for (uint256 slot = 0; slot < ids.length; ++slot) ids[slot] = _batchId(issuer, uint32(first + slot));
    }

    function _read(uint32 issuer, bytes32[] memory ids) private view returns (PageReading memory reading) {
        Issuer storage record = _issuer(issuer);
        reading.chainId = block.chainid;
        reading.blockNumber = block.number;
        reading.blockTime = block.timestamp;
        reading.parentHash = blockhash(block.number - 1);
        reading.issuer = issuer;
        reading.issuerState = record.state;
        reading.successor = record.successor;
        reading.profile = record.profile;
        reading.batchCount = _batchCount(issuer);
        reading.batches = new BatchReading[](ids.length);
        for (uint256 slot = 0; slot < ids.length; ++slot) reading.batches[slot] = _readBatch(ids[slot]);
        reading.types = _readTypes(issuer, reading.batches);
        reading.keys = _readKeys(issuer, reading.batches);
    }

    function _readBatch(bytes32 id) private view returns (BatchReading memory) {
        Batch storage batch = _batch(id);
        Words storage words = _wordsOf(batch.issuer, id);
        return
            BatchReading({
                id: id,
                number: batch.number,
                credentialType: batch.credentialType,
                size: batch.size,
                key: batch.key,
                anchoredAt: batch.anchoredAt,
                judgement: batch.judgement,
                flagged: batch.flagged,
                // before it was anchored, leaves could be revoked that it does not have
                revoked: words.revoked & (type(uint256).max >> (_MAX_SIZE - batch.size)),
                suspended: words.suspended,
                amended: words.amended
            });
    }

    function _readTypes(
        uint32 issuer,
        BatchReading[] memory batches
    ) private view returns (TypeReading[] memory types) {
        uint32[] memory numbers = new uint32[](batches.length);
        for (uint256 slot = 0; slot < batches.length; ++slot) numbers[slot] = batches[slot].credentialType;
        types = new TypeReading[](_keepFirst(numbers));
        for (uint256 index = 0; index < types.length; ++index) {
            bytes32 definition = _definition(issuer, numbers[index]);
            CredentialType storage kind = _credentialType(issuer, definition);
            types[index] = TypeReading({
                number: numbers[index],
                definition: definition,
                state: kind.state,
                noticeCount: kind.noticeCount
            });
        }
    }

    function _readKeys(uint32 issuer, BatchReading[] memory batches) private view returns (KeyReading[] memory keys) {
        uint32[] memory numbers = new uint32[](batches.length);
        for (uint256 slot = 0; slot < batches.length; ++slot) numbers[slot] = batches[slot].key;
        keys = new KeyReading[](_keepFirst(numbers));
        for (uint256 index = 0; index < keys.length; ++index)
            keys[index] = _readKey(_keyAddress(issuer, numbers[index]));
    }

    function _readKey(address key) private view returns (KeyReading memory) {
        Key storage record = _key(key);
        return
            KeyReading({
                number: record.number,
                key: key,
                purpose: record.purpose,
                validFrom: record.validFrom,
                validUntil: record.validUntil,
                invalidFrom: record.invalidFrom
            });
    }

    function _readRecords(bytes32 batch, uint8 leaf, LeafRecords memory records) private view {
        Successor storage successor = _successor(batch, leaf);
        Suspension storage suspension = _suspension(batch, leaf);
        Validity storage validity = _validity(batch, leaf);
        records.leaf = leaf;
        records.successorBatch = _batchId(successor.issuer, successor.number);
        records.successorLeaf = successor.leaf;
        records.succession = _readAct(successor.keyIssuer, successor.key, successor.time);
        records.suspension = _readAct(suspension.issuer, suspension.key, suspension.since);
        records.suspendedUntil = suspension.until;
        records.lift = _readAct(suspension.issuer, suspension.liftKey, suspension.liftedAt);
        records.validUntil = validity.validUntil;
        records.extension = _readAct(validity.keyIssuer, validity.key, validity.time);
    }

    /// @dev No issuer has a key of the number 0: what was never done is done by nobody.
    function _readAct(uint32 issuer, uint32 number, uint40 time) private view returns (Act memory) {
        address key = _keyAddress(issuer, number);
        return Act({key: key, time: time, invalidFrom: _key(key).invalidFrom});
    }

    function _countLeaves(uint256 leaves) private pure returns (uint256 count) {
        for (; leaves != 0; leaves &= leaves - 1) ++count;
    }

    /// @dev Moves the first occurrence of each number to the front, in order, and returns how many there are. What was
    /// seen stands in a hash table, so that a page of 64 different numbers costs no more than one pass. No number is 0.
    function _keepFirst(uint32[] memory numbers) private pure returns (uint256 count) {
        uint32[2 * _PAGE_SIZE] memory seen;
        for (uint256 slot = 0; slot < numbers.length; ++slot) {
            uint32 number = numbers[slot];
            uint256 place = number % seen.length;
            while (seen[place] != 0 && seen[place] != number) place = (place + 1) % seen.length;
            if (seen[place] == number) continue;
            seen[place] = number;
            numbers[count++] = number;
        }
    }
}
