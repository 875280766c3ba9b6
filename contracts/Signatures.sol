// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISignatures} from "./interfaces/ISignatures.sol";

abstract contract Signatures is EIP712, ISignatures {
    constructor() EIP712("e-Proof", "1") {}

    /// @dev Who signed a message. A wrong signature recovers somebody else's address: whether it is one that may do this is
    /// for the caller to ask.
    function _signerOf(bytes32 structHash, Signature calldata signature) internal view returns (address signer) {
        bytes32 digest = _hashTypedDataV4(structHash);
        signer = _recover(digest, signature.v, signature.r, signature.s);
        require(signer != address(0), SignatureInvalid(digest));
    }

    /// @dev The signer, or zero where there is none or the signature is not in its one allowed form.
    function _recover(bytes32 digest, uint8 v, bytes32 r, bytes32 s) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, v, r, s);
    }
}
