// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AmendmentActs} from "./AmendmentActs.sol";
import {INotices} from "../../../contracts/interfaces/INotices.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";

abstract contract NoticeActs is AmendmentActs {
    uint256 private constant _MOST = 32;
    bytes32 private constant _TORN = hex"410042";

    function postNotice(uint256 seed) external observed(seed) {
        INotices.Notice memory notice = _drawNotice();
        address key = slip(2) ? drawActor(notice.issuer) : drawKey(notice.issuer, true);
        subject = notice.issuer;
        if (chance(2)) {
            bytes memory refused = pauseRefusal();
            if (refused.length == 0) refused = _noticeRefusal(key, notice);
            if (send(key, abi.encodeCall(registry.postNotice, (notice)), refused)) _post(key, notice);
            return;
        }
        uint64 nonce = drawNonce(key);
        bytes32 typeHash = keccak256(
            "Notice(uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce)"
        );
        bytes32 digest = digestOf(keccak256(abi.encode(typeHash, notice, nonce)));
        ISignatures.Signature memory signature = sign(key, digest);
        key = signerOf(digest, signature);
        bytes memory refusal = first(pauseRefusal(), relayRefusal(digest, nonce, signature), "");
        if (refusal.length == 0) refusal = _noticeRefusal(key, notice);
        bytes memory relayed = abi.encodeCall(registry.relayNotice, (notice, nonce, signature));
        if (!send(drawSender(STRANGER), relayed, refusal)) return;
        ++ghostKeys[key].nonce;
        _post(key, notice);
    }

    function withdrawNotice(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        uint32 number = uint32(draw(ghostIssuers[issuer].types.length + 2));
        uint256 count = ghostNotices[issuer][number].length;
        uint32 index = chance(2) ? 0 : uint32(draw(count + (count == 0 || slip(4) ? 1 : 0)));
        address from = drawAdmin(issuer);
        bytes memory refusal = adminRefusal(from, issuer);
        if (refusal.length == 0 && index >= count)
            refusal = abi.encodeWithSelector(INotices.NoticeUnknown.selector, issuer, number, index);
        if (refusal.length == 0 && ghostNotices[issuer][number][index].withdrawnAt != 0)
            refusal = abi.encodeWithSelector(INotices.NoticeAlreadyWithdrawn.selector, issuer, number, index);
        if (send(from, abi.encodeCall(registry.withdrawNotice, (issuer, number, index)), refusal))
            ghostNotices[issuer][number][index].withdrawnAt = time;
    }

    function _post(address key, INotices.Notice memory notice) private {
        ghostNotices[notice.issuer][notice.credentialType].push(
            GhostNotice(notice.from, notice.to, notice.validUntil, notice.law, key, time, 0)
        );
    }

    function _drawNotice() private returns (INotices.Notice memory notice) {
        notice.issuer = drawActiveIssuer();
        notice.credentialType = uint32(!slip(1) ? 1 + draw(2) : draw(ghostIssuers[notice.issuer].types.length + 2));
        notice.from = uint24(draw(3)) + today();
        notice.to = notice.from + uint24(draw(3));
        notice.validUntil = notice.to + uint24(draw(3));
        if (slip(8)) notice.from = notice.to + 1;
        if (slip(8)) notice.validUntil = notice.to - 1;
        if (chance(8)) notice.validUntil = LAST_DAY + (slip(2) ? 1 : 0);
        bytes32[4] memory laws = [bytes32("L.N. 95 of 2022"), "12345678901234567890123456789012", 0, _TORN];
        notice.law = laws[draw(slip(2) ? 4 : 2)];
    }

    function _noticeRefusal(address key, INotices.Notice memory notice) private view returns (bytes memory refusal) {
        refusal = prolongerRefusal(key, notice.issuer);
        if (refusal.length != 0) return refusal;
        bool isOrdered = notice.from <= notice.to && notice.to <= notice.validUntil && notice.validUntil <= LAST_DAY;
        if (!isOrdered)
            return
                abi.encodeWithSelector(
                    INotices.NoticeDaysInvalid.selector,
                    notice.from,
                    notice.to,
                    notice.validUntil
                );
        if (notice.law == 0 || notice.law == _TORN)
            return abi.encodeWithSelector(INotices.NoticeLawInvalid.selector, notice.law);
        if (notice.credentialType == 0 || notice.credentialType > ghostIssuers[notice.issuer].types.length)
            return
                abi.encodeWithSelector(
                    INotices.NoticeTypeUnknown.selector,
                    notice.issuer,
                    notice.credentialType
                );
        if (ghostNotices[notice.issuer][notice.credentialType].length < _MOST) return "";
        return
            abi.encodeWithSelector(INotices.NoticeCountExceeded.selector, notice.issuer, notice.credentialType);
    }
}
