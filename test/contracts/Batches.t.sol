// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IBatches} from "../../contracts/interfaces/IBatches.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";

contract BatchesTest is RegistryTest {
    function testFuzz_RecordsWhatTheKeySigned(bytes32 root, uint256 seed, uint32 wait) public {
        VM.assume(root != 0);
        VM.warp(START + wait);
        bytes32 id = anchorOf(root, toSize(seed));
        IReading.BatchReading memory batch = batchOf(id);
        require(batch.id == id && batch.number == 0 && batch.credentialType == 1 && batch.key == 1, "names");
        require(batch.size == toSize(seed) && batch.anchoredAt == START + wait, "facts");
        require(batch.revoked | batch.suspended | batch.amended == 0, "status");
    }

    function testFuzz_RefusesEveryOtherSigner(bytes32 root, uint256 seed) public {
        uint256 key = toKey(seed);
        VM.assume(root != 0 && key != ANCHOR_KEY && key != STATUS_KEY);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, root, 256, key);
        expectRefused(
            batch,
            abi.encodeWithSelector(
                IBatches.BatchKeyRefused.selector,
                0,
                idOf(batch),
                VM.addr(key),
                IKeys.KeyFault.Unknown
            )
        );
    }

    function testFuzz_RefusesEveryOtherSize(uint16 size) public {
        VM.assume(size == 0 || size > 256);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, keccak256("root"), size, ANCHOR_KEY);
        expectRefused(batch, abi.encodeWithSelector(IBatches.BatchInvalidSize.selector, 0, idOf(batch), size));
    }

    function testFuzz_RefusesTheTwinOfASignature(bytes32 root) public {
        VM.assume(root != 0);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, root, 256, ANCHOR_KEY);
        batch.s = bytes32(ORDER - uint256(batch.s));
        batch.v = 55 - batch.v;
        expectRefused(batch, abi.encodeWithSelector(IBatches.BatchSignatureInvalid.selector, 0, idOf(batch)));
    }

    function testFuzz_RefusesEveryOtherV(uint8 v) public {
        VM.assume(v != 27 && v != 28);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, keccak256("root"), 256, ANCHOR_KEY);
        batch.v = v;
        expectRefused(batch, abi.encodeWithSelector(IBatches.BatchSignatureInvalid.selector, 0, idOf(batch)));
    }

    /// @dev One flipped bit of any signed field or of the signature: never anchored.
    function testFuzz_RefusesAFlippedBit(bytes32 root, uint8 field, uint8 bit) public {
        VM.assume(root != 0);
        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, root, 255, ANCHOR_KEY);
        bytes32 flip = bytes32(uint256(1) << bit);
        if (field % 6 == 0) batch.issuer ^= uint32(uint256(1) << (bit % 32));
        else if (field % 6 == 1) batch.credentialType ^= flip;
        else if (field % 6 == 2) batch.root ^= flip;
        else if (field % 6 == 3) batch.size ^= uint16(1 << (bit % 16));
        else if (field % 6 == 4) batch.r ^= flip;
        else batch.s ^= flip;
        IBatches.BatchAnchor[] memory batches = new IBatches.BatchAnchor[](1);
        batches[0] = batch;
        (bool done, ) = address(registry).call(abi.encodeCall(registry.anchor, (batches)));
        require(!done, "anchored");
    }

    /// @dev Half-open, whatever the three times are; each is as often a second beside another as anywhere.
    function testFuzz_HoldsTheWindowOfTheKey(uint256 key, uint16 from, uint16 length, uint24 later, uint8 edge) public {
        key = toKey(key);
        VM.assume(key != ANCHOR_KEY && key != STATUS_KEY);
        uint40 validFrom = START + from;
        uint40 validUntil = length == 0 ? 0 : validFrom + length;
        uint40 time = START + later;
        if (edge % 4 == 1) time = validFrom - (from == 0 ? 0 : 1);
        if (edge % 4 == 2) time = validFrom;
        if (edge % 4 == 3 && length != 0) time = validUntil - (edge / 4) % 2;
        registry.addKey(issuer, VM.addr(key), IKeys.KeyPurpose.Anchor, validFrom, validUntil);
        VM.warp(time);

        IBatches.BatchAnchor memory batch = signedBatch(DEFINITION, keccak256("root"), 256, key);
        if (time >= validFrom && (validUntil == 0 || time < validUntil)) {
            require(batchOf(anchor(batch)).key == 3, "not anchored");
            return;
        }
        IKeys.KeyFault fault = time < validFrom ? IKeys.KeyFault.NotYetValid : IKeys.KeyFault.Ended;
        expectRefused(
            batch,
            abi.encodeWithSelector(IBatches.BatchKeyRefused.selector, 0, idOf(batch), VM.addr(key), fault)
        );
    }
}
