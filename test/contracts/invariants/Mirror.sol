// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {NoticeActs} from "./NoticeActs.sol";
import {RecoveryActs} from "./RecoveryActs.sol";
import {IReading} from "../../../contracts/interfaces/IReading.sol";

/// @dev What each reading must answer if the model is right, and whether it does.
abstract contract Mirror is RecoveryActs, NoticeActs {
    function agreesOnPages() external view returns (bool) {
        for (uint32 issuer = 0; issuer <= ghostIssuerCount + 1; ++issuer) {
            uint256 count = ghostIssuers[issuer].batches.length;
            for (uint32 page = 0; page <= count / 64 + 1; ++page)
                if (!_isSame(abi.encode(registry.readPage(issuer, page)), abi.encode(_page(issuer, page)))) return false;
        }
        for (uint256 index = 0; index < anchored.length; ++index) {
            bytes32[] memory ids = new bytes32[](1);
            ids[0] = anchored[index];
            IReading.PageReading memory single = _reading(ghostBatches[ids[0]].issuer, ids);
            if (!_isSame(abi.encode(registry.read(ids[0])), abi.encode(single))) return false;
        }
        return _isSame(abi.encode(registry.read("nothing")), abi.encode(_reading(0, new bytes32[](0))));
    }

    function agreesOnRecords() external view returns (bool) {
        for (uint256 index = 0; index < anchored.length; ++index) {
            bytes32 id = anchored[index];
            if (!_isSame(abi.encode(registry.readRecords(id)), abi.encode(_records(id)))) return false;
        }
        return registry.readRecords("nothing").length == 0;
    }

    function agreesOnNotices() external view returns (bool) {
        for (uint32 issuer = 1; issuer <= ghostIssuerCount; ++issuer)
            for (uint32 number = 0; number <= ghostIssuers[issuer].types.length + 1; ++number)
                if (!_isSame(abi.encode(registry.readNotices(issuer, number)), abi.encode(_notices(issuer, number))))
                    return false;
        return true;
    }

    function agreesOnKeys() external view returns (bool) {
        address[] memory keys = new address[](keyPool.length + 1);
        keys[0] = STRANGER;
        for (uint256 index = 0; index < keyPool.length; ++index) keys[index + 1] = keyPool[index];
        IReading.OwnedKeyReading[] memory owned = new IReading.OwnedKeyReading[](keys.length);
        for (uint256 index = 0; index < keys.length; ++index) {
            owned[index] = IReading.OwnedKeyReading(ghostKeys[keys[index]].issuer, _key(keys[index]));
        }
        return _isSame(abi.encode(registry.readKeys(keys)), abi.encode(owned));
    }

    function agreesOnNonces() external view returns (bool) {
        for (uint256 index = 0; index < keyPool.length; ++index)
            if (registry.nonces(keyPool[index]) != ghostKeys[keyPool[index]].nonce) return false;
        return registry.nonces(STRANGER) == 0;
    }

    function agreesOnPower() external view returns (bool) {
        if (registry.governance() != GOVERNANCE || registry.guardian() != ghostGuardian) return false;
        if (registry.pausedUntil() != ghostPausedUntil || registry.issuerCount() != ghostIssuerCount) return false;
        for (uint32 issuer = 0; issuer <= ghostIssuerCount + 1; ++issuer) {
            GhostIssuer storage ghost = ghostIssuers[issuer];
            (address admin, address offered) = registry.adminOf(issuer);
            if (admin != ghost.admin || offered != ghost.offered) return false;
            (address proposed, uint40 from, bool objected, uint40 recoveredAt) = registry.recoveryOf(issuer);
            if (proposed != ghost.proposed || objected != ghost.objected) return false;
            if (from != (proposed == address(0) ? 0 : executableFrom(issuer))) return false;
            uint256 times = ghost.recoveries.length;
            if (recoveredAt != (times == 0 ? 0 : ghost.recoveries[times - 1])) return false;
        }
        return true;
    }

    function _page(uint32 issuer, uint32 page) private view returns (IReading.PageReading memory) {
        bytes32[] storage all = ghostIssuers[issuer].batches;
        uint256 first = page * 64;
        uint256 rest = all.length > first ? all.length - first : 0;
        bytes32[] memory ids = new bytes32[](rest < 64 ? rest : 64);
        for (uint256 slot = 0; slot < ids.length; ++slot) ids[slot] = all[first + slot];
        return _reading(issuer, ids);
    }

    function _reading(
        uint32 issuer,
        bytes32[] memory ids
    ) private view returns (IReading.PageReading memory reading) {
        GhostIssuer storage ghost = ghostIssuers[issuer];
        (reading.chainId, reading.blockNumber, reading.blockTime) = (block.chainid, block.number, time);
        reading.parentHash = blockhash(block.number - 1);
        reading.issuer = issuer;
        (reading.issuerState, reading.successor, reading.profile) = (ghost.state, ghost.successor, ghost.profile);
        reading.batchCount = uint32(ghost.batches.length);
        reading.batches = new IReading.BatchReading[](ids.length);
        for (uint256 slot = 0; slot < ids.length; ++slot) reading.batches[slot] = _batch(ids[slot]);
        reading.types = _types(issuer, reading.batches);
        reading.keys = _keys(issuer, reading.batches);
    }

    function _batch(bytes32 id) private view returns (IReading.BatchReading memory) {
        GhostBatch storage ghost = ghostBatches[id];
        uint256 revoked = ghostRevoked[ghost.issuer][id];
        return
            IReading.BatchReading({
                id: id,
                number: ghost.number,
                credentialType: ghost.credentialType,
                size: ghost.size,
                key: ghostKeys[ghost.key].number,
                anchoredAt: ghost.anchoredAt,
                judgement: ghost.judgement,
                flagged: ghost.flagged,
                revoked: ghost.size == 256 ? revoked : revoked % (uint256(1) << ghost.size),
                suspended: ghost.suspended,
                amended: ghost.amended
            });
    }

    function _types(
        uint32 issuer,
        IReading.BatchReading[] memory batches
    ) private view returns (IReading.TypeReading[] memory types) {
        types = new IReading.TypeReading[](batches.length);
        uint256 count = 0;
        for (uint256 slot = 0; slot < batches.length; ++slot) {
            bool isNew = true;
            for (uint256 before = 0; before < slot; ++before)
                if (batches[before].credentialType == batches[slot].credentialType) isNew = false;
            if (!isNew) continue;
            uint32 number = batches[slot].credentialType;
            bytes32 definition = ghostIssuers[issuer].types[number - 1];
            uint32 notices = uint32(ghostNotices[issuer][number].length);
            types[count++] = IReading.TypeReading(number, definition, ghostTypes[issuer][definition], notices);
        }
        assembly {
            mstore(types, count)
        }
    }

    function _keys(
        uint32 issuer,
        IReading.BatchReading[] memory batches
    ) private view returns (IReading.KeyReading[] memory keys) {
        keys = new IReading.KeyReading[](batches.length);
        uint256 count = 0;
        for (uint256 slot = 0; slot < batches.length; ++slot) {
            bool isNew = true;
            for (uint256 before = 0; before < slot; ++before)
                if (batches[before].key == batches[slot].key) isNew = false;
            if (isNew) keys[count++] = _key(ghostIssuers[issuer].keys[batches[slot].key - 1]);
        }
        assembly {
            mstore(keys, count)
        }
    }

    function _key(address key) private view returns (IReading.KeyReading memory) {
        GhostKey storage ghost = ghostKeys[key];
        return
            IReading.KeyReading({
                number: ghost.number,
                key: key,
                purpose: ghost.purpose,
                validFrom: ghost.validFrom,
                validUntil: ghost.validUntil,
                invalidFrom: ghost.invalidFrom
            });
    }

    function _records(bytes32 id) private view returns (IReading.LeafRecords[] memory records) {
        records = new IReading.LeafRecords[](256);
        uint256 count = 0;
        for (uint256 leaf = 0; leaf < 256; ++leaf) {
            GhostSuspension storage suspension = ghostSuspensions[id][leaf];
            GhostSuccessor storage successor = ghostSuccessors[id][leaf];
            GhostValidity storage validity = ghostValidities[id][leaf];
            if (suspension.since == 0 && successor.time == 0 && validity.time == 0) continue;
            records[count++] = IReading.LeafRecords({
                leaf: uint8(leaf),
                successorBatch: successor.batch,
                successorLeaf: successor.leaf,
                succession: _act(successor.key, successor.time),
                suspension: _act(suspension.key, suspension.since),
                suspendedUntil: suspension.until,
                lift: _act(suspension.liftKey, suspension.liftedAt),
                validUntil: validity.validUntil,
                extension: _act(validity.key, validity.time)
            });
        }
        assembly {
            mstore(records, count)
        }
    }

    function _notices(uint32 issuer, uint32 number) private view returns (IReading.NoticeReading[] memory notices) {
        GhostNotice[] storage ghosts = ghostNotices[issuer][number];
        notices = new IReading.NoticeReading[](ghosts.length);
        for (uint256 index = 0; index < ghosts.length; ++index) {
            GhostNotice storage ghost = ghosts[index];
            notices[index] = IReading.NoticeReading({
                from: ghost.from,
                to: ghost.to,
                validUntil: ghost.validUntil,
                law: ghost.law,
                posted: _act(ghost.key, ghost.postedAt),
                withdrawnAt: ghost.withdrawnAt
            });
        }
    }

    function _act(address key, uint40 since) private view returns (IReading.Act memory) {
        return IReading.Act(key, since, ghostKeys[key].invalidFrom);
    }

    function _isSame(bytes memory given, bytes memory expected) private pure returns (bool) {
        return keccak256(given) == keccak256(expected);
    }
}
