// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IAmendments} from "../../contracts/interfaces/IAmendments.sol";
import {IBatches} from "../../contracts/interfaces/IBatches.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";
import {ISignatures} from "../../contracts/interfaces/ISignatures.sol";
import {IStatus} from "../../contracts/interfaces/IStatus.sol";

contract StatusTest is RegistryTest {
    struct Model {
        uint256 revoked;
        uint256 suspended;
        uint64 nonce;
    }

    /// @dev Any row of acts, relayed or direct, with leaves that the batch has or does not have, ends where a model that
    /// keeps one bit a leaf ends; a refused act leaves no trace.
    function testFuzz_FollowsItsModel(uint256 seed, uint8[12] memory acts, uint256[12] memory masks) public {
        uint16 size = toSize(seed);
        bytes32 batch = anchorOf(keccak256("root"), size);
        Model memory model;
        for (uint256 step = 0; step < acts.length; ++step) {
            uint256 leaves = acts[step] >= 64 ? masks[step] & allOf(size) : masks[step];
            IStatus.StatusChange memory change = IStatus.StatusChange(batch, acts[step] % 4, leaves, 0, acts[step]);
            bool relayed = acts[step] % 8 >= 4;
            bool allowed = change.act < 3 && leaves != 0 && leaves & ~allOf(size) == 0;
            require(send(change, model, relayed) == allowed, "allowed");
            if (allowed) advance(model, change, relayed);
            IReading.BatchReading memory reading = batchOf(batch);
            require(reading.revoked == model.revoked && reading.suspended == model.suspended, "words");
            require(registry.nonces(VM.addr(STATUS_KEY)) == model.nonce, "nonce");
        }
    }

    function testFuzz_RefusesAnyOtherNonce(uint64 nonce) public {
        VM.assume(nonce != 0);
        IStatus.StatusChange memory change = IStatus.StatusChange(anchorOf(keccak256("root"), 256), 0, 1, 0, 0);
        ISignatures.Signature memory signature = sign(change, nonce);
        VM.expectRevert(abi.encodeWithSelector(IKeys.KeyInvalidNonce.selector, VM.addr(STATUS_KEY), nonce, 0));
        registry.relayStatus(change, nonce, signature);
    }

    /// @dev Whatever leaves of whatever batch are revoked before it is anchored: afterwards those are revoked that it has, and
    /// more can be added.
    function testFuzz_RevokesBeforeAnchoring(bytes32 root, uint256 seed, uint256 early, uint256 late) public {
        VM.assume(root != 0);
        uint16 size = toSize(seed);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, root, size, ANCHOR_KEY);
        IStatus.StatusChange memory change = IStatus.StatusChange(idOf(batch), 0, early, 0, 0);
        VM.prank(VM.addr(STATUS_KEY));
        (bool done, ) = address(registry).call(abi.encodeCall(registry.postStatus, (change)));
        require(done == (early != 0), "early");
        require(registry.read(change.batch).batches.length == 0, "anchored");
        anchor(batch);
        require(batchOf(change.batch).revoked == early & allOf(size), "revoked early");
        change.leaves = late;
        VM.prank(VM.addr(STATUS_KEY));
        (done, ) = address(registry).call(abi.encodeCall(registry.postStatus, (change)));
        require(done == (late != 0 && late & ~allOf(size) == 0), "late");
        require(batchOf(change.batch).revoked == (early | (done ? late : 0)) & allOf(size), "revoked late");
    }

    /// @dev The last naming counts, leaf by leaf.
    function testFuzz_SuccessionsFollowTheirModel(uint8[16] memory leaves, uint8[16] memory successors) public {
        bytes32 batch = anchorOf(keccak256("root"), 256);
        bytes32 next = anchorOf(keccak256("next"), 256);
        uint16[256] memory model;
        for (uint256 step = 0; step < leaves.length; ++step) {
            VM.prank(VM.addr(ANCHOR_KEY));
            registry.nameSuccessor(IAmendments.Succession(batch, leaves[step], next, successors[step]));
            model[leaves[step]] = uint16(successors[step]) + 1;
        }
        IReading.LeafRecords[] memory records = registry.readRecords(batch);
        uint256 amended = batchOf(batch).amended;
        uint256 index = 0;
        for (uint256 leaf = 0; leaf < 256; ++leaf) {
            require(((amended >> leaf) & 1 == 1) == (model[leaf] != 0), "bit");
            if (model[leaf] == 0) continue;
            require(records[index].leaf == leaf && records[index].successorBatch == next, "leaf");
            require(uint16(records[index++].successorLeaf) + 1 == model[leaf], "successor");
        }
        require(index == records.length, "count");
    }

    function send(IStatus.StatusChange memory change, Model memory model, bool relayed) private returns (bool done) {
        bytes memory call = abi.encodeCall(registry.postStatus, (change));
        if (relayed) call = abi.encodeCall(registry.relayStatus, (change, model.nonce, sign(change, model.nonce)));
        else VM.prank(VM.addr(STATUS_KEY));
        (done, ) = address(registry).call(call);
    }

    function sign(IStatus.StatusChange memory change, uint64 nonce) private returns (ISignatures.Signature memory) {
        bytes32 typeHash = keccak256(
            "StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)"
        );
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(
            STATUS_KEY,
            digestOf(
                keccak256(abi.encode(typeHash, change.batch, change.act, change.leaves, change.until, change.reason, nonce))
            )
        );
        return ISignatures.Signature(v, r, s);
    }

    function advance(Model memory model, IStatus.StatusChange memory change, bool relayed) private pure {
        for (uint256 leaf = 0; leaf < 256; ++leaf) {
            uint256 bit = uint256(1) << leaf;
            if (change.leaves & bit == 0) continue;
            if (change.act == 0) model.revoked |= bit;
            if (change.act == 1) model.suspended |= bit;
            if (change.act == 2) model.suspended &= ~bit;
        }
        if (relayed) ++model.nonce;
    }
}
