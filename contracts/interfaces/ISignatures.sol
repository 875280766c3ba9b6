// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title What a key signs
/// @notice EIP-712 typed data in the domain (name "e-Proof", version "1", chain id, this contract). A signature is
/// refused unless `v` is 27 or 28 and `s` is in the lower half of the order, so a message has one valid form.
interface ISignatures {
    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @dev No address can be recovered, or `v` or `s` is not in its one allowed form. `digest` is what had to be signed.
    error SignatureInvalid(bytes32 digest);
}
