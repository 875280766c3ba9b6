// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IAmendments} from "../../contracts/interfaces/IAmendments.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {INotices} from "../../contracts/interfaces/INotices.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";

contract ProlongingTest is RegistryTest {
    uint24 private constant LAST_DAY = 2_932_896;

    /// @dev The last extension counts, leaf by leaf; a day that does not exist changes nothing.
    function testFuzz_ExtensionsFollowTheirModel(uint8[16] memory leaves, uint24[16] memory days_) public {
        bytes32 batch = anchorOf(keccak256("root"), 256);
        uint24[256] memory model;
        for (uint256 step = 0; step < leaves.length; ++step) {
            VM.prank(VM.addr(ANCHOR_KEY));
            (bool done, ) = address(registry).call(
                abi.encodeCall(registry.extend, (IAmendments.Extension(batch, leaves[step], days_[step], 0)))
            );
            require(done == (days_[step] != 0 && days_[step] <= LAST_DAY), "allowed");
            if (done) model[leaves[step]] = days_[step];
        }
        IReading.LeafRecords[] memory records = registry.readRecords(batch);
        uint256 index = 0;
        for (uint256 leaf = 0; leaf < 256; ++leaf) {
            if (model[leaf] == 0) continue;
            require(records[index].leaf == leaf && records[index].validUntil == model[leaf], "day");
            require(records[index++].extension.key == VM.addr(ANCHOR_KEY), "key");
        }
        require(index == records.length, "count");
    }

    /// @dev Taken as it is or refused: days in order, and a law that is text and then zeros.
    function testFuzz_NoticesMakeSense(uint24 from, uint24 to, uint24 validUntil, bytes32 law, uint8 pad) public {
        // as often padded to some length as not at all
        uint256 zeros = pad % 2 == 0 ? 0 : 8 * ((uint256(pad) / 2) % 33);
        law = (law >> zeros) << zeros;
        bool isText = law[0] != 0;
        for (uint256 index = 1; index < 32; ++index) if (law[index - 1] == 0 && law[index] != 0) isText = false;
        bool isOrdered = from <= to && to <= validUntil && validUntil <= LAST_DAY;
        VM.prank(VM.addr(ANCHOR_KEY));
        (bool done, ) = address(registry).call(
            abi.encodeCall(registry.postNotice, (INotices.Notice(issuer, 1, from, to, validUntil, law)))
        );
        require(done == (isText && isOrdered), "allowed");
        IReading.NoticeReading[] memory notices = registry.readNotices(issuer, 1);
        require(notices.length == (done ? 1 : 0), "count");
        if (!done) return;
        require(notices[0].from == from && notices[0].to == to && notices[0].validUntil == validUntil, "days");
        require(notices[0].law == law && notices[0].posted.time == START && notices[0].withdrawnAt == 0, "record");
    }

    /// @dev As above, with days that are in order more often than not.
    function testFuzz_NoticesInOrderAreTaken(uint24 from, uint16 width, uint16 later) public {
        from = from % 2_000_000;
        VM.prank(VM.addr(ANCHOR_KEY));
        registry.postNotice(
            INotices.Notice(issuer, 1, from, from + width, from + width + later, bytes32("L.N. 95 of 2022"))
        );
        require(registry.readNotices(issuer, 1)[0].validUntil == from + width + later, "day");
    }

    /// @dev Whatever ends are asked for, by the admin or the key itself: the window only ever becomes shorter.
    function testFuzz_NoKeyIsProlonged(uint16[8] memory ends, uint8[8] memory waits) public {
        address key = VM.addr(ANCHOR_KEY);
        uint256 time = START;
        uint256 validUntil = 0;
        for (uint256 step = 0; step < ends.length; ++step) {
            VM.warp(time += waits[step]);
            uint256 asked = ends[step] == 0 ? 0 : START + ends[step];
            bool isRenunciation = ends[step] % 4 == 1;
            if (isRenunciation) VM.prank(key);
            (bool done, ) = address(registry).call(
                isRenunciation
                    ? abi.encodeCall(registry.renounceKey, ())
                    : abi.encodeCall(registry.endKey, (issuer, key, uint40(asked)))
            );
            uint256 end = isRenunciation || asked == 0 ? time + 1 : asked;
            require(done == (end > time && (validUntil == 0 || end < validUntil)), "allowed");
            if (done) validUntil = end;
            address[] memory keys = new address[](1);
            keys[0] = key;
            require(registry.readKeys(keys)[0].key.validUntil == validUntil, "end");
        }
    }

    function testFuzz_OnlyAnAnchorKeyProlongs(uint256 key) public {
        key = toKey(key);
        VM.assume(key != ANCHOR_KEY && key != STATUS_KEY);
        bytes32 batch = anchorOf(keccak256("root"), 1);
        for (uint256 index = 0; index < 2; ++index) {
            address account = VM.addr(index == 0 ? key : STATUS_KEY);
            IKeys.KeyFault fault = index == 0 ? IKeys.KeyFault.Unknown : IKeys.KeyFault.Purpose;
            bytes memory refusal = abi.encodeWithSelector(IKeys.KeyRefused.selector, issuer, account, fault);
            VM.prank(account);
            VM.expectRevert(refusal);
            registry.extend(IAmendments.Extension(batch, 0, 1, 0));
            VM.prank(account);
            VM.expectRevert(refusal);
            registry.postNotice(INotices.Notice(issuer, 1, 1, 1, 1, bytes32("law")));
        }
    }
}
