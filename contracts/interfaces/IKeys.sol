// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The keys of the departments
/// @notice A key is a secp256k1 address. It belongs to one issuer for ever, has one purpose, and is valid in a window of
/// block times `[validFrom, validUntil)`; a `validUntil` of 0 leaves the window open.
interface IKeys {
    /// @notice An `Anchor` key anchors batches and changes status. A `Status` key only changes status.
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

    /// @notice Nothing that was anchored under `key` at or after `invalidFrom` is to be believed.
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

    /// @dev Nobody signs for this address.
    error KeyInvalid(address key);

    /// @dev A key anchors or changes status; there is no third purpose.
    error KeyInvalidPurpose(address key, KeyPurpose purpose);

    /// @dev The window would be empty.
    error KeyInvalidWindow(address key, uint40 validFrom, uint40 validUntil);

    /// @dev `key` may not act for `issuer`, because of `fault`.
    error KeyRefused(uint32 issuer, address key, KeyFault fault);

    /// @notice Adds a key, whose number is the issuer's next, from 1 without gaps. A `validFrom` of 0 is the time of
    /// the block.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, which is active.
    /// - `key` is not zero and was never a key of any issuer.
    /// - `purpose` is `Anchor` or `Status`.
    /// - `validFrom` is 0 or not before the time of the block.
    /// - `validUntil` is 0 or after the beginning of the window.
    ///
    /// Emits a {KeyAdded} event.
    function addKey(uint32 issuer, address key, KeyPurpose purpose, uint40 validFrom, uint40 validUntil) external;

    /// @notice Ends a key after the block that says so. Within that block the key still counts, since the order of
    /// transactions in a block proves nothing; so whatever was anchored before keeps a key that was valid at its time.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - `key` is a key of `issuer` that does not end as early by itself.
    ///
    /// Emits a {KeyEnded} event.
    function endKey(uint32 issuer, address key) external;

    /// @notice Reports that a key was in wrong hands since a time in the past. It cannot act any more, and a batch that
    /// was anchored under it at or after `since` is not to be believed. One-way: only an earlier time can follow.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - `key` is a key of `issuer`.
    /// - `since` is not 0, not after the time of the block, and before the time reported earlier, if one was.
    ///
    /// Emits a {KeyCompromised} event.
    function reportCompromise(uint32 issuer, address key, uint40 since) external;
}
