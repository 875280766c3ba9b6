// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StatusActs} from "./StatusActs.sol";
import {IAmendments} from "../../../contracts/interfaces/IAmendments.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";

abstract contract AmendmentActs is StatusActs {
    function nameSuccessor(uint256 seed) external observed(seed) {
        IAmendments.Succession memory succession = _drawSuccession();
        address key = drawActor(ghostBatches[succession.batch].issuer);
        if (chance(2)) {
            bytes memory call = abi.encodeCall(registry.nameSuccessor, (succession));
            if (send(key, call, _successionRefusal(key, succession))) _succeed(key, succession);
            return;
        }
        uint64 nonce = drawNonce(key);
        bytes32 typeHash = keccak256(
            "Succession(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)"
        );
        bytes32 digest = digestOf(keccak256(abi.encode(typeHash, succession, nonce)));
        ISignatures.Signature memory signature = sign(key, digest);
        key = signerOf(digest, signature);
        bytes memory refusal = relayRefusal(digest, nonce, signature);
        if (refusal.length == 0) refusal = _successionRefusal(key, succession);
        bytes memory relayed = abi.encodeCall(registry.relaySuccession, (succession, nonce, signature));
        if (!send(drawSender(STRANGER), relayed, refusal)) return;
        ++ghostKeys[key].nonce;
        _succeed(key, succession);
    }

    function extend(uint256 seed) external observed(seed) {
        IAmendments.Extension memory extension = _drawExtension();
        uint32 issuer = subject = ghostBatches[extension.batch].issuer;
        address key = slip(2) ? drawActor(issuer) : drawKey(issuer, true);
        if (chance(2)) {
            bytes memory call = abi.encodeCall(registry.extend, (extension));
            bytes memory refused = pauseRefusal();
            if (refused.length == 0) refused = _extensionRefusal(key, extension);
            if (send(key, call, refused)) _extend(key, extension);
            return;
        }
        uint64 nonce = drawNonce(key);
        bytes32 typeHash = keccak256(
            "Extension(bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce)"
        );
        bytes32 digest = digestOf(keccak256(abi.encode(typeHash, extension, nonce)));
        ISignatures.Signature memory signature = sign(key, digest);
        key = signerOf(digest, signature);
        bytes memory refusal = first(pauseRefusal(), relayRefusal(digest, nonce, signature), "");
        if (refusal.length == 0) refusal = _extensionRefusal(key, extension);
        bytes memory relayed = abi.encodeCall(registry.relayExtension, (extension, nonce, signature));
        if (!send(drawSender(STRANGER), relayed, refusal)) return;
        ++ghostKeys[key].nonce;
        _extend(key, extension);
    }

    function prolongerRefusal(address key, uint32 issuer) internal view returns (bytes memory) {
        IKeys.KeyFault fault = anchorFault(key, issuer);
        if (fault == IKeys.KeyFault.None) return activeRefusal(issuer);
        return abi.encodeWithSelector(IKeys.KeyRefused.selector, issuer, key, fault);
    }

    function _succeed(address key, IAmendments.Succession memory succession) private {
        GhostSuccessor storage named = ghostSuccessors[succession.batch][succession.leaf];
        if (stands(named.key, named.time) && _isSame(named, succession)) return;
        ghostSuccessors[succession.batch][succession.leaf] = GhostSuccessor(
            succession.successorBatch,
            succession.successorLeaf,
            key,
            time
        );
        ghostBatches[succession.batch].amended |= uint256(1) << succession.leaf;
    }

    function _extend(address key, IAmendments.Extension memory extension) private {
        GhostValidity storage known = ghostValidities[extension.batch][extension.leaf];
        if (stands(known.key, known.time) && known.validUntil == extension.validUntil) return;
        ghostValidities[extension.batch][extension.leaf] = GhostValidity(extension.validUntil, key, time);
        ghostBatches[extension.batch].amended |= uint256(1) << extension.leaf;
    }

    function _drawSuccession() private returns (IAmendments.Succession memory succession) {
        bytes32 batch = drawBatch();
        bytes32 next = chance(6) ? batch : drawBatch();
        return IAmendments.Succession(batch, _drawLeaf(batch), next, _drawLeaf(next));
    }

    function _drawExtension() private returns (IAmendments.Extension memory) {
        bytes32 batch = drawBatch();
        uint24[6] memory days_ = [1, today(), today() + 30, LAST_DAY, LAST_DAY + 1, 0];
        return IAmendments.Extension(batch, _drawLeaf(batch), days_[draw(slip(2) ? 6 : 4)], 1);
    }

    /// @dev Few leaves, so that the same one is spoken of again; the first that there is not among them.
    function _drawLeaf(bytes32 id) private returns (uint8) {
        uint16 size = ghostBatches[id].size;
        if (chance(2) || size == 0) return 0;
        if (chance(2)) return uint8(size - 1);
        return uint8(slip(1) ? (chance(2) ? size : 255) : (size - 1) / 2);
    }

    function _successionRefusal(
        address key,
        IAmendments.Succession memory succession
    ) private view returns (bytes memory refusal) {
        refusal = _leafRefusal(succession.batch, succession.leaf);
        if (refusal.length == 0) refusal = actorRefusal(key, ghostBatches[succession.batch].issuer);
        if (refusal.length == 0) refusal = _leafRefusal(succession.successorBatch, succession.successorLeaf);
        if (refusal.length != 0) return refusal;
        if (succession.batch == succession.successorBatch && succession.leaf == succession.successorLeaf)
            return
                abi.encodeWithSelector(IAmendments.SuccessionOfItself.selector, succession.batch, succession.leaf);
        GhostSuccessor storage named = ghostSuccessors[succession.batch][succession.leaf];
        if (!stands(named.key, named.time) || _isSame(named, succession)) return "";
        bool isAnchor = ghostKeys[key].purpose == IKeys.KeyPurpose.Anchor;
        if (isAnchor && ghostKeys[key].issuer == ghostKeys[named.key].issuer) return "";
        return abi.encodeWithSelector(IAmendments.SuccessionNamed.selector, succession.batch, succession.leaf);
    }

    function _extensionRefusal(
        address key,
        IAmendments.Extension memory extension
    ) private view returns (bytes memory refusal) {
        refusal = _leafRefusal(extension.batch, extension.leaf);
        if (refusal.length == 0) refusal = prolongerRefusal(key, ghostBatches[extension.batch].issuer);
        if (refusal.length != 0 || (extension.validUntil != 0 && extension.validUntil <= LAST_DAY)) return refusal;
        return
            abi.encodeWithSelector(
                IAmendments.ExtensionDayInvalid.selector,
                extension.batch,
                extension.leaf,
                extension.validUntil
            );
    }

    function _leafRefusal(bytes32 id, uint8 leaf) private view returns (bytes memory) {
        uint16 size = ghostBatches[id].size;
        if (size == 0) return abi.encodeWithSelector(IBatches.BatchUnknown.selector, id);
        if (leaf < size) return "";
        return abi.encodeWithSelector(IAmendments.AmendmentLeafInvalid.selector, id, leaf, size);
    }

    function _isSame(
        GhostSuccessor storage named,
        IAmendments.Succession memory succession
    ) private view returns (bool) {
        return named.batch == succession.successorBatch && named.leaf == succession.successorLeaf;
    }
}
