// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Batches} from "./Batches.sol";
import {IAmendments} from "./interfaces/IAmendments.sol";

abstract contract Amendments is Batches, IAmendments {
    /// @dev One slot: an anchored batch is found by its issuer and number. `issuer` is 0 where there is no successor.
    struct Successor {
        uint32 issuer;
        uint32 number;
        uint8 leaf;
    }

    bytes32 private constant _AMENDMENT_TYPEHASH =
        keccak256("Amendment(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)");

    mapping(bytes32 batch => uint256) private _amended;
    mapping(bytes32 batch => mapping(uint8 leaf => Successor)) private _successors;

    /// @inheritdoc IAmendments
    function amend(Amendment calldata amendment) external {
        _amend(msg.sender, amendment);
    }

    /// @inheritdoc IAmendments
    function relayAmendment(Amendment calldata amendment, uint256 nonce, Signature calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_AMENDMENT_TYPEHASH, amendment, nonce));
        _amend(_useSignature(structHash, nonce, signature), amendment);
    }

    /// @inheritdoc IAmendments
    function readAmendments(bytes32 batch) external view returns (Amendment[] memory amendments) {
        uint256 amended = _amended[batch];
        amendments = new Amendment[](_countLeaves(amended));
        uint256 index = 0;
        for (uint256 leaf = 0; index < amendments.length; ++leaf) {
            if ((amended >> leaf) & 1 == 0) continue;
            Successor storage successor = _successors[batch][uint8(leaf)];
            amendments[index++] = Amendment({
                batch: batch,
                leaf: uint8(leaf),
                successorBatch: _batchId(successor.issuer, successor.number),
                successorLeaf: successor.leaf
            });
        }
    }

    function _amendedLeaves(bytes32 batch) internal view returns (uint256) {
        return _amended[batch];
    }

    function _amend(address key, Amendment calldata amendment) private {
        Batch storage batch = _knownBatch(amendment.batch);
        _requireStatusKey(key, batch.issuer);
        Batch storage successorBatch = _knownBatch(amendment.successorBatch);
        require(amendment.leaf < batch.size, AmendmentLeafInvalid(amendment.batch, amendment.leaf, batch.size));
        require(
            amendment.successorLeaf < successorBatch.size,
            AmendmentLeafInvalid(amendment.successorBatch, amendment.successorLeaf, successorBatch.size)
        );
        require(
            amendment.batch != amendment.successorBatch || amendment.leaf != amendment.successorLeaf,
            AmendmentOfItself(amendment.batch, amendment.leaf)
        );
        if (!_nameSuccessor(amendment, successorBatch)) return;
        emit CredentialAmended(
            batch.issuer,
            batch.number / _PAGE_SIZE,
            amendment.batch,
            amendment.leaf,
            amendment.successorBatch,
            amendment.successorLeaf,
            key,
            _time()
        );
    }

    /// @dev Returns whether this changed anything. The last naming counts.
    function _nameSuccessor(
        Amendment calldata amendment,
        Batch storage successorBatch
    ) private returns (bool changed) {
        Successor storage successor = _successors[amendment.batch][amendment.leaf];
        changed =
            successor.issuer != successorBatch.issuer ||
            successor.number != successorBatch.number ||
            successor.leaf != amendment.successorLeaf;
        if (!changed) return false;
        _successors[amendment.batch][amendment.leaf] = Successor({
            issuer: successorBatch.issuer,
            number: successorBatch.number,
            leaf: amendment.successorLeaf
        });
        _amended[amendment.batch] |= 1 << amendment.leaf;
    }

    function _countLeaves(uint256 leaves) private pure returns (uint256 count) {
        for (; leaves != 0; leaves &= leaves - 1) ++count;
    }
}
