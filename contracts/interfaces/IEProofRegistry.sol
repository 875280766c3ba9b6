// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAmendments} from "./IAmendments.sol";
import {IBatches} from "./IBatches.sol";
import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IGovernance} from "./IGovernance.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";
import {IReading} from "./IReading.sol";
import {ISignatures} from "./ISignatures.sol";
import {IStatus} from "./IStatus.sol";

/// @title The e-Proof registry
/// @notice Which departments issue, with which keys, which batches of credentials they anchored, and what became of them.
interface IEProofRegistry is
    IGovernance,
    IIssuers,
    IKeys,
    ICredentialTypes,
    ISignatures,
    IBatches,
    IStatus,
    IAmendments,
    IReading
{}
