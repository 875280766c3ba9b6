// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title The status of credentials
/// @notice Leaf i of a batch is bit i of the batch's words `revoked` and `suspended`. Bits of `revoked` are only ever
/// set. Any valid key of the issuer changes status, in whatever state its issuer or its credential type is.
interface IStatus {
    enum StatusAct {
        Revoke,
        Suspend,
        Reinstate
    }

    /// @notice `act` is a {StatusAct}, `leaves` a mask, `reason` a public code that explains and never decides. Signed as
    /// `StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint16 reason,uint256 nonce)`.
    struct StatusChange {
        bytes32 batch;
        uint8 act;
        uint256 leaves;
        uint16 reason;
    }

    /// @notice The status of `leaves` changed at `time`. Leaves that had this status before are not among them.
    event StatusChanged(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint8 act,
        uint256 leaves,
        uint16 reason,
        address key,
        uint40 time
    );

    /// @dev There is no such {StatusAct}.
    error StatusActUnknown(bytes32 batch, uint8 act);

    /// @dev `leaves` is empty or names leaves that a batch of `size` does not have.
    error StatusLeavesInvalid(bytes32 batch, uint256 leaves, uint16 size);

    /// @notice Revokes, suspends or reinstates leaves of a batch. Saying again what is so already changes nothing and
    /// emits nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is a key of the batch's issuer, valid at the time of the block.
    /// - the batch is anchored and has all the leaves, at least one.
    ///
    /// Emits a {StatusChanged} event with the leaves that changed, if any did.
    function changeStatus(StatusChange calldata change) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {changeStatus}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {StatusChanged} event with the leaves that changed, if any did.
    function relayStatus(
        StatusChange calldata change,
        uint256 nonce,
        ISignatures.Signature calldata signature
    ) external;
}
