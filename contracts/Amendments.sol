// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Acts} from "./Acts.sol";
import {IAmendments} from "./interfaces/IAmendments.sol";

abstract contract Amendments is Acts, IAmendments {
    /// @dev One slot: the successor's batch is found by its issuer and number. `time` is 0 where there is no successor.
    struct Successor {
        uint32 issuer;
        uint32 number;
        uint8 leaf;
        uint32 keyIssuer;
        uint32 key;
        uint40 time;
    }

    /// @dev One slot. `time` is 0 where the credential's own last day counts.
    struct Validity {
        uint24 validUntil;
        uint32 keyIssuer;
        uint32 key;
        uint40 time;
    }

    bytes32 private constant _SUCCESSION_TYPEHASH =
        keccak256("Succession(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)");

    bytes32 private constant _EXTENSION_TYPEHASH =
        keccak256("Extension(bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce)");

    mapping(bytes32 batch => mapping(uint8 leaf => Successor)) private _successors;
    mapping(bytes32 batch => mapping(uint8 leaf => Validity)) private _validities;

    /// @inheritdoc IAmendments
    function nameSuccessor(Succession calldata succession) external {
        _nameSuccessor(msg.sender, succession);
    }

    /// @inheritdoc IAmendments
    function relaySuccession(Succession calldata succession, uint64 nonce, Signature calldata signature) external {
        bytes32 structHash = keccak256(abi.encode(_SUCCESSION_TYPEHASH, succession, nonce));
        _nameSuccessor(_useSignature(structHash, nonce, signature), succession);
    }

    /// @inheritdoc IAmendments
    function extend(Extension calldata extension) external whenNotPaused {
        _extend(msg.sender, extension);
    }

    /// @inheritdoc IAmendments
    function relayExtension(
        Extension calldata extension,
        uint64 nonce,
        Signature calldata signature
    ) external whenNotPaused {
        bytes32 structHash = keccak256(abi.encode(_EXTENSION_TYPEHASH, extension, nonce));
        _extend(_useSignature(structHash, nonce, signature), extension);
    }

    function _successor(bytes32 batch, uint8 leaf) internal view returns (Successor storage) {
        return _successors[batch][leaf];
    }

    function _validity(bytes32 batch, uint8 leaf) internal view returns (Validity storage) {
        return _validities[batch][leaf];
    }

    function _nameSuccessor(address key, Succession calldata succession) private {
        Batch storage batch = _requireLeaf(succession.batch, succession.leaf);
        Key storage actor = _requireActor(key, batch.issuer);
        Batch storage next = _requireLeaf(succession.successorBatch, succession.successorLeaf);
        require(
            succession.batch != succession.successorBatch || succession.leaf != succession.successorLeaf,
            SuccessionOfItself(succession.batch, succession.leaf)
        );
        if (!_recordSuccessor(succession, next, actor)) return;
        _markAmended(batch.issuer, succession.batch, succession.leaf);
        emit SuccessorNamed(
            batch.issuer,
            _page(batch.size, batch.number),
            succession.batch,
            succession.leaf,
            succession.successorBatch,
            succession.successorLeaf,
            key,
            _time()
        );
    }

    /// @dev Returns whether this changed anything.
    function _recordSuccessor(
        Succession calldata succession,
        Batch storage next,
        Key storage actor
    ) private returns (bool) {
        Successor storage named = _successors[succession.batch][succession.leaf];
        if (_counts(named.keyIssuer, named.key, named.time)) {
            bool isSame = named.issuer == next.issuer &&
                named.number == next.number &&
                named.leaf == succession.successorLeaf;
            if (isSame) return false;
            require(
                actor.purpose == KeyPurpose.Anchor && _owns(actor, named.keyIssuer, named.key),
                SuccessionNamed(succession.batch, succession.leaf)
            );
        }
        _successors[succession.batch][succession.leaf] = Successor({
            issuer: next.issuer,
            number: next.number,
            leaf: succession.successorLeaf,
            keyIssuer: actor.issuer,
            key: actor.number,
            time: _time()
        });
        return true;
    }

    function _extend(address key, Extension calldata extension) private {
        Batch storage batch = _requireLeaf(extension.batch, extension.leaf);
        Key storage actor = _requireProlonger(key, batch.issuer);
        require(
            extension.validUntil != 0 && extension.validUntil <= _LAST_DAY,
            ExtensionDayInvalid(extension.batch, extension.leaf, extension.validUntil)
        );
        Validity storage validity = _validities[extension.batch][extension.leaf];
        bool isSame = validity.validUntil == extension.validUntil;
        if (isSame && _counts(validity.keyIssuer, validity.key, validity.time)) return;
        _validities[extension.batch][extension.leaf] = Validity({
            validUntil: extension.validUntil,
            keyIssuer: actor.issuer,
            key: actor.number,
            time: _time()
        });
        _markAmended(batch.issuer, extension.batch, extension.leaf);
        emit ValidityExtended(
            batch.issuer,
            _page(batch.size, batch.number),
            extension.batch,
            extension.leaf,
            extension.validUntil,
            extension.reason,
            key,
            _time()
        );
    }

    function _requireLeaf(bytes32 id, uint8 leaf) private view returns (Batch storage batch) {
        batch = _knownBatch(id);
        require(leaf < batch.size, AmendmentLeafInvalid(id, leaf, batch.size));
    }

    function _markAmended(uint32 issuer, bytes32 batch, uint8 leaf) private {
        _wordsOf(issuer, batch).amended |= 1 << leaf;
    }
}
