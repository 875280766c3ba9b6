// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title The status of credentials
/// @notice Leaf i of a batch is bit i of the batch's words `revoked` and `suspended`. Bits of `revoked` are only ever
/// set. Any valid key of the issuer, or of a department that succeeds it once it has ended, revokes and suspends, in whatever
/// state its issuer or its credential type is. A suspension names its key and its end, and is lifted or changed by that
/// key or an anchor key of the same department.
interface IStatus {
    enum StatusAct {
        Revoke,
        Suspend,
        Reinstate
    }

    /// @notice `act` is a {StatusAct}, `leaves` a mask, `until` the last day of a suspension in Hong Kong (in days since
    /// 1970-01-01; 0: open, and for any other act), `reason` a public code that explains and never decides. Signed as
    /// `StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)`.
    struct StatusChange {
        bytes32 batch;
        uint8 act;
        uint256 leaves;
        uint24 until;
        uint16 reason;
    }

    /// @notice The status of `leaves` changed at `time`. Leaves that had this status before are not among them. For a batch
    /// that was not anchored `issuer` is the key's and `page` is 2^32 - 1.
    event StatusChanged(
        uint32 indexed issuer,
        uint32 indexed page,
        bytes32 indexed batch,
        uint8 act,
        uint256 leaves,
        uint24 until,
        uint16 reason,
        address key,
        uint40 time
    );

    /// @dev There is no such {StatusAct}.
    error StatusActUnknown(bytes32 batch, uint8 act);

    /// @dev `leaves` is empty or names leaves that a batch of `size` does not have.
    error StatusLeavesInvalid(bytes32 batch, uint256 leaves, uint16 size);

    /// @dev The leaf is suspended by a key in whose place the caller cannot act.
    error StatusOfAnotherKey(bytes32 batch, uint8 leaf);

    /// @dev Only a suspension has an end, which is 0 or a day from today to 9999-12-31 (2932896).
    error StatusUntilInvalid(bytes32 batch, uint8 act, uint24 until);

    /// @notice Revokes, suspends or reinstates leaves of a batch. Saying again what is so already changes nothing and
    /// emits nothing. A suspension whose last day has passed, or whose key was reported since before it suspended, is none:
    /// any key may suspend anew. While one is in force, suspending again with another `until` changes its end.
    ///
    /// Requirements:
    ///
    /// - the caller is a key, valid at the time of the block, of the batch's issuer, or of the department that succeeds it
    ///   (of at most the 8th, where those have ended too).
    /// - the batch is anchored and has all the leaves, at least one. A batch that is not anchored can be revoked for the
    ///   caller's own issuer, in any leaves: if that issuer ever anchors it, they are revoked.
    /// - `until` is 0, but for a suspension; there it is 0 or a day that has not passed.
    /// - leaves that are suspended are reinstated, or get another end, only by the key that suspended them or an anchor key
    ///   of the same department, and neither reinstated nor given an earlier end while the registry is paused.
    ///
    /// Emits a {StatusChanged} event with the leaves that changed, if any did.
    function postStatus(StatusChange calldata change) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {postStatus}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {StatusChanged} event with the leaves that changed, if any did.
    function relayStatus(
        StatusChange calldata change,
        uint64 nonce,
        ISignatures.Signature calldata signature
    ) external;
}
