// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Batches} from "./Batches.sol";
import {IStatus} from "./interfaces/IStatus.sol";

abstract contract Status is Batches, IStatus {
    bytes32 private constant _STATUS_CHANGE_TYPEHASH =
        keccak256("StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint16 reason,uint256 nonce)");

    mapping(bytes32 batch => uint256) private _revoked;
    mapping(bytes32 batch => uint256) private _suspended;

    /// @inheritdoc IStatus
    function changeStatus(StatusChange calldata change) external {
        _changeStatus(msg.sender, change);
    }

    /// @inheritdoc IStatus
    function relayStatus(StatusChange calldata change, uint256 nonce, Signature calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_STATUS_CHANGE_TYPEHASH, change, nonce));
        _changeStatus(_useSignature(structHash, nonce, signature), change);
    }

    function _revokedLeaves(bytes32 batch) internal view returns (uint256) {
        return _revoked[batch];
    }

    function _suspendedLeaves(bytes32 batch) internal view returns (uint256) {
        return _suspended[batch];
    }

    function _changeStatus(address key, StatusChange calldata change) private {
        Batch storage batch = _knownBatch(change.batch);
        _requireStatusKey(key, batch.issuer);
        require(_hasLeaves(batch, change.leaves), StatusLeavesInvalid(change.batch, change.leaves, batch.size));
        uint256 changed = _apply(change);
        if (changed == 0) return;
        emit StatusChanged(
            batch.issuer,
            batch.number / _PAGE_SIZE,
            change.batch,
            change.act,
            changed,
            change.reason,
            key,
            _time()
        );
    }

    /// @dev Returns the leaves whose status changed. What a revocation changes lies outside the word, so it only sets bits.
    function _apply(StatusChange calldata change) private returns (uint256 changed) {
        require(change.act <= uint8(type(StatusAct).max), StatusActUnknown(change.batch, change.act));
        StatusAct act = StatusAct(change.act);
        mapping(bytes32 batch => uint256) storage words = act == StatusAct.Revoke ? _revoked : _suspended;
        uint256 word = words[change.batch];
        changed = change.leaves & (act == StatusAct.Reinstate ? word : ~word);
        if (changed != 0) words[change.batch] = word ^ changed;
    }

    /// @dev A shift by 256 leaves nothing, so a full batch takes any mask but the empty one.
    function _hasLeaves(Batch storage batch, uint256 leaves) private view returns (bool) {
        return leaves != 0 && leaves >> batch.size == 0;
    }
}
