// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";

/// @title The batches of credentials
/// @notice A batch is 1 to 256 credentials of one type under one Merkle root. Its id is the digest of the typed data
/// `Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)`, signed by an anchor key of the issuer.
interface IBatches {
    /// @notice A batch and its signature. `credentialType` is the hash of the definition.
    struct BatchAnchor {
        uint32 issuer;
        bytes32 credentialType;
        bytes32 root;
        uint16 size;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice `batch` is the `number`-th of `issuer`, from 0 without gaps, and stands in its page `number / 64`.
    /// `credentialType` is the issuer's number of the type.
    event BatchAnchored(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint32 number,
        uint32 credentialType,
        bytes32 root,
        uint16 size,
        address key
    );

    /// @notice `batch` was anchored before; this time changed nothing.
    event BatchAlreadyAnchored(bytes32 indexed batch);

    /// @dev The issuer of the `index`-th batch cannot issue.
    error BatchIssuerNotActive(uint256 index, bytes32 batch, uint32 issuer, IIssuers.IssuerState state);

    /// @dev The issuer does not issue credentials of this type (any more).
    error BatchCredentialTypeNotOpen(
        uint256 index,
        bytes32 batch,
        bytes32 credentialType,
        ICredentialTypes.TypeState state
    );

    /// @dev The recovered signer may not anchor for the issuer, because of `fault`.
    error BatchKeyRefused(uint256 index, bytes32 batch, address key, IKeys.KeyFault fault);

    /// @dev No batch has a root of zero.
    error BatchInvalidRoot(uint256 index, bytes32 batch, bytes32 root);

    /// @dev A batch has 1 to 256 leaves.
    error BatchInvalidSize(uint256 index, bytes32 batch, uint16 size);

    /// @dev No address can be recovered, or `v` or `s` is not in its one allowed form.
    error BatchSignatureInvalid(uint256 index, bytes32 batch);

    /// @dev No batch of this id was anchored.
    error BatchUnknown(bytes32 batch);

    /// @notice Anchors batches, of one issuer or of many. Anybody may carry them: only the signatures count. A batch
    /// that is anchored already is skipped with an event; any other fault reverts the whole transaction and names the
    /// batch.
    ///
    /// Requirements, for each batch that is new:
    ///
    /// - it has 1 to 256 leaves and a root that is not zero.
    /// - its issuer is active, and its credential type is open at that issuer.
    /// - its signer is an anchor key of the issuer, valid at the time of the block.
    ///
    /// Emits a {BatchAnchored} or a {BatchAlreadyAnchored} event for each batch.
    function anchor(BatchAnchor[] calldata batches) external;
}
