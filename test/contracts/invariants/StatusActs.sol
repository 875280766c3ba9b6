// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Laws} from "./Laws.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {IPausing} from "../../../contracts/interfaces/IPausing.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";
import {IStatus} from "../../../contracts/interfaces/IStatus.sol";

abstract contract StatusActs is Laws {
    uint8 private constant _REVOKE = 0;
    uint8 private constant _SUSPEND = 1;
    uint8 private constant _REINSTATE = 2;

    function revoke(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        uint32 issuer = ghostBatches[id].issuer;
        if (chance(4)) {
            Candidate memory batch = drawCandidate();
            candidates.push(batch);
            (id, issuer) = (batchIdOf(batch), batch.issuer);
        }
        _change(IStatus.StatusChange(id, _REVOKE, _drawLeaves(id), slip(12) ? today() : 0, 5), issuer);
    }

    function suspend(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        _change(IStatus.StatusChange(id, _SUSPEND, _drawLeaves(id), _drawUntil(), 1), ghostBatches[id].issuer);
    }

    function reinstate(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        uint256 leaves = ghostBatches[id].suspended;
        for (uint256 attempt = 0; attempt < 6 && leaves == 0; ++attempt) {
            id = drawBatch();
            leaves = ghostBatches[id].suspended;
        }
        if (leaves == 0 || chance(2)) leaves = _drawLeaves(id);
        uint24 until = slip(8) ? today() : 0;
        _change(IStatus.StatusChange(id, _REINSTATE, leaves, until, 0), ghostBatches[id].issuer);
    }

    function changeOddly(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        uint8 kind = uint8(chance(2) ? 3 : draw(256));
        _change(IStatus.StatusChange(id, kind, _drawLeaves(id), _drawUntil(), 0), ghostBatches[id].issuer);
    }

    /// @dev A key of the issuer, or of the last that succeeds it.
    function drawActor(uint32 issuer) internal returns (address) {
        while (ghostIssuers[issuer].successor != 0 && !chance(2)) issuer = ghostIssuers[issuer].successor;
        return slip(12) ? STRANGER : drawKey(issuer, chance(2));
    }

    /// @dev Who may take back or replace what `key` recorded.
    function owns(address actor, address key) internal view returns (bool) {
        if (actor == key) return true;
        if (ghostKeys[actor].issuer != ghostKeys[key].issuer) return false;
        return ghostKeys[actor].purpose == IKeys.KeyPurpose.Anchor;
    }

    function actorRefusal(address key, uint32 issuer) internal view returns (bytes memory) {
        IKeys.KeyFault fault = statusFault(key);
        if (!succeeds(ghostKeys[key].issuer, issuer)) fault = IKeys.KeyFault.Unknown;
        if (fault == IKeys.KeyFault.None) return "";
        return abi.encodeWithSelector(IKeys.KeyRefused.selector, issuer, key, fault);
    }

    /// @dev What a relayed message is refused for before what it says is looked at.
    function relayRefusal(
        bytes32 digest,
        uint64 nonce,
        ISignatures.Signature memory signature
    ) internal view returns (bytes memory) {
        address signer = signerOf(digest, signature);
        if (signer == address(0)) return abi.encodeWithSelector(ISignatures.SignatureInvalid.selector, digest);
        return nonceRefusal(signer, nonce);
    }

    function _change(IStatus.StatusChange memory change, uint32 issuer) private {
        address key = drawActor(issuer);
        if (chance(2)) {
            bytes memory refusal = _changeRefusal(key, change);
            mustPass = change.act == _REVOKE && _isEntitled(key, change);
            if (send(key, abi.encodeCall(registry.postStatus, (change)), refusal)) _apply(key, change);
            return;
        }
        uint64 nonce = drawNonce(key);
        bytes32 digest = _digestOf(change, nonce);
        ISignatures.Signature memory signature = sign(key, digest);
        key = signerOf(digest, signature);
        bytes memory relayed = relayRefusal(digest, nonce, signature);
        mustPass = change.act == _REVOKE && relayed.length == 0 && _isEntitled(key, change);
        if (relayed.length == 0) relayed = _changeRefusal(key, change);
        bytes memory call = abi.encodeCall(registry.relayStatus, (change, nonce, signature));
        if (!send(drawSender(STRANGER), call, relayed)) return;
        ++ghostKeys[key].nonce;
        _apply(key, change);
    }

    function _apply(address key, IStatus.StatusChange memory change) private {
        GhostBatch storage ghost = ghostBatches[change.batch];
        if (change.act == _REVOKE) {
            ghostRevoked[ghost.size == 0 ? ghostKeys[key].issuer : ghost.issuer][change.batch] |= change.leaves;
            return;
        }
        for (uint256 leaf = 0; leaf < 256; ++leaf) {
            if ((change.leaves >> leaf) & 1 == 0) continue;
            if (change.act == _SUSPEND) _suspend(key, change, leaf);
            else if (isSuspended(change.batch, leaf)) {
                ghost.suspended &= ~(uint256(1) << leaf);
                ghostSuspensions[change.batch][leaf].liftKey = key;
                ghostSuspensions[change.batch][leaf].liftedAt = time;
            }
        }
    }

    function _suspend(address key, IStatus.StatusChange memory change, uint256 leaf) private {
        if (_isSaidAlready(change, leaf)) return;
        ghostSuspensions[change.batch][leaf] = GhostSuspension(key, time, change.until, address(0), 0);
        ghostBatches[change.batch].suspended |= uint256(1) << leaf;
        ghostBatches[change.batch].amended |= uint256(1) << leaf;
    }

    function _drawLeaves(bytes32 id) private returns (uint256) {
        uint256 size = ghostBatches[id].size == 0 ? 256 : ghostBatches[id].size;
        uint256 kind = draw(10);
        if (slip(12)) return 0;
        if (kind == 0) return 1;
        if (kind == 1) return uint256(1) << (size - 1);
        if (kind == 2) return size == 256 || !slip(1) ? uint256(1) << (size - 1) : uint256(1) << size;
        if (kind == 3) return type(uint256).max >> (256 - size);
        if (kind == 4) return (uint256(1) << (size - 1)) | 1;
        return (uint256(1) << draw(size)) | (chance(2) ? uint256(1) << draw(size) : 0);
    }

    function _drawUntil() private returns (uint24) {
        if (chance(3)) return 0;
        if (chance(8)) return LAST_DAY + (slip(2) ? 1 : 0);
        return slip(2) ? today() - 1 : today() + uint24(draw(3));
    }

    function _isEntitled(address key, IStatus.StatusChange memory change) private view returns (bool) {
        uint16 size = ghostBatches[change.batch].size;
        bool isMine = size == 0
            ? ghostKeys[key].issuer != 0
            : succeeds(ghostKeys[key].issuer, ghostBatches[change.batch].issuer);
        bool isInside = size == 0 || size == 256 || change.leaves < uint256(1) << size;
        return
            isMine && isInside && change.leaves != 0 && change.until == 0 && statusFault(key) == IKeys.KeyFault.None;
    }

    function _changeRefusal(
        address key,
        IStatus.StatusChange memory change
    ) private view returns (bytes memory refusal) {
        if (change.act > _REINSTATE)
            return abi.encodeWithSelector(IStatus.StatusActUnknown.selector, change.batch, change.act);
        bool isDay = change.act == _SUSPEND && change.until >= today() && change.until <= LAST_DAY;
        if (change.until != 0 && !isDay)
            return
                abi.encodeWithSelector(IStatus.StatusUntilInvalid.selector, change.batch, change.act, change.until);
        GhostBatch storage ghost = ghostBatches[change.batch];
        if (ghost.size == 0 && change.act != _REVOKE)
            return abi.encodeWithSelector(IBatches.BatchUnknown.selector, change.batch);
        refusal = actorRefusal(key, ghost.size == 0 ? ghostKeys[key].issuer : ghost.issuer);
        if (refusal.length != 0) return refusal;
        bool isInside = ghost.size == 0 || ghost.size == 256 || change.leaves < uint256(1) << ghost.size;
        if (change.leaves == 0 || !isInside)
            return
                abi.encodeWithSelector(
                    IStatus.StatusLeavesInvalid.selector,
                    change.batch,
                    change.leaves,
                    ghost.size
                );
        for (uint256 leaf = 0; leaf < 256 && change.act != _REVOKE && refusal.length == 0; ++leaf)
            if ((change.leaves >> leaf) & 1 == 1) refusal = _leafRefusal(key, change, uint8(leaf));
    }

    function _leafRefusal(
        address key,
        IStatus.StatusChange memory change,
        uint8 leaf
    ) private view returns (bytes memory) {
        if (!isSuspended(change.batch, leaf)) return "";
        if (change.act == _SUSPEND && _isSaidAlready(change, leaf)) return "";
        GhostSuspension storage ghost = ghostSuspensions[change.batch][leaf];
        if (!owns(key, ghost.key))
            return abi.encodeWithSelector(IStatus.StatusOfAnotherKey.selector, change.batch, leaf);
        uint256 end = ghost.until == 0 ? type(uint256).max : ghost.until;
        uint256 newEnd = change.until == 0 ? type(uint256).max : change.until;
        if (change.act == _SUSPEND && newEnd >= end) return "";
        return pauseRefusal();
    }

    function _isSaidAlready(IStatus.StatusChange memory change, uint256 leaf) private view returns (bool) {
        GhostSuspension storage ghost = ghostSuspensions[change.batch][leaf];
        return isSuspended(change.batch, leaf) && ghost.until == change.until && ghost.liftedAt == 0;
    }

    function _digestOf(IStatus.StatusChange memory change, uint64 nonce) private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)"
        );
        return
            digestOf(
                keccak256(
                    abi.encode(
                        typeHash,
                        change.batch,
                        change.act,
                        change.leaves,
                        change.until,
                        change.reason,
                        uint256(nonce)
                    )
                )
            );
    }
}
