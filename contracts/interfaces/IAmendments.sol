// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title The successors of credentials
/// @notice A credential that was replaced or renewed names the one that stands in its place, and its bit of the batch's
/// word `amended` is set, for ever. The last naming counts; the earlier ones are in the events.
interface IAmendments {
    /// @notice Signed as
    /// `Amendment(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)`.
    struct Amendment {
        bytes32 batch;
        uint8 leaf;
        bytes32 successorBatch;
        uint8 successorLeaf;
    }

    /// @notice The credential at `leaf` of `batch` has the successor at `successorLeaf` of `successorBatch`.
    event CredentialAmended(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint8 leaf,
        bytes32 successorBatch,
        uint8 successorLeaf,
        address key,
        uint40 time
    );

    /// @dev The batch has no such leaf.
    error AmendmentLeafInvalid(bytes32 batch, uint8 leaf, uint16 size);

    /// @dev No credential succeeds itself.
    error AmendmentOfItself(bytes32 batch, uint8 leaf);

    /// @notice Names the successor of a credential. Naming the same one again changes nothing and emits nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is a key of the batch's issuer, valid at the time of the block.
    /// - both batches are anchored here and have these leaves; the successor may be another issuer's.
    /// - the successor is another credential.
    ///
    /// Emits a {CredentialAmended} event, if the successor is a new one.
    function amend(Amendment calldata amendment) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {amend}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {CredentialAmended} event, if the successor is a new one.
    function relayAmendment(
        Amendment calldata amendment,
        uint256 nonce,
        ISignatures.Signature calldata signature
    ) external;

    /// @notice The successors that credentials of the batch have now: one for each bit of `amended`, by ascending leaf.
    function readAmendments(bytes32 batch) external view returns (Amendment[] memory);
}
