// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Issuers} from "./Issuers.sol";
import {Signatures} from "./Signatures.sol";
import {IKeys} from "./interfaces/IKeys.sol";

abstract contract Keys is Issuers, Signatures, IKeys {
    /// @dev One slot, and a full one. `issuer` is 0 for an address that is nobody's key.
    struct Key {
        uint32 issuer;
        uint32 number;
        KeyPurpose purpose;
        uint40 validFrom;
        uint40 validUntil;
        uint40 invalidFrom;
        uint64 nonce;
    }

    bytes32 private constant _KEY_RENUNCIATION_TYPEHASH = keccak256("KeyRenunciation(address key,uint256 nonce)");

    mapping(address key => Key) private _keys;
    mapping(uint32 issuer => mapping(uint32 number => address)) private _keyAddresses;
    mapping(uint32 issuer => uint32) private _keyCounts;

    /// @inheritdoc IKeys
    function addKey(
        uint32 issuer,
        address key,
        KeyPurpose purpose,
        uint40 validFrom,
        uint40 validUntil
    ) external onlyActiveAdmin(issuer) whenNotPaused {
        require(key != address(0), KeyInvalid(key));
        require(purpose != KeyPurpose.None, KeyInvalidPurpose(key, purpose));
        uint32 owner = _keys[key].issuer;
        require(owner == 0, KeyAlreadyAdded(key, owner));
        uint40 from = validFrom == 0 ? _time() : validFrom;
        require(from >= _time(), KeyBackDated(key, from, _time()));
        require(validUntil == 0 || validUntil > from, KeyInvalidWindow(key, from, validUntil));

        uint32 number = ++_keyCounts[issuer];
        _keys[key] = Key({
            issuer: issuer,
            number: number,
            purpose: purpose,
            validFrom: from,
            validUntil: validUntil,
            invalidFrom: 0,
            nonce: 0
        });
        _keyAddresses[issuer][number] = key;
        emit KeyAdded(issuer, key, number, purpose, from, validUntil);
    }

    /// @inheritdoc IKeys
    function endKey(uint32 issuer, address key, uint40 validUntil) external onlyAdmin(issuer) {
        _requireKeyOf(issuer, key);
        require(validUntil == 0 || validUntil > _time(), KeyEndInvalid(key, validUntil, _time()));
        _endKey(key, validUntil == 0 ? _afterThisBlock() : validUntil);
    }

    /// @inheritdoc IKeys
    function renounceKey() external {
        _endKey(msg.sender, _afterThisBlock());
    }

    /// @inheritdoc IKeys
    function relayRenounceKey(address key, uint64 nonce, Signature calldata signature) external {
        address signer = _signerOf(keccak256(abi.encode(_KEY_RENUNCIATION_TYPEHASH, key, nonce)), signature);
        require(signer == key, KeyNotSigner(key, signer));
        _useNonce(key, nonce);
        _endKey(key, _afterThisBlock());
    }

    /// @inheritdoc IKeys
    function reportCompromise(uint32 issuer, address key, uint40 since) external onlyAdmin(issuer) {
        _requireKeyOf(issuer, key);
        require(since != 0 && since <= _time(), KeyCompromiseTimeInvalid(key, since, _time()));
        uint40 invalidFrom = _keys[key].invalidFrom;
        require(invalidFrom == 0 || since < invalidFrom, KeyCompromiseNotEarlier(key, since, invalidFrom));
        _keys[key].invalidFrom = since;
        emit KeyCompromised(issuer, key, since);
    }

    /// @inheritdoc IKeys
    function nonces(address key) external view returns (uint64) {
        return _keys[key].nonce;
    }

    /// @dev The key that signed a message under its next nonce, which is used up. What is not a key (of the right issuer)
    /// is for the caller to refuse, and its nonce with it.
    function _useSignature(
        bytes32 structHash,
        uint64 nonce,
        Signature calldata signature
    ) internal returns (address key) {
        key = _signerOf(structHash, signature);
        _useNonce(key, nonce);
    }

    function _key(address key) internal view returns (Key storage) {
        return _keys[key];
    }

    function _keyAddress(uint32 issuer, uint32 number) internal view returns (address) {
        return _keyAddresses[issuer][number];
    }

    /// @dev Why `key` cannot anchor for `issuer`, or prolong anything, in this block.
    function _anchorFault(Key storage key, uint32 issuer) internal view returns (KeyFault) {
        if (key.issuer == issuer && key.purpose == KeyPurpose.Status) return KeyFault.Purpose;
        return _statusFault(key, issuer);
    }

    /// @dev Why `key` cannot change status for `issuer` in this block. Either purpose may. A reported key may not, at no
    /// time: the report says that it came too late.
    function _statusFault(Key storage key, uint32 issuer) internal view returns (KeyFault) {
        if (key.issuer == 0 || key.issuer != issuer) return KeyFault.Unknown;
        if (key.invalidFrom != 0) return KeyFault.Compromised;
        if (_time() < key.validFrom) return KeyFault.NotYetValid;
        if (key.validUntil != 0 && _time() >= key.validUntil) return KeyFault.Ended;
        return KeyFault.None;
    }

    function _useNonce(address key, uint64 nonce) private {
        uint64 next = _keys[key].nonce;
        require(nonce == next, KeyInvalidNonce(key, nonce, next));
        _keys[key].nonce = next + 1;
    }

    function _endKey(address key, uint40 end) private {
        Key storage record = _keys[key];
        require(record.issuer != 0, KeyRefused(0, key, KeyFault.Unknown));
        uint40 validUntil = record.validUntil;
        require(validUntil == 0 || end < validUntil, KeyAlreadyEnded(key, validUntil));
        record.validUntil = end;
        emit KeyEnded(record.issuer, key, end);
    }

    function _requireKeyOf(uint32 issuer, address key) private view {
        require(_keys[key].issuer == issuer, KeyRefused(issuer, key, KeyFault.Unknown));
    }

    /// @dev Not in the middle of the block: what it anchors is inside the window for every reader.
    function _afterThisBlock() private view returns (uint40) {
        return _time() + 1;
    }
}
