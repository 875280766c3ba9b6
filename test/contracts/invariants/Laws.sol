// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Model} from "./Model.sol";
import {IBatches} from "../../../contracts/interfaces/IBatches.sol";
import {IIssuers} from "../../../contracts/interfaces/IIssuers.sol";
import {IReading} from "../../../contracts/interfaces/IReading.sol";

/// @dev What may never happen between one call and the next, whatever the model thinks of the call: the registry's own answers
/// before and after it are compared.
abstract contract Laws is Model {
    enum Law {
        RevokedBitsOnlyGrow,
        AmendedBitsOnlyGrow,
        SuspendedIsAmended,
        AnchorStays,
        VoidIsFinal,
        VoidIsNeverAnchored,
        NumbersHaveNoGaps,
        KeyStaysWithItsIssuer,
        WindowOnlyShrinks,
        CompromiseOnlyMovesEarlier,
        PauseStopsCreation,
        NothingStopsRevocation,
        GovernanceCreatesNothing,
        OnlyActiveIssuersCreate,
        EndIsFinal,
        FlagsFollowRecovery
    }

    /// @dev What a call did to the registry.
    struct Change {
        bool issuers;
        bool admins;
        bool reinstated;
        bool keys;
        bool batches;
        bool revoked;
        bool suspended;
        bool lifted;
        bool endorsed;
        bool voided;
    }

    /// @dev What a page says of chain and block, and where it begins.
    uint256 private constant _BLOCK_BYTES = 5 * 32;

    /// @dev One bit a law, set once it was broken.
    uint256 public broken;

    /// @dev Of acts that create or prolong power: for whom.
    uint32 internal subject;
    bool internal mustPass;

    uint32 private _issuerCount;
    mapping(uint32 issuer => address) private _admins;
    mapping(uint32 issuer => IIssuers.IssuerState) private _states;
    mapping(uint32 issuer => uint32) private _successors;
    mapping(uint32 issuer => bytes32[]) private _ids;
    mapping(bytes32 id => IReading.BatchReading) private _batches;
    mapping(address key => IReading.OwnedKeyReading) private _keys;
    mapping(bytes32 question => bytes32) private _sums;

    modifier observed(uint256 seed) {
        begin(seed);
        (subject, mustPass) = (0, false);
        _;
        demand(isDone || !mustPass, Law.NothingStopsRevocation);
        // what is refused leaves no trace, as the machine itself warrants
        if (isDone) observe();
    }

    /// @dev Also the first state, before any law is asked.
    function observe() internal {
        Change memory change;
        uint32 count = registry.issuerCount();
        change.issuers = count != _issuerCount;
        _issuerCount = count;
        _observeKeys(change);
        for (uint32 issuer = 1; issuer <= count; ++issuer) {
            _observeBatches(issuer, change);
            _observeIssuer(issuer, change);
        }
        _judge(change);
    }

    function demand(bool holds, Law law) internal {
        // of the first state nothing is asked: there is nothing before it
        if (!holds && calls != 0) broken |= 1 << uint256(law);
    }

    function _judge(Change memory change) private {
        bool isCreation = change.issuers || change.admins || change.reinstated || change.keys || change.batches;
        isCreation = isCreation || change.lifted || change.endorsed || (isDone && subject != 0);
        demand(!(isPaused() && isCreation), Law.PauseStopsCreation);
        bool isAct = change.keys || change.batches || change.revoked || change.suspended || change.lifted;
        isAct = isAct || change.endorsed || change.voided;
        demand(!(isAct && sender == GOVERNANCE && !isSigned), Law.GovernanceCreatesNothing);
    }

    function _observeKeys(Change memory change) private {
        (bytes memory given, bool isNews) = _hear(abi.encodeCall(registry.readKeys, (keyPool)), 0);
        if (!isNews) return;
        IReading.OwnedKeyReading[] memory readings = abi.decode(given, (IReading.OwnedKeyReading[]));
        for (uint256 index = 0; index < readings.length; ++index) {
            IReading.OwnedKeyReading memory now_ = readings[index];
            IReading.OwnedKeyReading memory before = _keys[keyPool[index]];
            if (keccak256(abi.encode(now_)) == keccak256(abi.encode(before))) continue;
            if (before.issuer == 0) {
                if (now_.issuer != 0) _observeNewKey(now_, change);
            } else _compareKeys(now_, before);
            _keys[keyPool[index]] = now_;
        }
    }

    function _observeNewKey(IReading.OwnedKeyReading memory key, Change memory change) private {
        change.keys = true;
        demand(_states[key.issuer] == IIssuers.IssuerState.Active, Law.OnlyActiveIssuersCreate);
        demand(key.key.validFrom >= time, Law.WindowOnlyShrinks);
    }

    function _compareKeys(IReading.OwnedKeyReading memory now_, IReading.OwnedKeyReading memory before) private {
        demand(now_.issuer == before.issuer && now_.key.number == before.key.number, Law.KeyStaysWithItsIssuer);
        demand(now_.key.key == before.key.key && now_.key.purpose == before.key.purpose, Law.KeyStaysWithItsIssuer);
        bool isShorter = before.key.validUntil == 0 ||
            (now_.key.validUntil != 0 && now_.key.validUntil <= before.key.validUntil);
        // and never back over what was judged valid in this block
        bool isLater = now_.key.validUntil == before.key.validUntil || now_.key.validUntil > time;
        demand(isShorter && isLater && now_.key.validFrom == before.key.validFrom, Law.WindowOnlyShrinks);
        uint40 known = before.key.invalidFrom;
        demand(
            known == 0 || (now_.key.invalidFrom != 0 && now_.key.invalidFrom <= known),
            Law.CompromiseOnlyMovesEarlier
        );
        demand(now_.key.invalidFrom <= time, Law.CompromiseOnlyMovesEarlier);
    }

    /// @dev An answer and whether it is another one than the last time, but for its first bytes.
    function _hear(bytes memory question, uint256 ignored) private returns (bytes memory given, bool isNews) {
        (, given) = address(registry).staticcall(question);
        bytes32 sum;
        assembly {
            sum := keccak256(add(add(given, 32), ignored), sub(mload(given), ignored))
        }
        isNews = _sums[keccak256(question)] != sum;
        _sums[keccak256(question)] = sum;
    }

    function _observeIssuer(uint32 issuer, Change memory change) private {
        IReading.PageReading memory reading = registry.readPage(issuer, type(uint32).max);
        (address admin, ) = registry.adminOf(issuer);
        IIssuers.IssuerState before = _states[issuer];
        bool isEnded = before == IIssuers.IssuerState.Ended;
        demand(
            !isEnded || (reading.issuerState == before && reading.successor == _successors[issuer]),
            Law.EndIsFinal
        );
        if (_admins[issuer] != address(0) && _admins[issuer] != admin) change.admins = true;
        if (before == IIssuers.IssuerState.Suspended && reading.issuerState == IIssuers.IssuerState.Active)
            change.reinstated = true;
        if (isDone && subject == issuer)
            demand(before == IIssuers.IssuerState.Active, Law.OnlyActiveIssuersCreate);
        (_admins[issuer], _states[issuer], _successors[issuer]) = (admin, reading.issuerState, reading.successor);
    }

    function _observeBatches(uint32 issuer, Change memory change) private {
        bytes32[] storage ids = _ids[issuer];
        uint256 batchCount = ids.length;
        for (uint32 page = 0; page * 64 <= batchCount; ++page) {
            bytes memory question = abi.encodeCall(registry.readPage, (issuer, page));
            (bytes memory given, bool isNews) = _hear(question, _BLOCK_BYTES);
            if (!isNews) continue;
            IReading.PageReading memory reading = abi.decode(given, (IReading.PageReading));
            batchCount = reading.batchCount;
            for (uint32 slot = 0; slot < reading.batches.length; ++slot) {
                IReading.BatchReading memory batch = reading.batches[slot];
                demand(batch.number == page * 64 + slot, Law.NumbersHaveNoGaps);
                if (batch.number < ids.length) {
                    demand(ids[batch.number] == batch.id, Law.NumbersHaveNoGaps);
                    _compareBatches(batch, _batches[batch.id], change);
                } else {
                    ids.push(batch.id);
                    _observeNewBatch(issuer, batch, change);
                }
                _batches[batch.id] = batch;
            }
        }
        demand(batchCount == ids.length, Law.NumbersHaveNoGaps);
    }

    function _observeNewBatch(uint32 issuer, IReading.BatchReading memory batch, Change memory change) private {
        change.batches = true;
        // an id that had a number before would have two now
        demand(_batches[batch.id].size == 0, Law.NumbersHaveNoGaps);
        IReading.PageReading memory single = registry.read(batch.id);
        demand(single.issuer == issuer && single.batches.length == 1, Law.NumbersHaveNoGaps);
        demand(single.batches[0].number == batch.number, Law.NumbersHaveNoGaps);
        demand(_states[issuer] == IIssuers.IssuerState.Active, Law.OnlyActiveIssuersCreate);
        demand(!ghostVoided[issuer][batch.id], Law.VoidIsNeverAnchored);
        demand(batch.suspended & ~batch.amended == 0, Law.SuspendedIsAmended);
        demand(batch.anchoredAt == time, Law.AnchorStays);
        bool isAfterRecovery;
        uint40[] storage recoveries = ghostIssuers[issuer].recoveries;
        for (uint256 index = 0; index < recoveries.length; ++index)
            if (batch.anchoredAt < recoveries[index] + 90 days) isAfterRecovery = true;
        demand(batch.flagged == isAfterRecovery, Law.FlagsFollowRecovery);
    }

    function _compareBatches(
        IReading.BatchReading memory now_,
        IReading.BatchReading memory before,
        Change memory change
    ) private {
        demand(before.revoked & ~now_.revoked == 0, Law.RevokedBitsOnlyGrow);
        demand(before.amended & ~now_.amended == 0, Law.AmendedBitsOnlyGrow);
        demand(now_.suspended & ~now_.amended == 0, Law.SuspendedIsAmended);
        if (now_.revoked != before.revoked) change.revoked = true;
        if (now_.suspended & ~before.suspended != 0) change.suspended = true;
        if (before.suspended & ~now_.suspended != 0) change.lifted = true;
        _compareJudgements(now_.judgement, before.judgement, change);
        demand(_factsOf(now_) == _factsOf(before), Law.AnchorStays);
    }

    function _compareJudgements(IBatches.Judgement now_, IBatches.Judgement before, Change memory change) private {
        if (now_ == before) return;
        demand(before != IBatches.Judgement.Void && now_ != IBatches.Judgement.None, Law.VoidIsFinal);
        if (now_ == IBatches.Judgement.Endorsed) change.endorsed = true;
        if (now_ == IBatches.Judgement.Void) change.voided = true;
    }

    function _factsOf(IReading.BatchReading memory batch) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    batch.id,
                    batch.number,
                    batch.credentialType,
                    batch.size,
                    batch.key,
                    batch.anchoredAt,
                    batch.flagged
                )
            );
    }
}
