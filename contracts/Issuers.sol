// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Pausing} from "./Pausing.sol";
import {IIssuers} from "./interfaces/IIssuers.sol";

abstract contract Issuers is Pausing, IIssuers {
    /// @dev Three slots: what an anchor asks for is in the first. `successor` is 0 unless the issuer has ended.
    struct Issuer {
        address admin;
        uint32 successor;
        IssuerState state;
        uint40 recoveredAt;
        bytes32 profile;
        address offered;
    }

    /// @inheritdoc IIssuers
    uint32 public issuerCount;

    mapping(uint32 issuer => Issuer) private _issuers;

    /// @dev What creates power: the issuer must be active.
    modifier onlyActiveAdmin(uint32 issuer) {
        _requireAdmin(issuer);
        _requireActive(issuer);
        _;
    }

    /// @dev What ends power: no state of the issuer stands in the way.
    modifier onlyAdmin(uint32 issuer) {
        _requireAdmin(issuer);
        _;
    }

    /// @inheritdoc IIssuers
    function admitIssuer(
        address admin,
        bytes32 profile
    ) external onlyGovernance whenNotPaused returns (uint32 issuer) {
        require(admin != address(0), IssuerInvalidAdmin(admin));
        require(profile != bytes32(0), IssuerInvalidProfile(profile));
        issuer = ++issuerCount;
        Issuer storage record = _issuers[issuer];
        record.admin = admin;
        record.state = IssuerState.Active;
        record.profile = profile;
        emit IssuerAdmitted(issuer, admin, profile);
    }

    /// @inheritdoc IIssuers
    function suspendIssuer(uint32 issuer) external onlyGovernance {
        IssuerState state = _issuers[issuer].state;
        require(state == IssuerState.Active, IssuerInvalidTransition(issuer, state, IssuerState.Suspended));
        _issuers[issuer].state = IssuerState.Suspended;
        emit IssuerSuspended(issuer);
    }

    /// @inheritdoc IIssuers
    function reinstateIssuer(uint32 issuer) external onlyGovernance whenNotPaused {
        IssuerState state = _issuers[issuer].state;
        require(state == IssuerState.Suspended, IssuerInvalidTransition(issuer, state, IssuerState.Active));
        _issuers[issuer].state = IssuerState.Active;
        emit IssuerReinstated(issuer);
    }

    /// @inheritdoc IIssuers
    function endIssuer(uint32 issuer, uint32 successor) external onlyGovernance {
        IssuerState state = _issuers[issuer].state;
        require(
            state == IssuerState.Active || state == IssuerState.Suspended,
            IssuerInvalidTransition(issuer, state, IssuerState.Ended)
        );
        require(
            successor == 0 || (successor != issuer && _issuers[successor].state == IssuerState.Active),
            IssuerInvalidSuccessor(issuer, successor)
        );
        _issuers[issuer].state = IssuerState.Ended;
        _issuers[issuer].successor = successor;
        emit IssuerEnded(issuer, successor);
    }

    /// @inheritdoc IIssuers
    function transferAdmin(uint32 issuer, address newAdmin) external onlyAdmin(issuer) {
        _issuers[issuer].offered = newAdmin;
        emit AdminTransferOffered(issuer, newAdmin);
    }

    /// @inheritdoc IIssuers
    function acceptAdmin(uint32 issuer) external whenNotPaused {
        require(msg.sender == _issuers[issuer].offered, AdminTransferNotOffered(issuer, msg.sender));
        address from = _replaceAdmin(issuer, msg.sender);
        emit AdminTransferred(issuer, from, msg.sender);
    }

    /// @inheritdoc IIssuers
    function adminOf(uint32 issuer) external view returns (address admin, address offered) {
        return (_issuers[issuer].admin, _issuers[issuer].offered);
    }

    function _issuer(uint32 issuer) internal view returns (Issuer storage) {
        return _issuers[issuer];
    }

    /// @dev Nobody takes over afterwards by an offer that the earlier admin made.
    function _replaceAdmin(uint32 issuer, address to) internal returns (address from) {
        from = _issuers[issuer].admin;
        _issuers[issuer].admin = to;
        _issuers[issuer].offered = address(0);
    }

    function _requireActive(uint32 issuer) internal view {
        IssuerState state = _issuers[issuer].state;
        require(state == IssuerState.Active, IssuerNotActive(issuer, state));
    }

    /// @dev An issuer that was never admitted has the admin zero, which sends nothing.
    function _requireAdmin(uint32 issuer) internal view {
        require(msg.sender == _issuers[issuer].admin, IssuerUnauthorizedAdmin(issuer, msg.sender));
    }
}
