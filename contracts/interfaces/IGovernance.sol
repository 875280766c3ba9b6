// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The one address that admits departments
/// @notice Fixed when the registry is deployed. A contract may stand there (a timelock, a multi-signature account): what
/// changes hands is then decided in that contract, never here.
interface IGovernance {
    /// @dev The registry was deployed with an address that nobody can act for.
    error GovernanceInvalidAddress(address governance);

    /// @dev `account` is not the governance.
    error GovernanceUnauthorized(address account);

    /// @notice The governance's address.
    function governance() external view returns (address);
}
