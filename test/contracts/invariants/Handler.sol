// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BatchActs} from "./BatchActs.sol";
import {KeyActs} from "./KeyActs.sol";
import {Mirror} from "./Mirror.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {INotices} from "../../../contracts/interfaces/INotices.sol";

/// @dev What the runner calls: every act of the registry, and time. The world begins with three departments at work, one of which
/// has all but one of the notices that a type can have.
abstract contract Handler is Mirror, KeyActs, BatchActs {
    uint32 private constant _ISSUERS = 3;
    uint256 private constant _NOTICES = 31;

    constructor() {
        VM.prank(GOVERNANCE);
        registry.setGuardian(guardians[0]);
        ghostGuardian = guardians[0];
        for (uint32 issuer = 1; issuer <= _ISSUERS; ++issuer) _settle(issuer);
        for (uint256 number = 0; number < _NOTICES; ++number) _notify();
        for (uint32 issuer = 1; issuer <= _ISSUERS; ++issuer)
            for (uint256 number = 0; number < 3; ++number) _anchorFirst(issuer, number);
        observe();
    }

    function passTime(uint256 seed) external observed(seed) {
        uint40 edge = _drawEdge();
        uint40[6] memory steps = [uint40(1), 12, 1 hours, 12 hours, 1 days, 3 days];
        uint40 to = edge == 0 || chance(3) ? time + steps[draw(6)] : beside(edge);
        warpTo(to > time ? to : time + 1);
    }

    function _settle(uint32 issuer) private {
        address admin = admins[issuer - 1];
        VM.prank(GOVERNANCE);
        registry.admitIssuer(admin, bytes32(uint256(issuer)));
        admit(admin, bytes32(uint256(issuer)));
        for (uint256 number = 0; number < 2; ++number) {
            bytes32 definition = keccak256(abi.encode("type", number));
            VM.prank(admin);
            registry.openCredentialType(issuer, definition);
            open(issuer, definition);
        }
        for (uint256 number = 0; number < 4; ++number) {
            address key = keyPool[(issuer - 1) * 4 + number];
            IKeys.KeyPurpose purpose = number < 2 ? IKeys.KeyPurpose.Anchor : IKeys.KeyPurpose.Status;
            VM.prank(admin);
            registry.addKey(issuer, key, purpose, 0, 0);
            adopt(issuer, key, purpose, time, 0);
        }
    }

    function _anchorFirst(uint32 issuer, uint256 number) private {
        uint16[3] memory sizes = [256, 255, 1];
        Candidate memory batch = Candidate(issuer, keccak256(abi.encode("type", number % 2)), "first", sizes[number]);
        IBatches.BatchAnchor[] memory batches = new IBatches.BatchAnchor[](1);
        address key = keyPool[(issuer - 1) * 4];
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(secretOf[key], batchIdOf(batch));
        batches[0] = IBatches.BatchAnchor(issuer, batch.credentialType, batch.root, batch.size, v, r, s);
        registry.anchor(batches);
        record(batch, batches[0]);
    }

    function _notify() private {
        address key = keyPool[0];
        INotices.Notice memory notice = INotices.Notice(1, 2, 1, 2, 3, "Cap. 374");
        VM.prank(key);
        registry.postNotice(notice);
        ghostNotices[1][2].push(GhostNotice(1, 2, 3, "Cap. 374", key, time, 0));
    }

    /// @dev A time at which something begins or ends.
    function _drawEdge() private returns (uint40) {
        uint32 issuer = drawIssuer();
        uint256 kind = draw(7);
        if (kind == 0) return ghostPausedUntil;
        if (kind == 1) return ghostPausedAt == 0 ? 0 : ghostPausedAt + 30 days;
        if (kind == 2) return ghostIssuers[issuer].proposed == address(0) ? 0 : executableFrom(issuer);
        if (kind == 3) {
            uint40[] storage recoveries = ghostIssuers[issuer].recoveries;
            return recoveries.length == 0 ? 0 : recoveries[recoveries.length - 1] + 90 days;
        }
        // the next midnight in Hong Kong
        if (kind == 4) return (uint40(today()) + 1) * 1 days - 8 hours;
        address key = keyPool[draw(keyPool.length)];
        return kind == 5 ? ghostKeys[key].validFrom : ghostKeys[key].validUntil;
    }
}
