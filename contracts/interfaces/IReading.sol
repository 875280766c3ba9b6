// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";

/// @title What a verifier reads
/// @notice One call, one state: everything that a verdict needs, with the chain and the block that it was read from.
/// What was never recorded is empty, not an error: an answer is evidence, and so is its absence.
interface IReading {
    struct TypeReading {
        uint32 number;
        bytes32 definition;
        ICredentialTypes.TypeState state;
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

    /// @notice `credentialType` and `key` are the numbers of a {TypeReading} and a {KeyReading} of the same page.
    struct BatchReading {
        bytes32 id;
        uint32 number;
        uint32 credentialType;
        uint16 size;
        uint32 key;
        uint40 anchoredAt;
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
}
