// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Governance} from "./Governance.sol";
import {Reading} from "./Reading.sol";
import {IEProofRegistry} from "./interfaces/IEProofRegistry.sol";

/// @title The e-Proof registry
/// @notice Nothing here can be replaced, upgraded or rewritten. Each concern is a contract of its own below this one.
contract EProofRegistry is IEProofRegistry, Reading {
    constructor(address governance_) Governance(governance_) {}
}
