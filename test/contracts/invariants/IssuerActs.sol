// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Laws} from "./Laws.sol";
import {IIssuers} from "../../../contracts/interfaces/IIssuers.sol";
import {IPausing} from "../../../contracts/interfaces/IPausing.sol";

abstract contract IssuerActs is Laws {
    function setGuardian(uint256 seed) external observed(seed) {
        address guardian = chance(6) ? address(0) : guardians[draw(guardians.length)];
        address from = drawSender(GOVERNANCE);
        if (send(from, abi.encodeCall(registry.setGuardian, (guardian)), governanceRefusal(from))) ghostGuardian = guardian;
    }

    function pause(uint256 seed) external observed(seed) {
        address from = drawSender(ghostGuardian);
        if (!send(from, abi.encodeCall(registry.pause, ()), _pauseRefusal(from))) return;
        (ghostPausedAt, ghostPausedUntil) = (time, time + 3 days);
    }

    function unpause(uint256 seed) external observed(seed) {
        address from = drawSender(chance(2) ? ghostGuardian : GOVERNANCE);
        bytes memory refusal;
        if (from != ghostGuardian && from != GOVERNANCE)
            refusal = abi.encodeWithSelector(IPausing.GuardianUnauthorized.selector, from);
        else if (!isPaused()) refusal = abi.encodeWithSelector(IPausing.RegistryNotPaused.selector);
        if (send(from, abi.encodeCall(registry.unpause, ()), refusal)) ghostPausedUntil = 0;
    }

    function admitIssuer(uint256 seed) external observed(seed) {
        address from = drawSender(GOVERNANCE);
        address admin = slip(4) ? address(0) : admins[draw(admins.length)];
        // more would only dilute what happens to each
        bytes32 profile = ghostIssuerCount > 6 || slip(4) ? bytes32(0) : bytes32(1 + draw(100));
        bytes memory refusal = first(governanceRefusal(from), pauseRefusal(), "");
        if (refusal.length == 0 && admin == address(0))
            refusal = abi.encodeWithSelector(IIssuers.IssuerInvalidAdmin.selector, admin);
        if (refusal.length == 0 && profile == 0)
            refusal = abi.encodeWithSelector(IIssuers.IssuerInvalidProfile.selector, profile);
        bytes memory call = abi.encodeCall(registry.admitIssuer, (admin, profile));
        if (!send(from, call, refusal)) return;
        admit(admin, profile);
        expectAnswer(call, abi.encode(ghostIssuerCount));
    }

    function suspendIssuer(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        address from = drawSender(chance(3) ? GOVERNANCE : STRANGER);
        bytes memory refusal = _moveRefusal(from, issuer, IIssuers.IssuerState.Active, IIssuers.IssuerState.Suspended);
        if (send(from, abi.encodeCall(registry.suspendIssuer, (issuer)), refusal))
            ghostIssuers[issuer].state = IIssuers.IssuerState.Suspended;
    }

    function reinstateIssuer(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        for (uint32 other = 1; other <= ghostIssuerCount; ++other)
            if (ghostIssuers[other].state == IIssuers.IssuerState.Suspended) issuer = other;
        address from = drawSender(GOVERNANCE);
        bytes memory refusal = first(governanceRefusal(from), pauseRefusal(), "");
        if (refusal.length == 0)
            refusal = _moveRefusal(from, issuer, IIssuers.IssuerState.Suspended, IIssuers.IssuerState.Active);
        if (send(from, abi.encodeCall(registry.reinstateIssuer, (issuer)), refusal))
            ghostIssuers[issuer].state = IIssuers.IssuerState.Active;
    }

    function endIssuer(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        uint32 successor = chance(4) ? 0 : drawIssuer();
        // departments that work are needed; whom nobody may end is ended by nobody
        address from = _hasIssuersToSpare() ? drawSender(chance(2) ? GOVERNANCE : STRANGER) : STRANGER;
        bytes memory refusal = _endRefusal(from, issuer, successor);
        if (!send(from, abi.encodeCall(registry.endIssuer, (issuer, successor)), refusal)) return;
        ghostIssuers[issuer].state = IIssuers.IssuerState.Ended;
        ghostIssuers[issuer].successor = successor;
    }

    function transferAdmin(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        address from = drawAdmin(issuer);
        address to = chance(5) ? address(0) : admins[draw(admins.length)];
        if (send(from, abi.encodeCall(registry.transferAdmin, (issuer, to)), adminRefusal(from, issuer)))
            ghostIssuers[issuer].offered = to;
    }

    function acceptAdmin(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        address from = drawSender(ghostIssuers[issuer].offered);
        bytes memory refusal = pauseRefusal();
        if (refusal.length == 0 && from != ghostIssuers[issuer].offered)
            refusal = abi.encodeWithSelector(IIssuers.AdminTransferNotOffered.selector, issuer, from);
        if (send(from, abi.encodeCall(registry.acceptAdmin, (issuer)), refusal)) replaceAdmin(issuer, from);
    }

    function admit(address admin, bytes32 profile) internal {
        GhostIssuer storage ghost = ghostIssuers[++ghostIssuerCount];
        (ghost.admin, ghost.profile, ghost.state) = (admin, profile, IIssuers.IssuerState.Active);
    }

    function replaceAdmin(uint32 issuer, address to) internal {
        (ghostIssuers[issuer].admin, ghostIssuers[issuer].offered) = (to, address(0));
    }

    function _hasIssuersToSpare() private view returns (bool) {
        uint256 count = 0;
        for (uint32 issuer = 1; issuer <= ghostIssuerCount; ++issuer) if (isActive(issuer)) ++count;
        return count > 3;
    }

    function _pauseRefusal(address from) private view returns (bytes memory) {
        if (from != ghostGuardian) return abi.encodeWithSelector(IPausing.GuardianUnauthorized.selector, from);
        if (ghostPausedAt == 0 || time >= ghostPausedAt + 30 days) return "";
        return abi.encodeWithSelector(IPausing.GuardianPauseTooSoon.selector, time, ghostPausedAt + 30 days);
    }

    function _moveRefusal(
        address from,
        uint32 issuer,
        IIssuers.IssuerState wanted,
        IIssuers.IssuerState to
    ) private view returns (bytes memory) {
        if (from != GOVERNANCE) return governanceRefusal(from);
        IIssuers.IssuerState state = ghostIssuers[issuer].state;
        if (state == wanted) return "";
        return abi.encodeWithSelector(IIssuers.IssuerInvalidTransition.selector, issuer, state, to);
    }

    function _endRefusal(address from, uint32 issuer, uint32 successor) private view returns (bytes memory) {
        IIssuers.IssuerState ended = IIssuers.IssuerState.Ended;
        if (ghostIssuers[issuer].state != IIssuers.IssuerState.Suspended) {
            bytes memory refusal = _moveRefusal(from, issuer, IIssuers.IssuerState.Active, ended);
            if (refusal.length != 0) return refusal;
        } else if (from != GOVERNANCE) return governanceRefusal(from);
        if (successor == 0 || (successor != issuer && isActive(successor))) return "";
        return abi.encodeWithSelector(IIssuers.IssuerInvalidSuccessor.selector, issuer, successor);
    }
}
