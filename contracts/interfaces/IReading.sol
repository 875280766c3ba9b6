// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IBatches} from "./IBatches.sol";
import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";

/// @title What a verifier reads
/// @notice One call, one state: everything that a verdict needs, with the chain and the block that it was read from.
/// What was never recorded is empty, not an error: an answer is evidence, and so is its absence.
interface IReading {
    /// @notice `noticeCount` says whether {readNotices} has anything to tell, withdrawn notices included.
    struct TypeReading {
        uint32 number;
        bytes32 definition;
        ICredentialTypes.TypeState state;
        uint32 noticeCount;
    }

    /// @notice An `invalidFrom` of 0 is a key that was never reported.
    struct KeyReading {
        uint32 number;
        address key;
        IKeys.KeyPurpose purpose;
        uint40 validFrom;
        uint40 validUntil;
        uint40 invalidFrom;
    }

    /// @notice A key and whose it is: `issuer` 0 is nobody's, and of the key then only the address is not zero.
    struct OwnedKeyReading {
        uint32 issuer;
        KeyReading key;
    }

    /// @notice Who did something at `time`, and since when that key is not believed by what is known in this block. All zero
    /// where nobody did it. An act whose `invalidFrom` is not 0 and not after `time` is to be ignored.
    struct Act {
        address key;
        uint40 time;
        uint40 invalidFrom;
    }

    /// @notice What is recorded of one leaf, zero where nothing is. `suspendedUntil` is the last day of the suspension (0:
    /// open), `validUntil` the last valid day that was moved.
    struct LeafRecords {
        uint8 leaf;
        bytes32 successorBatch;
        uint8 successorLeaf;
        Act succession;
        Act suspension;
        uint24 suspendedUntil;
        Act lift;
        uint24 validUntil;
        Act extension;
    }

    /// @notice A `withdrawnAt` of 0 is a notice that holds.
    struct NoticeReading {
        uint24 from;
        uint24 to;
        uint24 validUntil;
        bytes32 law;
        Act posted;
        uint40 withdrawnAt;
    }

    /// @notice `credentialType` and `key` are the numbers of a {TypeReading} and a {KeyReading} of the same page. `flagged`:
    /// anchored in the 90 days after a recovery of the issuer's admin. `revoked` has bits for leaves of the batch alone.
    struct BatchReading {
        bytes32 id;
        uint32 number;
        uint32 credentialType;
        uint16 size;
        uint32 key;
        uint40 anchoredAt;
        IBatches.Judgement judgement;
        bool flagged;
        uint256 revoked;
        uint256 suspended;
        uint256 amended;
    }

    /// @notice `parentHash` is the hash of block `blockNumber - 1`, the last that a contract can know. `types` and `keys`
    /// are those that the batches name, in the order of first use.
    struct PageReading {
        uint256 chainId;
        uint256 blockNumber;
        uint256 blockTime;
        bytes32 parentHash;
        uint32 issuer;
        IIssuers.IssuerState issuerState;
        uint32 successor;
        bytes32 profile;
        uint32 batchCount;
        TypeReading[] types;
        KeyReading[] keys;
        BatchReading[] batches;
    }

    /// @notice Reads 64 neighbouring batches of an issuer: number n stands in page n / 64 at place n % 64.
    function readPage(uint32 issuer, uint32 page) external view returns (PageReading memory);

    /// @notice Reads one batch in the same shape. An unknown batch leaves `issuer` 0 and `batches` empty.
    function read(bytes32 batch) external view returns (PageReading memory);

    /// @notice Reads what is recorded of single leaves: one for each bit of `amended`, by ascending leaf.
    function readRecords(bytes32 batch) external view returns (LeafRecords[] memory);

    /// @notice Reads all notices of a type, withdrawn ones too, in the order in which they were posted.
    function readNotices(uint32 issuer, uint32 credentialType) external view returns (NoticeReading[] memory);

    /// @notice Reads keys by their addresses, in the order asked.
    function readKeys(address[] calldata keys) external view returns (OwnedKeyReading[] memory);
}
