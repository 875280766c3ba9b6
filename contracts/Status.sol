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

    uint8 private constant _REVOKE = uint8(StatusAct.Revoke);
    uint8 private constant _SUSPEND = uint8(StatusAct.Suspend);

    bytes32 private constant _STATUS_CHANGE_TYPEHASH =
        keccak256("StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)");

    mapping(bytes32 batch => mapping(uint8 leaf => Suspension)) private _suspensions;

    /// @inheritdoc IStatus
    function postStatus(StatusChange calldata change) external {
        _postStatus(msg.sender, change);
    }

    /// @inheritdoc IStatus
    function relayStatus(StatusChange calldata change, uint64 nonce, Signature calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_STATUS_CHANGE_TYPEHASH, change, nonce));
        _postStatus(_useSignature(structHash, nonce, signature), change);
    }

    function _suspension(bytes32 batch, uint8 leaf) internal view returns (Suspension storage) {
        return _suspensions[batch][leaf];
    }

    function _postStatus(address key, StatusChange calldata change) private {
        _requireAct(change);
        Batch storage batch = _batch(change.batch);
        (uint32 issuer, uint16 size) = (batch.issuer, batch.size);
        uint32 page = _page(size, batch.number);
        if (size == 0) {
            // nobody's, as long as it is not anchored: each issuer revokes it for itself
            require(change.act == _REVOKE, BatchUnknown(change.batch));
            issuer = _key(key).issuer;
        }
        Key storage actor = _requireActor(key, issuer);
        require(
            change.leaves != 0 && change.leaves >> (size == 0 ? _MAX_SIZE : size) == 0,
            StatusLeavesInvalid(change.batch, change.leaves, size)
        );
        Words storage words = _wordsOf(issuer, change.batch);
        uint256 changed = change.act == _REVOKE ? _revoke(change, words) : _suspendOrLift(change, words, actor);
        if (changed == 0) return;
        emit StatusChanged(
            issuer,
            page,
            change.batch,
            change.act,
            changed,
            change.until,
            change.reason,
            key,
            _time()
        );
    }

    function _requireAct(StatusChange calldata change) private view {
        require(change.act <= uint8(type(StatusAct).max), StatusActUnknown(change.batch, change.act));
        if (change.until == 0) return;
        bool isEnd = change.act == _SUSPEND && change.until >= _today() && change.until <= _LAST_DAY;
        require(isEnd, StatusUntilInvalid(change.batch, change.act, change.until));
    }

    /// @dev Returns the leaves whose status changed, as the next does. Only ever sets bits.
    function _revoke(StatusChange calldata change, Words storage words) private returns (uint256 changed) {
        uint256 revoked = words.revoked;
        changed = change.leaves & ~revoked;
        if (changed != 0) words.revoked = revoked | changed;
    }

    function _suspendOrLift(
        StatusChange calldata change,
        Words storage words,
        Key storage actor
    ) private returns (uint256 changed) {
        bool isSuspension = change.act == _SUSPEND;
        for (uint256 rest = change.leaves; rest != 0; rest &= rest - 1) {
            uint8 leaf = uint8(Math.log2(rest & (~rest + 1)));
            if (isSuspension ? _suspend(change, leaf, actor) : _lift(change, leaf, actor)) changed |= 1 << leaf;
        }
        if (changed == 0) return 0;
        words.suspended = isSuspension ? words.suspended | changed : words.suspended & ~changed;
        if (isSuspension) words.amended |= changed;
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
