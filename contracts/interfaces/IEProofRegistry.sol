// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAmendments} from "./IAmendments.sol";
import {IBatches} from "./IBatches.sol";
import {ICredentialTypes} from "./ICredentialTypes.sol";
import {IGovernance} from "./IGovernance.sol";
import {IIssuers} from "./IIssuers.sol";
import {IKeys} from "./IKeys.sol";
import {INotices} from "./INotices.sol";
import {IPausing} from "./IPausing.sol";
import {IReading} from "./IReading.sol";
import {IRecovery} from "./IRecovery.sol";
import {ISignatures} from "./ISignatures.sol";
import {IStatus} from "./IStatus.sol";

/// @title The e-Proof registry
/// @notice Which departments issue, with which keys, which batches of credentials they anchored, and what became of them.
interface IEProofRegistry is
    IGovernance,
    IPausing,
    IIssuers,
    IRecovery,
    ISignatures,
    IKeys,
    ICredentialTypes,
    IBatches,
    IStatus,
    IAmendments,
    INotices,
    IReading
{}
