// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Laws} from "./Laws.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";

abstract contract KeyActs is Laws {
    function addKey(uint256 seed) external observed(seed) {
        uint32 issuer = subject = drawActiveIssuer();
        address from = drawAdmin(issuer);
        address key = slip(8) ? address(0) : keyPool[draw(keyPool.length)];
        for (uint256 attempt = 0; attempt < 8 && ghostKeys[key].issuer != 0 && !slip(4); ++attempt) key = keyPool[draw(keyPool.length)];
        IKeys.KeyPurpose purpose = IKeys.KeyPurpose(slip(6) ? 0 : 1 + draw(2));
        uint40 validFrom = !slip(1) || chance(2) ? 0 : beside(chance(4) ? time + 1 days : time);
        uint40 begins = validFrom == 0 ? time : validFrom;
        uint40 validUntil = !slip(1) || chance(2) ? 0 : beside(chance(2) ? begins : begins + 3 days);
        bytes memory refusal = creatorRefusal(from, issuer);
        if (refusal.length == 0) refusal = _windowRefusal(key, purpose, begins, validUntil);
        bytes memory call = abi.encodeCall(registry.addKey, (issuer, key, purpose, validFrom, validUntil));
        if (send(from, call, refusal)) adopt(issuer, key, purpose, begins, validUntil);
    }

    function endKey(uint256 seed) external observed(seed) {
        (uint32 issuer, address key) = _drawOwned();
        address from = drawAdmin(hasKeysToSpare(issuer) || chance(8) ? issuer : 0);
        uint40 end = _drawEnd(key);
        bytes memory refusal = first(adminRefusal(from, issuer), _ownedRefusal(issuer, key), "");
        if (refusal.length == 0 && end != 0 && end <= time)
            refusal = abi.encodeWithSelector(IKeys.KeyEndInvalid.selector, key, end, time);
        uint40 effective = end == 0 ? time + 1 : end;
        if (refusal.length == 0) refusal = _endRefusal(key, effective);
        if (send(from, abi.encodeCall(registry.endKey, (issuer, key, end)), refusal)) ghostKeys[key].validUntil = effective;
    }

    function renounceKey(uint256 seed) external observed(seed) {
        address key = _drawSpare();
        if (send(key, abi.encodeCall(registry.renounceKey, ()), _endRefusal(key, time + 1)))
            ghostKeys[key].validUntil = time + 1;
    }

    function relayRenounceKey(uint256 seed) external observed(seed) {
        address key = _drawSpare();
        address other = slip(4) ? keyPool[draw(keyPool.length)] : key;
        uint64 nonce = drawNonce(key);
        bytes32 digest = digestOf(
            keccak256(abi.encode(keccak256("KeyRenunciation(address key,uint256 nonce)"), key, nonce))
        );
        ISignatures.Signature memory signature = sign(other, digest);
        bytes memory refusal = _renunciationRefusal(key, nonce, digest, signature);
        bytes memory call = abi.encodeCall(registry.relayRenounceKey, (key, nonce, signature));
        if (!send(drawSender(STRANGER), call, refusal)) return;
        ghostKeys[key].validUntil = time + 1;
        ++ghostKeys[key].nonce;
    }

    function reportCompromise(uint256 seed) external observed(seed) {
        (uint32 issuer, address key) = _drawOwned();
        address from = drawAdmin(hasKeysToSpare(issuer) || statusFault(key) != IKeys.KeyFault.None ? issuer : 0);
        uint40 known = ghostKeys[key].invalidFrom;
        uint40 since = slip(8) ? 0 : beside(known != 0 ? known : chance(2) ? time : ghostKeys[key].validFrom);
        bytes memory refusal = first(adminRefusal(from, issuer), _ownedRefusal(issuer, key), "");
        if (refusal.length == 0 && (since == 0 || since > time))
            refusal = abi.encodeWithSelector(IKeys.KeyCompromiseTimeInvalid.selector, key, since, time);
        if (refusal.length == 0 && known != 0 && since >= known)
            refusal = abi.encodeWithSelector(IKeys.KeyCompromiseNotEarlier.selector, key, since, known);
        if (send(from, abi.encodeCall(registry.reportCompromise, (issuer, key, since)), refusal))
            ghostKeys[key].invalidFrom = since;
    }

    function adopt(uint32 issuer, address key, IKeys.KeyPurpose purpose, uint40 validFrom, uint40 validUntil) internal {
        ghostIssuers[issuer].keys.push(key);
        uint32 number = uint32(ghostIssuers[issuer].keys.length);
        ghostKeys[key] = GhostKey(issuer, number, purpose, validFrom, validUntil, 0, 0);
    }

    function _drawOwned() private returns (uint32 issuer, address key) {
        issuer = drawIssuer();
        address[] storage keys = ghostIssuers[issuer].keys;
        key = keys.length == 0 || slip(4) ? keyPool[draw(keyPool.length)] : keys[draw(keys.length)];
    }

    function _drawSpare() private returns (address) {
        for (uint256 attempt = 0; attempt < 8; ++attempt) {
            uint32 issuer = drawIssuer();
            if (hasKeysToSpare(issuer) || chance(16)) return drawKey(issuer, false);
        }
        return STRANGER;
    }

    function _drawEnd(address key) private returns (uint40) {
        if (chance(4)) return 0;
        uint40 known = ghostKeys[key].validUntil;
        return beside(known != 0 && chance(2) ? known : chance(2) ? time : time + 3 days);
    }

    function _ownedRefusal(uint32 issuer, address key) private view returns (bytes memory) {
        if (ghostKeys[key].issuer == issuer) return "";
        return abi.encodeWithSelector(IKeys.KeyRefused.selector, issuer, key, IKeys.KeyFault.Unknown);
    }

    function _endRefusal(address key, uint40 end) private view returns (bytes memory) {
        if (ghostKeys[key].issuer == 0) return _ownedRefusalOfNobody(key);
        uint40 known = ghostKeys[key].validUntil;
        if (known == 0 || end < known) return "";
        return abi.encodeWithSelector(IKeys.KeyAlreadyEnded.selector, key, known);
    }

    function _ownedRefusalOfNobody(address key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IKeys.KeyRefused.selector, 0, key, IKeys.KeyFault.Unknown);
    }

    function _renunciationRefusal(
        address key,
        uint64 nonce,
        bytes32 digest,
        ISignatures.Signature memory signature
    ) private view returns (bytes memory) {
        address signer = signerOf(digest, signature);
        if (signer == address(0)) return abi.encodeWithSelector(ISignatures.SignatureInvalid.selector, digest);
        if (signer != key) return abi.encodeWithSelector(IKeys.KeyNotSigner.selector, key, signer);
        bytes memory refusal = nonceRefusal(key, nonce);
        return refusal.length != 0 ? refusal : _endRefusal(key, time + 1);
    }

    function _windowRefusal(
        address key,
        IKeys.KeyPurpose purpose,
        uint40 validFrom,
        uint40 validUntil
    ) private view returns (bytes memory) {
        if (key == address(0)) return abi.encodeWithSelector(IKeys.KeyInvalid.selector, key);
        if (purpose == IKeys.KeyPurpose.None)
            return abi.encodeWithSelector(IKeys.KeyInvalidPurpose.selector, key, purpose);
        if (ghostKeys[key].issuer != 0)
            return abi.encodeWithSelector(IKeys.KeyAlreadyAdded.selector, key, ghostKeys[key].issuer);
        if (validFrom < time) return abi.encodeWithSelector(IKeys.KeyBackDated.selector, key, validFrom, time);
        if (validUntil == 0 || validUntil > validFrom) return "";
        return abi.encodeWithSelector(IKeys.KeyInvalidWindow.selector, key, validFrom, validUntil);
    }
}
