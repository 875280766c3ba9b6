// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";

/// @title The batches of credentials
/// @notice A batch is 1 to 256 credentials of one type under one Merkle root. Its id is the digest of the typed data
/// `Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)`, signed by an anchor key of the issuer.
interface IBatches {
    /// @notice What the department itself says of a batch beyond what its key says: `Endorsed` ("ours, though the key was
    /// reported"), `Void` ("not ours"). `Void` is for ever.
    enum Judgement {
        None,
        Endorsed,
        Void
    }

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

    /// @notice `issuer` stands by `batch`, whatever becomes of the key that signed it.
    event BatchEndorsed(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch);

    /// @notice `issuer` disowns `batch`, for ever. `page` is 2^32 - 1 where the batch was not anchored, and never will be.
    event BatchVoided(uint32 indexed issuer, uint32 indexed page, bytes32 indexed batch);

    /// @dev What is void is not endorsed any more.
    error BatchAlreadyVoid(bytes32 batch);

    /// @dev The `index`-th batch was voided by its issuer before it was anchored.
    error BatchIsVoid(uint256 index, bytes32 batch);

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

    /// @dev `batch` is anchored, and is `issuer`'s, not the caller's.
    error BatchOfAnotherIssuer(bytes32 batch, uint32 issuer);

    /// @dev No batch of this id was anchored.
    error BatchUnknown(bytes32 batch);

    /// @notice Anchors batches, of one issuer or of many. Anybody may carry them: only the signatures count. A batch
    /// that is anchored already is skipped with an event; any other fault reverts the whole transaction and names the
    /// batch. What an issuer anchors in the 90 days after a recovery of its admin is flagged, for ever.
    ///
    /// Requirements: the registry is not paused, and for each batch that is new:
    ///
    /// - it has 1 to 256 leaves and a root that is not zero.
    /// - its issuer is active, and its credential type is open at that issuer.
    /// - its signer is an anchor key of the issuer, valid at the time of the block.
    /// - its issuer has not voided it.
    ///
    /// Emits a {BatchAnchored} or a {BatchAlreadyAnchored} event for each batch.
    function anchor(BatchAnchor[] calldata batches) external;

    /// @notice Stands by a batch whose key is or may be reported: it is to be believed in spite of the report. Saying it
    /// twice changes nothing and emits nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, which is active, and the registry is not paused.
    /// - `batch` is anchored, is `issuer`'s, and is not void.
    ///
    /// Emits a {BatchEndorsed} event, if the batch was not endorsed yet.
    function endorseBatch(uint32 issuer, bytes32 batch) external;

    /// @notice Disowns a batch, for ever: no credential of it is genuine, endorsed or not. A batch that is not anchored
    /// never will be: so a signature that was abandoned or stolen is made worthless. Saying it twice changes nothing and
    /// emits nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - `batch` is `issuer`'s, if it is anchored. For one that is not, this speaks for `issuer` alone: no other issuer's
    ///   batch of that id is stopped.
    ///
    /// Emits a {BatchVoided} event, if the batch was not void yet.
    function voidBatch(uint32 issuer, bytes32 batch) external;
}
