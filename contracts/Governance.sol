// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGovernance} from "./interfaces/IGovernance.sol";

abstract contract Governance is IGovernance {
    /// @inheritdoc IGovernance
    address public immutable governance;

    modifier onlyGovernance() {
        _requireGovernance();
        _;
    }

    constructor(address governance_) {
        require(governance_ != address(0), GovernanceInvalidAddress(governance_));
        governance = governance_;
    }

    function _requireGovernance() private view {
        require(msg.sender == governance, GovernanceUnauthorized(msg.sender));
    }
}
