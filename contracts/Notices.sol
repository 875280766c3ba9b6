// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Acts} from "./Acts.sol";
import {INotices} from "./interfaces/INotices.sol";

abstract contract Notices is Acts, INotices {
    /// @dev Two slots. The key is one of the issuer's. `withdrawnAt` is 0 for a notice that holds.
    struct PostedNotice {
        uint24 from;
        uint24 to;
        uint24 validUntil;
        uint32 key;
        uint40 postedAt;
        uint40 withdrawnAt;
        bytes32 law;
    }

    /// @dev Every verifier reads all of them.
    uint32 private constant _MAX_NOTICES = 32;

    bytes32 private constant _NOTICE_TYPEHASH =
        keccak256(
            "Notice(uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce)"
        );

    mapping(uint32 issuer => mapping(uint32 credentialType => mapping(uint32 index => PostedNotice))) private _notices;

    /// @inheritdoc INotices
    function postNotice(Notice calldata notice) external whenNotPaused {
        _postNotice(msg.sender, notice);
    }

    /// @inheritdoc INotices
    function relayNotice(Notice calldata notice, uint64 nonce, Signature calldata signature) external whenNotPaused {
        bytes32 structHash = keccak256(abi.encode(_NOTICE_TYPEHASH, notice, nonce));
        _postNotice(_useSignature(structHash, nonce, signature), notice);
    }

    /// @inheritdoc INotices
    function withdrawNotice(uint32 issuer, uint32 credentialType, uint32 index) external onlyAdmin(issuer) {
        PostedNotice storage notice = _notices[issuer][credentialType][index];
        require(notice.postedAt != 0, NoticeUnknown(issuer, credentialType, index));
        require(notice.withdrawnAt == 0, NoticeAlreadyWithdrawn(issuer, credentialType, index));
        notice.withdrawnAt = _time();
        emit NoticeWithdrawn(issuer, credentialType, index);
    }

    function _notice(uint32 issuer, uint32 credentialType, uint32 index) internal view returns (PostedNotice storage) {
        return _notices[issuer][credentialType][index];
    }

    function _postNotice(address key, Notice calldata notice) private {
        Key storage actor = _requireProlonger(key, notice.issuer);
        _requireSense(notice);
        uint32 index = _countNotice(notice.issuer, notice.credentialType);
        _notices[notice.issuer][notice.credentialType][index] = PostedNotice({
            from: notice.from,
            to: notice.to,
            validUntil: notice.validUntil,
            key: actor.number,
            postedAt: _time(),
            withdrawnAt: 0,
            law: notice.law
        });
        emit NoticePosted(
            notice.issuer,
            notice.credentialType,
            index,
            notice.from,
            notice.to,
            notice.validUntil,
            notice.law,
            key,
            _time()
        );
    }

    function _countNotice(uint32 issuer, uint32 credentialType) private returns (uint32 index) {
        CredentialType storage kind = _credentialType(issuer, _definition(issuer, credentialType));
        require(kind.state != TypeState.None, NoticeTypeUnknown(issuer, credentialType));
        index = kind.noticeCount;
        require(index < _MAX_NOTICES, NoticeCountExceeded(issuer, credentialType));
        kind.noticeCount = index + 1;
    }

    function _requireSense(Notice calldata notice) private pure {
        require(
            notice.from <= notice.to && notice.to <= notice.validUntil && notice.validUntil <= _LAST_DAY,
            NoticeDaysInvalid(notice.from, notice.to, notice.validUntil)
        );
        require(_isText(notice.law), NoticeLawInvalid(notice.law));
    }

    /// @dev Text and then nothing but zeros: one text has one form.
    function _isText(bytes32 text) private pure returns (bool) {
        if (text[0] == 0) return false;
        while (text[0] != 0) text <<= 8;
        return text == 0;
    }
}
