// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Acts} from "./Acts.sol";
import {IStatus} from "./interfaces/IStatus.sol";

abstract contract Status is Acts, IStatus {
    /// @dev One slot: which key suspended, and which key of the same issuer lifted it, if one did (`liftedAt` is not 0).
    struct Suspension {
        uint32 issuer;
        uint32 key;
        uint40 since;
        uint24 until;
        uint32 liftKey;
        uint40 liftedAt;
    }

    bytes32 private constant _STATUS_CHANGE_TYPEHASH =
        keccak256("StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)");

    mapping(bytes32 batch => mapping(uint8 leaf => Suspension)) private _suspensions;

    /// @inheritdoc IStatus
    function changeStatus(StatusChange calldata change) external {
        _changeStatus(msg.sender, change);
    }

    /// @inheritdoc IStatus
    function relayStatus(StatusChange calldata change, uint64 nonce, Signature calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_STATUS_CHANGE_TYPEHASH, change, nonce));
        _changeStatus(_useSignature(structHash, nonce, signature), change);
    }

    function _suspension(bytes32 batch, uint8 leaf) internal view returns (Suspension storage) {
        return _suspensions[batch][leaf];
    }

    function _changeStatus(address key, StatusChange calldata change) private {
        StatusAct act = _requireAct(change);
        Batch storage batch = _batch(change.batch);
        uint16 size = batch.size;
        // a batch that is not anchored is nobody's: each issuer revokes it for itself
        require(size != 0 || act == StatusAct.Revoke, BatchUnknown(change.batch));
        uint32 issuer = size == 0 ? _key(key).issuer : batch.issuer;
        Key storage actor = _requireActor(key, issuer);
        require(
            change.leaves != 0 && change.leaves >> (size == 0 ? _MAX_SIZE : size) == 0,
            StatusLeavesInvalid(change.batch, change.leaves, size)
        );
        uint256 changed = _apply(act, change, actor, _wordsOf(issuer, change.batch));
        if (changed == 0) return;
        emit StatusChanged(
            issuer,
            _pageOf(batch),
            change.batch,
            change.act,
            changed,
            change.until,
            change.reason,
            key,
            _time()
        );
    }

    function _requireAct(StatusChange calldata change) private view returns (StatusAct act) {
        require(change.act <= uint8(type(StatusAct).max), StatusActUnknown(change.batch, change.act));
        act = StatusAct(change.act);
        bool isEnd = act == StatusAct.Suspend && change.until >= _today() && change.until <= _LAST_DAY;
        require(change.until == 0 || isEnd, StatusUntilInvalid(change.batch, change.act, change.until));
    }

    /// @dev Returns the leaves whose status changed.
    function _apply(
        StatusAct act,
        StatusChange calldata change,
        Key storage actor,
        Words storage words
    ) private returns (uint256 changed) {
        if (act == StatusAct.Revoke) {
            uint256 revoked = words.revoked;
            changed = change.leaves & ~revoked;
            // only ever sets bits
            if (changed != 0) words.revoked = revoked | changed;
            return changed;
        }
        for (uint256 rest = change.leaves; rest != 0; rest &= rest - 1) {
            uint8 leaf = uint8(Math.log2(rest & (~rest + 1)));
            bool isChange = act == StatusAct.Suspend ? _suspend(change, leaf, actor) : _lift(change, leaf, actor);
            if (isChange) changed |= 1 << leaf;
        }
        if (changed == 0) return changed;
        if (act == StatusAct.Suspend) {
            words.suspended |= changed;
            words.amended |= changed;
        } else {
            words.suspended &= ~changed;
        }
    }

    function _suspend(
        StatusChange calldata change,
        uint8 leaf,
        Key storage actor
    ) private returns (bool) {
        Suspension storage suspension = _suspensions[change.batch][leaf];
        if (_isInForce(suspension)) {
            // a lift that is ignored is written over as well, so that the bit says again what every reader says
            if (suspension.until == change.until && suspension.liftedAt == 0) return false;
            _requireOwn(change.batch, leaf, actor);
            if (_endsEarlier(change.until, suspension.until)) _requireNotPaused();
        }
        _suspensions[change.batch][leaf] = Suspension({
            issuer: actor.issuer,
            key: actor.number,
            since: _time(),
            until: change.until,
            liftKey: 0,
            liftedAt: 0
        });
        return true;
    }

    function _lift(StatusChange calldata change, uint8 leaf, Key storage actor) private returns (bool) {
        Suspension storage suspension = _suspensions[change.batch][leaf];
        if (!_isInForce(suspension)) return false;
        _requireOwn(change.batch, leaf, actor);
        _requireNotPaused();
        suspension.liftKey = actor.number;
        suspension.liftedAt = _time();
        return true;
    }

    /// @dev Whether the leaf is suspended in this block for every reader who knows what is known by now.
    function _isInForce(Suspension storage suspension) private view returns (bool) {
        if (!_counts(suspension.issuer, suspension.key, suspension.since)) return false;
        if (suspension.until != 0 && _today() > suspension.until) return false;
        return !_counts(suspension.issuer, suspension.liftKey, suspension.liftedAt);
    }

    function _requireOwn(bytes32 batch, uint8 leaf, Key storage actor) private view {
        Suspension storage suspension = _suspensions[batch][leaf];
        require(_owns(actor, suspension.issuer, suspension.key), StatusOfAnotherKey(batch, leaf));
    }

    /// @dev An open suspension ends after every other.
    function _endsEarlier(uint24 until, uint24 than) private pure returns (bool) {
        return until != 0 && (than == 0 || until < than);
    }
}
