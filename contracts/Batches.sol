// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CredentialTypes} from "./CredentialTypes.sol";
import {Keys} from "./Keys.sol";
import {Recovery} from "./Recovery.sol";
import {IBatches} from "./interfaces/IBatches.sol";

abstract contract Batches is Recovery, Keys, CredentialTypes, IBatches {
    /// @dev One slot. `size` is 0 for a batch that was not anchored. The root is not kept: the id commits to it.
    struct Batch {
        uint32 issuer;
        uint32 number;
        uint32 credentialType;
        uint16 size;
        uint32 key;
        uint40 anchoredAt;
        Judgement judgement;
        bool flagged;
    }

    /// @dev As many leaves as a word of status has bits.
    uint16 internal constant _MAX_SIZE = 256;

    uint32 internal constant _PAGE_SIZE = 64;

    /// @dev The page of a batch that has no number.
    uint32 private constant _NO_PAGE = type(uint32).max;

    /// @dev For so long after a recovery everything that the issuer anchors is flagged.
    uint40 private constant _FLAGGING = 90 days;

    bytes32 private constant _BATCH_TYPEHASH =
        keccak256("Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)");

    mapping(bytes32 id => Batch) private _batches;
    mapping(uint32 issuer => mapping(uint32 number => bytes32)) private _batchIds;
    mapping(uint32 issuer => uint32) private _batchCounts;

    /// @dev Only of batches that are not anchored: an id alone does not tell its issuer, so each issuer speaks for itself.
    mapping(uint32 issuer => mapping(bytes32 id => bool)) private _voided;

    /// @inheritdoc IBatches
    function anchor(BatchAnchor[] calldata batches) external whenNotPaused {
        for (uint256 index = 0; index < batches.length; ++index) {
            bytes32 id = _id(batches[index]);
            if (_batches[id].size == 0) _anchor(index, id, batches[index]);
            else emit BatchAlreadyAnchored(id);
        }
    }

    /// @inheritdoc IBatches
    function endorseBatch(uint32 issuer, bytes32 batch) external onlyActiveAdmin(issuer) whenNotPaused {
        Batch storage record = _knownBatch(batch);
        require(record.issuer == issuer, BatchOfAnotherIssuer(batch, record.issuer));
        require(record.judgement != Judgement.Void, BatchAlreadyVoid(batch));
        if (record.judgement == Judgement.Endorsed) return;
        record.judgement = Judgement.Endorsed;
        emit BatchEndorsed(issuer, _page(record.size, record.number), batch);
    }

    /// @inheritdoc IBatches
    function voidBatch(uint32 issuer, bytes32 batch) external onlyAdmin(issuer) {
        Batch storage record = _batches[batch];
        if (record.size == 0) {
            if (_voided[issuer][batch]) return;
            _voided[issuer][batch] = true;
        } else {
            require(record.issuer == issuer, BatchOfAnotherIssuer(batch, record.issuer));
            if (record.judgement == Judgement.Void) return;
            record.judgement = Judgement.Void;
        }
        emit BatchVoided(issuer, _page(record.size, record.number), batch);
    }

    function _batch(bytes32 id) internal view returns (Batch storage) {
        return _batches[id];
    }

    function _knownBatch(bytes32 id) internal view returns (Batch storage batch) {
        batch = _batches[id];
        require(batch.size != 0, BatchUnknown(id));
    }

    /// @dev A batch that is not anchored has the size 0 and no page.
    function _page(uint16 size, uint32 number) internal pure returns (uint32) {
        return size == 0 ? _NO_PAGE : number / _PAGE_SIZE;
    }

    function _batchId(uint32 issuer, uint32 number) internal view returns (bytes32) {
        return _batchIds[issuer][number];
    }

    function _batchCount(uint32 issuer) internal view returns (uint32) {
        return _batchCounts[issuer];
    }

    function _anchor(uint256 index, bytes32 id, BatchAnchor calldata batch) private {
        uint32 credentialType = _requireIssuable(index, id, batch);
        (address signer, uint32 key) = _requireSigned(index, id, batch);
        uint32 number = _batchCounts[batch.issuer]++;
        _batchIds[batch.issuer][number] = id;
        _batches[id] = Batch({
            issuer: batch.issuer,
            number: number,
            credentialType: credentialType,
            size: batch.size,
            key: key,
            anchoredAt: _time(),
            judgement: Judgement.None,
            flagged: _isFlagging(batch.issuer)
        });
        emit BatchAnchored(
            batch.issuer,
            number / _PAGE_SIZE,
            id,
            number,
            credentialType,
            batch.root,
            batch.size,
            signer
        );
    }

    function _requireIssuable(
        uint256 index,
        bytes32 id,
        BatchAnchor calldata batch
    ) private view returns (uint32 credentialType) {
        require(batch.size != 0 && batch.size <= _MAX_SIZE, BatchInvalidSize(index, id, batch.size));
        require(batch.root != bytes32(0), BatchInvalidRoot(index, id, batch.root));
        IssuerState state = _issuer(batch.issuer).state;
        require(state == IssuerState.Active, BatchIssuerNotActive(index, id, batch.issuer, state));
        CredentialType storage kind = _credentialType(batch.issuer, batch.credentialType);
        require(
            kind.state == TypeState.Open,
            BatchCredentialTypeNotOpen(index, id, batch.credentialType, kind.state)
        );
        require(!_voided[batch.issuer][id], BatchIsVoid(index, id));
        return kind.number;
    }

    function _isFlagging(uint32 issuer) private view returns (bool) {
        uint40 recoveredAt = _issuer(issuer).recoveredAt;
        return recoveredAt != 0 && _time() < recoveredAt + _FLAGGING;
    }

    function _requireSigned(
        uint256 index,
        bytes32 id,
        BatchAnchor calldata batch
    ) private view returns (address signer, uint32 number) {
        signer = _recover(id, batch.v, batch.r, batch.s);
        require(signer != address(0), BatchSignatureInvalid(index, id));
        Key storage key = _key(signer);
        KeyFault fault = _anchorFault(key, batch.issuer);
        require(fault == KeyFault.None, BatchKeyRefused(index, id, signer, fault));
        return (signer, key.number);
    }

    function _id(BatchAnchor calldata batch) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(_BATCH_TYPEHASH, batch.issuer, batch.credentialType, batch.root, batch.size)
                )
            );
    }
}
