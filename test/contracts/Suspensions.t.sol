// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";
import {IStatus} from "../../contracts/interfaces/IStatus.sol";

/// @dev Three keys of one department suspend, change and lift at random, days pass, and the guardian pauses. The model keeps
/// what a reader of the rules would keep for each leaf, in words of its own.
contract SuspensionsTest is RegistryTest {
    struct Leaf {
        address by;
        uint40 since;
        uint24 until;
        address liftedBy;
        uint40 liftedAt;
    }

    uint256 private constant SECOND_KEY = 0x5ec09d;
    uint8 private constant LEAVES = 3;
    uint256 private constant LAST = 255;

    Leaf[LEAVES] private model;
    bytes32 private batch;
    /// @dev Not read from the block: the optimizer believes that a block's time does not change.
    uint256 private clock = START;

    function setUp() public override {
        super.setUp();
        registry.setGuardian(address(this));
        registry.addKey(issuer, VM.addr(SECOND_KEY), IKeys.KeyPurpose.Status, 0, 0);
        batch = anchorOf(keccak256("root"), 256);
    }

    function testFuzz_FollowTheirModel(uint256 seed) public {
        for (uint256 step = 0; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 8 == 0) VM.warp(clock += (seed >> 8) % 4 days);
            if (seed % 32 == 1) togglePause();
            act(seed >> 16);
        }
        checkRecords();
    }

    function act(uint256 seed) private {
        address key = VM.addr(seed % 3 == 0 ? ANCHOR_KEY : seed % 3 == 1 ? STATUS_KEY : SECOND_KEY);
        bool isSuspension = (seed >> 2) % 3 != 0;
        uint8 chosen = uint8((seed >> 8) % 7) + 1;
        uint24 until = isSuspension && (seed >> 16) % 4 != 0 ? today() + uint24((seed >> 24) % 4) : 0;
        bool allowed = isAllowed(key, isSuspension, chosen, until);
        VM.prank(key);
        (bool done, ) = address(registry).call(
            abi.encodeCall(
                registry.postStatus,
                (IStatus.StatusChange(batch, isSuspension ? 1 : 2, maskOf(chosen), until, 0))
            )
        );
        require(done == allowed, "allowed");
        if (done) advance(key, isSuspension, chosen, until);
    }

    function isAllowed(address key, bool isSuspension, uint8 chosen, uint24 until) private returns (bool) {
        for (uint8 leaf = 0; leaf < LEAVES; ++leaf) {
            if ((chosen >> leaf) & 1 == 0 || !isSuspended(model[leaf])) continue;
            if (isSuspension && until == model[leaf].until) continue;
            if (key != model[leaf].by && key != VM.addr(ANCHOR_KEY)) return false;
            uint256 end = until == 0 ? type(uint256).max : until;
            uint256 before = model[leaf].until == 0 ? type(uint256).max : model[leaf].until;
            if (isPaused() && (!isSuspension || end < before)) return false;
        }
        return true;
    }

    function advance(address key, bool isSuspension, uint8 chosen, uint24 until) private {
        for (uint8 leaf = 0; leaf < LEAVES; ++leaf) {
            if ((chosen >> leaf) & 1 == 0) continue;
            if (isSuspension) {
                if (isSuspended(model[leaf]) && until == model[leaf].until) continue;
                model[leaf] = Leaf(key, uint40(clock), until, address(0), 0);
            } else if (isSuspended(model[leaf])) {
                model[leaf].liftedBy = key;
                model[leaf].liftedAt = uint40(clock);
            }
        }
    }

    function checkRecords() private view {
        IReading.BatchReading memory reading = batchOf(batch);
        IReading.LeafRecords[] memory records = registry.readRecords(batch);
        uint256 index = 0;
        for (uint8 leaf = 0; leaf < LEAVES; ++leaf) {
            Leaf storage expected = model[leaf];
            uint256 bit = maskOf(uint8(1 << leaf));
            require((reading.amended & bit != 0) == (expected.since != 0), "amended");
            require((reading.suspended & bit != 0) == (expected.since != 0 && expected.liftedAt == 0), "suspended");
            if (expected.since == 0) continue;
            IReading.LeafRecords memory record = records[index++];
            require(record.suspension.key == expected.by && record.suspension.time == expected.since, "suspension");
            require(record.suspendedUntil == expected.until, "until");
            require(record.lift.key == expected.liftedBy && record.lift.time == expected.liftedAt, "lift");
        }
        require(index == records.length && reading.revoked == 0, "nothing else");
    }

    function isSuspended(Leaf storage leaf) private view returns (bool) {
        return leaf.since != 0 && leaf.liftedAt == 0 && (leaf.until == 0 || today() <= leaf.until);
    }

    function togglePause() private {
        if (isPaused()) registry.unpause();
        else try registry.pause() {} catch {}
    }

    function isPaused() private view returns (bool) {
        return clock < registry.pausedUntil();
    }

    /// @dev The three leaves of the model are the first, one in the middle and the last of the batch.
    function maskOf(uint8 chosen) private pure returns (uint256 mask) {
        if (chosen & 1 != 0) mask |= 1;
        if (chosen & 2 != 0) mask |= uint256(1) << 100;
        if (chosen & 4 != 0) mask |= uint256(1) << LAST;
    }

    function today() private view returns (uint24) {
        return uint24((clock + 28_800) / 86_400);
    }
}
