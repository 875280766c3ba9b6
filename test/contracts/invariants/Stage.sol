// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CHEAT_CODES, deployRegistry, Vm} from "../Vm.sol";
import {IEProofRegistry} from "../../../contracts/interfaces/IEProofRegistry.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";

/// @dev Who acts, when, and what is drawn by chance. Nothing here reverts where the registry refuses: a call is sent together with
/// the refusal that the model predicts (none: empty), and what comes otherwise is kept as a surprise for an invariant to find.
abstract contract Stage {
    /// @dev A call whose outcome was not the predicted one.
    struct Surprise {
        bytes call;
        bytes predicted;
        bytes answer;
    }

    Vm internal constant VM = Vm(CHEAT_CODES);
    uint256 private constant _ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint40 private constant _START = 1_800_000_000;
    uint256 private constant _KEYS = 40;

    address internal constant GOVERNANCE = address(0x60);
    address internal constant STRANGER = address(0x99);

    IEProofRegistry public registry;

    /// @dev Not the block's: the compiler takes that one for constant in a call, and a warp is not.
    uint40 public time = _START;

    uint256 public calls;
    uint256 public done;
    uint256 public surprises;
    mapping(bytes4 act => uint256) public doneOf;
    mapping(bytes4 act => uint256) public refusedOf;
    mapping(bytes4 refusal => uint256) public refusedWith;

    address[] internal admins;
    address[] internal guardians;
    address[] internal keyPool;
    mapping(address key => uint256) internal secretOf;

    address internal sender;
    bytes4 internal act;
    bool internal isDone;
    bool internal isSigned;
    bytes internal answer;

    bytes32 private _domain;
    uint256 private _entropy;
    bool private _isCareful;
    Surprise private _surprise;

    constructor() {
        VM.warp(_START);
        registry = deployRegistry(GOVERNANCE);
        _domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("e-Proof"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        for (uint160 number = 0; number < 5; ++number) admins.push(address(0xA0 + number));
        for (uint160 number = 0; number < 2; ++number) guardians.push(address(0xB0 + number));
        for (uint256 number = 1; number <= _KEYS; ++number) {
            address key = VM.addr(number);
            secretOf[key] = number;
            keyPool.push(key);
        }
    }

    function surprise() external view returns (Surprise memory) {
        return _surprise;
    }

    function begin(uint256 seed) internal {
        ++calls;
        VM.warp(time);
        _entropy = uint256(keccak256(abi.encode(seed, calls)));
        _isCareful = chance(2);
        (sender, act, isDone, isSigned) = (address(0), 0, false, false);
    }

    function draw(uint256 count) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy % count;
    }

    function chance(uint256 oneIn) internal returns (bool) {
        return draw(oneIn) == 0;
    }

    /// @dev A mistake, which happens in half of the calls alone: else hardly any would have none.
    function slip(uint256 oneIn) internal returns (bool) {
        return !_isCareful && chance(oneIn);
    }

    /// @dev Mostly the one who may, often the governance, which may less than it seems, or anybody.
    function drawSender(address entitled) internal returns (address) {
        if (!slip(3) && entitled != address(0)) return entitled;
        if (chance(3)) return GOVERNANCE;
        if (chance(2)) return chance(2) ? STRANGER : guardians[draw(guardians.length)];
        return chance(2) ? admins[draw(admins.length)] : keyPool[draw(keyPool.length)];
    }

    /// @dev A second before, at and after an edge, and now and then far from it.
    function beside(uint40 edge) internal returns (uint40) {
        if (edge == 0) return uint40(draw(2));
        return edge - 1 + uint40(draw(3));
    }

    function warpTo(uint40 to) internal {
        time = to;
        VM.warp(to);
    }

    /// @dev The Hong Kong day of now.
    function today() internal view returns (uint24) {
        return uint24((uint256(time) + 28_800) / 86_400);
    }

    function send(address from, bytes memory call, bytes memory predicted) internal returns (bool) {
        (sender, act) = (from, bytes4(call));
        VM.prank(from);
        (isDone, answer) = address(registry).call(call);
        if (isDone) {
            ++done;
            ++doneOf[act];
        } else {
            ++refusedOf[act];
            ++refusedWith[bytes4(answer)];
        }
        if (isDone != (predicted.length == 0) || (!isDone && keccak256(answer) != keccak256(predicted)))
            recordSurprise(call, predicted);
        return isDone;
    }

    /// @dev The answer of the last call, where it has one.
    function expectAnswer(bytes memory call, bytes memory predicted) internal {
        if (isDone && keccak256(answer) != keccak256(predicted)) recordSurprise(call, predicted);
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domain, structHash));
    }

    /// @dev The signature of a key, or at times one that is not in its form.
    function sign(address key, bytes32 digest) internal returns (ISignatures.Signature memory signature) {
        isSigned = true;
        uint256 secret = secretOf[key];
        (signature.v, signature.r, signature.s) = VM.sign(secret == 0 ? uint256(uint160(key)) : secret, digest);
        if (!slip(10)) return signature;
        uint256 spoil = draw(4);
        if (spoil == 0) (signature.v, signature.s) = (55 - signature.v, bytes32(_ORDER - uint256(signature.s)));
        if (spoil == 1) signature.v = uint8(draw(2) == 0 ? signature.v - 27 : 29);
        if (spoil == 2) signature.v = 55 - signature.v;
        if (spoil == 3) signature = ISignatures.Signature(27, 0, 0);
    }

    /// @dev Who signed, as the registry must see it: zero for a form that is not the one allowed.
    function signerOf(bytes32 digest, ISignatures.Signature memory signature) internal pure returns (address) {
        if (signature.v != 27 && signature.v != 28) return address(0);
        if (uint256(signature.s) > _ORDER / 2) return address(0);
        return ecrecover(digest, signature.v, signature.r, signature.s);
    }

    function recordSurprise(bytes memory call, bytes memory predicted) private {
        if (surprises++ == 0) _surprise = Surprise(call, predicted, answer);
    }
}
