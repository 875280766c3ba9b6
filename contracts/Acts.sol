// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Batches} from "./Batches.sol";

/// @dev What status, amendments and notices have in common: the words of a batch, who may act on it, and whether an act
/// that was recorded still counts.
abstract contract Acts is Batches {
    /// @dev Leaf i is bit i of each. Only `revoked` is written before the batch is anchored.
    struct Words {
        uint256 revoked;
        uint256 suspended;
        uint256 amended;
    }

    /// @dev Governments reorganise, but not without end: what a stranger's act costs to refuse is bounded.
    uint256 private constant _MAX_SUCCESSORS = 8;

    /// @dev 9999-12-31, the last day that four digits of a year can name; for a validity it stands for "until further notice".
    uint24 internal constant _LAST_DAY = 2_932_896;

    mapping(uint32 issuer => mapping(bytes32 batch => Words)) private _words;

    function _wordsOf(uint32 issuer, bytes32 batch) internal view returns (Words storage) {
        return _words[issuer][batch];
    }

    /// @dev A key of the issuer or of a department that succeeds it: either may take validity away.
    function _requireActor(address key, uint32 issuer) internal view returns (Key storage actor) {
        actor = _key(key);
        uint32 own = actor.issuer;
        KeyFault fault = own == issuer || _succeeds(own, issuer) ? _statusFault(actor, own) : KeyFault.Unknown;
        require(fault == KeyFault.None, KeyRefused(issuer, key, fault));
    }

    /// @dev An anchor key of the issuer itself, and only while the issuer may issue: nobody else prolongs validity. If a
    /// successor could, whoever names successors could.
    function _requireProlonger(address key, uint32 issuer) internal view returns (Key storage actor) {
        actor = _key(key);
        KeyFault fault = _anchorFault(actor, issuer);
        require(fault == KeyFault.None, KeyRefused(issuer, key, fault));
        _requireActive(issuer);
    }

    /// @dev Whether `actor` may take back or replace what key `number` of `issuer` recorded: that key itself, or an anchor key
    /// of the same department. A successor may not: else governance, which names it, could undo what was done before.
    function _owns(Key storage actor, uint32 issuer, uint32 number) internal view returns (bool) {
        return actor.issuer == issuer && (actor.number == number || actor.purpose == KeyPurpose.Anchor);
    }

    /// @dev Whether there is a recorded act (0 is no time) that its key was entitled to, as far as is known by now. Every
    /// reader ignores the others, so they stand in nobody's way here.
    function _counts(uint32 issuer, uint32 number, uint40 time) internal view returns (bool) {
        if (time == 0) return false;
        uint40 invalidFrom = _key(_keyAddress(issuer, number)).invalidFrom;
        return invalidFrom == 0 || time < invalidFrom;
    }

    /// @dev The day in Hong Kong, which is 8 hours ahead, in days since 1970-01-01.
    function _today() internal view returns (uint24) {
        return uint24((block.timestamp + 8 hours) / 1 days);
    }

    function _succeeds(uint32 candidate, uint32 issuer) private view returns (bool) {
        for (uint256 links = 0; issuer != 0 && links < _MAX_SUCCESSORS; ++links) {
            issuer = _issuer(issuer).successor;
            if (issuer == candidate) return true;
        }
        return false;
    }
}
