// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IEProofRegistry} from "../../contracts/interfaces/IEProofRegistry.sol";

/// @dev The part of the test runner's cheat codes that is used here.
interface Vm {
    function addr(uint256 privateKey) external returns (address);
    function assume(bool condition) external;
    function expectRevert(bytes calldata data) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function prank(address sender) external;
    function sign(uint256 privateKey, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 time) external;
}

address constant CHEAT_CODES = address(uint160(uint256(keccak256("hevm cheat code"))));

/// @dev The very code that is deployed elsewhere, and not a copy that was compiled into the test.
function deployRegistry(address governance) returns (IEProofRegistry registry) {
    bytes memory code = abi.encodePacked(Vm(CHEAT_CODES).getCode("EProofRegistry"), abi.encode(governance));
    assembly {
        registry := create(0, add(code, 32), mload(code))
    }
    require(address(registry).code.length != 0, "the registry is not deployed");
}
