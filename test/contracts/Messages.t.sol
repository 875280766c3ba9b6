// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {RegistryTest} from "./RegistryTest.sol";
import {IAmendments} from "../../contracts/interfaces/IAmendments.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {INotices} from "../../contracts/interfaces/INotices.sol";
import {ISignatures} from "../../contracts/interfaces/ISignatures.sol";
import {IStatus} from "../../contracts/interfaces/IStatus.sol";

/// @dev Each message that a key signs and another carries, as the words that are hashed: its own type string, its fields, and
/// the nonce last. The call has the same words after the selector, and then the signature.
contract MessagesTest is RegistryTest {
    struct Message {
        bytes4 selector;
        string typeText;
        bytes32[] words;
    }

    bytes32 private five;
    bytes32 private full;

    function setUp() public override {
        super.setUp();
        five = anchorOf(keccak256("five"), 5);
        full = anchorOf(keccak256("full"), 256);
    }

    function testFuzz_AreTakenAsTheyWereSigned(uint8 kind) public {
        Message memory message = messageOf(kind);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ANCHOR_KEY, digestOfMessage(message));
        require(send(message, v, r, s), "refused");
        require(!send(message, v, r, s), "taken twice");
        require(registry.nonces(VM.addr(ANCHOR_KEY)) == 1, "nonce");
    }

    /// @dev One flipped bit of any field, of the nonce or of the signature. A flipped bit above the field's own width is refused
    /// by the decoder.
    function testFuzz_AreRefusedWithAFlippedBit(uint8 kind, uint8 place, uint8 bit) public {
        Message memory message = messageOf(kind);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ANCHOR_KEY, digestOfMessage(message));
        bytes32 flip = bytes32(uint256(1) << bit);
        uint256 index = place % (message.words.length + 3);
        if (index < message.words.length) message.words[index] ^= flip;
        else if (index == message.words.length) v ^= uint8(1 << (bit % 8));
        else if (index == message.words.length + 1) r ^= flip;
        else s ^= flip;
        require(!send(message, v, r, s), "taken");
        require(registry.nonces(VM.addr(ANCHOR_KEY)) == 0, "nonce");
    }

    function testFuzz_AreRefusedWithTheTwinOfASignature(uint8 kind) public {
        Message memory message = messageOf(kind);
        bytes32 digest = digestOfMessage(message);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ANCHOR_KEY, digest);
        require(!send(message, 55 - v, r, bytes32(ORDER - uint256(s))), "taken");
        require(send(message, v, r, s), "refused");
    }

    function testFuzz_AreRefusedUnderAnyOtherNonce(uint8 kind, uint64 nonce) public {
        VM.assume(nonce != 0);
        Message memory message = messageOf(kind);
        message.words[message.words.length - 1] = bytes32(uint256(nonce));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(ANCHOR_KEY, digestOfMessage(message));
        (bool done, bytes memory reason) = address(registry).call(dataOf(message, v, r, s));
        require(!done, "taken");
        require(
            keccak256(reason) ==
                keccak256(abi.encodeWithSelector(IKeys.KeyInvalidNonce.selector, VM.addr(ANCHOR_KEY), nonce, 0)),
            "reason"
        );
    }

    function messageOf(uint8 kind) private returns (Message memory message) {
        if (kind % 5 == 0) {
            message.selector = IStatus.relayStatus.selector;
            message.typeText = "StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)";
            message.words = toWords(abi.encode(full, 1, 1, 2_000_000, 7, 0));
        } else if (kind % 5 == 1) {
            message.selector = IAmendments.relaySuccession.selector;
            message.typeText = "Succession(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)";
            message.words = toWords(abi.encode(five, 4, full, 200, 0));
        } else if (kind % 5 == 2) {
            message.selector = IAmendments.relayExtension.selector;
            message.typeText = "Extension(bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce)";
            message.words = toWords(abi.encode(full, 4, 21_000, 7, 0));
        } else if (kind % 5 == 3) {
            message.selector = INotices.relayNotice.selector;
            message
                .typeText = "Notice(uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce)";
            message.words = toWords(abi.encode(issuer, 1, 100, 200, 300, bytes32("law"), 0));
        } else {
            message.selector = IKeys.relayRenounceKey.selector;
            message.typeText = "KeyRenunciation(address key,uint256 nonce)";
            message.words = toWords(abi.encode(VM.addr(ANCHOR_KEY), 0));
        }
    }

    function digestOfMessage(Message memory message) private view returns (bytes32) {
        return digestOf(keccak256(abi.encodePacked(keccak256(bytes(message.typeText)), message.words)));
    }

    function send(Message memory message, uint8 v, bytes32 r, bytes32 s) private returns (bool done) {
        (done, ) = address(registry).call(dataOf(message, v, r, s));
    }

    function dataOf(Message memory message, uint8 v, bytes32 r, bytes32 s) private pure returns (bytes memory) {
        return abi.encodePacked(message.selector, message.words, abi.encode(ISignatures.Signature(v, r, s)));
    }

    function toWords(bytes memory packed) private pure returns (bytes32[] memory words) {
        words = new bytes32[](packed.length / 32);
        for (uint256 index = 0; index < words.length; ++index) {
            bytes32 word;
            assembly {
                word := mload(add(add(packed, 32), mul(index, 32)))
            }
            words[index] = word;
        }
    }
}
