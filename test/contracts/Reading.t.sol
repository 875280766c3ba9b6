// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";

contract ReadingTest is RegistryTest {
    uint32 private constant TYPES = 300;

    function setUp() public override {
        super.setUp();
        for (uint32 number = 2; number <= TYPES; ++number) registry.openCredentialType(issuer, definitionOf(number));
    }

    /// @dev Any number of batches of any types: the page holds them in order, and each type once, by first use. Half of the
    /// types are 128 apart, where the table of those that were seen has but one place for them.
    function testFuzz_NamesEachTypeOnceByFirstUse(uint256 seed, uint8 count) public {
        uint32[] memory numbers = new uint32[](count % 130);
        for (uint256 index = 0; index < numbers.length; ++index) {
            uint256 pick = uint256(keccak256(abi.encode(seed, index)));
            numbers[index] = uint32(pick % 2 == 0 ? (pick >> 8) % TYPES : ((pick >> 8) % 3) * 128) + 1;
            if (numbers[index] > TYPES) numbers[index] = TYPES;
            anchor(signedBatch(definitionOf(numbers[index]), bytes32(index + 1), 256, ANCHOR_KEY));
        }
        for (uint32 page = 0; page < 3; ++page) checkPage(numbers, page);
    }

    function checkPage(uint32[] memory numbers, uint32 page) private view {
        IReading.PageReading memory reading = registry.readPage(issuer, page);
        require(reading.batchCount == numbers.length, "count");
        uint256 first = page * 64;
        uint256 length = numbers.length > first ? numbers.length - first : 0;
        require(reading.batches.length == (length > 64 ? 64 : length), "length");
        uint256 types = 0;
        for (uint256 slot = 0; slot < reading.batches.length; ++slot) {
            uint32 number = numbers[first + slot];
            require(reading.batches[slot].number == first + slot, "number");
            require(reading.batches[slot].credentialType == number, "type of the batch");
            if (isNew(numbers, first, first + slot)) {
                require(reading.types[types].number == number, "type in order");
                require(reading.types[types++].definition == definitionOf(number), "definition");
            }
        }
        require(reading.types.length == types, "types");
        require(reading.keys.length == (reading.batches.length == 0 ? 0 : 1), "keys");
    }

    function isNew(uint32[] memory numbers, uint256 first, uint256 index) private pure returns (bool) {
        for (uint256 before = first; before < index; ++before) if (numbers[before] == numbers[index]) return false;
        return true;
    }

    function definitionOf(uint32 number) private pure returns (bytes32) {
        return number == 1 ? DEFINITION : keccak256(abi.encode("type", number));
    }
}
