// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Handler} from "./Handler.sol";
import {IAmendments} from "../../../contracts/interfaces/IAmendments.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {ICredentialTypes} from "../../../contracts/interfaces/ICredentialTypes.sol";
import {IGovernance} from "../../../contracts/interfaces/IGovernance.sol";
import {IIssuers} from "../../../contracts/interfaces/IIssuers.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {INotices} from "../../../contracts/interfaces/INotices.sol";
import {IPausing} from "../../../contracts/interfaces/IPausing.sol";
import {IRecovery} from "../../../contracts/interfaces/IRecovery.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";
import {IStatus} from "../../../contracts/interfaces/IStatus.sol";

/// @dev What the acts must reach, or the invariants say less than they seem to: every function that writes, and every refusal.
abstract contract Reach is Handler {
    /// @dev The handlers, to be called in any order.
    function handlers() external pure returns (bytes4[] memory all) {
        all = new bytes4[](32);
        all[0] = this.nameSuccessor.selector;
        all[1] = this.extend.selector;
        all[2] = this.openCredentialType.selector;
        all[3] = this.closeCredentialType.selector;
        all[4] = this.anchor.selector;
        all[5] = this.endorseBatch.selector;
        all[6] = this.voidBatch.selector;
        all[7] = this.passTime.selector;
        all[8] = this.setGuardian.selector;
        all[9] = this.pause.selector;
        all[10] = this.unpause.selector;
        all[11] = this.admitIssuer.selector;
        all[12] = this.suspendIssuer.selector;
        all[13] = this.reinstateIssuer.selector;
        all[14] = this.endIssuer.selector;
        all[15] = this.transferAdmin.selector;
        all[16] = this.acceptAdmin.selector;
        all[17] = this.addKey.selector;
        all[18] = this.endKey.selector;
        all[19] = this.renounceKey.selector;
        all[20] = this.relayRenounceKey.selector;
        all[21] = this.reportCompromise.selector;
        all[22] = this.postNotice.selector;
        all[23] = this.withdrawNotice.selector;
        all[24] = this.proposeRecovery.selector;
        all[25] = this.objectToRecovery.selector;
        all[26] = this.withdrawRecovery.selector;
        all[27] = this.executeRecovery.selector;
        all[28] = this.revoke.selector;
        all[29] = this.suspend.selector;
        all[30] = this.reinstate.selector;
        all[31] = this.changeOddly.selector;
    }

    /// @dev Of every function of the registry that writes, and of every error that it can answer with: whether it came.
    function reached() external view returns (bool[] memory came) {
        bytes4[32] memory acts = _acts();
        bytes4[57] memory refusals = _refusals();
        came = new bool[](2 * acts.length + refusals.length);
        for (uint256 index = 0; index < acts.length; ++index) {
            came[2 * index] = doneOf[acts[index]] != 0;
            came[2 * index + 1] = refusedOf[acts[index]] != 0;
        }
        for (uint256 index = 0; index < refusals.length; ++index)
            came[2 * acts.length + index] = refusedWith[refusals[index]] != 0;
    }

    function _acts() private view returns (bytes4[32] memory) {
        return [
            registry.setGuardian.selector,
            registry.pause.selector,
            registry.unpause.selector,
            registry.admitIssuer.selector,
            registry.suspendIssuer.selector,
            registry.reinstateIssuer.selector,
            registry.endIssuer.selector,
            registry.transferAdmin.selector,
            registry.acceptAdmin.selector,
            registry.proposeRecovery.selector,
            registry.objectToRecovery.selector,
            registry.withdrawRecovery.selector,
            registry.executeRecovery.selector,
            registry.addKey.selector,
            registry.endKey.selector,
            registry.renounceKey.selector,
            registry.relayRenounceKey.selector,
            registry.reportCompromise.selector,
            registry.openCredentialType.selector,
            registry.closeCredentialType.selector,
            registry.anchor.selector,
            registry.endorseBatch.selector,
            registry.voidBatch.selector,
            registry.postStatus.selector,
            registry.relayStatus.selector,
            registry.nameSuccessor.selector,
            registry.relaySuccession.selector,
            registry.extend.selector,
            registry.relayExtension.selector,
            registry.postNotice.selector,
            registry.relayNotice.selector,
            registry.withdrawNotice.selector
        ];
    }

    function _refusals() private pure returns (bytes4[57] memory) {
        return [
            IGovernance.GovernanceUnauthorized.selector,
            IPausing.GuardianPauseTooSoon.selector,
            IPausing.GuardianUnauthorized.selector,
            IPausing.RegistryNotPaused.selector,
            IPausing.RegistryPaused.selector,
            IIssuers.AdminTransferNotOffered.selector,
            IIssuers.IssuerInvalidAdmin.selector,
            IIssuers.IssuerInvalidProfile.selector,
            IIssuers.IssuerInvalidSuccessor.selector,
            IIssuers.IssuerInvalidTransition.selector,
            IIssuers.IssuerNotActive.selector,
            IIssuers.IssuerUnauthorizedAdmin.selector,
            IRecovery.RecoveryAlreadyObjected.selector,
            IRecovery.RecoveryAlreadyProposed.selector,
            IRecovery.RecoveryIssuerUnknown.selector,
            IRecovery.RecoveryNotProposed.selector,
            IRecovery.RecoveryTooEarly.selector,
            IKeys.KeyAlreadyAdded.selector,
            IKeys.KeyAlreadyEnded.selector,
            IKeys.KeyBackDated.selector,
            IKeys.KeyCompromiseNotEarlier.selector,
            IKeys.KeyCompromiseTimeInvalid.selector,
            IKeys.KeyEndInvalid.selector,
            IKeys.KeyInvalid.selector,
            IKeys.KeyInvalidNonce.selector,
            IKeys.KeyInvalidPurpose.selector,
            IKeys.KeyInvalidWindow.selector,
            IKeys.KeyNotSigner.selector,
            IKeys.KeyRefused.selector,
            ICredentialTypes.CredentialTypeAlreadyOpened.selector,
            ICredentialTypes.CredentialTypeInvalidDefinition.selector,
            ICredentialTypes.CredentialTypeNotOpen.selector,
            IBatches.BatchAlreadyVoid.selector,
            IBatches.BatchCredentialTypeNotOpen.selector,
            IBatches.BatchInvalidRoot.selector,
            IBatches.BatchInvalidSize.selector,
            IBatches.BatchIsVoid.selector,
            IBatches.BatchIssuerNotActive.selector,
            IBatches.BatchKeyRefused.selector,
            IBatches.BatchOfAnotherIssuer.selector,
            IBatches.BatchSignatureInvalid.selector,
            IBatches.BatchUnknown.selector,
            IStatus.StatusActUnknown.selector,
            IStatus.StatusLeavesInvalid.selector,
            IStatus.StatusOfAnotherKey.selector,
            IStatus.StatusUntilInvalid.selector,
            IAmendments.AmendmentLeafInvalid.selector,
            IAmendments.ExtensionDayInvalid.selector,
            IAmendments.SuccessionNamed.selector,
            IAmendments.SuccessionOfItself.selector,
            INotices.NoticeAlreadyWithdrawn.selector,
            INotices.NoticeCountExceeded.selector,
            INotices.NoticeDaysInvalid.selector,
            INotices.NoticeLawInvalid.selector,
            INotices.NoticeTypeUnknown.selector,
            INotices.NoticeUnknown.selector,
            ISignatures.SignatureInvalid.selector
        ];
    }
}
