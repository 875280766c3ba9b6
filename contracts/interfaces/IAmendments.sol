// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title What became of a single credential besides its status
/// @notice A credential that was replaced or renewed names the one that stands in its place; a credential whose last valid
/// day was moved names the new day. The credential's bit of the batch's word `amended` is set, for ever (a
/// suspension sets it too): it says that there are records to read. The last one of each kind counts; the earlier ones are
/// in the events.
interface IAmendments {
    /// @notice Signed as
    /// `Succession(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)`.
    struct Succession {
        bytes32 batch;
        uint8 leaf;
        bytes32 successorBatch;
        uint8 successorLeaf;
    }

    /// @notice `validUntil` is the last valid day, in days since 1970-01-01; 2932896 (9999-12-31) stands for "until further
    /// notice". `reason` is a public code that explains and never decides. Signed as
    /// `Extension(bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce)`.
    struct Extension {
        bytes32 batch;
        uint8 leaf;
        uint24 validUntil;
        uint16 reason;
    }

    /// @notice The credential at `leaf` of `batch` has the successor at `successorLeaf` of `successorBatch`.
    event SuccessorNamed(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint8 leaf,
        bytes32 successorBatch,
        uint8 successorLeaf,
        address key,
        uint40 time
    );

    /// @notice The last valid day of the credential at `leaf` of `batch` is `validUntil`, earlier or later than it was.
    event ValidityExtended(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint8 leaf,
        uint24 validUntil,
        uint16 reason,
        address key,
        uint40 time
    );

    /// @dev The batch has no such leaf.
    error AmendmentLeafInvalid(bytes32 batch, uint8 leaf, uint16 size);

    /// @dev A day is 1 to 2932896 (9999-12-31).
    error ExtensionDayInvalid(bytes32 batch, uint8 leaf, uint24 validUntil);

    /// @dev The credential has another successor already, which the caller cannot replace.
    error SuccessionNamed(bytes32 batch, uint8 leaf);

    /// @dev No credential succeeds itself.
    error SuccessionOfItself(bytes32 batch, uint8 leaf);

    /// @notice Names the successor of a credential. Naming the same one again changes nothing and emits nothing. A naming
    /// by a key that was reported since before it did so is none.
    ///
    /// Requirements:
    ///
    /// - the caller is a key, valid at the time of the block, of the batch's issuer, or of the department that succeeds it
    ///   (of at most the 8th, where those have ended too).
    /// - both batches are anchored here and have these leaves; the successor may be another issuer's.
    /// - the successor is another credential.
    /// - no other successor is named, or the caller is an anchor key of the department whose key named it.
    ///
    /// Emits a {SuccessorNamed} event, if the successor is a new one.
    function nameSuccessor(Succession calldata succession) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {nameSuccessor}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {SuccessorNamed} event, if the successor is a new one.
    function relaySuccession(
        Succession calldata succession,
        uint64 nonce,
        ISignatures.Signature calldata signature
    ) external;

    /// @notice Moves the last valid day of a credential. Moving it to the same day again changes nothing and emits nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is an anchor key, valid at the time of the block, of the batch's own issuer, which is active.
    /// - the registry is not paused.
    /// - the batch is anchored and has the leaf.
    /// - `validUntil` is 1 to 2932896.
    ///
    /// Emits a {ValidityExtended} event, if the day is a new one.
    function extend(Extension calldata extension) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {extend}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {ValidityExtended} event, if the day is a new one.
    function relayExtension(
        Extension calldata extension,
        uint64 nonce,
        ISignatures.Signature calldata signature
    ) external;
}
