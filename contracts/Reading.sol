// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Amendments} from "./Amendments.sol";
import {Status} from "./Status.sol";
import {IReading} from "./interfaces/IReading.sol";

abstract contract Reading is Status, Amendments, IReading {
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
        return
            BatchReading({
                id: id,
                number: batch.number,
                credentialType: batch.credentialType,
                size: batch.size,
                key: batch.key,
                anchoredAt: batch.anchoredAt,
                revoked: _revokedLeaves(id),
                suspended: _suspendedLeaves(id),
                amended: _amendedLeaves(id)
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
            TypeState state = _credentialType(issuer, definition).state;
            types[index] = TypeReading({number: numbers[index], definition: definition, state: state});
        }
    }

    function _readKeys(uint32 issuer, BatchReading[] memory batches) private view returns (KeyReading[] memory keys) {
        uint32[] memory numbers = new uint32[](batches.length);
        for (uint256 slot = 0; slot < batches.length; ++slot) numbers[slot] = batches[slot].key;
        keys = new KeyReading[](_keepFirst(numbers));
        for (uint256 index = 0; index < keys.length; ++index) {
            address signer = _keyAddress(issuer, numbers[index]);
            Key storage key = _key(signer);
            keys[index] = KeyReading({
                number: key.number,
                key: signer,
                purpose: key.purpose,
                validFrom: key.validFrom,
                validUntil: key.validUntil,
                invalidFrom: key.invalidFrom
            });
        }
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
