// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IBatches} from "../../contracts/interfaces/IBatches.sol";
import {IIssuers} from "../../contracts/interfaces/IIssuers.sol";
import {IPausing} from "../../contracts/interfaces/IPausing.sol";
import {IRecovery} from "../../contracts/interfaces/IRecovery.sol";

contract GovernanceTest is RegistryTest {
    address private constant HEIR = address(0xbeef);

    function testFuzz_APauseLastsThreeDaysOfThirty(uint32 wait, uint8 edge) public {
        registry.setGuardian(address(this));
        registry.pause();
        uint256 time = START + wait;
        if (edge % 5 == 1) time = START + 3 days - 1;
        if (edge % 5 == 2) time = START + 3 days;
        if (edge % 5 == 3) time = START + 30 days - 1;
        if (edge % 5 == 4) time = START + 30 days;
        VM.warp(time);
        bytes memory admission = abi.encodeCall(registry.admitIssuer, (HEIR, keccak256("profile")));
        if (time < START + 3 days) {
            VM.expectRevert(abi.encodeWithSelector(IPausing.RegistryPaused.selector, START + 3 days));
            registry.admitIssuer(HEIR, keccak256("profile"));
        } else {
            (bool done, ) = address(registry).call(admission);
            require(done, "not admitted");
        }
        if (time < START + 30 days)
            VM.expectRevert(
                abi.encodeWithSelector(IPausing.GuardianPauseTooSoon.selector, time, START + 30 days)
            );
        registry.pause();
    }

    /// @dev However long nobody executes, and whenever the admin objects: never before its time, and then flagged for 90 days.
    function testFuzz_ARecoveryIsLateAndItsAnchorsAreFlagged(
        uint24 objection,
        bool objects,
        uint32 wait,
        uint8 edge,
        uint32 later
    ) public {
        registry.proposeRecovery(issuer, HEIR);
        uint256 due = START + (objects ? 60 days : 14 days);
        uint256 time = START;
        if (objects) {
            VM.warp(time += objection);
            registry.objectToRecovery(issuer);
        }
        if (edge % 4 == 1 && due > time) time = due - 1;
        else if (edge % 4 == 2 && due >= time) time = due;
        else time += wait;
        VM.warp(time);
        if (time < due) {
            VM.expectRevert(abi.encodeWithSelector(IRecovery.RecoveryTooEarly.selector, issuer, time, due));
            registry.executeRecovery(issuer);
            return;
        }
        registry.executeRecovery(issuer);
        (address admin, ) = registry.adminOf(issuer);
        require(admin == HEIR, "admin");
        uint256 anchored = time + (edge % 3 == 0 ? later : edge % 3 == 1 ? 90 days - 1 : 90 days);
        VM.warp(anchored);
        require(batchOf(anchorOf(keccak256("root"), 1)).flagged == (anchored < time + 90 days), "flag");
    }

    /// @dev Void is for ever; before it is anchored it stops this issuer's batch and no other's.
    function testFuzz_AVoidBatchIsNeverAnchored(bytes32 root, uint256 seed, bool byAnother) public {
        VM.assume(root != 0);
        uint32 other = registry.admitIssuer(address(this), keccak256("other"));
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, root, toSize(seed), ANCHOR_KEY);
        bytes32 id = idOf(batch);
        registry.voidBatch(byAnother ? other : issuer, id);
        if (!byAnother) {
            expectRefused(batch, abi.encodeWithSelector(IBatches.BatchIsVoid.selector, 0, id));
            return;
        }
        require(batchOf(anchor(batch)).judgement == IBatches.Judgement.None, "judgement");
        VM.expectRevert(abi.encodeWithSelector(IBatches.BatchOfAnotherIssuer.selector, id, issuer));
        registry.voidBatch(other, id);
    }

    function testFuzz_JudgementsFollowTheirModel(uint8[8] memory acts) public {
        bytes32 batch = anchorOf(keccak256("root"), 1);
        IBatches.Judgement expected;
        for (uint256 step = 0; step < acts.length; ++step) {
            bool isVoid = acts[step] % 4 == 0;
            bytes memory call = isVoid
                ? abi.encodeCall(registry.voidBatch, (issuer, batch))
                : abi.encodeCall(registry.endorseBatch, (issuer, batch));
            (bool done, ) = address(registry).call(call);
            require(done == (isVoid || expected != IBatches.Judgement.Void), "allowed");
            if (done) expected = isVoid ? IBatches.Judgement.Void : IBatches.Judgement.Endorsed;
            require(batchOf(batch).judgement == expected, "judgement");
        }
    }

    /// @dev Only the one to whom the place was offered last.
    function testFuzz_NobodyElseAcceptsAnAdmin(address offered, address account) public {
        registry.transferAdmin(issuer, offered);
        VM.prank(account);
        if (account != offered)
            VM.expectRevert(abi.encodeWithSelector(IIssuers.AdminTransferNotOffered.selector, issuer, account));
        registry.acceptAdmin(issuer);
    }
}
