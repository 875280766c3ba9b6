// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Stage} from "./Stage.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {ICredentialTypes} from "../../../contracts/interfaces/ICredentialTypes.sol";
import {IGovernance} from "../../../contracts/interfaces/IGovernance.sol";
import {IIssuers} from "../../../contracts/interfaces/IIssuers.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {IPausing} from "../../../contracts/interfaces/IPausing.sol";

/// @dev What the registry must hold, kept in another shape: keys by their addresses, no packed words, every recovery.
abstract contract Model is Stage {
    struct GhostIssuer {
        address admin;
        address offered;
        bytes32 profile;
        IIssuers.IssuerState state;
        uint32 successor;
        address proposed;
        uint40 proposedAt;
        bool objected;
        uint40[] recoveries;
        address[] keys;
        bytes32[] types;
        bytes32[] batches;
    }

    struct GhostKey {
        uint32 issuer;
        uint32 number;
        IKeys.KeyPurpose purpose;
        uint40 validFrom;
        uint40 validUntil;
        uint40 invalidFrom;
        uint64 nonce;
    }

    struct GhostNotice {
        uint24 from;
        uint24 to;
        uint24 validUntil;
        bytes32 law;
        address key;
        uint40 postedAt;
        uint40 withdrawnAt;
    }

    struct GhostBatch {
        uint32 issuer;
        uint32 number;
        uint32 credentialType;
        uint16 size;
        address key;
        uint40 anchoredAt;
        IBatches.Judgement judgement;
        bool flagged;
        uint256 suspended;
        uint256 amended;
    }

    struct GhostSuspension {
        address key;
        uint40 since;
        uint24 until;
        address liftKey;
        uint40 liftedAt;
    }

    struct GhostSuccessor {
        bytes32 batch;
        uint8 leaf;
        address key;
        uint40 time;
    }

    struct GhostValidity {
        uint24 validUntil;
        address key;
        uint40 time;
    }

    /// @dev What a key was to sign, anchored later or not.
    struct Candidate {
        uint32 issuer;
        bytes32 credentialType;
        bytes32 root;
        uint16 size;
    }

    uint24 internal constant LAST_DAY = 2_932_896;

    address internal ghostGuardian;
    uint40 internal ghostPausedAt;
    uint40 internal ghostPausedUntil;
    uint32 internal ghostIssuerCount;
    mapping(uint32 issuer => GhostIssuer) internal ghostIssuers;
    mapping(address key => GhostKey) internal ghostKeys;
    mapping(uint32 issuer => mapping(bytes32 definition => ICredentialTypes.TypeState)) internal ghostTypes;
    mapping(uint32 issuer => mapping(uint32 number => GhostNotice[])) internal ghostNotices;
    mapping(bytes32 id => GhostBatch) internal ghostBatches;
    mapping(uint32 issuer => mapping(bytes32 id => bool)) internal ghostVoided;
    mapping(uint32 issuer => mapping(bytes32 id => uint256)) internal ghostRevoked;
    mapping(bytes32 id => mapping(uint256 leaf => GhostSuspension)) internal ghostSuspensions;
    mapping(bytes32 id => mapping(uint256 leaf => GhostSuccessor)) internal ghostSuccessors;
    mapping(bytes32 id => mapping(uint256 leaf => GhostValidity)) internal ghostValidities;

    /// @dev Batches that were spoken of before they were anchored.
    Candidate[] internal candidates;
    bytes32[] internal anchored;

    function isPaused() internal view returns (bool) {
        return time < ghostPausedUntil;
    }

    function isActive(uint32 issuer) internal view returns (bool) {
        return ghostIssuers[issuer].state == IIssuers.IssuerState.Active;
    }

    function batchIdOf(Candidate memory batch) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)");
        return digestOf(keccak256(abi.encode(typeHash, batch.issuer, batch.credentialType, batch.root, batch.size)));
    }

    /// @dev Why the key can change no status of its own issuer's batches now.
    function statusFault(address key) internal view returns (IKeys.KeyFault) {
        GhostKey storage ghost = ghostKeys[key];
        if (ghost.issuer == 0) return IKeys.KeyFault.Unknown;
        if (ghost.invalidFrom != 0) return IKeys.KeyFault.Compromised;
        if (ghost.validFrom > time) return IKeys.KeyFault.NotYetValid;
        if (ghost.validUntil != 0 && ghost.validUntil <= time) return IKeys.KeyFault.Ended;
        return IKeys.KeyFault.None;
    }

    function anchorFault(address key, uint32 issuer) internal view returns (IKeys.KeyFault) {
        GhostKey storage ghost = ghostKeys[key];
        if (ghost.issuer == 0 || ghost.issuer != issuer) return IKeys.KeyFault.Unknown;
        if (ghost.purpose == IKeys.KeyPurpose.Status) return IKeys.KeyFault.Purpose;
        return statusFault(key);
    }

    function succeeds(uint32 candidate, uint32 issuer) internal view returns (bool) {
        if (candidate == 0) return false;
        for (uint256 link = 0; link <= 8; ++link) {
            if (issuer == candidate) return true;
            issuer = ghostIssuers[issuer].successor;
        }
        return false;
    }

    /// @dev An act by a key that was reported since before it acted is none.
    function stands(address key, uint40 since) internal view returns (bool) {
        return since != 0 && (ghostKeys[key].invalidFrom == 0 || since < ghostKeys[key].invalidFrom);
    }

    function isSuspended(bytes32 id, uint256 leaf) internal view returns (bool) {
        GhostSuspension storage ghost = ghostSuspensions[id][leaf];
        bool isOver = ghost.until != 0 && ghost.until < today();
        return stands(ghost.key, ghost.since) && !isOver && !stands(ghost.liftKey, ghost.liftedAt);
    }

    function adminRefusal(address from, uint32 issuer) internal view returns (bytes memory) {
        if (from == ghostIssuers[issuer].admin) return "";
        return abi.encodeWithSelector(IIssuers.IssuerUnauthorizedAdmin.selector, issuer, from);
    }

    function activeRefusal(uint32 issuer) internal view returns (bytes memory) {
        if (isActive(issuer)) return "";
        return abi.encodeWithSelector(IIssuers.IssuerNotActive.selector, issuer, ghostIssuers[issuer].state);
    }

    function pauseRefusal() internal view returns (bytes memory) {
        if (!isPaused()) return "";
        return abi.encodeWithSelector(IPausing.RegistryPaused.selector, ghostPausedUntil);
    }

    function nonceRefusal(address key, uint64 nonce) internal view returns (bytes memory) {
        if (ghostKeys[key].nonce == nonce) return "";
        return abi.encodeWithSelector(IKeys.KeyInvalidNonce.selector, key, nonce, ghostKeys[key].nonce);
    }

    function governanceRefusal(address from) internal pure returns (bytes memory) {
        if (from == GOVERNANCE) return "";
        return abi.encodeWithSelector(IGovernance.GovernanceUnauthorized.selector, from);
    }

    /// @dev What creates power asks these, in this order.
    function creatorRefusal(address from, uint32 issuer) internal view returns (bytes memory) {
        return first(adminRefusal(from, issuer), activeRefusal(issuer), pauseRefusal());
    }

    function first(bytes memory a, bytes memory b, bytes memory c) internal pure returns (bytes memory) {
        if (a.length != 0) return a;
        return b.length != 0 ? b : c;
    }

    /// @dev An issuer that there is, and seldom one that there is not.
    function drawIssuer() internal returns (uint32) {
        if (slip(12)) return chance(2) ? 0 : ghostIssuerCount + 1;
        return uint32(draw(ghostIssuerCount)) + 1;
    }

    function drawAdmin(uint32 issuer) internal returns (address) {
        return drawSender(ghostIssuers[issuer].admin);
    }

    /// @dev Mostly a key of the issuer that can act (or anchor), else whatever the pool has.
    function drawKey(uint32 issuer, bool isToAnchor) internal returns (address key) {
        address[] storage keys = ghostIssuers[issuer].keys;
        if (keys.length == 0 || slip(5)) return keyPool[draw(keyPool.length)];
        uint256 start = draw(keys.length);
        for (uint256 step = 0; step < keys.length; ++step) {
            key = keys[(start + step) % keys.length];
            IKeys.KeyFault fault = isToAnchor ? anchorFault(key, issuer) : statusFault(key);
            if (fault == IKeys.KeyFault.None) return key;
        }
    }

    /// @dev Of many that can act one may be lost: a world without keys has no story.
    function hasKeysToSpare(uint32 issuer) internal view returns (bool) {
        address[] storage keys = ghostIssuers[issuer].keys;
        uint256 count = 0;
        for (uint256 index = 0; index < keys.length; ++index)
            if (statusFault(keys[index]) == IKeys.KeyFault.None) ++count;
        return count > 3;
    }

    function drawActiveIssuer() internal returns (uint32 issuer) {
        issuer = drawIssuer();
        for (uint32 step = 0; step < ghostIssuerCount && !isActive(issuer) && !slip(5); ++step)
            issuer = issuer % ghostIssuerCount + 1;
    }

    function drawNonce(address key) internal returns (uint64) {
        return slip(6) ? uint64(beside(uint40(ghostKeys[key].nonce))) : ghostKeys[key].nonce;
    }

    /// @dev Boundaries above all. Few roots, so that the same batch comes again.
    function drawCandidate() internal returns (Candidate memory batch) {
        if (candidates.length != 0 && slip(3)) return candidates[draw(candidates.length)];
        batch.issuer = drawActiveIssuer();
        bytes32[] storage types = ghostIssuers[batch.issuer].types;
        batch.credentialType = types.length == 0 || slip(12) ? bytes32("no type") : types[draw(types.length)];
        for (uint256 step = 0; step < types.length && !slip(8); ++step) {
            if (ghostTypes[batch.issuer][batch.credentialType] == ICredentialTypes.TypeState.Open) break;
            batch.credentialType = types[step];
        }
        batch.root = slip(16) ? bytes32(0) : bytes32(1 + draw(12));
        uint16[8] memory sizes = [256, 256, 256, 255, 1, 2, 0, 257];
        batch.size = sizes[draw(slip(4) ? 8 : 6)];
    }

    /// @dev A batch that is anchored; seldom one that is not.
    function drawBatch() internal returns (bytes32) {
        if (anchored.length != 0 && !slip(8)) return anchored[draw(anchored.length)];
        return batchIdOf(drawCandidate());
    }
}
