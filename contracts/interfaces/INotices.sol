// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISignatures} from "./ISignatures.sol";

/// @title The notices by which a department moves the last days of a whole type
/// @notice As departments do by law: "every licence that would expire from 1 March to 30 June is valid until 31 August". A
/// notice names its law. An admin can withdraw it, for ever.
interface INotices {
    /// @notice Every credential of the type whose last valid day is in `[from, to]` is valid until `validUntil`; all are in
    /// days since 1970-01-01. `law` is UTF-8 text of at most 32 bytes, padded with zeros, such as "L.N. 95 of 2022". Signed as
    /// `Notice(uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce)`.
    struct Notice {
        uint32 issuer;
        uint32 credentialType;
        uint24 from;
        uint24 to;
        uint24 validUntil;
        bytes32 law;
    }

    /// @notice A notice holds from `time` on; it is the `index`-th of its type, from 0 without gaps.
    event NoticePosted(
        uint32 indexed issuer,
        uint32 indexed credentialType,
        uint32 index,
        uint24 from,
        uint24 to,
        uint24 validUntil,
        bytes32 law,
        address key,
        uint40 time
    );

    /// @notice The notice holds no more.
    event NoticeWithdrawn(uint32 indexed issuer, uint32 indexed credentialType, uint32 index);

    /// @dev The notice was withdrawn before.
    error NoticeAlreadyWithdrawn(uint32 issuer, uint32 credentialType, uint32 index);

    /// @dev The type has as many notices as it can have, withdrawn ones among them.
    error NoticeCountExceeded(uint32 issuer, uint32 credentialType);

    /// @dev Not `from` ≤ `to` ≤ `validUntil` ≤ 2932896 (9999-12-31).
    error NoticeDaysInvalid(uint24 from, uint24 to, uint24 validUntil);

    /// @dev The law is not named, or something follows a zero byte.
    error NoticeLawInvalid(bytes32 law);

    /// @dev The issuer never opened such a type.
    error NoticeTypeUnknown(uint32 issuer, uint32 credentialType);

    /// @dev The type has no such notice.
    error NoticeUnknown(uint32 issuer, uint32 credentialType, uint32 index);

    /// @notice Posts a notice.
    ///
    /// Requirements:
    ///
    /// - the caller is an anchor key of the issuer, valid at the time of the block, and the issuer is active.
    /// - the registry is not paused.
    /// - the issuer opened the type, closed it since or not, and has fewer than 32 notices for it.
    /// - `from` ≤ `to` ≤ `validUntil` ≤ 2932896.
    /// - `law` begins with a byte that is not zero, and has none after one that is.
    ///
    /// Emits a {NoticePosted} event.
    function postNotice(Notice calldata notice) external;

    /// @notice The same, signed by the key and carried by anybody. Uses up the key's nonce.
    ///
    /// Requirements:
    ///
    /// - as for {postNotice}, the key being the signer.
    /// - `nonce` is the key's next.
    ///
    /// Emits a {NoticePosted} event.
    function relayNotice(Notice calldata notice, uint64 nonce, ISignatures.Signature calldata signature) external;

    /// @notice Withdraws a notice, for ever.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - there is such a notice, and it is not withdrawn.
    ///
    /// Emits a {NoticeWithdrawn} event.
    function withdrawNotice(uint32 issuer, uint32 credentialType, uint32 index) external;
}
