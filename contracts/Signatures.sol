// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISignatures} from "./interfaces/ISignatures.sol";

abstract contract Signatures is EIP712, Nonces, ISignatures {
    constructor() EIP712("e-Proof", "1") {}

    /// @dev The key that signed a message under its next nonce, which is used up. A wrong signature recovers somebody
    /// else's address: whether it is a key that may do this is for the caller to ask.
    function _useSignature(
        bytes32 structHash,
        uint256 nonce,
        Signature calldata signature
    ) internal returns (address key) {
        bytes32 digest = _hashTypedDataV4(structHash);
        key = _recover(digest, signature.v, signature.r, signature.s);
        require(key != address(0), SignatureInvalid(digest));
        _useCheckedNonce(key, nonce);
    }

    /// @dev The signer, or zero where there is none or the signature is not in its one allowed form.
    function _recover(bytes32 digest, uint8 v, bytes32 r, bytes32 s) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, v, r, s);
    }
}
