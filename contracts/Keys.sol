// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Issuers} from "./Issuers.sol";
import {IKeys} from "./interfaces/IKeys.sol";

abstract contract Keys is Issuers, IKeys {
    /// @dev One slot. `issuer` is 0 for an address that is nobody's key.
    struct Key {
        uint32 issuer;
        uint32 number;
        KeyPurpose purpose;
        uint40 validFrom;
        uint40 validUntil;
        uint40 invalidFrom;
    }

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
    ) external onlyActiveAdmin(issuer) {
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
            invalidFrom: 0
        });
        _keyAddresses[issuer][number] = key;
        emit KeyAdded(issuer, key, number, purpose, from, validUntil);
    }

    /// @inheritdoc IKeys
    function endKey(uint32 issuer, address key) external onlyAdmin(issuer) {
        Key storage record = _keyOf(issuer, key);
        // after this block, not in the middle of it: an anchor of the same block is inside the window for every reader
        uint40 end = _time() + 1;
        uint40 validUntil = record.validUntil;
        require(validUntil == 0 || end < validUntil, KeyAlreadyEnded(key, validUntil));
        record.validUntil = end;
        emit KeyEnded(issuer, key, end);
    }

    /// @inheritdoc IKeys
    function reportCompromise(uint32 issuer, address key, uint40 since) external onlyAdmin(issuer) {
        Key storage record = _keyOf(issuer, key);
        require(since != 0 && since <= _time(), KeyCompromiseTimeInvalid(key, since, _time()));
        uint40 invalidFrom = record.invalidFrom;
        require(invalidFrom == 0 || since < invalidFrom, KeyCompromiseNotEarlier(key, since, invalidFrom));
        record.invalidFrom = since;
        emit KeyCompromised(issuer, key, since);
    }

    function _key(address key) internal view returns (Key storage) {
        return _keys[key];
    }

    function _keyAddress(uint32 issuer, uint32 number) internal view returns (address) {
        return _keyAddresses[issuer][number];
    }

    /// @dev Why `key` cannot anchor for `issuer` in this block.
    function _anchorFault(Key storage key, uint32 issuer) internal view returns (KeyFault) {
        if (key.issuer == issuer && key.purpose != KeyPurpose.Anchor) return KeyFault.Purpose;
        return _statusFault(key, issuer);
    }

    /// @dev Why `key` cannot change status for `issuer` in this block. Either purpose may. A reported key may not, at no
    /// time: the report says that it came too late.
    function _statusFault(Key storage key, uint32 issuer) internal view returns (KeyFault) {
        if (key.issuer != issuer) return KeyFault.Unknown;
        if (key.invalidFrom != 0) return KeyFault.Compromised;
        if (_time() < key.validFrom) return KeyFault.NotYetValid;
        if (key.validUntil != 0 && _time() >= key.validUntil) return KeyFault.Ended;
        return KeyFault.None;
    }

    function _requireStatusKey(address key, uint32 issuer) internal view {
        KeyFault fault = _statusFault(_keys[key], issuer);
        require(fault == KeyFault.None, KeyRefused(issuer, key, fault));
    }

    function _time() internal view returns (uint40) {
        return uint40(block.timestamp);
    }

    function _keyOf(uint32 issuer, address key) private view returns (Key storage record) {
        record = _keys[key];
        require(record.issuer == issuer, KeyRefused(issuer, key, KeyFault.Unknown));
    }
}
