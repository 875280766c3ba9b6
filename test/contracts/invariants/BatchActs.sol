// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Laws} from "./Laws.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {ICredentialTypes} from "../../../contracts/interfaces/ICredentialTypes.sol";
import {IKeys} from "../../../contracts/interfaces/IKeys.sol";
import {ISignatures} from "../../../contracts/interfaces/ISignatures.sol";

abstract contract BatchActs is Laws {
    uint256 private constant _TYPES = 5;

    function openCredentialType(uint256 seed) external observed(seed) {
        uint32 issuer = subject = drawActiveIssuer();
        address from = drawAdmin(issuer);
        bytes32 definition = slip(6) ? bytes32(0) : keccak256(abi.encode("type", draw(_TYPES)));
        bytes memory refusal = creatorRefusal(from, issuer);
        if (refusal.length == 0 && definition == 0)
            refusal = abi.encodeWithSelector(
                ICredentialTypes.CredentialTypeInvalidDefinition.selector,
                issuer,
                definition
            );
        if (refusal.length == 0 && ghostTypes[issuer][definition] != ICredentialTypes.TypeState.None)
            refusal = abi.encodeWithSelector(
                ICredentialTypes.CredentialTypeAlreadyOpened.selector,
                issuer,
                definition,
                numberOfType(issuer, definition)
            );
        bytes memory call = abi.encodeCall(registry.openCredentialType, (issuer, definition));
        if (!send(from, call, refusal)) return;
        open(issuer, definition);
        expectAnswer(call, abi.encode(ghostIssuers[issuer].types.length));
    }

    function closeCredentialType(uint256 seed) external observed(seed) {
        uint32 issuer = drawIssuer();
        uint32 number = uint32(draw(ghostIssuers[issuer].types.length + 2));
        address from = drawAdmin(number > 2 || chance(8) ? issuer : 0);
        bytes32 definition = definitionOf(issuer, number);
        ICredentialTypes.TypeState state = ghostTypes[issuer][definition];
        bytes memory refusal = adminRefusal(from, issuer);
        if (refusal.length == 0 && state != ICredentialTypes.TypeState.Open)
            refusal = abi.encodeWithSelector(
                ICredentialTypes.CredentialTypeNotOpen.selector,
                issuer,
                number,
                state
            );
        if (send(from, abi.encodeCall(registry.closeCredentialType, (issuer, number)), refusal))
            ghostTypes[issuer][definition] = ICredentialTypes.TypeState.Closed;
    }

    /// @dev One to three batches; a later one may be the first one again.
    function anchor(uint256 seed) external observed(seed) {
        Candidate[] memory contents = new Candidate[](chance(2) ? 1 : 1 + draw(3));
        IBatches.BatchAnchor[] memory batches = new IBatches.BatchAnchor[](contents.length);
        for (uint256 index = 0; index < contents.length; ++index) {
            contents[index] = index != 0 && chance(6) ? contents[0] : drawCandidate();
            batches[index] = _signed(contents[index]);
        }
        bytes memory refusal = _anchorRefusal(contents, batches);
        if (!send(drawSender(STRANGER), abi.encodeCall(registry.anchor, (batches)), refusal)) return;
        for (uint256 index = 0; index < contents.length; ++index) record(contents[index], batches[index]);
    }

    function endorseBatch(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        GhostBatch storage ghost = ghostBatches[id];
        uint32 issuer = subject = slip(4) || ghost.size == 0 ? drawIssuer() : ghost.issuer;
        address from = drawAdmin(issuer);
        bytes memory refusal = creatorRefusal(from, issuer);
        if (refusal.length == 0 && ghost.size == 0)
            refusal = abi.encodeWithSelector(IBatches.BatchUnknown.selector, id);
        if (refusal.length == 0 && ghost.issuer != issuer)
            refusal = abi.encodeWithSelector(IBatches.BatchOfAnotherIssuer.selector, id, ghost.issuer);
        if (refusal.length == 0 && ghost.judgement == IBatches.Judgement.Void)
            refusal = abi.encodeWithSelector(IBatches.BatchAlreadyVoid.selector, id);
        if (send(from, abi.encodeCall(registry.endorseBatch, (issuer, id)), refusal))
            ghost.judgement = IBatches.Judgement.Endorsed;
    }

    function voidBatch(uint256 seed) external observed(seed) {
        bytes32 id = drawBatch();
        uint32 issuer = slip(4) || ghostBatches[id].size == 0 ? drawIssuer() : ghostBatches[id].issuer;
        if (chance(2)) {
            Candidate memory batch = drawCandidate();
            candidates.push(batch);
            (id, issuer) = (batchIdOf(batch), slip(2) ? drawIssuer() : batch.issuer);
        }
        GhostBatch storage ghost = ghostBatches[id];
        // seldom of one that stands, or soon none would
        address from = drawAdmin(ghost.size == 0 || chance(3) ? issuer : 0);
        bytes memory refusal = adminRefusal(from, issuer);
        if (refusal.length == 0 && ghost.size != 0 && ghost.issuer != issuer)
            refusal = abi.encodeWithSelector(IBatches.BatchOfAnotherIssuer.selector, id, ghost.issuer);
        if (!send(from, abi.encodeCall(registry.voidBatch, (issuer, id)), refusal)) return;
        if (ghost.size == 0) ghostVoided[issuer][id] = true;
        else ghost.judgement = IBatches.Judgement.Void;
    }

    function open(uint32 issuer, bytes32 definition) internal {
        ghostTypes[issuer][definition] = ICredentialTypes.TypeState.Open;
        ghostIssuers[issuer].types.push(definition);
    }

    function numberOfType(uint32 issuer, bytes32 definition) internal view returns (uint32) {
        bytes32[] storage types = ghostIssuers[issuer].types;
        for (uint256 index = 0; index < types.length; ++index) if (types[index] == definition) return uint32(index + 1);
        return 0;
    }

    function definitionOf(uint32 issuer, uint32 number) internal view returns (bytes32) {
        bytes32[] storage types = ghostIssuers[issuer].types;
        return number == 0 || number > types.length ? bytes32(0) : types[number - 1];
    }

    function _signed(Candidate memory batch) private returns (IBatches.BatchAnchor memory) {
        address key = drawKey(slip(12) ? drawIssuer() : batch.issuer, !slip(6));
        ISignatures.Signature memory signature = sign(key, batchIdOf(batch));
        return
            IBatches.BatchAnchor({
                issuer: batch.issuer,
                credentialType: batch.credentialType,
                root: batch.root,
                size: batch.size,
                v: signature.v,
                r: signature.r,
                s: signature.s
            });
    }

    function record(Candidate memory batch, IBatches.BatchAnchor memory given) internal {
        bytes32 id = batchIdOf(batch);
        if (ghostBatches[id].size != 0) return;
        GhostIssuer storage ghost = ghostIssuers[batch.issuer];
        bool flagged;
        for (uint256 index = 0; index < ghost.recoveries.length; ++index)
            if (time < ghost.recoveries[index] + 90 days) flagged = true;
        ghostBatches[id] = GhostBatch({
            issuer: batch.issuer,
            number: uint32(ghost.batches.length),
            credentialType: numberOfType(batch.issuer, batch.credentialType),
            size: batch.size,
            key: signerOf(id, ISignatures.Signature(given.v, given.r, given.s)),
            anchoredAt: time,
            judgement: IBatches.Judgement.None,
            flagged: flagged,
            suspended: 0,
            amended: 0
        });
        ghost.batches.push(id);
        anchored.push(id);
    }

    /// @dev The first batch at fault is the one that is named.
    function _anchorRefusal(
        Candidate[] memory contents,
        IBatches.BatchAnchor[] memory batches
    ) private view returns (bytes memory refusal) {
        refusal = pauseRefusal();
        for (uint256 index = 0; index < contents.length && refusal.length == 0; ++index) {
            bytes32 id = batchIdOf(contents[index]);
            bool isKnown = ghostBatches[id].size != 0;
            for (uint256 before = 0; before < index; ++before) if (batchIdOf(contents[before]) == id) isKnown = true;
            if (isKnown) continue;
            refusal = _contentRefusal(index, id, contents[index]);
            if (refusal.length == 0) refusal = _signatureRefusal(index, id, batches[index]);
        }
    }

    function _contentRefusal(
        uint256 index,
        bytes32 id,
        Candidate memory batch
    ) private view returns (bytes memory) {
        if (batch.size < 1 || batch.size > 256)
            return abi.encodeWithSelector(IBatches.BatchInvalidSize.selector, index, id, batch.size);
        if (batch.root == 0) return abi.encodeWithSelector(IBatches.BatchInvalidRoot.selector, index, id, batch.root);
        if (!isActive(batch.issuer))
            return
                abi.encodeWithSelector(
                    IBatches.BatchIssuerNotActive.selector,
                    index,
                    id,
                    batch.issuer,
                    ghostIssuers[batch.issuer].state
                );
        ICredentialTypes.TypeState state = ghostTypes[batch.issuer][batch.credentialType];
        if (state != ICredentialTypes.TypeState.Open)
            return
                abi.encodeWithSelector(
                    IBatches.BatchCredentialTypeNotOpen.selector,
                    index,
                    id,
                    batch.credentialType,
                    state
                );
        if (ghostVoided[batch.issuer][id]) return abi.encodeWithSelector(IBatches.BatchIsVoid.selector, index, id);
        return "";
    }

    function _signatureRefusal(
        uint256 index,
        bytes32 id,
        IBatches.BatchAnchor memory batch
    ) private view returns (bytes memory) {
        address signer = signerOf(id, ISignatures.Signature(batch.v, batch.r, batch.s));
        if (signer == address(0)) return abi.encodeWithSelector(IBatches.BatchSignatureInvalid.selector, index, id);
        IKeys.KeyFault fault = anchorFault(signer, batch.issuer);
        if (fault == IKeys.KeyFault.None) return "";
        return abi.encodeWithSelector(IBatches.BatchKeyRefused.selector, index, id, signer, fault);
    }
}
