// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Issuers} from "./Issuers.sol";
import {IRecovery} from "./interfaces/IRecovery.sol";

abstract contract Recovery is Issuers, IRecovery {
    /// @dev One slot. `admin` is zero where nothing is proposed.
    struct Proposal {
        address admin;
        uint40 proposedAt;
        bool objected;
    }

    uint40 private constant _DELAY = 14 days;
    uint40 private constant _DELAY_OBJECTED = 60 days;

    mapping(uint32 issuer => Proposal) private _proposals;

    /// @inheritdoc IRecovery
    function proposeRecovery(uint32 issuer, address newAdmin) external onlyGovernance {
        require(newAdmin != address(0), IssuerInvalidAdmin(newAdmin));
        require(_issuer(issuer).state != IssuerState.None, RecoveryIssuerUnknown(issuer));
        require(_proposals[issuer].admin == address(0), RecoveryAlreadyProposed(issuer));
        _proposals[issuer] = Proposal({admin: newAdmin, proposedAt: _time(), objected: false});
        emit RecoveryProposed(issuer, newAdmin, _time() + _DELAY);
    }

    /// @inheritdoc IRecovery
    function objectToRecovery(uint32 issuer) external onlyAdmin(issuer) {
        Proposal storage proposal = _proposed(issuer);
        // once, by whoever is the admin: a thief who passes the place on to himself does not object again
        require(!proposal.objected, RecoveryAlreadyObjected(issuer));
        proposal.objected = true;
        emit RecoveryObjected(issuer, _executableFrom(proposal));
    }

    /// @inheritdoc IRecovery
    function withdrawRecovery(uint32 issuer) external onlyGovernance {
        _proposed(issuer);
        delete _proposals[issuer];
        emit RecoveryWithdrawn(issuer);
    }

    /// @inheritdoc IRecovery
    function executeRecovery(uint32 issuer) external whenNotPaused {
        Proposal storage proposal = _proposed(issuer);
        uint40 executableFrom = _executableFrom(proposal);
        require(_time() >= executableFrom, RecoveryTooEarly(issuer, _time(), executableFrom));
        address to = proposal.admin;
        delete _proposals[issuer];
        address from = _replaceAdmin(issuer, to);
        _issuer(issuer).recoveredAt = _time();
        emit RecoveryExecuted(issuer, from, to);
    }

    /// @inheritdoc IRecovery
    function recoveryOf(
        uint32 issuer
    ) external view returns (address admin, uint40 executableFrom, bool objected, uint40 recoveredAt) {
        Proposal storage proposal = _proposals[issuer];
        admin = proposal.admin;
        if (admin != address(0)) executableFrom = _executableFrom(proposal);
        return (admin, executableFrom, proposal.objected, _issuer(issuer).recoveredAt);
    }

    function _proposed(uint32 issuer) private view returns (Proposal storage proposal) {
        proposal = _proposals[issuer];
        require(proposal.admin != address(0), RecoveryNotProposed(issuer));
    }

    function _executableFrom(Proposal storage proposal) private view returns (uint40) {
        return proposal.proposedAt + (proposal.objected ? _DELAY_OBJECTED : _DELAY);
    }
}
