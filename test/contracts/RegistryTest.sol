// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CHEAT_CODES, deployRegistry, Vm} from "./Vm.sol";
import {IBatches} from "../../contracts/interfaces/IBatches.sol";
import {IEProofRegistry} from "../../contracts/interfaces/IEProofRegistry.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReading} from "../../contracts/interfaces/IReading.sol";
import {ISignatures} from "../../contracts/interfaces/ISignatures.sol";

/// @dev A registry with one department: this contract is its governance and its admin.
abstract contract RegistryTest {
    Vm internal constant VM = Vm(CHEAT_CODES);
    uint256 internal constant ANCHOR_KEY = 0xa11c0;
    uint256 internal constant STATUS_KEY = 0x57a705;
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint40 internal constant START = 1_800_000_000;
    bytes32 internal constant DEFINITION = keccak256("type 1");

    IEProofRegistry internal registry;
    uint32 internal issuer;

    function setUp() public virtual {
        VM.warp(START);
        registry = deployRegistry(address(this));
        issuer = registry.admitIssuer(address(this), keccak256("profile"));
        registry.openCredentialType(issuer, DEFINITION);
        registry.addKey(issuer, VM.addr(ANCHOR_KEY), IKeys.KeyPurpose.Anchor, 0, 0);
        registry.addKey(issuer, VM.addr(STATUS_KEY), IKeys.KeyPurpose.Status, 0, 0);
    }

    /// @dev Written out, not taken from the contract: two ways to the same digest.
    function idOf(IBatches.BatchAnchor memory batch) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)");
        return digestOf(keccak256(abi.encode(typeHash, batch.issuer, batch.credentialType, batch.root, batch.size)));
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("e-Proof"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signedBatch(
        bytes32 definition,
        bytes32 root,
        uint16 size,
        uint256 key
    ) internal returns (IBatches.BatchAnchor memory batch) {
        batch = IBatches.BatchAnchor(issuer, definition, root, size, 0, 0, 0);
        (batch.v, batch.r, batch.s) = VM.sign(key, idOf(batch));
    }

    function anchor(IBatches.BatchAnchor memory batch) internal returns (bytes32) {
        IBatches.BatchAnchor[] memory batches = new IBatches.BatchAnchor[](1);
        batches[0] = batch;
        registry.anchor(batches);
        return idOf(batch);
    }

    function anchorOf(bytes32 root, uint16 size) internal returns (bytes32) {
        return anchor(signedBatch(DEFINITION, root, size, ANCHOR_KEY));
    }

    function expectRefused(IBatches.BatchAnchor memory batch, bytes memory refusal) internal {
        IBatches.BatchAnchor[] memory batches = new IBatches.BatchAnchor[](1);
        batches[0] = batch;
        VM.expectRevert(refusal);
        registry.anchor(batches);
    }

    function batchOf(bytes32 id) internal view returns (IReading.BatchReading memory) {
        return registry.read(id).batches[0];
    }

    function toSize(uint256 seed) internal pure returns (uint16) {
        if (seed % 4 == 0) return 256;
        if (seed % 4 == 1) return 1;
        return uint16((seed % 256) + 1);
    }

    function toKey(uint256 seed) internal pure returns (uint256) {
        return (seed % (ORDER - 1)) + 1;
    }

    function allOf(uint16 size) internal pure returns (uint256) {
        return size == 256 ? type(uint256).max : (uint256(1) << size) - 1;
    }
}
