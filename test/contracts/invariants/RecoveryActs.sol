// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IssuerActs} from "./IssuerActs.sol";
import {IIssuers} from "../../../contracts/interfaces/IIssuers.sol";
import {IRecovery} from "../../../contracts/interfaces/IRecovery.sol";

abstract contract RecoveryActs is IssuerActs {
    function proposeRecovery(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        address from = drawSender(GOVERNANCE);
        address to = slip(4) ? address(0) : admins[draw(admins.length)];
        if (!send(from, abi.encodeCall(registry.proposeRecovery, (issuer, to)), _proposalRefusal(from, issuer, to))) return;
        GhostIssuer storage ghost = ghostIssuers[issuer];
        (ghost.proposed, ghost.proposedAt, ghost.objected) = (to, time, false);
    }

    function objectToRecovery(uint256 seed) external observed(seed) {
        uint32 issuer = _drawProposed();
        address from = drawAdmin(issuer);
        bytes memory refusal = first(adminRefusal(from, issuer), _proposedRefusal(issuer), "");
        if (refusal.length == 0 && ghostIssuers[issuer].objected)
            refusal = abi.encodeWithSelector(IRecovery.RecoveryAlreadyObjected.selector, issuer);
        if (send(from, abi.encodeCall(registry.objectToRecovery, (issuer)), refusal)) ghostIssuers[issuer].objected = true;
    }

    function withdrawRecovery(uint256 seed) external observed(seed) {
        uint32 issuer = _drawProposed();
        address from = drawSender(chance(2) ? GOVERNANCE : STRANGER);
        bytes memory refusal = first(governanceRefusal(from), _proposedRefusal(issuer), "");
        if (send(from, abi.encodeCall(registry.withdrawRecovery, (issuer)), refusal)) _forget(issuer);
    }

    function executeRecovery(uint256 seed) external observed(seed) {
        uint32 issuer = _drawProposed();
        // the next step of many a story; mostly it comes too early
        if (ghostIssuers[issuer].proposed != address(0) && chance(2) && executableFrom(issuer) > time)
            warpTo(beside(executableFrom(issuer)));
        bytes memory refusal = first(pauseRefusal(), _proposedRefusal(issuer), "");
        if (refusal.length == 0 && time < executableFrom(issuer))
            refusal = abi.encodeWithSelector(
                IRecovery.RecoveryTooEarly.selector,
                issuer,
                time,
                executableFrom(issuer)
            );
        if (!send(drawSender(STRANGER), abi.encodeCall(registry.executeRecovery, (issuer)), refusal)) return;
        replaceAdmin(issuer, ghostIssuers[issuer].proposed);
        ghostIssuers[issuer].recoveries.push(time);
        _forget(issuer);
    }

    function executableFrom(uint32 issuer) internal view returns (uint40) {
        return ghostIssuers[issuer].proposedAt + (ghostIssuers[issuer].objected ? 60 days : 14 days);
    }

    function _drawProposed() private returns (uint32 issuer) {
        for (uint256 attempt = 0; attempt < 4; ++attempt) {
            issuer = drawIssuer();
            if (ghostIssuers[issuer].proposed != address(0)) return issuer;
        }
    }

    function _forget(uint32 issuer) private {
        GhostIssuer storage ghost = ghostIssuers[issuer];
        (ghost.proposed, ghost.proposedAt, ghost.objected) = (address(0), 0, false);
    }

    function _proposedRefusal(uint32 issuer) private view returns (bytes memory) {
        if (ghostIssuers[issuer].proposed != address(0)) return "";
        return abi.encodeWithSelector(IRecovery.RecoveryNotProposed.selector, issuer);
    }

    function _proposalRefusal(address from, uint32 issuer, address to) private view returns (bytes memory) {
        if (from != GOVERNANCE) return governanceRefusal(from);
        if (to == address(0)) return abi.encodeWithSelector(IIssuers.IssuerInvalidAdmin.selector, to);
        if (ghostIssuers[issuer].state == IIssuers.IssuerState.None)
            return abi.encodeWithSelector(IRecovery.RecoveryIssuerUnknown.selector, issuer);
        if (ghostIssuers[issuer].proposed == address(0)) return "";
        return abi.encodeWithSelector(IRecovery.RecoveryAlreadyProposed.selector, issuer);
    }
}
