// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Governance} from "./Governance.sol";
import {IIssuers} from "./interfaces/IIssuers.sol";

abstract contract Issuers is Governance, IIssuers {
    struct Issuer {
        address admin;
        uint32 successor;
        IssuerState state;
        bytes32 profile;
    }

    /// @inheritdoc IIssuers
    uint32 public issuerCount;

    mapping(uint32 issuer => Issuer) private _issuers;

    /// @dev What creates power: the issuer must be active.
    modifier onlyActiveAdmin(uint32 issuer) {
        _requireAdmin(issuer);
        IssuerState state = _issuers[issuer].state;
        require(state == IssuerState.Active, IssuerNotActive(issuer, state));
        _;
    }

    /// @dev What ends power: no state of the issuer stands in the way.
    modifier onlyAdmin(uint32 issuer) {
        _requireAdmin(issuer);
        _;
    }

    /// @inheritdoc IIssuers
    function admitIssuer(address admin, bytes32 profile) external onlyGovernance returns (uint32 issuer) {
        require(admin != address(0), IssuerInvalidAdmin(admin));
        require(profile != bytes32(0), IssuerInvalidProfile(profile));
        issuer = ++issuerCount;
        _issuers[issuer] = Issuer({admin: admin, successor: 0, state: IssuerState.Active, profile: profile});
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
    function reinstateIssuer(uint32 issuer) external onlyGovernance {
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

    function _issuer(uint32 issuer) internal view returns (Issuer storage) {
        return _issuers[issuer];
    }

    /// @dev An issuer that was never admitted has the admin zero, which sends nothing.
    function _requireAdmin(uint32 issuer) private view {
        require(msg.sender == _issuers[issuer].admin, IssuerUnauthorizedAdmin(issuer, msg.sender));
    }
}
