// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title The keys of the departments
/// @notice A key is a secp256k1 address. It belongs to one issuer for ever, has one purpose, and is valid in a window of
/// block times `[validFrom, validUntil)`; a `validUntil` of 0 leaves the window open. A message that others carry for a
/// key names the key's next nonce, counted from 0.
interface IKeys {
    /// @notice An `Anchor` key anchors batches, changes status and prolongs validity. A `Status` key only changes status.
    enum KeyPurpose {
        None,
        Anchor,
        Status
    }

    /// @notice Why a key cannot do what was asked in its name. `Unknown`: it is not a key of this issuer.
    enum KeyFault {
        None,
        Unknown,
        Purpose,
        NotYetValid,
        Ended,
        Compromised
    }

    /// @notice `issuer` has a new key, its `number`-th.
    event KeyAdded(
        uint32 indexed issuer,
        address indexed key,
        uint32 number,
        KeyPurpose purpose,
        uint40 validFrom,
        uint40 validUntil
    );

    /// @notice `key` is not valid from `validUntil` on.
    event KeyEnded(uint32 indexed issuer, address indexed key, uint40 validUntil);

    /// @notice Nothing that was anchored under `key` at or after `invalidFrom` is to be believed, unless it is endorsed.
    event KeyCompromised(uint32 indexed issuer, address indexed key, uint40 invalidFrom);

    /// @dev The address is a key of `issuer`, now or in the past.
    error KeyAlreadyAdded(address key, uint32 issuer);

    /// @dev The key's window is already closed, or closes no later than asked.
    error KeyAlreadyEnded(address key, uint40 validUntil);

    /// @dev The window would begin before the block that adds the key.
    error KeyBackDated(address key, uint40 validFrom, uint40 blockTime);

    /// @dev The compromise is known since `invalidFrom` already; only an earlier time adds to it.
    error KeyCompromiseNotEarlier(address key, uint40 since, uint40 invalidFrom);

    /// @dev A compromise is reported since a time that has come, and 0 stands for never.
    error KeyCompromiseTimeInvalid(address key, uint40 since, uint40 blockTime);

    /// @dev A key ends at a time that is still to come.
    error KeyEndInvalid(address key, uint40 validUntil, uint40 blockTime);

    /// @dev Nobody signs for this address.
    error KeyInvalid(address key);

    /// @dev The message names the nonce `nonce`, and the key's next is `next`: it was carried before, or comes out of turn.
    error KeyInvalidNonce(address key, uint64 nonce, uint64 next);

    /// @dev A key anchors or changes status; there is no third purpose.
    error KeyInvalidPurpose(address key, KeyPurpose purpose);

    /// @dev The window would be empty.
    error KeyInvalidWindow(address key, uint40 validFrom, uint40 validUntil);

    /// @dev `signer` renounces what is not its own.
    error KeyNotSigner(address key, address signer);

    /// @dev `key` may not act for `issuer`, because of `fault`.
    error KeyRefused(uint32 issuer, address key, KeyFault fault);

    /// @notice Adds a key, whose number is the issuer's next, from 1 without gaps. A `validFrom` of 0 is the time of
    /// the block.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, which is active, and the registry is not paused.
    /// - `key` is not zero and was never a key of any issuer.
    /// - `purpose` is `Anchor` or `Status`.
    /// - `validFrom` is 0 or not before the time of the block.
    /// - `validUntil` is 0 or after the beginning of the window.
    ///
    /// Emits a {KeyAdded} event.
    function addKey(uint32 issuer, address key, KeyPurpose purpose, uint40 validFrom, uint40 validUntil) external;

    /// @notice Ends a key at `validUntil`, or, where that is 0, after the block that says so. Within that block the key still counts,
    /// since the order of transactions in a block proves nothing; so whatever was anchored before keeps a key that was valid
    /// at its time. An end can be brought forward, never put off.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - `key` is a key of `issuer` that does not end as early by itself.
    /// - `validUntil` is 0 or after the time of the block.
    ///
    /// Emits a {KeyEnded} event.
    function endKey(uint32 issuer, address key, uint40 validUntil) external;

    /// @notice The key that calls ends itself, after this block.
    ///
    /// Requirements:
    ///
    /// - the caller is a key of some issuer that does not end as early by itself.
    ///
    /// Emits a {KeyEnded} event.
    function renounceKey() external;

    /// @notice The same, signed by the key as `KeyRenunciation(address key,uint256 nonce)` and carried by anybody.
    ///
    /// Requirements:
    ///
    /// - as for {renounceKey}, `key` being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {KeyEnded} event.
    function relayRenounceKey(address key, uint64 nonce, ISignatures.Signature calldata signature) external;

    /// @notice Reports that a key was in wrong hands since a time in the past. It cannot act any more; a batch that was
    /// anchored under it at or after `since` is not to be believed unless the admin endorses it, and of what else the key
    /// did since then only its revocations stay. One-way: only an earlier time can follow.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - `key` is a key of `issuer`.
    /// - `since` is not 0, not after the time of the block, and before the time reported earlier, if one was.
    ///
    /// Emits a {KeyCompromised} event.
    function reportCompromise(uint32 issuer, address key, uint40 since) external;

    /// @notice The nonce that the next message of `key` has to name.
    function nonces(address key) external view returns (uint64);
}
